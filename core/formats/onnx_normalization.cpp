// ONNX operators that normalize.
#include <cmath>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

bool are_all(float value, const std::vector<float>& numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [&](float number) { return number == value; });
}

}  // namespace

/// What a BatchNormalization makes of the pixels, without its factors and shifts, which are learned.
OnnxReader::Pixels OnnxReader::normalized(const OnnxNode& node, const Pixels& pixels) const {
  const OnnxTensor *mean = constant_input(node, 3), *variance = constant_input(node, 4);
  if (!mean || !variance || mean->floats.empty() || mean->floats.size() != variance->floats.size())
    return pixels;
  Pixels result{{}, {}};
  for (std::size_t c = 0; c < mean->floats.size(); ++c) {
    const auto deviation =
        static_cast<double>(std::sqrt(variance->floats[c] + number(node, "epsilon", 1e-5f)));
    const double scale = pixels.scale[pixels.scale.size() == 1 ? 0 : c],
                 offset = pixels.offset[pixels.offset.size() == 1 ? 0 : c];
    result.scale.push_back(scale / deviation);
    result.offset.push_back((offset - static_cast<double>(mean->floats[c])) / deviation);
  }
  return result;
}

std::vector<float> OnnxReader::in_our_order(const Value& value, const std::vector<float>& numbers) const {
  if (!value.places || value.places->size() != numbers.size()) return numbers;
  std::vector<float> ours(numbers.size());
  for (std::size_t i = 0; i < ours.size(); ++i) ours[i] = numbers[(*value.places)[i]];
  return ours;
}

OnnxReader::Done OnnxReader::batch_normalization(const OnnxNode& node) {
  if (integer(node, "spatial", 1) != 1) return wrong("spatial must be 1: one mean for each channel");
  const Result<Value*> open = value_input(node);
  if (!open) return open.error();
  if ((*open)->pixels && !range_ && !bytes_in_) range_ = range_of(normalized(node, *(*open)->pixels));
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  if ((*x)->order == Order::pieces || (*x)->order == Order::maps_last)
    return wrong("its input is neither [N, C, H, W] nor [N, units]");
  Json config = Json::object({{"epsilon", shortest(number(node, "epsilon", 1e-5f))}});
  std::vector<std::vector<float>> weights;
  for (std::size_t i = 1; i <= 4; ++i) {
    const OnnxTensor* array = constant_input(node, i);
    if (!array) return wrong("its scale, bias, mean and variance must be constants");
    // Written by our own export where the layer has no gamma or beta.
    const bool is_fixed = (i == 1 && node.inputs[i].ends_with("/fixed_gamma") && are_all(1, array->floats)) ||
                          (i == 2 && node.inputs[i].ends_with("/fixed_beta") && are_all(0, array->floats));
    if (is_fixed) {
      config[i == 1 ? "scale" : "center"] = false;
    } else {
      weights.push_back(in_our_order(**x, array->floats));
    }
  }
  if (integer(node, "training_mode", 0) != 0) config["batch_statistics"] = true;
  return add_after(node, **x, "BatchNormalization", std::move(config), std::move(weights), 3);
}

/// Over the last axis, of a row or of [N, H, W, C].
OnnxReader::Done OnnxReader::layer_normalization(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const auto rank = static_cast<std::int64_t>(dims_of(**x).size());
  const std::int64_t axis = integer(node, "axis", -1);
  const bool fits =
      (*x)->order == Order::row || (*x)->order == Order::row_of_maps || (*x)->order == Order::maps_last;
  if (!fits || (axis != -1 && axis != rank - 1))
    return wrong("it must be over the last axis, the channels or units");
  const OnnxTensor *gamma = constant_input(node, 1), *beta = constant_input(node, 2);
  const auto given = [&](std::size_t i) { return node.inputs.size() > i && !node.inputs[i].empty(); };
  if (!gamma || (given(2) && !beta)) return wrong("its scale and bias must be constants");
  const bool is_fixed = node.inputs[1].ends_with("/fixed_gamma") && are_all(1, gamma->floats);
  std::vector<std::vector<float>> weights;
  if (!is_fixed) weights.push_back(in_our_order(**x, gamma->floats));
  if (beta) weights.push_back(in_our_order(**x, beta->floats));
  Json config = Json::object({{"epsilon", shortest(static_cast<double>(number(node, "epsilon", 1e-5f)))},
                              {"scale", !is_fixed},
                              {"center", beta != nullptr}});
  return add_after(node, **x, "LayerNormalization", std::move(config), std::move(weights), 1);
}

