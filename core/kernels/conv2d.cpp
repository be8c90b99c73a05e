#include "core/kernels/conv2d.h"

#include "core/kernels/conv2d_direct.h"
#include "core/kernels/conv2d_sparse.h"
#include "core/kernels/conv2d_winograd.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/size.h"
#include "core/kernels/split.h"

namespace cnn {
namespace {
constexpr ConvAlgorithm kAlgorithms[] = {ConvAlgorithm::automatic, ConvAlgorithm::direct,
                                         ConvAlgorithm::winograd, ConvAlgorithm::sparse};
// A sum over the batch has at most this many pieces, independent of the threads.
constexpr int kBatchPieces = 8;
// With fewer channels or filters, Winograd's transforms and the sparse lists cost more than they save. The
// exception is an image's three channels with many filters, whose transforms dominate then.
constexpr int kFewestChannels = 8, kFewestWithManyFilters = 3;

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
int divide_up(int a, int b) { return (a + b - 1) / b; }

/// Whether the shape is computed with Winograd's F(4x4, 3x3).
bool uses_winograd(const Conv2DShape& s, ConvAlgorithm algorithm) {
  if (s.kernel_h != 3 || s.kernel_w != 3 || s.stride_h != 1 || s.stride_w != 1) return false;
  if (algorithm == ConvAlgorithm::winograd) return true;
  const bool many_filters = s.filters >= 2 * kFewestChannels;
  if (algorithm == ConvAlgorithm::direct || s.filters < kFewestChannels ||
      s.channels < (many_filters ? kFewestWithManyFilters : kFewestChannels))
    return false;
  return 3 * WinogradPlan::products(s) <= 2 * 9 * s.out_height * s.out_width;
}

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
}  // namespace

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
    conv2d_direct_forward(exec.kernels(), s, first, end - first, x + size(image) * in_size(s), kernel, bias,
                          fused, y + size(image) * out_size(s), scratch + size(thread) * part);
  });
}

namespace {

/// One call's backward pass: pieces of images, and in each piece groups of images that stay in the cache
/// together.
class Backward {
 public:
  Backward(Exec& exec, const Conv2DShape& shape, const Conv2DBackward& b, ConvAlgorithm algorithm)
      : exec_(exec),
        kernels_(exec.kernels()),
        s_(shape),
        b_(b),
        frame_(exec.scratch()),
        winograd_(uses_winograd(shape, algorithm)),
        dx_winograd_(winograd_ && shape.pad_top <= 2 && shape.pad_left <= 2 &&
                     uses_winograd(input_gradient_shape(shape), algorithm)),
        try_sparse_(SparseGradient::fits(shape) &&
                    (algorithm == ConvAlgorithm::sparse ||
                     (algorithm == ConvAlgorithm::automatic && shape.channels >= kFewestChannels))),
        pieces_(std::min(shape.batch, most_pieces())),
        group_(std::clamp(group_images(), 1, divide_up(shape.batch, pieces_))) {}

  void run() {
    exec_.count_flops((b_.dx ? flops(s_) : 0) + (b_.dkernel ? flops(s_) : 0));
    prepare_kernels();
    const std::size_t threads = size(exec_.pool().threads());
    scratch_size_ = scratch_size();
    scratch_ = frame_.floats(scratch_size_ * threads);
    sums_ = frame_.floats(size(pieces_) * sum_size());
    exec_.pool().parallel_for(pieces_, [&](int piece, int thread) { run_piece(piece, thread); });
    for (int piece = 0; piece < pieces_; ++piece) add_piece(piece);
  }

 private:
  // What a piece sums: dbias, dkernel as direct or Winograd has it, dkernel as sparse has it, and which of
  // the two were used (as floats, 0 or 1).
  struct Sum {
    float *bias, *dense, *sparse, *used;
  };
  std::size_t dense_size() const { return winograd_ ? group_plan(1).kernel_size() : kernel_size(s_); }
  std::size_t sum_size() const {
    return size(s_.filters) + dense_size() + (try_sparse_ ? kernel_size(s_) : 0) + 2;
  }
  Sum sum_of(int piece) const {
    float* at = sums_ + size(piece) * sum_size();
    float* dense = at + s_.filters;
    float* used = at + sum_size() - 2;
    return {at, dense, dense + dense_size(), used};
  }
  // Large kernels have their sums in fewer pieces, which together take 40 MB at most.
  int most_pieces() const {
    const std::size_t bytes = kernel_size(s_) * 4 * 4;
    return static_cast<int>(std::clamp<std::size_t>((std::size_t{40} << 20) / bytes, 2, size(kBatchPieces)));
  }

