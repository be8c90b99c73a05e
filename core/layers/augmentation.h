#pragma once
/// Layers that change pictures during training only, so that the network sees many variants of each one. Each
/// picture's draw is a function of seed, step, layer and its index in the batch, so a run repeats, and
/// backward makes the same draw as forward.
#include "core/layers/layer.h"

namespace cnn {

/// Base of the three below: the shape stays, and outside training nothing changes.
class Augmentation : public Layer {
 public:
  std::string_view group() const override { return "Augmentation"; }
  Result<Shape> output_shape(const Shape& x) const override;
  Result<void> onnx(OnnxGraph& graph) const override;
  bool is_identity(bool training) const override { return !training; }
};

/// Mirrors each picture with probability 1/2 in each direction that mode names (Keras 3,
/// keras.layers.RandomFlip). alternate: the draw is made once for each picture of the data set, and the sides
/// then alternate from epoch to epoch (arXiv 2404.00498), so two consecutive epochs show both.
class RandomFlip final : public Augmentation {
 public:
  enum class Mode { horizontal, vertical, horizontal_and_vertical };
  Mode mode = Mode::horizontal_and_vertical;
  bool alternate = false;

  std::string_view class_name() const override { return "RandomFlip"; }
  std::string_view help() const override { return "Mirrors pictures at random during training."; }
  void fields(Fields& field) override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;
};
std::span<const std::string_view> names_of(RandomFlip::Mode);

/// Moves each picture by a whole number of pixels, drawn uniformly from -round(factor * size) to
/// +round(factor * size) in each direction (Keras 3, keras.layers.RandomTranslation; Keras's also draws
/// fractions and interpolates). fill_mode says what fills the border of a row a b c d:
///   constant   fill_value
///   reflect    d c b a | a b c d    Keras's name
///   mirror       d c b | a b c d    the edge appears once; PyTorch calls this reflect
///   nearest      a a a | a b c d
///   wrap         b c d | a b c d
class RandomTranslation final : public Augmentation {
 public:
  enum class FillMode { reflect, constant, nearest, wrap, mirror };
  double height_factor = 0.1, width_factor = 0.1;
  FillMode fill_mode = FillMode::reflect;
  double fill_value = 0;

  std::string_view class_name() const override { return "RandomTranslation"; }
  std::string_view help() const override { return "Moves each picture a little at random during training."; }
  void fields(Fields& field) override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  Size2 draw(const RandomStream& random, const Shape& x, int image) const;
};
std::span<const std::string_view> names_of(RandomTranslation::FillMode);

/// Covers a rectangle of round(factor * size) pixels with fill_value. Its center is drawn uniformly; the
/// rectangle is clipped at the border (DeVries and Taylor 2017; keras_cv.layers.RandomCutout).
class RandomCutout final : public Augmentation {
 public:
  double height_factor = 0.25, width_factor = 0.25;
  double fill_value = 0;

  std::string_view class_name() const override { return "RandomCutout"; }
  std::string_view help() const override { return "Covers a random part of each picture during training."; }
  void fields(Fields& field) override;
  void forward(const Forward& f) const override;
  void backward(const Backward& b) const override;

 private:
  void cover(const RandomStream& random, const Shape& x, int batch, float value, float* pictures) const;
};

}  // namespace cnn
