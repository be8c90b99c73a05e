#include "core/kernels/optimizer_step.h"

#include "core/kernels/elementwise.h"
#include "core/kernels/gemm.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr double kAdamFlops = 12, kSgdFlops = 4, kRmspropFlops = 9;  // an element
}

void adam_update(Exec& exec, const AdamStep& step, std::size_t n, float* w, const float* g, float* m,
                 float* v) {
  exec.count_flops(kAdamFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().adam(step, count, w + i, g + i, m + i, v + i);
  });
}

void sgd_update(Exec& exec, const SgdStep& step, std::size_t n, float* w, const float* g, float* velocity) {
  exec.count_flops(kSgdFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().sgd(step, count, w + i, g + i, velocity ? velocity + i : velocity);
  });
}

void rmsprop_update(Exec& exec, const RmspropStep& step, std::size_t n, float* w, const float* g, float* v,
                    float* velocity) {
  exec.count_flops(kRmspropFlops * static_cast<double>(n));
  for_each_piece(exec, n, [&](std::size_t i, std::size_t count) {
    exec.kernels().rmsprop(step, count, w + i, g + i, v + i, velocity ? velocity + i : velocity);
  });
}

void dense_backward_adam(Exec& exec, const DenseAdam& d, const AdamStep& step) {
  const std::size_t n = static_cast<std::size_t>(d.inputs) * static_cast<std::size_t>(d.units);
  Scratch::Frame frame(exec.scratch());
  float* dkernel = frame.floats(n);
  fill(exec, n, 0, dkernel);
  dense_backward(exec, {.batch = d.batch,
                        .inputs = d.inputs,
                        .units = d.units,
                        .x = d.x,
                        .kernel = d.w,
                        .dy = d.dy,
                        .y = d.y,
                        .dx = d.dx,
                        .dkernel = dkernel,
                        .dbias = d.dbias});
  adam_update(exec, step, n, d.w, dkernel, d.m, d.v);
}

}  // namespace cnn
