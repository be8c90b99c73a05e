#pragma once
/// core/training/evaluation.h: runs a model over a data set in slices, so that whoever waits need not wait long.

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

/// An error (bad_config) where the model does not take these pictures or does not give one number for each
/// class.
Result<void> check_fits(const Model&, const Dataset&);

/// Whether what the loss is to be computed from are logits: Model::logits() in any case, which is the output
/// itself for a model without a final softmax.
bool outputs_are_logits(const Model&, const Loss&);

/// Pictures as the model takes them: float [n, 32, 32, 3], 0 to 1. Keeps its memory from batch to batch.
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

/// Test-time augmentation: how often and how a picture is shown before its logits (for a model without them
/// its outputs) are averaged.
///   mirror            as it is and mirrored, equally
///   mirror_translate  both, and both moved by a pixel up and left, and down and right, the border reflected:
///                     the three pairs weigh 1/2, 1/4, 1/4 (arXiv 2404.00498)
enum class Views { plain, mirror, mirror_translate };
std::span<const std::string_view> names_of(Views);

/// Evaluates pictures first .. first + count - 1. The result does not depend on when the slices run.
class Evaluator {
 public:
  static constexpr int slice = 50;  // pictures: below a tenth of a second on a slow machine

  /// `on_slice` gets the index of its first picture in the data set and the probabilities [rows, classes].
  using OnSlice = std::function<void(std::size_t first, int rows, const float* probabilities)>;
  Evaluator(Model&, const Dataset&, std::size_t first, std::size_t count, const Loss&, OnSlice on_slice = {},
            Views views = Views::plain);

  bool done() const { return next_ == end_; }
  /// The next slice, or its next view. out_of_memory where it does not fit.
  Result<void> step(Exec&);
  std::size_t evaluated() const { return next_ - begin_; }
  std::size_t count() const { return end_ - begin_; }
  /// Of what was evaluated so far.
  Evaluation result() const;

 private:
  /// What the slice's results are, once all views were seen.
  void take(Exec&, const float* outputs);

  Model& model_;
  const Dataset& data_;
  const Loss& loss_;
  OnSlice on_slice_;
  bool are_logits_;
  Views views_;
  std::size_t view_ = 0;
  std::vector<float> seen_, mean_outputs_;
  std::size_t begin_, next_, end_;
  Batch batch_;
  std::vector<std::uint32_t> indices_;
  std::vector<float> probabilities_;
  ConfusionMatrix matrix_;
  double loss_sum_ = 0;
  std::int64_t top_ = 0;
};

/// All of it at once.
Result<Evaluation> evaluate(Model&, const Dataset&, const Loss&, Exec&, Views = Views::plain);

}  // namespace cnn
