#pragma once
// 3x3 convolution of stride 1 by Winograd's F(4x4,3x3), a cache-sized block of tiles at a time. Serial;
// drivers give each thread blocks of its own.

#include "core/kernels/conv2d.h"
#include "core/kernels/kernel_set.h"

namespace cnn {

/// What a plan is for, because that decides how many tiles make a block.
enum class WinogradUse { forward, kernel_gradient };

/// How a shape is cut into tiles of 4 x 4 outputs; the last row and column of tiles take what is left of a
/// map. Blocks are whole rows of tiles, numbered over the batch. Tiles with the same point lie one after the
/// other, so that each point's product has no gaps where narrower tiles do without it.
class WinogradPlan {
 public:
  /// The shape must have a 3x3 kernel and stride 1.
  WinogradPlan(const KernelSet&, const Conv2DShape&, WinogradUse);

  /// Multiplications that a shape takes for each channel and filter of one image.
  static int products(const Conv2DShape&);

  /// Images that fill a block; 0 where one is more than that.
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
  /// sum [36, channels, filters] += of the images begin .. end-1; x and dy point to image 0.
  void kernel_gradient(int begin, int end, const float* x, const float* dy, float* sum, float* scratch) const;
  /// dkernel += what `sum` stands for.
  void add_kernel_gradient(const float* sum, float* dkernel) const;

 private:
  /// A map's height or width in tiles.
  struct Cut {
    int tiles, tail;  // tail: outputs of the last tile, where they are fewer than 4; else 0
    explicit Cut(int outputs) : tiles((outputs + 3) / 4), tail(outputs % 4) {}
    int full() const { return tail ? tiles - 1 : tiles; }
    /// Tiles that have the point, which come first.
    int with(int point) const { return point <= tail || point == 5 ? tiles : full(); }
  };
  /// Rows of tiles that have a point, among the first `rows` of the batch.
  int rows_with(int point, int rows) const;
  /// Tiles that have a point, in rows first .. end-1.
  int tiles_with(int point, int first, int end) const;
  template <class Body>
  void for_each_run(int first_row, int end_row, int channels, std::ptrdiff_t stride, Body body) const;
  void transform_input(int first_row, int end_row, const float* x, float* out, float* scratch) const;
  /// The rows of a window as the transform reads them.
  std::size_t row_size() const;
  std::ptrdiff_t point_stride(int channels) const;

  const KernelSet& kernels_;
  Conv2DShape shape_;
  Cut down_, across_;
  int rows_at_once_;
  // Channels of a transformed tile: of a picture's three whole vectors are made, because the transform of a
  // part of one would take longer than all the rest.
  int depth_;
};

}  // namespace cnn
