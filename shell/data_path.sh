# data_path PATH: prints the absolute path of the official batches' folder or of the archive; PATH may be its parent folder.
data_path() {
  local candidate
  for candidate in "$1" "$1/cifar-10-batches-bin" "$1/cifar-10-binary.tar.gz"; do
    if [[ -f $candidate || -f $candidate/data_batch_1.bin ]]; then
      realpath "$candidate"
      return
    fi
  done
  echo "$1 is neither cifar-10-binary.tar.gz nor a folder with data_batch_1.bin; ./shell/fetch-cifar10 downloads the archive" >&2
  return 1
}
