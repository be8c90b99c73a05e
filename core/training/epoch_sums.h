#pragma once
/// The running sums of one epoch of training. Progress and history report their means.

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace cnn {

/// A new epoch starts with EpochSums{}. A checkpoint saves every member.
struct EpochSums {
  int steps = 0;             ///< mini-batches trained
  std::size_t images = 0;    ///< pictures trained
  double loss = 0;           ///< sum over these pictures
  std::int64_t correct = 0;  ///< how many of them were predicted correctly
  double seconds = 0;        ///< computing time, validation included
  double train_seconds = 0;  ///< the part of it spent on mini-batches

  void add_batch(std::size_t batch_images, double mean_loss, int batch_correct) {
    ++steps;
    images += batch_images;
    loss += mean_loss * static_cast<double>(batch_images);
    correct += batch_correct;
  }

  /// The means are defined once there are images.
  double mean_loss() const { return loss / static_cast<double>(images); }
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(images); }
  double images_per_second() const { return static_cast<double>(images) / std::max(train_seconds, 1e-9); }
};

}  // namespace cnn
