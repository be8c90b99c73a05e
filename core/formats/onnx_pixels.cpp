// What a graph does to the pixels before its first layer, and which range of pixels follows from it.
#include <cmath>

#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

constexpr double kLargestPixel = 255;

double at(const std::vector<double>& list, std::size_t channel) {
  return list[list.size() == 1 ? 0 : channel];
}

/// Applies f to both lists, of which each has one number or one for each channel.
template <class F>
std::vector<double> each(const std::vector<double>& a, const std::vector<double>& b, F f) {
  std::vector<double> result(std::max(a.size(), b.size()));
  for (std::size_t c = 0; c < result.size(); ++c) result[c] = f(at(a, c), at(b, c));
  return result;
}

/// A division of bytes by 255.
bool is_per_byte(const OnnxReader::Pixels& pixels) {
  constexpr double tolerance = 1e-4;
  return pixels.scale.size() == 1 && pixels.offset == std::vector<double>{0} &&
         std::fabs(pixels.scale[0] * kLargestPixel - 1) < tolerance;
}

}  // namespace

/// True if the node was one more step of scaling the pixels.
Result<bool> OnnxReader::changes_pixels(const OnnxNode& node) {
  if (node.op != "Add" && node.op != "Sub" && node.op != "Mul" && node.op != "Div") return false;
  if (node.inputs.size() != 2) return false;
  const std::size_t constant_side = constant_input(node, 0) ? 0 : 1;
  const OnnxTensor* numbers = constant_input(node, constant_side);
  const auto found = values_.find(node.inputs[1 - constant_side]);
  if (!numbers || found == values_.end() || !found->second.pixels) return false;
  const Value& value = found->second;
  const std::vector<float> floats = by_channel(value, *numbers);
  if (floats.empty()) return false;
  const std::vector<double> k(floats.begin(), floats.end());
  for (const double one : k) {
    if (!std::isfinite(one)) return wrong("its constant holds numbers that are infinite or not a number");
    if (one == 0 && (node.op == "Mul" || node.op == "Div")) return wrong("it multiplies or divides by 0");
  }
  Pixels pixels = *value.pixels;
  if (node.op == "Add") {
    pixels.offset = each(pixels.offset, k, [](double x, double y) { return x + y; });
  } else if (node.op == "Sub" && constant_side == 1) {
    pixels.offset = each(pixels.offset, k, [](double x, double y) { return x - y; });
  } else if (node.op == "Sub") {
    pixels.offset = each(pixels.offset, k, [](double x, double y) { return y - x; });
    for (double& scale : pixels.scale) scale = -scale;
  } else if (node.op == "Mul" || constant_side == 1) {
    const auto step = [&](double x, double y) { return node.op == "Mul" ? x * y : x / y; };
    pixels.scale = each(pixels.scale, k, step);
    pixels.offset = each(pixels.offset, k, step);
  } else {
    return wrong("it divides by the pixels");
  }
  if (bytes_in_ && !range_ && is_per_byte(pixels)) {
    range_ = InputRange::unit;
    pixel_factor_ = kLargestPixel;
  }
  Value next = value;
  next.pixels = std::make_shared<const Pixels>(std::move(pixels));
  next.shared = next.shared || readers_[node.inputs[1 - constant_side]] > 1;
  give(node, std::move(next));
  return true;
}

/// The pixel range that the graph expects. Pixels from 0 to 255 are divided by about 50 to 255, or a mean of
/// more than 2 is subtracted. For 0 to 1, the mean is below 1 and the divisor about 0.2 to 1.
InputRange OnnxReader::range_of(const Pixels& pixels) const {
  constexpr double least_divisor = 16, least_mean = 2;
  if (bytes_in_) return InputRange::bytes;
  const std::size_t channels = std::max(pixels.scale.size(), pixels.offset.size());
  for (std::size_t c = 0; c < channels; ++c) {
    const double scale = at(pixels.scale, c);
    if (std::fabs(1 / scale) >= least_divisor || std::fabs(at(pixels.offset, c) / scale) >= least_mean)
      return InputRange::bytes;
  }
  return InputRange::unit;
}

/// The layer that gives this value. Bytes that the graph first divides by 255 (as our own export) become
/// pixels from 0 to 1; anything else that it does to the pixels becomes a layer.
Result<int> OnnxReader::pixels_layer(const Value& value) {
  const Pixels& pixels = *value.pixels;
  if (!range_) range_ = range_of(pixels);
  for (const auto& [made, layer] : pixel_layers_) {
    if (made == pixels) return layer;
  }
  Pixels own = pixels;
  for (double& scale : own.scale) scale *= pixel_factor_;
  const auto all = [](const std::vector<double>& list, auto test) {
    return std::all_of(list.begin(), list.end(), test);
  };
  constexpr double tolerance = 1e-4, nothing = 1e-6;
  const bool is_plain = all(own.scale, [&](double scale) { return std::fabs(scale - 1) < tolerance; }) &&
                        all(own.offset, [&](double offset) { return std::fabs(offset) < nothing; });
  Result<int> layer = 0;
  const auto channels = static_cast<std::size_t>(layers_[0].shape.back());
  if (is_plain) {
    layer = 0;
  } else if (own.scale.size() == 1 && own.offset.size() == 1) {
    layer = add_layer("Rescaling", "rescaling",
                      Json::object({{"scale", own.scale[0]}, {"offset", own.offset[0]}}), {0});
  } else if (all(own.scale, [](double scale) { return scale > 0; })) {
    Json mean = Json::array(), variance = Json::array();
    for (std::size_t c = 0; c < channels; ++c) {
      const double scale = at(own.scale, c);
      mean.push_back(-at(own.offset, c) / scale);
      variance.push_back(1 / (scale * scale));
    }
    layer = add_layer("Normalization", "normalization",
                      Json::object({{"mean", std::move(mean)}, {"variance", std::move(variance)}}), {0});
  } else {
    std::vector<float> scale, offset;
    for (std::size_t c = 0; c < channels; ++c) {
      scale.push_back(static_cast<float>(at(own.scale, c)));
      offset.push_back(static_cast<float>(at(own.offset, c)));
    }
    layer = add_layer("DepthwiseConv2D", "scaling", Json::object({{"kernel_size", 1}}), {0},
                      {std::move(scale), std::move(offset)});
  }
  if (layer) pixel_layers_.emplace_back(pixels, *layer);
  return layer;
}

}  // namespace cnn
