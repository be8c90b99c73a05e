#include "core/datasets/dataset.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace cnn {
namespace {
constexpr std::size_t kPixels = kImageSide * kImageSide;
}  // namespace

Result<void> reserve(Dataset& data, std::size_t pictures) {
  const std::size_t bytes = pictures * kImageBytes;
  if (data.images.capacity() < bytes) {
    // std::vector cannot report a failed allocation without exceptions, malloc can. Memory it finds is still
    // free a moment later. volatile keeps the compiler from removing the trial.
    void* volatile trial = std::malloc(bytes + pictures);
    std::free(trial);
    if (!trial) {
      return Error{"out_of_memory", "there is no memory for " + std::to_string(pictures) + " pictures (" +
                                        std::to_string(bytes / 1'000'000) + " MB); load fewer of them"};
    }
  }
  data.labels.reserve(pictures);
  data.images.reserve(bytes);
  return {};
}

Result<void> append_pictures(Dataset& data, std::span<const std::uint8_t> pictures,
                             std::span<const std::uint8_t> labels) {
  if (pictures.size() != labels.size() * kImageBytes) {
    return Error{"bad_data", "pictures: " + std::to_string(pictures.size()) + " bytes for " +
                                 std::to_string(labels.size()) + " labels; a picture has 32 x 32 x 3 = 3072"};
  }
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= data.class_names.size()) {
      return Error{"bad_data", "labels: picture " + std::to_string(i) + " has label " +
                                   std::to_string(labels[i]) + "; there are " +
                                   std::to_string(data.class_names.size()) + " classes"};
    }
  }
  const std::size_t first = data.size();
  const std::size_t size = first + labels.size();
  if (size > data.labels.capacity()) {
    if (auto room = reserve(data, std::max(size, first + first / 2)); !room) return room;
  }
  data.labels.insert(data.labels.end(), labels.begin(), labels.end());
  data.images.resize(data.labels.size() * kImageBytes);
  std::uint8_t* to = data.images.data() + first * kImageBytes;
  for (const std::uint8_t* from = pictures.data(); from != pictures.data() + pictures.size();
       from += kImageBytes, to += kImageBytes) {
    for (std::size_t p = 0; p < kPixels; ++p) {
      for (std::size_t c = 0; c < kImageChannels; ++c) to[c * kPixels + p] = from[p * kImageChannels + c];
    }
  }
  return {};
}

void shorten(Dataset& data, std::size_t limit) {
  if (data.size() <= limit) return;
  data.labels.resize(limit);
  data.images.resize(limit * kImageBytes);
}

void copy_picture(const Dataset& data, std::size_t i, std::uint8_t* rgb) {
  const std::uint8_t* planes = data.image(i);
  for (std::size_t p = 0; p < kPixels; ++p) {
    for (std::size_t c = 0; c < kImageChannels; ++c) *rgb++ = planes[c * kPixels + p];
  }
}

DatasetStatistics statistics(const Dataset& data) {
  DatasetStatistics result;
  result.per_class.resize(data.class_names.size());
  for (const std::uint8_t label : data.labels) ++result.per_class[label];
  if (data.size() == 0) return result;

  std::uint64_t sum[kImageChannels] = {},
                squares[kImageChannels] = {};  // exact for up to 2^48 pixels: 65,025 * 2^48 < 2^64
  for (std::size_t i = 0; i < data.size(); ++i) {
    for (std::size_t c = 0; c < kImageChannels; ++c) {
      const std::uint8_t* p = data.image(i) + c * kPixels;
      std::uint32_t s = 0, q = 0;
      for (std::size_t j = 0; j < kPixels; ++j) s += p[j], q += std::uint32_t{p[j]} * p[j];
      sum[c] += s, squares[c] += q;
    }
  }
  const double n = static_cast<double>(data.size() * kPixels);
  for (std::size_t c = 0; c < kImageChannels; ++c) {
    const double mean = static_cast<double>(sum[c]) / n;
    result.mean[c] = mean / 255;
    result.deviation[c] = std::sqrt(std::fmax(0, static_cast<double>(squares[c]) / n - mean * mean)) / 255;
  }
  return result;
}

const std::vector<std::string>& cifar10_class_names() {
  static const std::vector<std::string> names{"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

const std::vector<std::string>& cifar100_class_names() {
  static const std::vector<std::string> names{
      "apple",       "aquarium_fish", "baby",      "bear",       "beaver",       "bed",
      "bee",         "beetle",        "bicycle",   "bottle",     "bowl",         "boy",
      "bridge",      "bus",           "butterfly", "camel",      "can",          "castle",
      "caterpillar", "cattle",        "chair",     "chimpanzee", "clock",        "cloud",
      "cockroach",   "couch",         "crab",      "crocodile",  "cup",          "dinosaur",
      "dolphin",     "elephant",      "flatfish",  "forest",     "fox",          "girl",
      "hamster",     "house",         "kangaroo",  "keyboard",   "lamp",         "lawn_mower",
      "leopard",     "lion",          "lizard",    "lobster",    "man",          "maple_tree",
      "motorcycle",  "mountain",      "mouse",     "mushroom",   "oak_tree",     "orange",
      "orchid",      "otter",         "palm_tree", "pear",       "pickup_truck", "pine_tree",
      "plain",       "plate",         "poppy",     "porcupine",  "possum",       "rabbit",
      "raccoon",     "ray",           "road",      "rocket",     "rose",         "sea",
      "seal",        "shark",         "shrew",     "skunk",      "skyscraper",   "snail",
      "snake",       "spider",        "squirrel",  "streetcar",  "sunflower",    "sweet_pepper",
      "table",       "tank",          "telephone", "television", "tiger",        "tractor",
      "train",       "trout",         "tulip",     "turtle",     "wardrobe",     "whale",
      "willow_tree", "wolf",          "woman",     "worm"};
  return names;
}

const std::vector<std::string>& cifar100_group_names() {
  static const std::vector<std::string> names{"aquatic_mammals",
                                              "fish",
                                              "flowers",
                                              "food_containers",
                                              "fruit_and_vegetables",
                                              "household_electrical_devices",
                                              "household_furniture",
                                              "insects",
                                              "large_carnivores",
                                              "large_man-made_outdoor_things",
                                              "large_natural_outdoor_scenes",
                                              "large_omnivores_and_herbivores",
                                              "medium_mammals",
                                              "non-insect_invertebrates",
                                              "people",
                                              "reptiles",
                                              "small_mammals",
                                              "trees",
                                              "vehicles_1",
                                              "vehicles_2"};
  return names;
}

}  // namespace cnn
