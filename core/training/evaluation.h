#pragma once
/// Evaluates a model on a data set in slices, so that the caller regains control after a short time.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/model/model.h"
#include "core/run/exec.h"
#include "core/training/losses.h"
#include "core/training/metrics.h"

namespace cnn {

/// bad_config if the model does not take these pictures or does not have one output per class.
Result<void> check_fits(const Model&, const Dataset&);

/// Whether the loss is computed from logits. If so, use Model::logits(), which is the output itself for a
/// model without a final softmax.
bool outputs_are_logits(const Model&, const Loss&);

/// Pictures in the model's input format: float [n, 32, 32, 3], 0 to 1. Reuses its memory from batch to batch.
class Batch {
 public:
  void assemble(Exec&, const Dataset&, std::span<const std::uint32_t> indices);
  const float* x() const { return x_.data(); }
  const std::uint8_t* labels() const { return labels_.data(); }
  int rows() const { return static_cast<int>(labels_.size()); }

 private:
  std::vector<float> x_;
  std::vector<std::uint8_t> labels_;
  std::vector<const std::uint8_t*> images_;
};

/// Test-time augmentation: the versions of a picture whose logits are averaged (outputs, if the model has no
/// logits).
///   plain             the picture only
///   mirror            the picture and its mirror image, with equal weight
///   mirror_translate  both, and both moved by one pixel up and left, and down and right, with reflected
///                     borders; the three pairs have weights 1/2, 1/4, 1/4 (arXiv 2404.00498)
enum class Views { plain, mirror, mirror_translate };
std::span<const std::string_view> names_of(Views);

/// Evaluates the pictures first .. first + count - 1. Model, data and loss must outlive it.
class Evaluator {
 public:
  static constexpr int slice = 50;  ///< pictures: less than 0.1 s on a slow machine

  /// Called after each slice with the index of its first picture in the data set and the probabilities
  /// [rows, classes].
  using OnSlice = std::function<void(std::size_t first, int rows, const float* probabilities)>;
  Evaluator(Model&, const Dataset&, std::size_t first, std::size_t count, const Loss&, OnSlice on_slice = {},
            Views views = Views::plain);

  bool done() const { return next_ == end_; }
  /// Evaluates the next slice, or the next view of it. Error: out_of_memory.
  Result<void> step(Exec&);
  std::size_t evaluated() const { return next_ - begin_; }
  std::size_t count() const { return end_ - begin_; }
  /// The result for the pictures evaluated so far.
  Evaluation result() const;

 private:
  /// Adds the slice's outputs, averaged over all views, to the result.
  void add_outputs(Exec&, const float* outputs);

  Model& model_;
  const Dataset& data_;
  const Loss& loss_;
  OnSlice on_slice_;
  bool are_logits_;
  Views views_;
  std::size_t view_ = 0;
  std::vector<float> view_pixels_, mean_outputs_;
  std::size_t begin_, next_, end_;
  Batch batch_;
  std::vector<std::uint32_t> indices_;
  std::vector<float> probabilities_;
  ConfusionMatrix matrix_;
  double loss_sum_ = 0;
  std::int64_t top_ = 0;
};

/// Evaluates the whole data set in one call.
Result<Evaluation> evaluate(Model&, const Dataset&, const Loss&, Exec&, Views = Views::plain);

}  // namespace cnn
