#pragma once
/// A network small enough to be trained between two frames on the loaded pictures: real gradient descent for
/// the chapters about training.

#include <span>
#include <vector>

#include "core/training/metrics.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"

namespace playground {

class SmallTraining {
 public:
  SmallTraining() = default;
  /// `front` has fixed weights and is applied once, here; an empty Net passes the pictures on unchanged.
  /// `layers` are trained on its output and must end in 10 classes.
  SmallTraining(const Lesson& lesson, Net front, cnn::Json::Array layers, std::uint64_t seed = 1);

  bool ready() const { return net_.made() && !train_.labels.empty(); }
  Net& net() { return net_; }
  int features() const { return features_; }
  int pictures() const { return static_cast<int>(train_.labels.size()); }
  int steps() const { return steps_; }
  /// A training picture as the network sees it.
  std::span<const float> input(int picture) const;
  Net& front() { return front_; }

  /// One step on the next `batch` pictures: w -= rate * gradient. Returns the loss before the step.
  double step(cnn::Exec& exec, double rate, int batch);
  /// For each t, the loss of the next batch at w - t * gradient. The weights are unchanged afterwards.
  std::vector<double> along_gradient(cnn::Exec& exec, std::span<const double> ts, int batch);

  struct Score {
    double loss = 0, accuracy = 0;
  };
  Score on_training(cnn::Exec& exec) { return score(exec, train_); }
  Score on_test(cnn::Exec& exec) { return score(exec, test_); }
  cnn::ConfusionMatrix matrix(cnn::Exec& exec);

 private:
  struct Part {
    std::vector<float> x;
    std::vector<std::uint8_t> labels;
  };
  Part prepared(const Lesson& lesson, const LessonPictures& pictures);
  Score score(cnn::Exec& exec, const Part& part);
  /// Loss of rows first to first + count - 1; with `gradient`, also sets the parameters' gradients.
  double loss(cnn::Exec& exec, const Part& part, int first, int count, bool gradient);
  int next(int batch) const;

  Net front_, net_;
  Part train_, test_;
  int features_ = 0, steps_ = 0, at_ = 0;
  std::vector<float> d_logits_;
};

}  // namespace playground
