#pragma once
// 3x3 convolution of stride 1 by Winograd's F(2x2,3x3) and F(4x4,3x3), a cache-sized block of tiles at a
// time. Serial; drivers give each thread blocks of its own.

#include "core/kernels/conv2d.h"
#include "core/kernels/kernel_set.h"

namespace cnn {

/// What a plan is for, because that decides how many tiles make a block.
enum class WinogradUse { forward, kernel_gradient };

/// How a shape is cut into tiles. Tiles are numbered over the batch: image, tile row, tile column.
class WinogradPlan {
 public:
  /// outputs: m of F(m x m, 3 x 3), 2 or 4. The shape must have a 3x3 kernel and stride 1.
  WinogradPlan(const KernelSet&, const Conv2DShape&, int outputs, WinogradUse);

  int points() const { return (m_ + 2) * (m_ + 2); }
  int tiles() const { return shape_.batch * tiles_per_image(); }
  int tiles_at_once() const { return tiles_at_once_; }
  int tiles_per_image() const { return tile_rows_ * tile_columns_; }
  int blocks() const { return (tiles() + tiles_at_once_ - 1) / tiles_at_once_; }
  /// Floats of one thread's scratch.
  std::size_t scratch() const;
  /// Floats of a transformed kernel.
  std::size_t kernel_size() const;

  /// kernel [3, 3, channels, filters] -> transformed [points, channels, filters]
  void transform_kernel(const float* kernel, float* transformed) const;
  /// Outputs of one block of tiles.
  void forward(int block, const float* x, const float* transformed, const float* bias, Fused, float* y,
               float* scratch) const;
  /// sum [points, channels, filters] += of the images begin .. end-1; x and dy point to image 0.
  void kernel_gradient(int begin, int end, const float* x, const float* dy, float* sum, float* scratch) const;
  /// dkernel += what `sum` stands for.
  void add_kernel_gradient(const float* sum, float* dkernel) const;

 private:
  template <class Body>
  void for_each_run(int first_tile, int end_tile, Body body) const;
  void transform_input(int first_tile, int end_tile, const float* x, float* out, float* scratch) const;
  /// The rows of a window as the transform reads them.
  std::size_t row_size() const;
  std::ptrdiff_t point_stride(int channels) const;

  const KernelSet& kernels_;
  const WinogradKernels& transforms_;
  Conv2DShape shape_;
  int m_, tile_rows_, tile_columns_, tiles_at_once_;
  // Channels of a transformed tile: of a picture's three whole vectors are made, because the transform of a
  // part of one would take longer than all the rest.
  int depth_;
};

}  // namespace cnn
