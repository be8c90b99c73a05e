#include "core/training/evaluation.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/kernels/activation.h"
#include "core/kernels/elementwise.h"
#include "core/training/regularization.h"

namespace cnn {
namespace {

constexpr std::string_view kViewWords[] = {"plain", "mirror", "mirror_translate"};

/// A version of a picture: mirrored, and moved down and right by `shift` pixels.
struct View {
  bool mirrored = false;
  int shift = 0;
  float weight = 1;
};
constexpr View kPlain[] = {{}};
constexpr View kMirror[] = {{false, 0, 0.5f}, {true, 0, 0.5f}};
constexpr View kMirrorTranslate[] = {{false, 0, 0.25f}, {true, 0, 0.25f},    {false, 1, 0.125f},
                                     {true, 1, 0.125f}, {false, -1, 0.125f}, {true, -1, 0.125f}};

std::span<const View> views_of(Views views) {
  if (views == Views::plain) return kPlain;
  return views == Views::mirror ? std::span<const View>(kMirror) : kMirrorTranslate;
}

/// Index `at` reflected into 0 .. kImageSide - 1, without repeating the border.
std::size_t reflected(int at) {
  constexpr int last = static_cast<int>(kImageSide) - 1;
  return static_cast<std::size_t>(at < 0 ? -at : at > last ? 2 * last - at : at);
}

/// from [32, 32, 3] -> to [32, 32, 3]
void draw_view(const View& view, const float* from, float* to) {
  constexpr int side = static_cast<int>(kImageSide);
  for (int row = 0; row < side; ++row) {
    const std::size_t from_row = reflected(row - view.shift) * kImageSide;
    for (int column = 0; column < side; ++column, to += kImageChannels) {
      // The picture is moved first, then mirrored.
      const std::size_t place = reflected((view.mirrored ? side - 1 - column : column) - view.shift);
      std::copy_n(from + (from_row + place) * kImageChannels, kImageChannels, to);
    }
  }
}

}  // namespace

Result<void> check_fits(const Model& model, const Dataset& data) {
  const int side = static_cast<int>(kImageSide);
  const Shape picture{side, side, static_cast<int>(kImageChannels)};
  if (model.input_shape() != picture) {
    return Error{"bad_config", "The network takes inputs of " + to_string(model.input_shape()) +
                                   "; the pictures are " + to_string(picture) + "."};
  }
  const int classes = static_cast<int>(data.class_names.size());
  const Shape& output = model.output_shape();
  if (output.rank() == 1 && output.back() != classes) {
    return Error{"bad_config", "The network distinguishes " + std::to_string(output.back()) +
                                   " classes; the data set has " + std::to_string(classes) +
                                   ". Give the last layer " + std::to_string(classes) +
                                   " units, or load data with " + std::to_string(output.back()) +
                                   " classes."};
  }
  if (output.rank() != 1) {
    return Error{"bad_config", "The network's output is " + to_string(output) + "; expected " +
                                   to_string(Shape{classes}) + ", a number for each class."};
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

std::span<const std::string_view> names_of(Views) { return kViewWords; }

Evaluator::Evaluator(Model& model, const Dataset& data, std::size_t first, std::size_t count,
                     const Loss& loss, OnSlice on_slice, Views views)
    : model_(model),
      data_(data),
      loss_(loss),
      on_slice_(std::move(on_slice)),
      are_logits_(outputs_are_logits(model, loss)),
      views_(views),
      begin_(first),
      next_(first),
      end_(first + count),
      matrix_(model.output_shape().back()) {}

Result<void> Evaluator::step(Exec& exec) {
  if (view_ == 0) {
    indices_.resize(std::min<std::size_t>(slice, end_ - next_));
    std::iota(indices_.begin(), indices_.end(), static_cast<std::uint32_t>(next_));
    batch_.assemble(exec, data_, indices_);
  }
  if (auto reserved = model_.reserve(slice, false); !reserved) return reserved;
  const int rows = batch_.rows();
  const auto& views = views_of(views_);
  if (views.size() == 1) {
    const float* outputs = model_.forward(exec, batch_.x(), rows);
    add_outputs(exec, are_logits_ ? model_.logits() : outputs);
    return {};
  }
  const View& view = views[view_];
  view_pixels_.resize(indices_.size() * kImageBytes);
  for (std::size_t i = 0; i < indices_.size(); ++i)
    draw_view(view, batch_.x() + i * kImageBytes, view_pixels_.data() + i * kImageBytes);
  const float* outputs = model_.forward(exec, view_pixels_.data(), rows);
  if (are_logits_) outputs = model_.logits();
  const std::size_t numbers = indices_.size() * cnn::count(model_.output_shape());
  if (view_ == 0) mean_outputs_.assign(numbers, 0.0f);
  axpy(exec, numbers, view.weight, outputs, mean_outputs_.data());
  if (++view_ < views.size()) return {};
  view_ = 0;
  add_outputs(exec, mean_outputs_.data());
  return {};
}

void Evaluator::add_outputs(Exec& exec, const float* outputs) {
  const int rows = batch_.rows(), classes = matrix_.classes();
  LossBatch b;
  b.rows = rows;
  b.classes = classes;
  b.outputs = outputs;
  b.are_logits = are_logits_;
  b.labels = batch_.labels();
  loss_sum_ += loss_(b);

  const float* probabilities = outputs;
  if (are_logits_) {
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
}

Evaluation Evaluator::result() const {
  Evaluation result;
  const double n = static_cast<double>(std::max<std::size_t>(evaluated(), 1));
  result.loss = loss_sum_ / n + penalty(model_);
  result.accuracy = matrix_.accuracy();
  result.top_accuracy = static_cast<double>(top_) / n;
  result.matrix = matrix_;
  return result;
}

Result<Evaluation> evaluate(Model& model, const Dataset& data, const Loss& loss, Exec& exec, Views views) {
  if (auto fits = check_fits(model, data); !fits) return fits.error();
  if (data.size() == 0) return Error{"no_data", "there are no pictures to evaluate the model on"};
  Evaluator evaluator(model, data, 0, data.size(), loss, {}, views);
  while (!evaluator.done()) {
    if (auto step = evaluator.step(exec); !step) return step.error();
  }
  return evaluator.result();
}

}  // namespace cnn