/// The operators that exporters write before opset 17: d = x - mean(x), d / sqrt(mean(d^2) + epsilon). The
/// factors and shifts that follow are added by arithmetic().
Result<bool> OnnxReader::layer_normalization_in_pieces(const OnnxNode& mean,
                                                       const std::vector<std::int64_t>& axes) {
  const Value x = values_.at(mean.inputs[0]);
  const auto rank = static_cast<std::int64_t>(dims_of(x).size());
  const bool fits = x.order == Order::row || x.order == Order::row_of_maps || x.order == Order::maps_last;
  if (!fits || axes != std::vector<std::int64_t>{rank - 1} || integer(mean, "keepdims", 1) == 0) return false;
  // The one node of that operator that reads both names.
  const auto reader = [&](std::string_view op, const std::string& a, const std::string& b) {
    const OnnxNode* found = nullptr;
    for (const OnnxNode* node : nodes_) {
      const bool reads = node->op == op && !node->inputs.empty() && node->inputs[0] == a &&
                         (b.empty() || (node->inputs.size() == 2 && node->inputs[1] == b));
      if (reads && !found) found = node;
    }
    return found;
  };
  const OnnxNode* centered = reader("Sub", mean.inputs[0], mean.outputs[0]);
  if (!centered || readers_[mean.outputs[0]] != 1) return false;
  const std::string& d = centered->outputs[0];
  const OnnxNode* square = reader("Pow", d, "");
  if (square) {
    const std::optional<double> power = scalar_input(*square, 1, 4);
    if (!power || *power != 2) return false;
  } else {
    square = reader("Mul", d, d);
  }
  const OnnxNode* variance = square ? reader("ReduceMean", square->outputs[0], "") : nullptr;
  const OnnxNode* shifted = variance ? reader("Add", variance->outputs[0], "") : nullptr;
  const OnnxNode* root = shifted ? reader("Sqrt", shifted->outputs[0], "") : nullptr;
  const OnnxNode* divided = root ? reader("Div", d, root->outputs[0]) : nullptr;
  const std::optional<double> epsilon = shifted ? scalar_input(*shifted, 1, 4) : std::nullopt;
  if (!divided || !epsilon) return false;
  const std::vector<const OnnxNode*> pieces{centered, square, variance, shifted, root, divided};
  int reads_of_d = 0;
  for (const OnnxNode* node : {square, divided}) {
    for (const std::string& input : node->inputs) reads_of_d += input == d ? 1 : 0;
  }
  if (readers_[d] != reads_of_d) return false;
  for (const OnnxNode* node : {square, variance, shifted, root}) {
    if (readers_[node->outputs[0]] != 1) return false;
  }
  Json config = Json::object({{"epsilon", shortest(*epsilon)}, {"scale", false}, {"center", false}});
  const Result<int> layer = add_layer("LayerNormalization", name_for(mean, 0), std::move(config), {x.layer});
  if (!layer) return layer.error();
  done_.insert(pieces.begin(), pieces.end());
  Value y = x;
  y.layer = *layer, y.shared = false;
  give(*divided, std::move(y));
  return true;
}

/// One slope for all, one for each channel, or one for each place.
OnnxReader::Done OnnxReader::prelu(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const OnnxTensor* slope = constant_input(node, 1);
  if (!slope || slope->floats.empty()) return wrong("its slope is not constant");
  const Shape shape = made(**x).shape;
  std::vector<float> list = by_channel(**x, *slope);
  Json shared = Json();
  if (!list.empty()) {
    list.resize(static_cast<std::size_t>(shape.back()), list[0]);
    if (shape.rank() == 3) shared = Json::array({1, 2});
  } else if ((*x)->order == Order::maps && slope->floats.size() == count(shape)) {
    const std::vector<std::size_t> places = *places_of(shape);
    for (const std::size_t place : places) list.push_back(slope->floats[place]);
  } else {
    return wrong("its slope has shape " + to_string(slope->dims) +
                 ", which is neither one number nor one for each channel");
  }
  std::vector<std::vector<float>> weights{std::move(list)};
  return add_after(node, **x, "PReLU", Json::object({{"shared_axes", std::move(shared)}}), std::move(weights),
                   1);
}

}  // namespace cnn
