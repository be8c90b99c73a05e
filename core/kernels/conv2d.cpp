#include "core/kernels/conv2d.h"

#include "core/kernels/conv2d_direct.h"
#include "core/kernels/conv2d_plan.h"
#include "core/kernels/conv2d_winograd.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr ConvAlgorithm kAlgorithms[] = {ConvAlgorithm::automatic, ConvAlgorithm::direct,
                                         ConvAlgorithm::winograd, ConvAlgorithm::sparse};
/// With fewer channels or filters, Winograd's transforms cost more than they save. The exception is an
/// image's three channels with many filters, whose transforms dominate then.
constexpr int kFewestChannels = 8, kFewestWithManyFilters = 3;
}  // namespace

bool uses_winograd(const Conv2DShape& s, ConvAlgorithm algorithm) {
  if (s.kernel_h != 3 || s.kernel_w != 3 || s.stride_h != 1 || s.stride_w != 1) return false;
  if (algorithm == ConvAlgorithm::winograd) return true;
  const bool many_filters = s.filters >= 2 * kFewestChannels;
  if (algorithm == ConvAlgorithm::direct || s.filters < kFewestChannels ||
      s.channels < (many_filters ? kFewestWithManyFilters : kFewestChannels))
    return false;
  return 3 * WinogradPlan::products(s) <= 2 * 9 * s.out_height * s.out_width;
}

std::span<const ConvAlgorithm> conv_algorithms() { return kAlgorithms; }

std::string_view name_of(ConvAlgorithm algorithm) {
  constexpr std::string_view kNames[] = {"automatic", "direct", "winograd", "sparse"};
  return kNames[static_cast<int>(algorithm)];
}

void conv2d_forward(Exec& exec, const Conv2DShape& s, const float* x, const float* kernel, const float* bias,
                    Fused fused, float* y, ConvAlgorithm algorithm) {
  if (s.batch == 0) return;
  exec.count_flops(flops(s));
  Scratch::Frame frame(exec.scratch());
  const std::size_t threads = size(exec.pool().threads());
  if (uses_winograd(s, algorithm)) {
    const WinogradPlan plan(exec.kernels(), s, WinogradUse::forward);
    float* transformed = frame.floats(plan.kernel_size());
    float* scratch = frame.floats(plan.scratch() * threads);
    plan.transform_kernel(kernel, transformed);
    exec.pool().parallel_for(plan.blocks(), [&](int block, int thread) {
      plan.forward(block, x, transformed, bias, fused, y, scratch + size(thread) * plan.scratch());
    });
    return;
  }
  const std::size_t part = conv2d_direct_scratch(s);
  float* scratch = frame.floats(part * threads);
  // A small batch is split into bands of rows, so that threads can share even one image.
  const int bands = s.batch >= kBatchPieces ? 1 : std::min(4, s.out_height);
  exec.pool().parallel_for(s.batch * bands, [&](int piece, int thread) {
    const int image = piece / bands, band = piece % bands;
    const int first = piece_begin(s.out_height, bands, band),
              end = piece_begin(s.out_height, bands, band + 1);
    conv2d_direct_forward(exec.kernels(), s, {first, end - first}, x + size(image) * in_size(s),
                          {kernel, bias, fused}, y + size(image) * out_size(s),
                          scratch + size(thread) * part);
  });
}

}  // namespace cnn
