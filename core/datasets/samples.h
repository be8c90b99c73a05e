#pragma once
/// The sample pictures: data to train on without any file.

#include <cstdint>

#include "core/datasets/dataset.h"

namespace cnn {

struct SampleOptions {
  std::uint64_t seed = 1;
  int train = 10000;
  int test = 2000;
};

/// Synthetic pictures with CIFAR-10's shape and classes, so that a network can train without any data file.
/// Planes, cars, birds and so on are assembled from simple shapes with varied poses, colors, backgrounds,
/// clutter, occlusion and noise. Each group of ten consecutive pictures contains every class once. The same
/// seed gives the same bytes on every machine.
DatasetPair draw_samples(const SampleOptions& options = {});

/// Draws one picture, [3, 32, 32] bytes. `index` counts training pictures from 0, test pictures from 2^31.
void draw_sample(std::uint64_t seed, std::uint32_t index, int label, std::uint8_t* image);

}  // namespace cnn
