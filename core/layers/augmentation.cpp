#include "core/layers/augmentation.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

constexpr std::string_view kFlipWords[] = {"horizontal", "vertical", "horizontal_and_vertical"};
constexpr std::string_view kFillWords[] = {"reflect", "constant", "nearest", "wrap", "mirror"};

/// What Keras writes, too: the run's seed is used, and pictures are height, width, channels.
void keras_words(Fields& field) {
  ignore(field, {"seed", "value_range", "convert_dtype"});
  field.fixed("data_format", {"channels_last"}, "pictures are height, width, channels here");
}

/// Draw number `which` (0 or 1) of an image, uniform over 0 .. count-1. It scales 32 random bits to at most
/// thousands of outcomes: the bias is below one in a million.
int draw_below(const RandomStream& random, int image, int which, int count) {
  const std::uint64_t number =
      random.number(2 * static_cast<std::uint64_t>(image) + static_cast<std::uint64_t>(which));
  return static_cast<int>(number * static_cast<std::uint64_t>(count) >> 32);
}

int pixels(double factor, int size) { return static_cast<int>(std::lround(factor * size)); }

/// The index that a cell outside 0 .. size-1 is copied from; -1: none.
int source(int at, int size, RandomTranslation::FillMode fill) {
  using FillMode = RandomTranslation::FillMode;
  if (at >= 0 && at < size) return at;
  const auto wrapped = [](int value, int period) { return (value % period + period) % period; };
  switch (fill) {
    case FillMode::constant:
      return -1;
    case FillMode::nearest:
      return at < 0 ? 0 : size - 1;
    case FillMode::wrap:
      return wrapped(at, size);
    case FillMode::reflect: {
      const int folded = wrapped(at, 2 * size);
      return folded < size ? folded : 2 * size - 1 - folded;
    }
    case FillMode::mirror: {
      if (size == 1) return 0;
      const int folded = wrapped(at, 2 * size - 2);
      return folded < size ? folded : 2 * size - 2 - folded;
    }
  }
  return -1;
}

/// Calls move(y cell, x cell or -1) for each pixel of a picture moved by `shift`. A cell is the offset of the
/// pixel's first channel.
template <class Move>
void for_each_cell(const Shape& x, Size2 shift, RandomTranslation::FillMode fill, const Move& move) {
  for (int row = 0; row < x[0]; ++row) {
    const int from_row = source(row - shift.height, x[0], fill);
    for (int column = 0; column < x[1]; ++column) {
      const int from_column = source(column - shift.width, x[1], fill);
      const bool outside = from_row < 0 || from_column < 0;
      const auto channels = static_cast<std::ptrdiff_t>(x[2]);
      move((static_cast<std::ptrdiff_t>(row) * x[1] + column) * channels,
           outside ? -1 : (static_cast<std::ptrdiff_t>(from_row) * x[1] + from_column) * channels);
    }
  }
}

/// Mirroring is its own inverse and its own transpose, so forward and backward are the same copy.
void flip(RandomKey key, bool alternate, RandomFlip::Mode mode, const Shape& x, int batch, const float* from,
          float* to) {
  constexpr std::uint64_t every_step = ~std::uint64_t{0};
  alternate = alternate && key.pictures;
  if (alternate) key.step = every_step;
  const RandomStream random = key.stream(RandomPurpose::augment);
  const auto pixel = static_cast<std::size_t>(x[2]);
  const int other_side = alternate ? static_cast<int>(key.epoch % 2) : 0;
  for (int image = 0; image < batch; ++image) {
    const int place = alternate ? static_cast<int>(key.pictures[image]) : image;
    const bool mirror = mode != RandomFlip::Mode::vertical && draw_below(random, place, 0, 2) != other_side;
    const bool turn = mode != RandomFlip::Mode::horizontal && draw_below(random, place, 1, 2) != other_side;
    for (int row = 0; row < x[0]; ++row) {
      const auto from_row = static_cast<std::size_t>(turn ? x[0] - 1 - row : row);
      for (int column = 0; column < x[1]; ++column) {
        const auto from_column = static_cast<std::size_t>(mirror ? x[1] - 1 - column : column);
        std::copy_n(from + (from_row * static_cast<std::size_t>(x[1]) + from_column) * pixel, pixel, to);
        to += pixel;
      }
    }
    from += count(x);
  }
}

}  // namespace

std::span<const std::string_view> names_of(RandomFlip::Mode) { return kFlipWords; }
std::span<const std::string_view> names_of(RandomTranslation::FillMode) { return kFillWords; }

Result<Shape> Augmentation::output_shape(const Shape& x) const {
  if (x.rank() == 3) return x;
  return Error{"bad_config",
               "it needs a picture (height, width, channels), but its input is " + to_string(x)};
}

void RandomFlip::fields(Fields& field) {
  field("mode", mode,
        "horizontal mirrors left and right, vertical flips upside down. Keras's default is both.");
  field("alternate", alternate,
        "Decides once for each picture whether it is mirrored, then alternates from epoch to epoch.");
  keras_words(field);
}

