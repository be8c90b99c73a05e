#pragma once
/// Measures of the quality of predictions. Definitions are scikit-learn's, with all classes of the data set
/// as labels and zero_division=0: a ratio with denominator 0 is 0.

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
  std::int64_t actual(int c) const;     ///< pictures of class c
  std::int64_t predicted(int c) const;  ///< pictures predicted as class c
  double accuracy() const;

 private:
  std::size_t index(int actual, int predicted) const {
    return static_cast<std::size_t>(actual * classes_ + predicted);
  }

  int classes_ = 0;
  std::vector<std::int64_t> counts_;
};

struct ClassScore {
  double precision = 0;  ///< share of the pictures predicted as the class that belong to it
  double recall = 0;     ///< of the pictures of the class, the share predicted as it
  double f1 = 0;         ///< harmonic mean of both: 2 TP / (2 TP + FP + FN)
  double support = 0;    ///< number of pictures of the class; in an average, of all classes
};

ClassScore class_score(const ConfusionMatrix&, int c);
/// Unweighted mean over the classes.
ClassScore macro_average(const ConfusionMatrix&);
/// Mean over the classes, weighted by support.
ClassScore weighted_average(const ConfusionMatrix&);

/// The index of the largest value, the first of equals; NaN only if all are NaN.
int argmax(const float* values, int n);
/// Whether fewer than k classes score higher than the true one (keras.metrics.TopKCategoricalAccuracy); false
/// if its score is NaN.
bool in_top_k(const float* scores, int classes, int label, int k);

/// A model's performance on labeled pictures.
struct Evaluation {
  static constexpr int top = 3;
  double loss = 0;
  double accuracy = 0;
  double top_accuracy = 0;  ///< share of pictures whose true class is among the `top` most probable
  ConfusionMatrix matrix;
};

/// {loss, accuracy, top_3_accuracy, confusion_matrix [[...]], per_class [{name, precision, recall, f1,
/// support}], macro, weighted}
Json to_json(const Evaluation&, const std::vector<std::string>& class_names);
/// The table of scikit-learn's classification_report and the confusion matrix.
std::string to_text(const Evaluation&, const std::vector<std::string>& class_names);

}  // namespace cnn
