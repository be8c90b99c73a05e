#pragma once
/// core/training/losses.h: what training makes small.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/choice.h"
#include "core/base/fields.h"

namespace cnn {

/// Cross-entropy of `rows` predictions with the true classes (keras.losses.SparseCategoricalCrossentropy):
///   target[k] = (1 - label_smoothing) * [k = label] + label_smoothing / classes
///   loss      = -sum over k of target[k] * log p[k],   p = softmax(logits)
/// Returns the sum over the rows, in double. d_logits (null: not wanted) = gradient_scale * (p - target), so
/// 1 / rows gives the gradient of the mean. Any finite logits give a finite loss; NaN in a row gives NaN.
double cross_entropy_from_logits(int rows, int classes, const float* logits, const std::uint8_t* labels,
                                 double label_smoothing, float gradient_scale, float* d_logits);

/// The same of probabilities, which Keras clips to [1e-7, 1 - 1e-7] first; no gradient flows where it did.
double cross_entropy_from_probabilities(int rows, int classes, const float* probabilities,
                                        const std::uint8_t* labels, double label_smoothing,
                                        float gradient_scale, float* d_probabilities);

/// What the model's last layer gives.
enum class Outputs {
  automatic,  ///< as its last activation says: softmax and sigmoid give probabilities, anything else logits
  logits,     ///< any numbers; the loss applies softmax
  probabilities,  ///< shares of one
};
std::span<const std::string_view> names_of(Outputs);

/// What the gradients are of; what is shown is the mean per picture in any case.
enum class Reduction { sum_over_batch_size, sum };  ///< Keras's words: the mean of the batch, or its sum
std::span<const std::string_view> names_of(Reduction);

/// A batch, and what its gradient is to be multiplied by.
struct LossBatch {
  int rows = 0, classes = 0;
  const float* outputs = nullptr;  ///< logits or probabilities
  bool are_logits = true;
  const std::uint8_t* labels = nullptr;
  float gradient_scale = 0;
  float* gradient = nullptr;  ///< by `outputs`; null: not wanted
};

class Loss {
 public:
  static std::span<const Family<Loss>> types();
  virtual ~Loss() = default;
  virtual std::string_view class_name() const = 0;
  virtual std::string_view help() const = 0;
  virtual void fields(Fields&) = 0;
  /// The sum over the rows.
  virtual double operator()(const LossBatch&) const = 0;

  Outputs outputs = Outputs::automatic;
  Reduction reduction = Reduction::sum_over_batch_size;
};

class SparseCategoricalCrossentropy final : public Loss {
 public:
  double label_smoothing = 0;

  std::string_view class_name() const override { return "SparseCategoricalCrossentropy"; }
  std::string_view help() const override {
    return "How surprised the network is by the true class: minus the logarithm of the probability it gave "
           "it.";
  }
  void fields(Fields& field) override;
  double operator()(const LossBatch&) const override;
};

}  // namespace cnn
