#pragma once
/// Gradients of a stride-1 convolution from a dy that is mostly zeros, as max pooling, dropout and relu
/// leave it. Zeros are skipped: with one nonzero number in eight this is a third of Winograd's work. Serial,
/// one image at a time.

#include "core/kernels/conv2d.h"
#include "core/kernels/kernel_set.h"

namespace cnn {

/// The lists of one image. The driver borrows their memory, one scratch block per thread.
class SparseGradient {
 public:
  SparseGradient(const KernelSet& kernels, const Conv2DShape& shape) : kernels_(kernels), s_(shape) {}

  static bool fits(const Conv2DShape& s) { return s.stride_h == 1 && s.stride_w == 1 && s.filters <= 65535; }
  std::size_t scratch() const;  ///< floats

  /// Lists the nonzero numbers of one image's dy [out_height, out_width, filters]; with y only where y > 0.
  /// False when there are too many for sparse to be faster.
  bool list(const float* dy, const float* y, float* scratch);
  /// kernel_transposed [kernel_h, kernel_w, filters, channels]; dx =
  void input_gradient(const float* kernel_transposed, float* dx) const;
  /// sum [kernel_h, kernel_w, filters, channels] +=
  void kernel_gradient(const float* x, float* sum) const;
  /// dbias +=
  void bias_gradient(float* dbias) const;

 private:
  template <bool kMasked>
  bool list_cells(const float* dy, const float* y);
  std::size_t most_entries() const;
  int band_rows() const;

  const KernelSet& kernels_;
  Conv2DShape s_;
  // In scratch:
  std::int32_t* starts_ = nullptr;    // [out_height * (out_width + 1)]: first entry of each output cell
  SparseEntry* entries_ = nullptr;    // by output cell; offset: see list() in conv2d_sparse.cpp
  std::uint16_t* filters_ = nullptr;  // of each entry
  SparseEntry* by_filter_ = nullptr;  // [filters][band_rows * out_width] of one band
  std::int32_t* filter_counts_ = nullptr;
  float* padded_ = nullptr;  // x rows of one band with their padding
};

}  // namespace cnn
