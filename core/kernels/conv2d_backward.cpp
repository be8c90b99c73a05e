// The backward pass of convolution. The batch is split into pieces, each with its own sums. Images of sparse
// dy are computed one by one, the others in groups that stay in the cache together.
#include <array>

#include "core/kernels/conv2d_direct.h"
#include "core/kernels/conv2d_plan.h"
#include "core/kernels/conv2d_sparse.h"
#include "core/kernels/conv2d_winograd.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
/// With fewer channels the sparse lists cost more than they save.
constexpr int kFewestSparseChannels = 8;

/// The convolution that computes dx from dy, with the kernel rotated by 180 degrees.
Conv2DShape input_gradient_shape(const Conv2DShape& s) {
  return {.batch = s.batch,
          .height = s.out_height,
          .width = s.out_width,
          .channels = s.filters,
          .filters = s.channels,
          .kernel_h = s.kernel_h,
          .kernel_w = s.kernel_w,
          .pad_top = s.kernel_h - 1 - s.pad_top,
          .pad_left = s.kernel_w - 1 - s.pad_left,
          .out_height = s.height,
          .out_width = s.width};
}

Conv2DShape with_batch(Conv2DShape s, int batch) {
  s.batch = batch;
  return s;
}

/// Which algorithms compute the gradients, and how the batch is split. Depends on neither data nor threads.
class BackwardPlan {
 public:
  BackwardPlan(const KernelSet& set, const Conv2DShape& s, ConvAlgorithm algorithm)
      : kernels(set),
        shape(s),
        winograd(uses_winograd(s, algorithm)),
        dx_winograd(winograd && s.pad_top <= 2 && s.pad_left <= 2 &&
                    uses_winograd(input_gradient_shape(s), algorithm)),
        try_sparse(SparseGradient::fits(s) &&
                   (algorithm == ConvAlgorithm::sparse ||
                    (algorithm == ConvAlgorithm::automatic && s.channels >= kFewestSparseChannels))),
        pieces(std::min(s.batch, most_pieces())),
        group(std::clamp(wanted_group(), 1, divide_up(s.batch, pieces))) {}

  const KernelSet& kernels;
  const Conv2DShape shape;
  const bool winograd;     // computes dkernel; else direct
  const bool dx_winograd;  // computes dx; else direct
  const bool try_sparse;   // for both, on each image whose dy has few enough nonzero numbers
  const int pieces;        // at most kBatchPieces
  const int group;         // most images in a group

  WinogradPlan dkernel_plan(int images) const {
    return {kernels, with_batch(shape, images), WinogradUse::kernel_gradient};
  }
  WinogradPlan dx_plan(int images) const {
    return {kernels, with_batch(input_gradient_shape(shape), images), WinogradUse::forward};
  }

  /// Floats of a piece's dkernel, as direct convolution or Winograd sums it.
  std::size_t dense_sum_size() const { return winograd ? dkernel_plan(1).kernel_size() : kernel_size(shape); }
  /// Floats of one thread's scratch, without the masked dy.
  std::size_t scratch_size() const {
    std::size_t most =
        std::max(conv2d_direct_scratch(shape), try_sparse ? SparseGradient(kernels, shape).scratch() : 0);
    if (winograd) most = std::max(most, dkernel_plan(group).scratch());
    if (dx_winograd) most = std::max(most, dx_plan(group).scratch());
    return most;
  }

 private:
  /// Large kernels have fewer pieces, whose sums together take 40 MB at most.
  int most_pieces() const {
    const std::size_t bytes = kernel_size(shape) * 4 * 4;
    return static_cast<int>(std::clamp<std::size_t>((std::size_t{40} << 20) / bytes, 2, size(kBatchPieces)));
  }
  /// As many images as fill a block of Winograd tiles; for direct, a map of 32 x 32.
  int wanted_group() const {
    if (!winograd) return 1024 / std::max(1, shape.out_height * shape.out_width);
    return dkernel_plan(1).images_at_once();
  }
};

/// What one piece adds to dbias and dkernel. The two sums of dkernel are undefined until their first use.
struct PieceSum {
  float* bias = nullptr;
  float* dense = nullptr;   // of images computed by direct convolution or Winograd, as these sum it
  float* sparse = nullptr;  // of images computed by SparseGradient, as this sums it
  bool dense_used = false, sparse_used = false;
};

/// Zeroes a sum before its first use.
void prepare_sum(bool& used, float* sum, std::size_t count) {
  if (used) return;
  std::fill_n(sum, count, 0.0f);
  used = true;
}

