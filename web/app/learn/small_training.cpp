#include "web/app/learn/small_training.h"

#include <algorithm>

#include "core/kernels/elementwise.h"
#include "core/kernels/optimizer_step.h"
#include "core/training/losses.h"

namespace playground {

constexpr int kClasses = 10;

SmallTraining::SmallTraining(const Lesson& lesson, Net front, cnn::Json::Array layers, std::uint64_t seed)
    : front_(std::move(front)) {
  train_ = prepared(lesson, lesson.train);
  test_ = prepared(lesson, lesson.test);
  const cnn::Shape seen = front_.made() ? front_.output_shape() : cnn::Shape{kPictureSide, kPictureSide, 3};
  features_ = static_cast<int>(cnn::count(seen));
  net_ = Net(seen, std::move(layers), seed);
}

SmallTraining::Part SmallTraining::prepared(const Lesson& lesson, const LessonPictures& pictures) {
  Part part;
  const int count = std::min(pictures.count(), static_cast<int>(pictures.rgb.size() / kPictureBytes));
  std::vector<float> x(static_cast<std::size_t>(count) * kPictureBytes);
  std::transform(pictures.rgb.begin(), pictures.rgb.begin() + static_cast<std::ptrdiff_t>(x.size()),
                 x.begin(), [](std::uint8_t value) { return static_cast<float>(value) / 255; });
  const std::span<const float> y =
      front_.made() ? front_.run(lesson.exec, x, count) : std::span<const float>(x);
  part.x.assign(y.begin(), y.end());
  for (int i = 0; i < count && !y.empty(); ++i)
    part.labels.push_back(
        static_cast<std::uint8_t>(std::clamp(pictures.labels[static_cast<std::size_t>(i)], 0, kClasses - 1)));
  return part;
}

std::span<const float> SmallTraining::input(int picture) const {
  const auto each = static_cast<std::size_t>(features_);
  if (picture < 0 || picture >= pictures()) return {};
  return std::span(train_.x).subspan(static_cast<std::size_t>(picture) * each, each);
}

/// Where the next batch begins; a batch that would exceed the end starts over at 0.
int SmallTraining::next(int batch) const { return at_ + batch > pictures() ? 0 : at_; }

double SmallTraining::loss(cnn::Exec& exec, const Part& part, int first, int count, bool gradient) {
  cnn::Model& model = net_.model();
  const float* x = part.x.data() + static_cast<std::size_t>(first) * static_cast<std::size_t>(features_);
  const cnn::ForwardOptions options{
      .training = gradient, .seed = 1, .step = static_cast<std::uint64_t>(steps_)};
  if (model.forward(exec, x, count, options) == nullptr) return 0;
  d_logits_.resize(static_cast<std::size_t>(count * kClasses));
  const double sum =
      cnn::cross_entropy_from_logits(count, kClasses, model.logits(), part.labels.data() + first, 0,
                                     1 / static_cast<float>(count), gradient ? d_logits_.data() : nullptr);
  if (gradient) {
    model.zero_gradients();
    model.backward(exec, d_logits_.data());
  }
  return sum / count;
}

double SmallTraining::step(cnn::Exec& exec, double rate, int batch) {
  batch = std::min(batch, pictures());
  const int first = next(batch);
  const double before = loss(exec, train_, first, batch, true);
  const cnn::SgdStep step{.learning_rate = static_cast<float>(rate)};
  for (cnn::Parameter& p : net_.model().parameters())
    cnn::sgd_update(exec, step, p.value.size(), p.value.data(), p.gradient.data(), nullptr);
  at_ = first + batch;
  ++steps_;
  return before;
}

std::vector<double> SmallTraining::along_gradient(cnn::Exec& exec, std::span<const double> ts, int batch) {
  batch = std::min(batch, pictures());
  const int first = next(batch);
  loss(exec, train_, first, batch, true);
  std::vector<std::vector<float>> values, gradients;
  for (const cnn::Parameter& p : net_.model().parameters()) {
    values.emplace_back(p.value.begin(), p.value.end());
    gradients.emplace_back(p.gradient.begin(), p.gradient.end());
  }
  std::vector<double> losses;
  const auto set_weights = [&](double t) {
    std::size_t i = 0;
    for (cnn::Parameter& p : net_.model().parameters()) {
      std::copy(values[i].begin(), values[i].end(), p.value.begin());
      cnn::axpy(exec, p.value.size(), static_cast<float>(-t), gradients[i].data(), p.value.data());
      ++i;
    }
  };
  for (const double t : ts) {
    set_weights(t);
    losses.push_back(loss(exec, train_, first, batch, false));
  }
  set_weights(0);
  return losses;
}

SmallTraining::Score SmallTraining::score(cnn::Exec& exec, const Part& part) {
  Score score;
  const int count = static_cast<int>(part.labels.size());
  if (count == 0 || !net_.made()) return score;
  score.loss = loss(exec, part, 0, count, false);
  int right = 0;
  const float* logits = net_.model().logits();
  for (int i = 0; i < count; ++i)
    right += cnn::argmax(logits + i * kClasses, kClasses) == part.labels[static_cast<std::size_t>(i)] ? 1 : 0;
  score.accuracy = static_cast<double>(right) / count;
  return score;
}

cnn::ConfusionMatrix SmallTraining::matrix(cnn::Exec& exec) {
  cnn::ConfusionMatrix matrix(kClasses);
  const int count = static_cast<int>(test_.labels.size());
  if (count == 0 || !net_.made()) return matrix;
  loss(exec, test_, 0, count, false);
  const float* logits = net_.model().logits();
  for (int i = 0; i < count; ++i) {
    const int predicted = cnn::argmax(logits + i * kClasses, kClasses);
    if (predicted >= 0) matrix.add(test_.labels[static_cast<std::size_t>(i)], predicted);
  }
  return matrix;
}

}  // namespace playground
