// Add, Sub, Mul and Div of two layers' outputs, or with a constant for each channel: a bias, or a layer that
// shifts and scales. One constant for all is a function of single numbers (onnx_curves.cpp).
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_folding.h"
#include "core/formats/onnx_operator.h"

namespace cnn {

std::vector<float> OnnxReader::by_channel(const Value& value, const OnnxTensor& numbers) const {
  if (numbers.floats.size() == 1 && numbers.dims.size() <= dims_of(value).size()) return numbers.floats;
  const std::vector<std::int64_t> dims = dims_of(value);
  if (numbers.floats.empty() || numbers.dims.size() > dims.size() || value.order == Order::pieces) return {};
  const bool is_first = value.order == Order::maps || value.order == Order::cell;
  const std::size_t channel_axis = is_first ? 1 : dims.size() - 1,
                    skipped = dims.size() - numbers.dims.size();
  for (std::size_t k = 0; k < numbers.dims.size(); ++k) {
    const std::int64_t wanted = skipped + k == channel_axis ? dims[channel_axis] : 1;
    if (numbers.dims[k] != wanted) return {};
  }
  return in_our_order(value, numbers.floats);
}

OnnxReader::Done OnnxReader::arithmetic(const OnnxNode& node) {
  if (node.inputs.size() != 2) return wrong("it must have two inputs");
  const std::size_t constant_side = constant_input(node, 0) ? 0 : 1;
  const OnnxTensor* numbers = constant_input(node, constant_side);
  if (!numbers) return of_two(node);
  const Result<Value*> x = layer_input(node, 1 - constant_side);
  if (!x) return x.error();
  const Value value = **x;
  if (std::find(sums_.begin(), sums_.end(), &node) != sums_.end()) {
    give(node, value);  // the final Mul of a SumPooling2D
    return {};
  }
  if (numbers->floats.empty()) return wrong("its constant holds no numbers");
  if (!all_finite(numbers->floats))
    return wrong("its constant holds numbers that are infinite or not a number");
  if (constant_side == 0 && node.op == "Div") return wrong("a constant for each channel is divided");
  std::vector<float> list = by_channel(value, *numbers);
  if (list.empty())
    return wrong("a constant of shape " + to_string(numbers->dims) +
                 " is neither one number nor one for each channel");
  list.resize(static_cast<std::size_t>(made(value).shape.back()), list[0]);
  Made& before = made(value);
  const Json* use_bias = before.config.find("use_bias");
  if ((node.op == "Add" || (node.op == "Sub" && constant_side == 1)) && use_bias &&
      !before.config.find("activation") && is_only_reader(node, 1 - constant_side, value)) {
    if (node.op == "Sub") {
      for (float& one : list) one = -one;
    }
    give(node, value);
    if (*use_bias->boolean()) {
      for (std::size_t i = 0; i < list.size(); ++i) before.weights.back()[i] += list[i];
      return {};
    }
    before.weights.push_back(std::move(list));  // MatMul has none of its own
    return change_config(before, "use_bias", true);
  }
  return shift_and_scale(node, value, list);
}

/// A sum, a difference or a product of two layers' outputs.
OnnxReader::Done OnnxReader::of_two(const OnnxNode& node) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (const Result<Value*> ready = layer_input(node, i); !ready) return ready.error();
  }
  Value a = **value_input(node, 0), b = **value_input(node, 1);
  if (a.order == Order::pieces || b.order == Order::pieces || node.op == "Div")
    return wrong("of two layers' outputs only Add, Sub and Mul are supported");
  const bool same_places = a.places == b.places || (a.places && b.places && *a.places == *b.places);
  const bool fits = a.order == b.order && same_places;
  // One number for each map, of [N, C, 1, 1]: squeeze and excitation.
  const bool scales = node.op == "Mul" && ((a.order == Order::maps && b.order == Order::cell) ||
                                           (a.order == Order::cell && b.order == Order::maps));
  if (!fits && !scales) return wrong("its two inputs have different layouts");
  if (node.op == "Sub") {
    const Result<int> minus =
        add_layer("Rescaling", name_for(node, 0), Json::object({{"scale", -1.0}}), {b.layer});
    if (!minus) return minus.error();
    b.layer = *minus;
  }
  const Result<int> layer =
      add_layer(node.op == "Mul" ? "Multiply" : "Add", name_for(node, 0), Json::object(), {a.layer, b.layer});
  if (!layer) return layer.error();
  Value y = a.order == Order::cell ? b : a;
  y.layer = *layer, y.shared = false;
  give(node, std::move(y));
  return {};
}

/// One number for each channel: a Normalization with equivalent mean and variance; where a factor is not
/// positive, a convolution of one cell.
OnnxReader::Done OnnxReader::shift_and_scale(const OnnxNode& node, const Value& value,
                                             const std::vector<float>& list) {
  const bool shifts = node.op == "Add" || node.op == "Sub",
             turns = node.op == "Sub" && constant_input(node, 0);
  const double sign = node.op == "Sub" ? -1 : 1;
  Json mean = Json::array(), variance = Json::array();
  std::vector<float> factors;
  bool positive = !turns;
  for (const float number : list) {
    const double factor = node.op == "Div" ? 1 / static_cast<double>(number) : static_cast<double>(number);
    if (!shifts && !std::isfinite(factor)) return wrong("it divides by 0");
    positive = positive && (shifts || factor > 0);
    factors.push_back(turns ? -1.0f : shifts ? 1.0f : static_cast<float>(factor));
    mean.push_back(shifts ? -sign * static_cast<double>(number) : 0.0);
    variance.push_back(shifts ? 1.0 : 1 / (factor * factor));
  }
  if (!positive) {
    if (made(value).shape.rank() != 3)
      return wrong("numbers of a row can be multiplied by positive numbers only");
    std::vector<std::vector<float>> weights{std::move(factors)};
    if (turns) weights.push_back(list);
    return add_after(node, value, "DepthwiseConv2D", Json::object({{"kernel_size", 1}, {"use_bias", turns}}),
                     std::move(weights), 1);
  }
  Made& before = made(value);
  const Json* before_variance = before.config.find("variance");
  const bool centered =
      before_variance && std::all_of(before_variance->elements()->begin(), before_variance->elements()->end(),
                                     [](const Json& one) { return *one.number() == 1; });
  if (!shifts && centered &&
      is_only_reader(node, constant_input(node, 0) ? 1 : 0, value)) {  // (x - mean) * factor
    give(node, value);
    return change_config(before, "variance", std::move(variance));
  }
  return add_after(node, value, "Normalization",
                   Json::object({{"mean", std::move(mean)}, {"variance", std::move(variance)}}));
}

}  // namespace cnn
