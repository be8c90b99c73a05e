#pragma once
/// Batch normalization over the rows of a [rows, channels] matrix (rows = N*H*W, channels last).

namespace cnn {

class Exec;

///   y = gamma * (x - mean) / sqrt(variance + epsilon) + beta
/// with the batch's own mean and biased variance, which are outputs too. gamma and beta may be null (1 and
/// 0). rows >= 1; y may be x. Sums are split into pieces of fixed size, added in order. The variance is
/// summed around the mean, so that a large mean costs no precision.
void batch_normalization_forward_training(Exec&, int rows, int channels, const float* x, const float* gamma,
                                          const float* beta, float epsilon, float* mean, float* variance,
                                          float* y);
/// The same, but mean and variance are inputs.
void batch_normalization_forward_inference(Exec&, int rows, int channels, const float* x, const float* gamma,
                                           const float* beta, float epsilon, const float* mean,
                                           const float* variance, float* y);
/// Gradients of forward_training from its x, mean and variance:
///   s       = sqrt(variance + epsilon)
///   xhat    = (x - mean) / s
///   dgamma += sum(dy * xhat)
///   dbeta  += sum(dy)
///   dx      = gamma / s * (dy - mean(dy) - xhat * mean(dy * xhat))
/// gamma, dgamma, dbeta and dx may be null; dx may be dy.
void batch_normalization_backward(Exec&, int rows, int channels, const float* x, const float* gamma,
                                  float epsilon, const float* mean, const float* variance, const float* dy,
                                  float* dgamma, float* dbeta, float* dx);

}  // namespace cnn