/// The sums of all pieces.
class PieceSums {
 public:
  PieceSums(const BackwardPlan& plan, Scratch::Frame& frame) : plan_(plan) {
    const std::size_t bias = size(plan.shape.filters), dense = plan.dense_sum_size(),
                      sparse = plan.try_sparse ? kernel_size(plan.shape) : 0;
    float* at = frame.floats(size(plan.pieces) * (bias + dense + sparse));
    for (int piece = 0; piece < plan.pieces; ++piece, at += bias + dense + sparse)
      sums_[size(piece)] = {.bias = at, .dense = at + bias, .sparse = at + bias + dense};
  }
  PieceSum& operator[](int piece) { return sums_[size(piece)]; }

  /// Adds all pieces, in order, to the gradients that `b` asks for.
  void add_to(const Conv2DBackward& b, Scratch& scratch) const {
    const KernelSet& kernels = plan_.kernels;
    for (int piece = 0; piece < plan_.pieces; ++piece) {
      const PieceSum& sum = sums_[size(piece)];
      if (b.dbias) kernels.add(size(plan_.shape.filters), b.dbias, sum.bias, b.dbias);
      if (sum.dense_used) add_dense(sum.dense, b.dkernel);
      if (sum.sparse_used) add_sparse(sum.sparse, b.dkernel, scratch);
    }
  }

 private:
  void add_dense(const float* sum, float* dkernel) const {
    if (plan_.winograd)
      plan_.dkernel_plan(1).add_kernel_gradient(sum, dkernel);
    else
      plan_.kernels.add(kernel_size(plan_.shape), dkernel, sum, dkernel);
  }
  /// sum is [taps, filters, channels], dkernel [taps, channels, filters].
  void add_sparse(const float* sum, float* dkernel, Scratch& scratch) const {
    const Conv2DShape& s = plan_.shape;
    const std::size_t tap_size = size(s.channels) * size(s.filters);
    Scratch::Frame frame(scratch);
    float* tap_sum = frame.floats(tap_size);
    for (int tap = 0; tap < s.kernel_h * s.kernel_w; ++tap, sum += tap_size, dkernel += tap_size) {
      plan_.kernels.transpose(s.filters, s.channels, sum, s.channels, tap_sum);
      plan_.kernels.add(tap_size, tap_sum, dkernel, dkernel);
    }
  }

  const BackwardPlan& plan_;
  std::array<PieceSum, kBatchPieces> sums_;
};

/// The kernel in the layouts from which dx is computed.
struct InputGradientKernels {
  const float* sparse = nullptr;  // [taps, filters, channels]
  const float* dense = nullptr;   // direct: [filters, taps * channels]; Winograd: rotated and transformed
};

InputGradientKernels prepare_kernels(const BackwardPlan& plan, const float* kernel, Scratch::Frame& frame) {
  const Conv2DShape& s = plan.shape;
  const int taps = s.kernel_h * s.kernel_w;
  const std::size_t tap_size = size(s.channels) * size(s.filters);
  float* by_tap = frame.floats(kernel_size(s));
  for (int tap = 0; tap < taps; ++tap)
    plan.kernels.transpose(s.channels, s.filters, kernel + size(tap) * tap_size, s.filters,
                           by_tap + size(tap) * tap_size);
  if (!plan.dx_winograd) {
    float* transposed = frame.floats(kernel_size(s));
    plan.kernels.transpose(taps * s.channels, s.filters, kernel, s.filters, transposed);
    return {by_tap, transposed};
  }
  float* rotated = frame.floats(kernel_size(s));
  for (int tap = 0; tap < taps; ++tap)
    std::copy_n(by_tap + size(taps - 1 - tap) * tap_size, tap_size, rotated + size(tap) * tap_size);
  const WinogradPlan dx_plan = plan.dx_plan(1);
  float* transformed = frame.floats(dx_plan.kernel_size());
  dx_plan.transform_kernel(rotated, transformed);
  return {by_tap, transformed};
}

/// Computes pieces: dx of their images, and their sums. Const, so that threads can share it.
class PieceRunner {
 public:
  PieceRunner(const BackwardPlan& plan, const Conv2DBackward& b, const InputGradientKernels& kernels)
      : plan_(plan), shape_(plan.shape), b_(b), kernels_(kernels) {}

  /// Floats of one thread's scratch: the masked dy of a group,
  /// then the algorithms' own or the bias gradient's sums.
  std::size_t scratch_size() const {
    return masked_size() + std::max(plan_.scratch_size(), size(shape_.filters));
  }

