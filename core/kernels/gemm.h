#pragma once
/// Matrix products, and the dense layer's backward pass built from them.

namespace cnn {

class Exec;

/// What a kernel applies to each output after the bias, at no extra cost.
struct Fused {
  bool relu = false;  ///< max(y, 0); NaN stays NaN
};

///   c[m,n] = (accumulate ? c[m,n] : 0) + op(a)[m,k] * op(b)[k,n] + bias[n]
/// Row-major float32, rows contiguous: a is [m,k], or [k,m] when transposed; b is [k,n], or [n,k] when
/// transposed. bias may be null. Any m, n, k >= 0. c overlaps nothing.
/// Order of summation: each c[i,j] is summed over ascending k in blocks of kGemmDepth; the blocks are added
/// in order, then the bias. Tile and threads change no bit. (Sets that fuse multiply and add round once per
/// term.)
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

/// Gradients of y[batch,units] = x[batch,inputs] * kernel[inputs,units] + bias from dy [batch,units]. With
/// `y` (the output of a fused relu) dy counts only where y > 0. A null output is not computed.
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
