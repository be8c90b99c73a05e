#include "core/evaluation.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/kernels/activation.h"
#include "core/kernels/elementwise.h"

namespace cnn {

Result<void> check_fits(const Model& model, const Dataset& data) {
  const int side = static_cast<int>(kImageSide);
  const Shape picture{side, side, static_cast<int>(kImageChannels)};
  if (model.input_shape() != picture) {
    return Error{"bad_config", "the model takes inputs of " + to_string(model.input_shape()) +
                                   "; the pictures are " + to_string(picture)};
  }
  const int classes = static_cast<int>(data.class_names.size());
  if (model.output_shape() != Shape{classes}) {
    return Error{"bad_config", "the model's output is " + to_string(model.output_shape()) +
                                   "; the data set has " + std::to_string(classes) +
                                   " classes, so it must be " + to_string(Shape{classes})};
  }
  return {};
}

bool outputs_are_logits(const Model& model, const Loss& loss) {
  if (model.ends_in_softmax() || loss.outputs == Outputs::logits) return true;
  if (loss.outputs == Outputs::probabilities) return false;
  return model.layer(model.layer_count() - 1).activation().kind != Activation::sigmoid;
}

void Batch::assemble(Exec& exec, const Dataset& data, std::span<const std::uint32_t> indices) {
  labels_.resize(indices.size());
  images_.resize(indices.size());
  if (x_.size() < indices.size() * kImageBytes) x_.resize(indices.size() * kImageBytes);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    labels_[i] = data.labels[indices[i]];
    images_[i] = data.image(indices[i]);
  }
  constexpr int side = static_cast<int>(kImageSide);
  images_to_float(exec, rows(), static_cast<int>(kImageChannels), side, side, images_.data(), 1.0f / 255,
                  x_.data());
}

Evaluator::Evaluator(Model& model, const Dataset& data, std::size_t first, std::size_t count,
                     const Loss& loss, OnSlice on_slice)
    : model_(model),
      data_(data),
      loss_(loss),
      on_slice_(std::move(on_slice)),
      are_logits_(outputs_are_logits(model, loss)),
      begin_(first),
      next_(first),
      end_(first + count),
      matrix_(model.output_shape().back()) {}

Result<void> Evaluator::step(Exec& exec) {
  indices_.resize(std::min<std::size_t>(slice, end_ - next_));
  std::iota(indices_.begin(), indices_.end(), static_cast<std::uint32_t>(next_));
  batch_.assemble(exec, data_, indices_);
  if (auto reserved = model_.reserve(slice, false); !reserved) return reserved;
  const int rows = batch_.rows(), classes = matrix_.classes();
  const float* outputs = model_.forward(exec, batch_.x(), rows);
  LossBatch b;
  b.rows = rows;
  b.classes = classes;
  b.outputs = are_logits_ ? model_.logits() : outputs;
  b.are_logits = are_logits_;
  b.labels = batch_.labels();
  loss_sum_ += loss_(b);

  const float* probabilities = outputs;
  if (are_logits_ && !model_.ends_in_softmax()) {
    probabilities_.resize(static_cast<std::size_t>(rows * classes));
    softmax_forward(exec, rows, classes, outputs, probabilities_.data());
    probabilities = probabilities_.data();
  }
  for (int row = 0; row < rows; ++row) {
    const float* p = probabilities + row * classes;
    const int label = batch_.labels()[row];
    matrix_.add(label, argmax(p, classes));
    top_ += in_top_k(p, classes, label, Evaluation::top);
  }
  if (on_slice_) on_slice_(next_, rows, probabilities);
  next_ += indices_.size();
  return {};
}

Evaluation Evaluator::result() const {
  Evaluation result;
  const double n = static_cast<double>(std::max<std::size_t>(evaluated(), 1));
  result.loss = loss_sum_ / n;
  result.accuracy = matrix_.accuracy();
  result.top_accuracy = static_cast<double>(top_) / n;
  result.matrix = matrix_;
  return result;
}

Result<Evaluation> evaluate(Model& model, const Dataset& data, const Loss& loss, Exec& exec) {
  if (auto fits = check_fits(model, data); !fits) return fits.error();
  if (data.size() == 0) return Error{"no_data", "there are no pictures to evaluate the model on"};
  Evaluator evaluator(model, data, 0, data.size(), loss);
  while (!evaluator.done()) {
    if (auto step = evaluator.step(exec); !step) return step.error();
  }
  return evaluator.result();
}

}  // namespace cnn