void RandomFlip::forward(const Forward& f) const {
  flip(f.random, alternate, mode, f.x_shape(), f.batch, f.x(), f.y);
}

void RandomFlip::backward(const Backward& b) const {
  if (b.dx()) flip(b.random, alternate, mode, b.x_shape(), b.batch, b.dy, b.dx());
}

void RandomTranslation::fields(Fields& field) {
  field.either_way("height_factor", height_factor, {.min = 0, .max = 1, .required = true},
                   "Largest move up or down, as a share of the height.");
  field.either_way("width_factor", width_factor, {.min = 0, .max = 1, .required = true},
                   "Largest move left or right, as a share of the width.");
  field("fill_mode", fill_mode, "What fills the border that a move uncovers.");
  field.fixed("interpolation", {"nearest", "bilinear"}, "pictures move by whole pixels", true);
  keras_words(field);
  field("fill_value", fill_value, {.min = -1e6, .max = 1e6}, "The number that fill_mode constant uses.");
}

Size2 RandomTranslation::draw(const RandomStream& random, const Shape& x, int image) const {
  const int down = pixels(height_factor, x[0]), right = pixels(width_factor, x[1]);
  return {draw_below(random, image, 0, 2 * down + 1) - down,
          draw_below(random, image, 1, 2 * right + 1) - right};
}

void RandomTranslation::forward(const Forward& f) const {
  const RandomStream random = f.random.stream(RandomPurpose::augment);
  const Shape& x = f.x_shape();
  for (int image = 0; image < f.batch; ++image) {
    const float* from = f.x() + static_cast<std::size_t>(image) * count(x);
    float* to = f.y + static_cast<std::size_t>(image) * count(x);
    for_each_cell(x, draw(random, x, image), fill_mode, [&](std::ptrdiff_t cell, std::ptrdiff_t from_cell) {
      if (from_cell < 0) {
        std::fill_n(to + cell, x[2], static_cast<float>(fill_value));
      } else {
        std::copy_n(from + from_cell, x[2], to + cell);
      }
    });
  }
}

void RandomTranslation::backward(const Backward& b) const {
  if (!b.dx()) return;
  const RandomStream random = b.random.stream(RandomPurpose::augment);
  const Shape& x = b.x_shape();
  std::fill_n(b.dx(), static_cast<std::size_t>(b.batch) * count(x), 0.0f);
  for (int image = 0; image < b.batch; ++image) {
    const float* from = b.dy + static_cast<std::size_t>(image) * count(x);
    float* to = b.dx() + static_cast<std::size_t>(image) * count(x);
    for_each_cell(x, draw(random, x, image), fill_mode, [&](std::ptrdiff_t cell, std::ptrdiff_t from_cell) {
      for (int c = 0; from_cell >= 0 && c < x[2]; ++c) to[from_cell + c] += from[cell + c];
    });
  }
}

void RandomCutout::fields(Fields& field) {
  field("height_factor", height_factor, {.min = 0, .max = 1},
        "Height of the covered part, as a share of the picture.");
  field("width_factor", width_factor, {.min = 0, .max = 1},
        "Width of the covered part, as a share of the picture.");
  field.fixed("fill_mode", {"constant"}, "the covered part is filled with fill_value", true);
  field("fill_value", fill_value, {.min = -1e6, .max = 1e6},
        "The number that the covered part is filled with.");
  keras_words(field);
}

void RandomCutout::cover(const RandomStream& random, const Shape& x, int batch, float value,
                         float* pictures) const {
  const int height = pixels(height_factor, x[0]), width = pixels(width_factor, x[1]);
  for (int image = 0; image < batch; ++image, pictures += count(x)) {
    const int top = draw_below(random, image, 0, x[0]) - height / 2;
    const int left = draw_below(random, image, 1, x[1]) - width / 2;
    const int first = std::max(0, left), last = std::min(x[1], left + width);
    for (int row = std::max(0, top); row < std::min(x[0], top + height) && first < last; ++row) {
      std::fill_n(pictures + (static_cast<std::ptrdiff_t>(row) * x[1] + first) * x[2], (last - first) * x[2],
                  value);
    }
  }
}

void RandomCutout::forward(const Forward& f) const {
  std::memcpy(f.y, f.x(), static_cast<std::size_t>(f.batch) * count(f.x_shape()) * sizeof(float));
  cover(f.random.stream(RandomPurpose::augment), f.x_shape(), f.batch, static_cast<float>(fill_value), f.y);
}

void RandomCutout::backward(const Backward& b) const {
  if (!b.dx()) return;
  std::memcpy(b.dx(), b.dy, static_cast<std::size_t>(b.batch) * count(b.x_shape()) * sizeof(float));
  cover(b.random.stream(RandomPurpose::augment), b.x_shape(), b.batch, 0.0f, b.dx());
}

Result<void> Augmentation::onnx(OnnxGraph& graph) const {
  graph.give(graph.x());  // it is active in training only
  return {};
}

}  // namespace cnn
