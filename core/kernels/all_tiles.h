#pragma once
/// Builds a kernel set from a vector type by instantiating every tile template. Included by each set_*.cpp.

#include "core/kernels/activation_tile.h"
#include "core/kernels/array_tile.h"
#include "core/kernels/gemm_tile.h"
#include "core/kernels/optimizer_tile.h"
#include "core/kernels/sparse_tile.h"
#include "core/kernels/window_tile.h"
#include "core/kernels/winograd_tile.h"

namespace cnn {

template <class V>
constexpr KernelSet make_kernel_set() {
  return {.name = V::name,
          .lanes = V::lanes,
          .fused_multiply_add = V::fused,
          .gemm_rows = V::gemm_rows,
          .gemm_columns = V::gemm_vectors * V::lanes,
          .peak = peak_rounds<V>,
          .gemm_block = gemm_block<V>,
          .transpose = transpose<V>,
          .winograd = winograd_kernels<V>(),
          .sparse_sum = sparse_sum<V>,
          .activation_forward = activation_forward_range<V>,
          .activation_backward = activation_backward_range<V>,
          .softmax_forward = softmax_forward_rows<V>,
          .softmax_backward = softmax_backward_rows<V>,
          .relu_mask = relu_mask_range<V>,
          .add = add_range<V>,
          .scale = scale_range<V>,
          .axpy = axpy_range<V>,
          .lerp = lerp_range<V>,
          .sum_of_squares = sum_of_squares_range<V>,
          .dropout_forward = dropout_forward_range<V>,
          .dropout_backward = dropout_backward_range<V>,
          .adam = adam_range<V>,
          .sgd = sgd_range<V>,
          .rmsprop = rmsprop_range<V>,
          .column_sums = column_sums_block<V>,
          .column_squares = column_squares_block<V>,
          .column_dots = column_dots_block<V>,
          .column_normalize = column_normalize_block<V>,
          .column_blend = column_blend_block<V>,
          .max_pool_row = max_pool_row<V>,
          .max_pool_row_backward = max_pool_row_backward<V>,
          .mean_pool_row = mean_pool_row<V>,
          .mean_pool_row_backward = mean_pool_row_backward<V>,
          .depthwise_row = depthwise_row<V>,
          .depthwise_row_input_gradient = depthwise_row_input_gradient<V>,
          .depthwise_row_kernel_gradient = depthwise_row_kernel_gradient<V>};
}

}  // namespace cnn
