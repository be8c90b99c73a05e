#include "core/training/losses.h"

#include <algorithm>
#include <cmath>

namespace cnn {
namespace {

constexpr std::string_view kOutputWords[] = {"automatic", "logits", "probabilities"};
constexpr std::string_view kReductionWords[] = {"sum_over_batch_size", "sum"};
constexpr float kClip = 1e-7f;  // keras.config.epsilon()

struct Target {
  double hit, miss;  // for the true class, for each other class
  Target(double smoothing, int classes)
      : hit(1 - smoothing + smoothing / classes), miss(smoothing / classes) {}
};

}  // namespace

std::span<const std::string_view> names_of(Outputs) { return kOutputWords; }
std::span<const std::string_view> names_of(Reduction) { return kReductionWords; }

double cross_entropy_from_logits(int rows, int classes, const float* logits, const std::uint8_t* labels,
                                 double label_smoothing, float gradient_scale, float* d_logits) {
  const Target target(label_smoothing, classes);
  double sum = 0;
  for (int row = 0; row < rows; ++row, logits += classes) {
    const int label = labels[row];
    // log p[k] = z[k] - max - log(sum of exp(z - max)): nothing overflows.
    const double highest = *std::max_element(logits, logits + classes);
    double total = 0, mean_logit = 0;
    for (int k = 0; k < classes; ++k) {
      total += std::exp(logits[k] - highest);
      mean_logit += logits[k] - highest;
    }
    const double log_total = std::log(total);
    const double smoothed = target.miss > 0 ? target.miss * (mean_logit - classes * log_total) : 0;
    sum -= (target.hit - target.miss) * (logits[label] - highest - log_total) + smoothed;
    if (!d_logits) continue;
    for (int k = 0; k < classes; ++k) {
      const double p = std::exp(logits[k] - highest) / total;
      *d_logits++ = gradient_scale * static_cast<float>(p - (k == label ? target.hit : target.miss));
    }
  }
  return sum;
}

double cross_entropy_from_probabilities(int rows, int classes, const float* probabilities,
                                        const std::uint8_t* labels, double label_smoothing,
                                        float gradient_scale, float* d_probabilities) {
  const Target target(label_smoothing, classes);
  double sum = 0;
  for (int row = 0; row < rows; ++row, probabilities += classes) {
    for (int k = 0; k < classes; ++k) {
      const double share = k == labels[row] ? target.hit : target.miss;
      const float p = probabilities[k];
      const float clipped = p < kClip       ? kClip
                            : p > 1 - kClip ? 1 - kClip
                                            : p;  // NaN stays NaN and is noticed
      if (share > 0) sum -= share * std::log(static_cast<double>(clipped));
      if (d_probabilities)
        *d_probabilities++ = p == clipped ? gradient_scale * static_cast<float>(-share / p) : 0.0f;
    }
  }
  return sum;
}

void SparseCategoricalCrossentropy::fields(Fields& field) {
  field("label_smoothing", label_smoothing, {.min = 0, .max = 1},
        "Share of the target spread evenly over all classes, against overconfidence.");
  field("outputs", outputs,
        "Whether the last layer outputs logits (any numbers) or probabilities; auto decides by its "
        "activation.");
  field("reduction", reduction,
        "Whether gradients are those of the batch's mean loss or of its sum; with the sum, larger batches "
        "take larger steps.");
}

double SparseCategoricalCrossentropy::operator()(const LossBatch& b) const {
  const auto function = b.are_logits ? cross_entropy_from_logits : cross_entropy_from_probabilities;
  return function(b.rows, b.classes, b.outputs, b.labels, label_smoothing, b.gradient_scale, b.gradient);
}

std::span<const Family<Loss>> Loss::types() {
  static const Family<Loss> all[] = {
      member<Loss, SparseCategoricalCrossentropy>("SparseCategoricalCrossentropy")};
  return all;
}

}  // namespace cnn
