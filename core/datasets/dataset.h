#pragma once
/// Labeled pictures in memory.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace cnn {

constexpr std::size_t kImageSide = 32;
constexpr std::size_t kImageChannels = 3;
constexpr std::size_t kImageBytes = kImageChannels * kImageSide * kImageSide;

/// Labeled pictures in the layout of CIFAR-10's files: one byte per value; the red, green and blue plane in
/// turn; rows from top to bottom.
struct Dataset {
  std::vector<std::string> class_names;
  bool synthetic = false;            // drawn by draw_samples(), not photographed
  std::vector<std::uint8_t> labels;  // [N], below class_names.size()
  std::vector<std::uint8_t> images;  // [N, 3, 32, 32]

  std::size_t size() const { return labels.size(); }
  const std::uint8_t* image(std::size_t i) const { return images.data() + i * kImageBytes; }
};

enum class Split : std::uint8_t { train, test };

/// A training set and a test set; either may be empty.
struct DatasetPair {
  Dataset train, test;
  Dataset& of(Split split) { return split == Split::train ? train : test; }
  const Dataset& of(Split split) const { return split == Split::train ? train : test; }
};

/// Reserves memory for that many pictures in total, so that adding them cannot fail; or out_of_memory.
Result<void> reserve(Dataset& data, std::size_t pictures);

/// Appends decoded pictures, uint8 RGB [n, 32, 32, 3], with their labels. Errors: bad_data if a size or a
/// label does not fit, out_of_memory.
Result<void> append_pictures(Dataset& data, std::span<const std::uint8_t> pictures,
                             std::span<const std::uint8_t> labels);
/// Keeps the first pictures only, at most `limit`.
void shorten(Dataset& data, std::size_t limit);
/// The reverse of append_pictures: writes picture i as RGB [32, 32, 3].
void copy_picture(const Dataset& data, std::size_t i, std::uint8_t* rgb);

/// Pictures per class, and the mean and standard deviation of each channel, scaled to 0 to 1.
struct DatasetStatistics {
  std::vector<std::size_t> per_class;
  double mean[kImageChannels] = {};
  double deviation[kImageChannels] = {};
};
DatasetStatistics statistics(const Dataset& data);

/// The names of CIFAR-10's classes, indexed by label.
const std::vector<std::string>& cifar10_class_names();
/// The names of CIFAR-100's classes, indexed by label, and of the twenty groups that they form.
const std::vector<std::string>& cifar100_class_names();
const std::vector<std::string>& cifar100_group_names();

}  // namespace cnn
