// Any bytes, read as a batch or an archive, give an error with a message or a data set with valid records.
// The size of the pieces in which they arrive makes no difference. The first two bytes choose the file's
// name and the size of the pieces.
#include "core/datasets/cifar10.h"

#include <cstdint>
#include <string>

#include "tests/fuzz/pieces.h"

namespace {

cnn::Result<cnn::DatasetPair> read(const std::string& name, cnn::Bytes bytes, std::size_t piece) {
  cnn::Cifar10Loader loader({.class_names = {}, .max_bytes = std::uint64_t{1} << 18});
  if (auto began = loader.begin_file(name); !began) return began.error();
  if (auto wrote = cnn::write_in_pieces(loader, bytes, piece); !wrote) return wrote.error();
  if (auto ended = loader.end_file(); !ended) return ended.error();
  return loader.finish();
}

void check(const cnn::Dataset& set) {
  cnn::require(set.images.size() == set.labels.size() * 3072);
  for (const std::uint8_t label : set.labels) cnn::require(label < set.class_names.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  if (size < 2) return 0;
  constexpr const char* kNames[] = {"data_batch_1.bin", "test_batch.bin", "cifar-10-binary.tar.gz",
                                    "batches.meta.txt", ""};
  const std::string name = kNames[data[0] % std::size(kNames)];
  const cnn::Bytes bytes(data + 2, size - 2);

  const auto whole = read(name, bytes, size);
  const auto pieces = read(name, bytes, std::size_t{1} + data[1]);
  require(whole.ok() == pieces.ok());
  if (!whole) {
    require(!whole.error().code.empty() && !whole.error().message.empty());
    // Of two faults, the first one found is reported, and that depends on the pieces.
    require(!pieces.error().message.empty());
    return 0;
  }
  check(whole->train);
  check(whole->test);
  require(whole->train.labels == pieces->train.labels && whole->train.images == pieces->train.images);
  require(whole->test.labels == pieces->test.labels && whole->test.images == pieces->test.images);
  return 0;
}
