// Add, Sub, Mul and Div. Of two values, only Add is supported. With a constant, the node becomes a bias, the
// scale of the pixels, or a layer that shifts and scales.
#include <algorithm>
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_import.h"

namespace cnn {

OnnxReader::Done OnnxReader::arithmetic(const OnnxNode& node) {
  if (node.inputs.size() != 2) return wrong("it must have two inputs");
  const std::size_t constant_side = constant_input(node, 0) ? 0 : 1;
  const OnnxTensor* numbers = constant_input(node, constant_side);
  const Result<Value*> x = value_input(node, numbers ? 1 - constant_side : 0);
  if (!x) return x.error();
  if (!numbers) {
    const Result<Value*> other = value_input(node, 1);
    if (!other) return other.error();
    if ((*x)->layer == 0 || (*other)->layer == 0) {
      if (Done ended = end_pixels(); !ended) return ended;
    }
    if (node.op != "Add" || (*x)->order != (*other)->order || (*x)->order == Order::pieces) {
      return wrong("of two layers' outputs only sums (Add) of the same layout are supported");
    }
    const Result<int> layer =
        add_layer("Add", name_for(node, 0), Json::object(), {(*x)->layer, (*other)->layer});
    if (!layer) return layer.error();
    give(node, {*layer, (*x)->order, false, (*x)->maps});
    return {};
  }
  const Value value = **x;
  if (numbers->floats.empty()) return wrong("its constant holds no numbers");
  if (!all_finite(numbers->floats))
    return wrong("its constant holds numbers that are infinite or not a number");
  if (constant_side == 0 && (node.op == "Sub" || node.op == "Div"))
    return wrong("a constant may be subtracted or divided by, but not be what is subtracted from or divided");
  if (std::find(sums_.begin(), sums_.end(), &node) != sums_.end()) {
    give(node, value);  // the final Mul of a SumPooling2D
    return {};
  }
  if (value.layer == 0 && !pixels_done_ && numbers->floats.size() == 1 &&
      (node.op == "Mul" || node.op == "Div")) {
    const auto number = static_cast<double>(numbers->floats[0]);
    if (number == 0) return wrong("it multiplies or divides by 0");
    const double scale = node.op == "Mul" ? scale_ * number : scale_ / number;
    if (!is_per_byte(scale_) && (bytes_in_ || is_per_byte(scale))) {
      scale_ = scale;
      give_same(node, value);
      return {};
    }
  }
  if (value.layer == 0 && !pixels_done_) {
    if (Done ended = end_pixels(); !ended) return ended;
    return arithmetic(node);  // x may come from another layer now
  }
  Made& before = made(value);
  const Json* use_bias = before.config.find("use_bias");
  if (node.op == "Add" && use_bias && !*use_bias->boolean() && !before.config.find("activation") &&
      is_only_reader(node, 1 - constant_side, value) &&
      numbers->floats.size() == static_cast<std::size_t>(before.shape.back()) && numbers->dims.size() <= 1) {
    before.config["use_bias"] = true;  // MatMul has none of its own
    before.weights.push_back(numbers->floats);
    give(node, value);
    return read_fields(before.config, before.layer->name, {},
                       [&](Fields& fields) { before.layer->fields(fields); });
  }
  return shift_and_scale(node, value, *numbers);
}

/// One number for all becomes a Rescaling; one per channel becomes a Normalization with equivalent mean and
/// variance.
OnnxReader::Done OnnxReader::shift_and_scale(const OnnxNode& node, const Value& value,
                                             const OnnxTensor& numbers) {
  const bool shifts = node.op == "Add" || node.op == "Sub";
  const double sign = node.op == "Sub" ? -1 : 1;
  if (numbers.floats.size() == 1) {
    const auto number = static_cast<double>(numbers.floats[0]);
    if (node.op == "Div" && number == 0) return wrong("it divides by 0");
    Made& before = made(value);
    const Json* offset = before.config.find("offset");
    const std::size_t side = constant_input(node, 0) ? 1 : 0;
    if (shifts && offset && *offset == Json(0.0) &&
        is_only_reader(node, side, value)) {  // x * scale + offset
      before.config["offset"] = sign * number;
      give(node, value);
      return read_fields(before.config, before.layer->name, {},
                         [&](Fields& fields) { before.layer->fields(fields); });
    }
    Json config = shifts ? Json::object({{"scale", 1.0}, {"offset", sign * number}})
                         : Json::object({{"scale", node.op == "Mul" ? number : 1 / number}, {"offset", 0.0}});
    return add_after(node, value, "Rescaling", std::move(config));
  }
  const Shape& shape = made(value).shape;
  const auto channels = static_cast<std::size_t>(shape.back());
  // Broadcasting: [C, 1, 1] over [N, C, H, W], [C] over [N, units] and [N, H, W, C]; leading sizes of 1 are
  // allowed.
  std::vector<std::int64_t> dims = numbers.dims;
  while (!dims.empty() && dims.front() == 1) dims.erase(dims.begin());
  const std::vector<std::int64_t> wanted = value.order == Order::maps
                                               ? std::vector<std::int64_t>{shape.back(), 1, 1}
                                               : std::vector<std::int64_t>{shape.back()};
  if (dims != wanted || value.order == Order::row_of_maps || value.order == Order::pieces ||
      numbers.floats.size() != channels) {
    return wrong("a constant of shape " + to_string(numbers.dims) +
                 " is neither one number nor one for each channel");
  }
  Json mean = Json::array(), variance = Json::array();
  for (const float number : numbers.floats) {
    const double factor = node.op == "Div" ? 1 / static_cast<double>(number) : static_cast<double>(number);
    if (!shifts && !(factor > 0 && std::isfinite(factor)))
      return wrong("channels can be multiplied by positive numbers only");
    mean.push_back(shifts ? -sign * static_cast<double>(number) : 0.0);
    variance.push_back(shifts ? 1.0 : 1 / (factor * factor));
  }
  Made& before = made(value);
  const Json* before_variance = before.config.find("variance");
  const bool centered =
      before_variance && std::all_of(before_variance->elements()->begin(), before_variance->elements()->end(),
                                     [](const Json& one) { return *one.number() == 1; });
  if (!shifts && centered &&
      is_only_reader(node, constant_input(node, 0) ? 1 : 0, value)) {  // (x - mean) * factor
    before.config["variance"] = std::move(variance);
    give(node, value);
    return read_fields(before.config, before.layer->name, {},
                       [&](Fields& fields) { before.layer->fields(fields); });
  }
  return add_after(node, value, "Normalization",
                   Json::object({{"mean", std::move(mean)}, {"variance", std::move(variance)}}));
}

}  // namespace cnn
