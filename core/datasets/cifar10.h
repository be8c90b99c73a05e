#pragma once
/// CIFAR-10 and CIFAR-100 from their files, and other pictures in the same format.

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
  std::vector<std::string> class_names;              // 2 to 100, for custom pictures; empty: CIFAR's own
  bool coarse = false;                               // CIFAR-100's twenty groups instead of its classes
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  // of one file, unpacked
};

/// Collects pictures in CIFAR-10's binary format from files that arrive in pieces of any size. A file is a
/// single batch (data_batch_1.bin ... test_batch.bin, plain or gzipped) or an archive of batches (.tar,
/// .tar.gz); the first bytes decide which. A record is one byte of label and 3,072 bytes of pixels: the red,
/// green and blue plane. CIFAR-100's train.bin and test.bin have a second label before the pixels, the class;
/// the first is its group. Batches of the Python version are read as well (python_batch.h). Batches with
/// "test" in their name go to the test set, others to the training set. The class names are those of a
/// batches.meta.txt (batches.meta or meta of the Python version). They must match class_names if given. A
/// list whose length differs from CIFAR's must arrive before the batches.
///
///   begin_file(name); write(bytes) ...; end_file();  ...  finish()
///
/// Complete records can be used while the rest arrives. An error names the file and the byte offset, and ends
/// the load.
class Cifar10Loader {
 public:
  explicit Cifar10Loader(Cifar10Options options = {});
  /// Collects in `into`, which must outlive the loader.
  Cifar10Loader(Cifar10Options options, DatasetPair& into);
  ~Cifar10Loader();
  Cifar10Loader(const Cifar10Loader&) = delete;
  Cifar10Loader& operator=(const Cifar10Loader&) = delete;

  /// `split`, if given, overrides the names of all batches in the file. `bytes`: its size, if it is known.
  Result<void> begin_file(const std::string& name, std::optional<Split> split = {},
                          std::optional<std::uint64_t> bytes = {});
  Result<void> write(Bytes in);
  Result<void> end_file();
  /// Call after the last file. Puts the records in the order of the batches' names, however they arrived.
  Result<DatasetPair> finish();
  /// The same, but leaves the pictures where they were collected.
  Result<void> complete();

  /// Whether complete() would leave the records where they are:
  /// the batches arrived in the order of their names.
  bool in_order() const;

  /// Continues in `into`, to which the caller has moved everything collected so far.
  const DatasetPair& so_far() const { return *data_; }
  /// Sentences for the user: how files were interpreted where their names leave it open,
  /// and what was skipped.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  enum class Kind : std::uint8_t { unknown, batch, gzip, tar };
  enum class Format : std::uint8_t { unknown, cifar10, cifar100 };
  struct Batch {  // position of a file's records in their set
    std::string name;
    Split split;
    std::size_t first, count;
  };

  Result<void> recognize(std::uint8_t first_byte);
  Result<void> open_tar();
  Result<void> begin_content(const std::string& name, std::optional<std::uint64_t> bytes);
  Result<void> use_format(Format format);
  Result<void> end_python();
  Result<void> content(Bytes in);
  Result<void> end_content();
  Result<void> records(Bytes in);
  Result<void> end_names();
  Error error(const std::string& what, std::uint64_t offset) const;

  Cifar10Options options_;
  DatasetPair own_;
  DatasetPair* data_;
  std::vector<Batch> batches_;
  std::string file_;  // as given to begin_file, without folders
  std::optional<Split> split_;
  std::optional<std::uint64_t> file_bytes_;
  Kind kind_ = Kind::unknown;
  bool content_known_ = false, in_second_gzip_ = false;
  std::unique_ptr<GzipReader> gzip_, second_gzip_;  // some servers and browsers compress twice
  std::unique_ptr<TarReader> tar_;
  // The batch or list of class names being read, plain or from an archive.
  std::string content_name_;
  bool is_names_ = false, is_python_ = false;
  std::string names_;
  bool names_read_ = false;           // from a file of class names
  std::vector<std::uint8_t> python_;  // a whole batch of the Python version
  Format format_ = Format::unknown;
  std::size_t record_bytes_ = 1 + kImageBytes;
  std::vector<std::string> notes_;
  Batch batch_{};
  std::uint64_t offset_ = 0;
  std::uint8_t label_ = 0;
};

}  // namespace cnn
