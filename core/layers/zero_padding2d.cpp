#include "core/layers/zero_padding2d.h"

#include <algorithm>

#include "core/layers/keras_arguments.h"
#include "core/layers/onnx_graph.h"

namespace cnn {
namespace {

constexpr int kWidest = 64;
constexpr std::string_view kCommon[] = {"1", "2", "3"};

bool read_size(const Json& json, int& size) {
  const double* number = json.number();
  if (!number || !(*number >= 0 && *number <= kWidest) || *number != static_cast<int>(*number)) return false;
  size = static_cast<int>(*number);
  return true;
}

/// One number for both sides, or one for each.
bool read_sides(const Json& json, int& before, int& after) {
  const Json::Array* both = json.elements();
  if (both) return both->size() == 2 && read_size((*both)[0], before) && read_size((*both)[1], after);
  if (!read_size(json, before)) return false;
  after = before;
  return true;
}

}  // namespace

std::span<const std::string_view> ZeroPadding2D::Border::choices() const { return kCommon; }

Json ZeroPadding2D::Border::to_json() const {
  return Json::array({Json::array({top, bottom}), Json::array({left, right})});
}

std::string ZeroPadding2D::Border::from_json(const Json& json) {
  Border read;
  bool fits = false;
  if (const Json::Array* axes = json.elements()) {
    fits = axes->size() == 2 && read_sides((*axes)[0], read.top, read.bottom) &&
           read_sides((*axes)[1], read.left, read.right);
  } else if (const std::string* word = json.string()) {  // of a form
    const auto* found = std::find(std::begin(kCommon), std::end(kCommon), *word);
    fits = found != std::end(kCommon);
    if (fits) read.top = read.bottom = read.left = read.right = static_cast<int>(found - kCommon) + 1;
  } else {
    fits = read_sides(json, read.top, read.bottom);
    read.left = read.right = read.top;
  }
  if (!fits) return "a whole number from 0 to 64, [rows, columns] or [[top, bottom], [left, right]]";
  *this = read;
  return {};
}

void ZeroPadding2D::fields(Fields& field) {
  field("padding", padding, "Rows and columns of zeros on each side.");
  channels_last_only(field);
}

Result<Shape> ZeroPadding2D::output_shape(const Shape& x) const {
  if (x.rank() != 3) {
    return Error{"bad_config",
                 "it needs a picture (height, width, channels), but its input is " + to_string(x)};
  }
  return Shape{x[0] + padding.top + padding.bottom, x[1] + padding.left + padding.right, x[2]};
}

/// Calls row(offset in y, offset in x, floats) for each row of x and its position in y.
template <class Row>
void ZeroPadding2D::each_row(int batch, const Shape& x, Row row) const {
  const auto channels = static_cast<std::size_t>(x[2]), height = static_cast<std::size_t>(x[0]);
  const std::size_t inner = static_cast<std::size_t>(x[1]) * channels;
  const std::size_t outer = static_cast<std::size_t>(padding.left + x[1] + padding.right) * channels;
  const auto padded_height = static_cast<std::size_t>(padding.top + x[0] + padding.bottom);
  for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n) {
    for (std::size_t i = 0; i < height; ++i) {
      const std::size_t y_row = n * padded_height + static_cast<std::size_t>(padding.top) + i;
      row(y_row * outer + static_cast<std::size_t>(padding.left) * channels, (n * height + i) * inner, inner);
    }
  }
}

void ZeroPadding2D::forward(const Forward& f) const {
  std::fill_n(f.y, static_cast<std::size_t>(f.batch) * count(*f.y_shape), 0.0f);
  each_row(f.batch, f.x_shape(), [&](std::size_t outer, std::size_t inner, std::size_t floats) {
    std::copy_n(f.x() + inner, floats, f.y + outer);
  });
}

void ZeroPadding2D::backward(const Backward& b) const {
  if (!b.dx()) return;
  each_row(b.batch, b.x_shape(), [&](std::size_t outer, std::size_t inner, std::size_t floats) {
    std::copy_n(b.dy + outer, floats, b.dx() + inner);
  });
}

Result<void> ZeroPadding2D::onnx(OnnxGraph& graph) const {
  const std::vector<std::int64_t> pads{0, 0, padding.top, padding.left, 0, 0, padding.bottom, padding.right};
  graph.give(graph.add("Pad", {graph.x(), graph.constant("pads", pads)}));
  return {};
}

}  // namespace cnn