  // As many as fill a block of Winograd's tiles; a map of 32 x 32 where there are none.
  int group_images() const {
    if (!winograd_) return 1024 / std::max(1, s_.out_height * s_.out_width);
    return group_plan(1).images_at_once();
  }

  Conv2DShape with_batch(Conv2DShape s, int batch) const {
    s.batch = batch;
    return s;
  }
  WinogradPlan group_plan(int images) const {
    return {kernels_, with_batch(s_, images), WinogradUse::kernel_gradient};
  }
  WinogradPlan dx_plan(int images) const {
    return {kernels_, with_batch(input_gradient_shape(s_), images), WinogradUse::forward};
  }

  std::size_t masked_size() const { return b_.y ? size(group_) * out_size(s_) : 0; }
  std::size_t scratch_size() const {
    std::size_t most =
        std::max(conv2d_direct_scratch(s_), try_sparse_ ? SparseGradient(kernels_, s_).scratch() : 0);
    if (winograd_) most = std::max(most, group_plan(group_).scratch());
    if (dx_winograd_) most = std::max(most, dx_plan(group_).scratch());
    return masked_size() + most;
  }

  void prepare_kernels() {
    if (!b_.dx) return;
    const int taps = s_.kernel_h * s_.kernel_w;
    const std::size_t tap_size = size(s_.channels) * size(s_.filters);
    float* by_tap = frame_.floats(kernel_size(s_));
    for (int tap = 0; tap < taps; ++tap)
      kernels_.transpose(s_.channels, s_.filters, b_.kernel + size(tap) * tap_size, s_.filters,
                         by_tap + size(tap) * tap_size);
    by_tap_ = by_tap;
    if (dx_winograd_) {
      float* turned = frame_.floats(kernel_size(s_));
      for (int tap = 0; tap < taps; ++tap)
        std::copy_n(by_tap + size(taps - 1 - tap) * tap_size, tap_size, turned + size(tap) * tap_size);
      const WinogradPlan plan = dx_plan(1);
      float* transformed = frame_.floats(plan.kernel_size());
      plan.transform_kernel(turned, transformed);
      dense_kernel_ = transformed;
    } else {
      float* transposed = frame_.floats(kernel_size(s_));
      kernels_.transpose(taps * s_.channels, s_.filters, b_.kernel, s_.filters, transposed);
      dense_kernel_ = transposed;
    }
  }

  void run_piece(int piece, int thread) const {
    const int begin = piece_begin(s_.batch, pieces_, piece), end = piece_begin(s_.batch, pieces_, piece + 1);
    const Sum sum = sum_of(piece);
    std::fill_n(sum.bias, s_.filters, 0.0f);
    sum.used[0] = sum.used[1] = 0;
    float* scratch = scratch_ + size(thread) * scratch_size_;
    int waiting = begin;  // images from here on are to be done densely, together
    for (int image = begin; image < end; ++image) {
      if (try_sparse_ && run_sparse(image, sum, scratch + masked_size())) {
        run_dense(waiting, image, sum, scratch);
        waiting = image + 1;
      } else if (image + 1 - waiting == group_) {
        run_dense(waiting, image + 1, sum, scratch);
        waiting = image + 1;
      }
    }
    run_dense(waiting, end, sum, scratch);
  }

  bool run_sparse(int image, const Sum& sum, float* scratch) const {
    SparseGradient sparse(kernels_, s_);
    if (!sparse.list(b_.dy + size(image) * out_size(s_), b_.y ? b_.y + size(image) * out_size(s_) : nullptr,
                     scratch))
      return false;
    if (b_.dbias) sparse.bias_gradient(sum.bias);
    if (b_.dx) sparse.input_gradient(by_tap_, b_.dx + size(image) * in_size(s_));
    if (b_.dkernel) {
      first_use(sum.used + 1, sum.sparse, kernel_size(s_));
      sparse.kernel_gradient(b_.x + size(image) * in_size(s_), sum.sparse);
    }
    return true;
  }

