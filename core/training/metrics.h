#pragma once
/// core/training/metrics.h: how good predictions are. Definitions are scikit-learn's, with all classes of the data set
/// as labels and zero_division=0: a share of nothing is 0.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/base/json.h"

namespace cnn {

/// Rows are true classes, columns predicted ones.
class ConfusionMatrix {
 public:
  ConfusionMatrix() = default;
  explicit ConfusionMatrix(int classes);

  void add(int actual, int predicted) { ++counts_[index(actual, predicted)]; }
  int classes() const { return classes_; }
  std::int64_t at(int actual, int predicted) const { return counts_[index(actual, predicted)]; }
  std::int64_t total() const;
  std::int64_t correct() const;
  std::int64_t actual(int c) const;     ///< how many belong to class c
  std::int64_t predicted(int c) const;  ///< how many were said to
  double accuracy() const;

 private:
  std::size_t index(int actual, int predicted) const {
    return static_cast<std::size_t>(actual * classes_ + predicted);
  }

  int classes_ = 0;
  std::vector<std::int64_t> counts_;
};

struct ClassScore {
  double precision = 0;  ///< of those said to be of the class, the share that is
  double recall = 0;     ///< of those of the class, the share that was found
  double f1 = 0;         ///< harmonic mean of both: 2 TP / (2 TP + FP + FN)
  double support = 0;    ///< how many belong to the class; in an average, to all together
};

ClassScore class_score(const ConfusionMatrix&, int c);
/// Plain mean over the classes.
ClassScore macro_average(const ConfusionMatrix&);
/// Mean over the classes, weighted by support.
ClassScore weighted_average(const ConfusionMatrix&);

/// The first of the largest values; NaN never is.
int argmax(const float* values, int n);
/// Whether fewer than k classes score higher than the true one, as keras.metrics.TopKCategoricalAccuracy;
/// never where that score is NaN.
bool in_top_k(const float* scores, int classes, int label, int k);

/// A model's performance on labeled pictures.
struct Evaluation {
  static constexpr int top = 3;
  double loss = 0;
  double accuracy = 0;
  double top_accuracy = 0;  ///< share with the true class among the `top` most probable
  ConfusionMatrix matrix;
};

/// {loss, accuracy, top_3_accuracy, confusion_matrix [[...]], per_class [{name, precision, recall, f1,
/// support}], macro, weighted}
Json to_json(const Evaluation&, const std::vector<std::string>& class_names);
/// The table of scikit-learn's classification_report, and the confusion matrix.
std::string to_text(const Evaluation&, const std::vector<std::string>& class_names);

}  // namespace cnn
