// ONNX operators that normalize.
#include <cmath>
#include <deque>

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

std::optional<OnnxReader::Cells> OnnxReader::at_cells(
    const OnnxNode& node, const Value& x, const std::unordered_map<std::string_view, Cells>& known) const {
  const std::vector<std::int64_t> dims = dims_of(x);
  const std::size_t channel_axis = x.order == Order::maps ? 1 : dims.size() - 1;
  const auto channels = static_cast<std::size_t>(made(x).shape.back());
  const auto first = node.inputs.empty() ? known.end() : known.find(node.inputs[0]);
  if (first != known.end() && node.op == "ReduceMean") {
    const auto axes = axes_of(node, static_cast<std::int64_t>(dims.size()));
    if (!axes || axes->size() != 1 || (*axes)[0] != static_cast<std::int64_t>(channel_axis) ||
        integer(node, "keepdims", 1) == 0)
      return std::nullopt;
    Cells y = first->second;
    for (std::size_t at = 0; at < y.size(); at += channels) {
      double sum = 0;
      for (std::size_t c = 0; c < channels; ++c) sum += y[at + c];
      std::fill_n(y.begin() + static_cast<std::ptrdiff_t>(at), channels, sum / static_cast<double>(channels));
    }
    return y;
  }
  if (first != known.end() && node.op == "Reshape") {  // tf2onnx: of the means, to the shape they have
    const OnnxTensor* wanted = constant_input(node, 1);
    bool same = wanted && wanted->integers.size() == dims.size();
    for (std::size_t k = 1; same && k < dims.size(); ++k)
      same = wanted->integers[k] == (k == channel_axis ? 1 : dims[k]);
    for (std::size_t i = 1; same && i < first->second.size(); ++i)
      same = i % channels == 0 || first->second[i] == first->second[i - 1];
    return same ? std::optional(first->second) : std::nullopt;
  }
  if (first != known.end() && node.op == "Identity") return first->second;
  std::vector<const Cells*> given;
  std::deque<Cells> constants;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const auto found = known.find(node.inputs[i]);
    given.push_back(found == known.end() ? nullptr : &found->second);
    if (given.back()) continue;
    const std::optional<double> one = scalar_input(node, i, dims.size());
    const OnnxTensor* tensor = constant_input(node, i);
    const std::vector<float> list = tensor && !one ? by_channel(x, *tensor) : std::vector<float>();
    if (!one && list.empty()) return std::nullopt;
    constants.emplace_back(list.begin(), list.end());
    if (one) constants.back() = {*one};
    given.back() = &constants.back();
  }
  if (given.empty() || given.size() == constants.size() || given.size() > 2) return std::nullopt;
  Cells y;
  for (std::size_t i = 0; i < known.begin()->second.size(); ++i) {
    double in[2] = {};
    for (std::size_t k = 0; k < given.size(); ++k) in[k] = (*given[k])[i % given[k]->size()];
    const std::optional<double> value = evaluate(node, {in, given.size()});
    if (!value) return std::nullopt;
    y.push_back(*value);
  }
  return y;
}