  void run_dense(int begin, int end, const Sum& sum, float* scratch) const {
    if (begin >= end) return;
    const std::size_t count = size(end - begin) * out_size(s_);
    const float* dy = b_.dy + size(begin) * out_size(s_);
    if (b_.y) {
      kernels_.relu_mask(count, b_.y + size(begin) * out_size(s_), dy, scratch);
      dy = scratch;
      scratch += masked_size();
    }
    if (b_.dbias) {
      kernels_.column_sums((end - begin) * s_.out_height * s_.out_width, s_.filters, dy, scratch);
      kernels_.add(size(s_.filters), scratch, sum.bias, sum.bias);
    }
    const float* x = b_.x + size(begin) * in_size(s_);
    if (b_.dx) {
      float* dx = b_.dx + size(begin) * in_size(s_);
      if (dx_winograd_) {
        const WinogradPlan plan = dx_plan(end - begin);
        for (int block = 0; block < plan.blocks(); ++block)
          plan.forward(block, dy, dense_kernel_, nullptr, {}, dx, scratch);
      } else {
        for (int image = 0; image < end - begin; ++image)
          conv2d_direct_input_gradient(kernels_, s_, dy + size(image) * out_size(s_), dense_kernel_,
                                       dx + size(image) * in_size(s_), scratch);
      }
    }
    if (!b_.dkernel) return;
    first_use(sum.used, sum.dense, dense_size());
    if (winograd_)
      group_plan(end - begin).kernel_gradient(0, end - begin, x, dy, sum.dense, scratch);
    else
      for (int image = 0; image < end - begin; ++image)
        conv2d_direct_kernel_gradient(kernels_, s_, x + size(image) * in_size(s_),
                                      dy + size(image) * out_size(s_), sum.dense, scratch);
  }

  static void first_use(float* used, float* sum, std::size_t count) {
    if (*used == 0) std::fill_n(sum, count, 0.0f);
    *used = 1;
  }

  void add_piece(int piece) {
    const Sum sum = sum_of(piece);
    if (b_.dbias) kernels_.add(size(s_.filters), b_.dbias, sum.bias, b_.dbias);
    if (!b_.dkernel) return;
    if (sum.used[0] != 0) {
      if (winograd_)
        group_plan(1).add_kernel_gradient(sum.dense, b_.dkernel);
      else
        kernels_.add(kernel_size(s_), b_.dkernel, sum.dense, b_.dkernel);
    }
    if (sum.used[1] != 0) {
      const std::size_t tap_size = size(s_.channels) * size(s_.filters);
      Scratch::Frame frame(exec_.scratch());
      float* tap_sum = frame.floats(tap_size);
      for (int tap = 0; tap < s_.kernel_h * s_.kernel_w; ++tap) {
        kernels_.transpose(s_.filters, s_.channels, sum.sparse + size(tap) * tap_size, s_.channels, tap_sum);
        kernels_.add(tap_size, tap_sum, b_.dkernel + size(tap) * tap_size, b_.dkernel + size(tap) * tap_size);
      }
    }
  }

  Exec& exec_;
  const KernelSet& kernels_;
  const Conv2DShape s_;
  const Conv2DBackward& b_;
  Scratch::Frame frame_;
  const bool winograd_, dx_winograd_;  // else direct
  const bool try_sparse_;
  const int pieces_, group_;
  const float* by_tap_ = nullptr;        // [taps, filters, channels], for sparse
  const float* dense_kernel_ = nullptr;  // for dx as direct or Winograd makes it
  float* scratch_ = nullptr;
  std::size_t scratch_size_ = 0;
  float* sums_ = nullptr;
};

}  // namespace

void conv2d_backward(Exec& exec, const Conv2DShape& s, const Conv2DBackward& b, ConvAlgorithm algorithm) {
  if (s.batch > 0) Backward(exec, s, b, algorithm).run();
}

}  // namespace cnn
