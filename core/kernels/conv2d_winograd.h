#pragma once
/// 3x3 convolution of stride 1 by Winograd's F(4x4,3x3), one cache-sized block of tiles at a time. Serial:
/// drivers distribute the blocks over the threads.

#include "core/kernels/conv2d.h"
#include "core/kernels/kernel_set.h"

namespace cnn {

/// What a plan is for, which determines the tiles in a block.
enum class WinogradUse { forward, kernel_gradient };

/// How a shape is split into tiles of 4 x 4 outputs; the last row and column of tiles may be narrower.
/// Blocks are whole rows of tiles, numbered over the batch. For each point, the tiles that have it are
/// stored contiguously, so that its matrix product has no gaps where narrower tiles lack the point.
class WinogradPlan {
 public:
  /// The shape must have a 3x3 kernel and stride 1.
  WinogradPlan(const KernelSet&, const Conv2DShape&, WinogradUse);

  /// Multiplications for each channel and filter of one image.
  static int products(const Conv2DShape&);

  /// Images that fill a block; 0 when one image is larger than a block.
  int images_at_once() const { return rows_at_once_ / down_.tiles; }
  int blocks() const { return (shape_.batch * down_.tiles + rows_at_once_ - 1) / rows_at_once_; }
  /// Floats of one thread's scratch.
  std::size_t scratch() const;
  /// Floats of a transformed kernel.
  std::size_t kernel_size() const;

  /// kernel [3, 3, channels, filters] -> transformed [36, channels, filters]
  void transform_kernel(const float* kernel, float* transformed) const;
  /// Outputs of one block of tiles.
  void forward(int block, const float* x, const float* transformed, const float* bias, Fused, float* y,
               float* scratch) const;
  /// sum [36, channels, filters] += the transformed gradient of images begin .. end-1; x and dy point to
  /// image 0.
  void kernel_gradient(int begin, int end, const float* x, const float* dy, float* sum, float* scratch) const;
  /// dkernel += `sum`, transformed back.
  void add_kernel_gradient(const float* sum, float* dkernel) const;

 private:
  /// A map's height or width in tiles.
  struct Cut {
    int tiles, tail;  // tail: outputs of the last tile if fewer than 4, else 0
    explicit Cut(int outputs) : tiles((outputs + 3) / 4), tail(outputs % 4) {}
    int full() const { return tail ? tiles - 1 : tiles; }
    /// Tiles that have the point; they come first.
    int with(int point) const { return point <= tail || point == 5 ? tiles : full(); }
  };
  /// Rows of tiles that have a point, among the first `rows` of the batch.
  int rows_with(int point, int rows) const;
  /// Tiles that have a point, in rows first .. end-1.
  int tiles_with(int point, int first, int end) const;
  template <class Body>
  void for_each_run(int first_row, int end_row, int channels, std::ptrdiff_t stride, Body body) const;
  void transform_input(int first_row, int end_row, const float* x, float* out, float* scratch) const;
  /// Floats in one input row as the transform reads it.
  std::size_t row_size() const;
  std::ptrdiff_t point_stride(int channels) const;

  const KernelSet& kernels_;
  Conv2DShape shape_;
  Cut down_, across_;
  int rows_at_once_;
  // Channels of a transformed tile. An image's three channels are padded to whole vectors, because
  // transforming partial vectors would dominate the time.
  int depth_;
};

}  // namespace cnn