/// The operators that exporters write before opset 17: d = x - mean(x), d / sqrt(mean(d^2) + epsilon), with
/// factors and shifts for the channels, in an order that differs from tool to tool. As in onnx_curves.cpp,
/// what they compute together is evaluated, for some cells, and compared.
Result<bool> OnnxReader::layer_normalization_in_pieces(const OnnxNode& mean) {
  const Value x = values_.at(mean.inputs[0]);
  const auto channels = static_cast<std::size_t>(made(x).shape.back());
  if (x.order == Order::pieces || x.order == Order::cell || channels < 2) return false;
  constexpr std::size_t cells = 4;
  const auto n = static_cast<double>(channels);
  Cells numbers;
  for (const double factor :
       {1.0, -1.0, 0.3, 1e-3}) {  // the second is minus the first; the last finds epsilon
    for (std::size_t c = 0; c < channels; ++c) {
      const auto angle = static_cast<double>(c) * (std::fabs(factor) < 1 ? 2.3 : 1.7);
      numbers.push_back(factor * std::sin(angle + 0.4));
    }
  }
  std::unordered_map<std::string_view, Cells> known{{mean.inputs[0], numbers}};
  std::vector<const OnnxNode*> steps;
  std::vector<double> epsilons;
  std::optional<Json> config;
  std::vector<std::vector<float>> weights;
  std::vector<const OnnxNode*> pieces;
  constexpr std::ptrdiff_t most_nodes = 256;
  const auto begin = std::find(nodes_.begin(), nodes_.end(), &mean);
  const auto end = nodes_.end() - begin > most_nodes ? begin + most_nodes : nodes_.end();
  for (auto at = begin; at != end; ++at) {
    const OnnxNode& node = **at;
    if (done_.contains(&node) || node.outputs.empty()) continue;
    std::optional<Cells> y = at_cells(node, x, known);
    if (!y) continue;
    steps.push_back(&node);
    for (std::size_t i = 0; node.op == "Add" && i < node.inputs.size(); ++i) {
      if (const std::optional<double> one = scalar_input(node, i, 4); one && *one > 0)
        epsilons.push_back(*one);
    }
    // The nodes of this pattern; no node outside it may read their outputs.
    std::unordered_map<std::string_view, int> reads{{node.outputs[0], readers_[node.outputs[0]]}};
    std::vector<const OnnxNode*> own;
    bool alone = true, scale = false, center = false;
    for (std::size_t k = steps.size(); k-- > 0;) {
      const auto found = reads.find(steps[k]->outputs[0]);
      if (found == reads.end()) continue;
      alone = alone && found->second == readers_[steps[k]->outputs[0]];
      own.push_back(steps[k]);
      for (std::size_t i = 0; i < steps[k]->inputs.size(); ++i) {
        ++reads[steps[k]->inputs[i]];
        const OnnxTensor* tensor = constant_input(*steps[k], i);
        const bool listed = tensor && tensor->floats.size() == channels;
        scale = scale || (listed && (steps[k]->op == "Mul" || steps[k]->op == "Div"));
        center = center || (listed && (steps[k]->op == "Add" || steps[k]->op == "Sub"));
      }
    }
    for (const double epsilon : epsilons) {
      if (!alone || own.back() != &mean) break;
      std::vector<float> gamma, beta;
      std::vector<double> average(cells), deviation(cells);
      for (std::size_t i = 0; i < cells * channels; ++i) average[i / channels] += numbers[i] / n;
      for (std::size_t i = 0; i < cells * channels; ++i)
        deviation[i / channels] += std::pow(numbers[i] - average[i / channels], 2) / n;
      const auto normal = [&](std::size_t cell, std::size_t c) {
        return (numbers[cell * channels + c] - average[cell]) / std::sqrt(deviation[cell] + epsilon);
      };
      bool fits = true;
      for (std::size_t c = 0; c < channels; ++c) {
        const double up = (*y)[c], down = (*y)[channels + c];
        const double factor = (up - down) / 2 / normal(0, c), shift = (up + down) / 2;
        for (std::size_t cell = 2; cell < cells; ++cell) {
          constexpr double tolerance = 1e-6;
          const double wanted = factor * normal(cell, c) + shift;
          fits = fits && std::fabs((*y)[cell * channels + c] - wanted) <=
                             tolerance * std::max(std::fabs(factor), std::fabs(shift));
        }
        gamma.push_back(static_cast<float>(factor)), beta.push_back(static_cast<float>(shift));
      }
      if (!fits || are_all(0, gamma)) continue;
      scale = scale || !are_all(1, gamma), center = center || !are_all(0, beta);
      config = Json::object({{"epsilon", shortest(epsilon)}, {"scale", scale}, {"center", center}});
      weights.clear();
      if (scale) weights.push_back(std::move(gamma));
      if (center) weights.push_back(std::move(beta));
      pieces = own;
      break;
    }
    known.emplace(node.outputs[0], std::move(*y));
  }
  if (!config) return false;
  const Result<int> layer =
      add_layer("LayerNormalization", name_for(mean, 0), std::move(*config), {x.layer}, std::move(weights));
  if (!layer) return layer.error();
  done_.insert(pieces.begin(), pieces.end());
  Value y = x;
  y.layer = *layer, y.shared = false;
  give(*pieces.front(), std::move(y));
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
  } else {
    // One for each place, or along some of the axes.
    const bool channels_first = (*x)->order == Order::maps;
    std::vector<std::int64_t> given = slope->dims;
    given.erase(given.begin(), given.end() - std::min<std::ptrdiff_t>(3, given.end() - given.begin()));
    given.insert(given.begin(), 3 - given.size(), 1);
    if (channels_first) std::rotate(given.begin(), given.begin() + 1, given.end());  // as here: [H, W, C]
    bool fits = shape.rank() == 3 && (channels_first || (*x)->order == Order::maps_last);
    for (int axis = 0; fits && axis < 3; ++axis) {
      const std::int64_t size = given[static_cast<std::size_t>(axis)];
      fits = size == 1 || size == shape[axis];
      if (size == 1 && shape[axis] > 1) shared.push_back(axis + 1);
    }
    const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(given[axis]); };
    if (!fits || slope->floats.size() != size(0) * size(1) * size(2))
      return wrong("its slope has shape " + to_string(slope->dims) + ", which does not fit its input " +
                   to_string(shape));
    const std::size_t cells = size(0) * size(1), channels = size(2);
    for (std::size_t i = 0; i < cells * channels; ++i)
      list.push_back(slope->floats[channels_first ? i % channels * cells + i / channels : i]);
  }
  std::vector<std::vector<float>> weights{std::move(list)};
  return add_after(node, **x, "PReLU", Json::object({{"shared_axes", std::move(shared)}}), std::move(weights),
                   1);
}

}  // namespace cnn
