#pragma once
/// Batch normalization over the rows of a [rows, channels] matrix (rows = N*H*W, channels last).

namespace cnn {

class Exec;

struct BatchNormalizationInput {
  int rows, channels;  // rows >= 1
  const float* x;
  const float* gamma;  // may be null: 1
  const float* beta;   // may be null: 0; backward does not read it
  float epsilon;
};

///   y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
/// with the batch's own mean and biased variance, which are outputs too. y may be x. Sums are split into
/// pieces of fixed size, added in order. The variance is summed around the mean, so that a large mean costs
/// no precision.
void batch_normalization_forward_training(Exec&, const BatchNormalizationInput&, float* mean, float* variance,
                                          float* y);
/// The same, but mean and variance are inputs.
void batch_normalization_forward_inference(Exec&, const BatchNormalizationInput&, const float* mean,
                                           const float* variance, float* y);

/// Each may be null.
struct BatchNormalizationGradients {
  float* gamma;  // +=
  float* beta;   // +=
  float* x;      // =; may be dy
};

/// Gradients of forward_training from its x, mean and variance:
///   s       = sqrt(variance + epsilon)
///   xhat    = (x - mean) / s
///   dgamma += sum(dy * xhat)
///   dbeta  += sum(dy)
///   dx      = gamma / s * (dy - mean(dy) - xhat * mean(dy * xhat))
void batch_normalization_backward(Exec&, const BatchNormalizationInput&, const float* mean,
                                  const float* variance, const float* dy, const BatchNormalizationGradients&);

}  // namespace cnn
