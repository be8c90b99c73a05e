// What the model says of many pictures, worked out in slices and kept as long as neither model nor data change.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/datasets/dataset.h"
#include "core/exec.h"
#include "core/model.h"

namespace playground {

/// Softmax of the logits of pictures given as [3, 32, 32] bytes, scaled as in training. probabilities: [n, classes].
/// Null labels: no losses. losses: cross-entropy, picture by picture.
cnn::Result<void> predict_pictures(cnn::Exec& exec, cnn::Model& model, std::span<const std::uint8_t* const> pictures,
                                   const std::uint8_t* labels, std::vector<float>& input, float* probabilities,
                                   float* losses);

class Predictor {
 public:
  /// Which split of which data set, seen by which state of the model.
  struct Key {
    int split = -1, data_version = -1, model_version = -1;
    friend bool operator==(const Key&, const Key&) = default;
  };

  /// A slice of the work. True: the results for this key are complete.
  cnn::Result<bool> advance(cnn::Exec& exec, cnn::Model& model, const cnn::Dataset& data, const Key& key);

  int classes() const { return classes_; }
  std::size_t size() const { return losses_.size(); }
  std::span<const float> probabilities(std::size_t i) const {
    return {probabilities_.data() + i * static_cast<std::size_t>(classes_), static_cast<std::size_t>(classes_)};
  }
  float loss(std::size_t i) const { return losses_[i]; }
  /// The first of the largest probabilities.
  int predicted(std::size_t i) const;

 private:
  Key key_;
  int classes_ = 0;
  std::size_t done_ = 0;
  std::vector<float> probabilities_, losses_, input_;
};

}  // namespace playground
