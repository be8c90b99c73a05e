#include "core/kernels/conv2d.h"

#include "core/kernels/conv2d_direct.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr ConvAlgorithm kAlgorithms[] = {ConvAlgorithm::automatic, ConvAlgorithm::direct,
                                         ConvAlgorithm::winograd2, ConvAlgorithm::winograd4,
                                         ConvAlgorithm::sparse};
// A sum over the batch is made of this many pieces at most, whatever the threads.
constexpr int kBatchPieces = 8;

std::size_t size(int n) { return static_cast<std::size_t>(n); }
std::size_t in_size(const Conv2DShape& s) { return size(s.height) * size(s.width) * size(s.channels); }
std::size_t out_size(const Conv2DShape& s) {
  return size(s.out_height) * size(s.out_width) * size(s.filters);
}
std::size_t kernel_size(const Conv2DShape& s) {
  return size(s.kernel_h) * size(s.kernel_w) * size(s.channels) * size(s.filters);
}
double flops(const Conv2DShape& s) {
  return 2.0 * s.batch * static_cast<double>(s.out_height) * s.out_width *
         static_cast<double>(kernel_size(s));
}
}  // namespace

std::span<const ConvAlgorithm> conv_algorithms() { return kAlgorithms; }

std::string_view name_of(ConvAlgorithm algorithm) {
  constexpr std::string_view kNames[] = {"automatic", "direct", "winograd2", "winograd4", "sparse"};
  return kNames[static_cast<int>(algorithm)];
}

void conv2d_forward(Exec& exec, const Conv2DShape& s, const float* x, const float* kernel, const float* bias,
                    Fused fused, float* y, ConvAlgorithm) {
  exec.count_flops(flops(s));
  Scratch::Frame frame(exec.scratch());
  const std::size_t part = conv2d_direct_scratch(s);
  float* scratch = frame.floats(part * size(exec.pool().threads()));
  // Few images are cut into bands of rows, so that a batch of one has pieces to share too.
  const int bands = s.batch >= kBatchPieces ? 1 : std::min(4, s.out_height);
  exec.pool().parallel_for(s.batch * bands, [&](int piece, int thread) {
    const int image = piece / bands, band = piece % bands;
    const int first = piece_begin(s.out_height, bands, band),
              end = piece_begin(s.out_height, bands, band + 1);
    conv2d_direct_forward(exec.kernels(), s, first, end - first, x + size(image) * in_size(s), kernel, bias,
                          fused, y + size(image) * out_size(s), scratch + size(thread) * part);
  });
}

void conv2d_backward(Exec& exec, const Conv2DShape& s, const Conv2DBackward& b, ConvAlgorithm) {
  const KernelSet& kernels = exec.kernels();
  const std::size_t threads = size(exec.pool().threads());
  Scratch::Frame frame(exec.scratch());
  const float* dy = b.dy;
  if (b.y) {
    float* masked = frame.floats(size(s.batch) * out_size(s));
    for_each_piece(exec, size(s.batch) * out_size(s), [&](std::size_t i, std::size_t count) {
      kernels.relu_mask(count, b.y + i, b.dy + i, masked + i);
    });
    dy = masked;
  }
  const std::size_t part = conv2d_direct_scratch(s);
  float* scratch = frame.floats(part * threads);
  if (b.dbias) add_column_sums(exec, s.batch * s.out_height * s.out_width, s.filters, dy, b.dbias);
  if (b.dx) {
    exec.count_flops(flops(s));
    float* transposed = frame.floats(kernel_size(s));
    kernels.transpose(s.kernel_h * s.kernel_w * s.channels, s.filters, b.kernel, s.filters, transposed);
    exec.pool().parallel_for(s.batch, [&](int image, int thread) {
      conv2d_direct_input_gradient(kernels, s, dy + size(image) * out_size(s), transposed,
                                   b.dx + size(image) * in_size(s), scratch + size(thread) * part);
    });
  }
  if (b.dkernel) {
    exec.count_flops(flops(s));
    const int pieces = std::min(s.batch, kBatchPieces);
    float* sums = frame.floats(size(pieces) * kernel_size(s));
    exec.pool().parallel_for(pieces, [&](int piece, int thread) {
      float* sum = sums + size(piece) * kernel_size(s);
      std::fill_n(sum, kernel_size(s), 0.0f);
      for (int image = piece_begin(s.batch, pieces, piece); image < piece_begin(s.batch, pieces, piece + 1);
           ++image)
        conv2d_direct_kernel_gradient(kernels, s, b.x + size(image) * in_size(s),
                                      dy + size(image) * out_size(s), sum, scratch + size(thread) * part);
    });
    for (int piece = 0; piece < pieces; ++piece)
      kernels.add(kernel_size(s), b.dkernel, sums + size(piece) * kernel_size(s), b.dkernel);
  }
}

}  // namespace cnn
