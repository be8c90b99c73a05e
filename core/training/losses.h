#pragma once
/// Losses: what training minimizes.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/base/choice.h"
#include "core/base/fields.h"

namespace cnn {

/// Cross-entropy of `rows` predictions with the true classes (keras.losses.SparseCategoricalCrossentropy):
///   target[k] = (1 - label_smoothing) * [k = label] + label_smoothing / classes
///   loss      = -sum over k of target[k] * log p[k],   p = softmax(logits)
///   d_logits  = gradient_scale * (p - target)
/// Returns the sum over the rows in double precision. d_logits may be null. A gradient_scale of 1 / rows
/// gives the gradient of the mean. Finite logits give a finite loss; NaN in a row gives NaN.
double cross_entropy_from_logits(int rows, int classes, const float* logits, const std::uint8_t* labels,
                                 double label_smoothing, float gradient_scale, float* d_logits);

/// The same for probabilities, clipped to [1e-7, 1 - 1e-7] first, as in Keras; a clipped one has no gradient.
double cross_entropy_from_probabilities(int rows, int classes, const float* probabilities,
                                        const std::uint8_t* labels, double label_smoothing,
                                        float gradient_scale, float* d_probabilities);

/// What the model's last layer computes.
enum class Outputs {
  automatic,      ///< probabilities if its activation is softmax or sigmoid, otherwise logits
  logits,         ///< any numbers; the loss applies softmax
  probabilities,  ///< from 0 to 1, with a sum of 1
};
std::span<const std::string_view> names_of(Outputs);

/// Gradients of the batch's mean or of its sum, named as in Keras. The reported loss is always the mean.
enum class Reduction { sum_over_batch_size, sum };
std::span<const std::string_view> names_of(Reduction);

/// A batch for a loss.
struct LossBatch {
  int rows = 0, classes = 0;
  const float* outputs = nullptr;  ///< logits or probabilities
  bool are_logits = true;
  const std::uint8_t* labels = nullptr;
  float gradient_scale = 0;   ///< factor for the gradient
  float* gradient = nullptr;  ///< with respect to `outputs`; null: not computed
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
    return "How surprising the true class is to the network: minus the logarithm of its predicted "
           "probability.";
  }
  void fields(Fields& field) override;
  double operator()(const LossBatch&) const override;
};

}  // namespace cnn
