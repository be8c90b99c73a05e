#pragma once
// Matrix products, and the dense layer's backward pass built from them.

namespace cnn {

class Exec;

/// What a kernel does to each output after the bias, where it costs nothing.
struct Fused {
  bool relu = false;  ///< max(y, 0); NaN stays NaN
};

/// c[m,n] = (accumulate ? c : 0) + op(a)[m,k] * op(b)[k,n] + bias[n], row-major float32, rows packed without
/// gaps: a is [m,k], or [k,m] when transposed; b is [k,n], or [n,k] when transposed. bias may be null. Any m,
/// n, k >= 0. c overlaps nothing. Order: each c[i,j] is summed over k upwards in blocks of kGemmDepth, the
/// blocks added in order, then the bias: the tile and the threads change no bit. (The sets that fuse multiply
/// and add round once a term.)
struct Gemm {
  int m = 0, n = 0, k = 0;
  const float* a = nullptr;
  bool a_transposed = false;
  const float* b = nullptr;
  bool b_transposed = false;
  const float* bias = nullptr;
  Fused fused = {};
  bool accumulate = false;
  float* c = nullptr;
};
inline constexpr int kGemmDepth = 256;
void gemm(Exec&, const Gemm&);

/// y[batch,units] = x[batch,inputs] * kernel[inputs,units] + bias. Gradients from dy [batch,units]; with `y`
/// (the output of a fused relu) dy counts only where y > 0. Null outputs are not wanted.
struct DenseBackward {
  int batch = 0, inputs = 0, units = 0;
  const float* x = nullptr;
  const float* kernel = nullptr;
  const float* dy = nullptr;
  const float* y = nullptr;
  float* dx = nullptr;       ///< =  dy * kernel^T
  float* dkernel = nullptr;  ///< += x^T * dy
  float* dbias = nullptr;    ///< += column sums of dy
};
void dense_backward(Exec&, const DenseBackward&);

}  // namespace cnn