  void run(int begin, int end, PieceSum& sum, float* scratch) const {
    std::fill_n(sum.bias, shape_.filters, 0.0f);
    int group = begin;  // first image of the group of dense images that is being collected
    for (int image = begin; image < end; ++image) {
      if (plan_.try_sparse && run_sparse(image, sum, scratch + masked_size())) {
        run_dense(group, image, sum, scratch);
        group = image + 1;
      } else if (image + 1 - group == plan_.group) {
        run_dense(group, image + 1, sum, scratch);
        group = image + 1;
      }
    }
    run_dense(group, end, sum, scratch);
  }

 private:
  std::size_t masked_size() const { return b_.y ? size(plan_.group) * out_size(shape_) : 0; }

  /// False, and nothing done, if the image's dy is not sparse.
  bool run_sparse(int image, PieceSum& sum, float* scratch) const {
    const std::size_t in = size(image) * in_size(shape_), out = size(image) * out_size(shape_);
    SparseGradient sparse(plan_.kernels, shape_);
    if (!sparse.list(b_.dy + out, b_.y ? b_.y + out : nullptr, scratch)) return false;
    if (b_.dbias) sparse.bias_gradient(sum.bias);
    if (b_.dx) sparse.input_gradient(kernels_.sparse, b_.dx + in);
    if (b_.dkernel) {
      prepare_sum(sum.sparse_used, sum.sparse, kernel_size(shape_));
      sparse.kernel_gradient(b_.x + in, sum.sparse);
    }
    return true;
  }

  void run_dense(int begin, int end, PieceSum& sum, float* scratch) const {
    if (begin >= end) return;
    const int images = end - begin;
    const std::size_t in = size(begin) * in_size(shape_), out = size(begin) * out_size(shape_);
    const float* dy = b_.dy + out;
    if (b_.y) {
      plan_.kernels.relu_mask(size(images) * out_size(shape_), b_.y + out, dy, scratch);
      dy = scratch;
      scratch += masked_size();
    }
    if (b_.dbias) bias_gradient(images, dy, sum.bias, scratch);
    if (b_.dx) input_gradient(images, dy, b_.dx + in, scratch);
    if (b_.dkernel) kernel_gradient(images, b_.x + in, dy, sum, scratch);
  }

  void bias_gradient(int images, const float* dy, float* sum, float* scratch) const {
    plan_.kernels.column_sums(images * shape_.out_height * shape_.out_width, shape_.filters, dy, scratch);
    plan_.kernels.add(size(shape_.filters), scratch, sum, sum);
  }

  void input_gradient(int images, const float* dy, float* dx, float* scratch) const {
    if (plan_.dx_winograd) {
      const WinogradPlan winograd = plan_.dx_plan(images);
      for (int block = 0; block < winograd.blocks(); ++block)
        winograd.forward(block, dy, kernels_.dense, nullptr, {}, dx, scratch);
      return;
    }
    for (int image = 0; image < images; ++image)
      conv2d_direct_input_gradient(plan_.kernels, shape_, dy + size(image) * out_size(shape_), kernels_.dense,
                                   dx + size(image) * in_size(shape_), scratch);
  }

  void kernel_gradient(int images, const float* x, const float* dy, PieceSum& sum, float* scratch) const {
    prepare_sum(sum.dense_used, sum.dense, plan_.dense_sum_size());
    if (plan_.winograd) {
      plan_.dkernel_plan(images).kernel_gradient(0, images, x, dy, sum.dense, scratch);
      return;
    }
    for (int image = 0; image < images; ++image)
      conv2d_direct_kernel_gradient(plan_.kernels, shape_, x + size(image) * in_size(shape_),
                                    dy + size(image) * out_size(shape_), sum.dense, scratch);
  }

  const BackwardPlan& plan_;
  const Conv2DShape& shape_;
  const Conv2DBackward& b_;
  const InputGradientKernels kernels_;
};

}  // namespace

void conv2d_backward(Exec& exec, const Conv2DShape& s, const Conv2DBackward& b, ConvAlgorithm algorithm) {
  if (s.batch == 0) return;
  exec.count_flops((b.dx ? flops(s) : 0) + (b.dkernel ? flops(s) : 0));
  Scratch::Frame frame(exec.scratch());
  const BackwardPlan plan(exec.kernels(), s, algorithm);
  const PieceRunner runner(plan, b, b.dx ? prepare_kernels(plan, b.kernel, frame) : InputGradientKernels{});
  const std::size_t scratch_size = runner.scratch_size();
  float* scratch = frame.floats(scratch_size * size(exec.pool().threads()));
  PieceSums sums(plan, frame);
  exec.pool().parallel_for(plan.pieces, [&](int piece, int thread) {
    runner.run(piece_begin(s.batch, plan.pieces, piece), piece_begin(s.batch, plan.pieces, piece + 1),
               sums[piece], scratch + size(thread) * scratch_size);
  });
  sums.add_to(b, exec.scratch());
}

}  // namespace cnn
