#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/archives/byte_sink.h"
#include "core/archives/gzip.h"
#include "core/archives/tar.h"
#include "core/datasets/dataset.h"

namespace cnn {

struct Cifar10Options {
  std::vector<std::string>
      class_names;  // empty: CIFAR-10's ten; otherwise 2 to 100, for pictures of one's own
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  // of one file, unpacked
};

/// Collects pictures in CIFAR-10's binary format from files that arrive in pieces of any size, file after
/// file: single batches (data_batch_1.bin ... test_batch.bin, plain or gzipped) or archives of them (.tar,
/// .tar.gz), told apart by their first bytes. A record is a label and 3,072 pixels: red, green and blue
/// plane. Batches with "test" in their name go to the test set, others to the training set; batches.meta.txt
/// must name the classes.
///
///   begin_file(name); write(bytes) ...; end_file();  ...  finish()
///
/// Complete records can be used while the rest arrives. An error names file and byte offset and ends the
/// loading.
class Cifar10Loader {
 public:
  explicit Cifar10Loader(Cifar10Options options = {});
  /// Collects in `into`, which must stay.
  Cifar10Loader(Cifar10Options options, DatasetPair& into);
  ~Cifar10Loader();
  Cifar10Loader(const Cifar10Loader&) = delete;
  Cifar10Loader& operator=(const Cifar10Loader&) = delete;

  /// `split` decides for every batch in it where the names should not.
  Result<void> begin_file(const std::string& name, std::optional<Split> split = {});
  Result<void> write(Bytes in);
  Result<void> end_file();
  /// All files are in. The training set is then in the order of the batches' names, however they arrived.
  Result<DatasetPair> finish();
  /// The same, leaving the pictures where they were collected.
  Result<void> complete();

  /// `into` has what was collected so far (moved there by the caller); the rest goes there, too.
  void continue_in(DatasetPair& into) { data_ = &into; }
  const DatasetPair& so_far() const { return *data_; }

 private:
  enum class Kind : std::uint8_t { unknown, batch, gzip, tar };
  struct Batch {  // where a file's records lie in its set
    std::string name;
    Split split;
    std::size_t first, count;
  };

  Result<void> recognize(std::uint8_t first_byte);
  Result<void> begin_content(const std::string& name);
  Result<void> content(Bytes in);
  Result<void> end_content();
  Result<void> records(Bytes in);
  Result<void> check_names();
  Error error(const std::string& what, std::uint64_t offset) const;

  Cifar10Options options_;
  DatasetPair own_;
  DatasetPair* data_;
  std::vector<Batch> batches_;
  std::string file_;  // as given to begin_file, without its folders
  std::optional<Split> split_;
  Kind kind_ = Kind::unknown;
  bool content_known_ = false;
  std::unique_ptr<GzipReader> gzip_;
  std::unique_ptr<TarReader> tar_;
  // The batch or the list of names being read, plain or out of an archive.
  std::string content_name_;
  bool is_names_ = false;
  std::string names_;
  Batch batch_{};
  std::uint64_t offset_ = 0;
  std::uint8_t label_ = 0;
};

}  // namespace cnn
