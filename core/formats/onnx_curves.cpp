// Functions of single numbers. A GELU or a SiLU comes as several nodes, in an order and with constants that
// differ from tool to tool. So the nodes are not matched one by one: what they compute together is evaluated
// at some numbers, and compared with the functions that are known here.
#include <array>
#include <cmath>

#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

/// The large ones find limits that only large numbers reach: a Clip from 0 to 20 is no Relu.
constexpr std::array<double, 54> kProbes = {
    -1,   1,    0,    0.5,  -0.5,  2,    -2,   3,    -3,   4,     -4,   6,    -6,    7,
    -7,   10,   -10,  0.25, -0.25, 1.37, -1.7, 2.61, -2.6, 0.013, -0.1, 3.33, -3.71, 5.21,
    -5.4, 9.87, -8.3, 0.75, 15,    -15,  22,   -22,  33,   -33,   47,   -47,  68,    -68,
    100,  -100, 200,  -200, 300,   -300, 1e3,  -1e3, 1e5,  -1e5,  1e9,  -1e9};
constexpr double kMayOverflow = 100;  // beyond, a function in pieces (the Exp of a Softplus) is infinite
constexpr std::size_t kMinusOne = 0, kOne = 1, kZero = 2, kQuarter = 17;
constexpr std::size_t kMostNodes = 24;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }

template <class F>
bool is_same(const std::vector<double>& y, F f) {
  constexpr double tolerance = 1e-6;  // the graph's constants are float32
  for (std::size_t i = 0; i < kProbes.size(); ++i) {
    const double wanted = f(kProbes[i]);
    if (std::fabs(kProbes[i]) > kMayOverflow && !std::isfinite(y[i])) continue;
    if (!(std::fabs(y[i] - wanted) <= tolerance * std::max(1.0, std::fabs(wanted)))) return false;
  }
  return true;
}

bool is_affine(const std::vector<double>& y) {
  const double offset = y[kZero], scale = y[kOne] - offset;
  return is_same(y, [&](double x) { return scale * x + offset; });
}

Json as_layer(std::string_view class_name, std::string_view key, double value) {
  return Json::object({{"class_name", class_name}, {"config", Json::object({{std::string(key), value}})}});
}

bool is_clip(const OnnxNode& node) { return node.op == "Clip"; }

}  // namespace

std::optional<double> evaluate(const OnnxNode& node, std::span<const double> in) {
  const std::string_view op = node.op;
  const double x = in[0];
  const auto alpha = [&](float otherwise) { return static_cast<double>(number(node, "alpha", otherwise)); };
  if (in.size() == 2) {
    if (op == "Add") return x + in[1];
    if (op == "Sub") return x - in[1];
    if (op == "Mul") return x * in[1];
    if (op == "Div") return x / in[1];
    if (op == "Pow") return std::pow(x, in[1]);
    if (op == "Min") return std::min(x, in[1]);
    if (op == "Max") return std::max(x, in[1]);
    if (op == "Greater") return x > in[1] ? 1 : 0;
    if (op == "GreaterOrEqual") return x >= in[1] ? 1 : 0;
    if (op == "Less") return x < in[1] ? 1 : 0;
    if (op == "LessOrEqual") return x <= in[1] ? 1 : 0;
    return std::nullopt;
  }
  if (in.size() == 3) return op == "Where" ? std::optional(x != 0 ? in[1] : in[2]) : std::nullopt;
  if (op == "Relu") return std::max(x, 0.0);
  if (op == "Sigmoid") return sigmoid(x);
  if (op == "Tanh") return std::tanh(x);
  if (op == "Erf") return std::erf(x);
  if (op == "Exp") return std::exp(x);
  if (op == "Log") return std::log(x);
  if (op == "Sqrt") return std::sqrt(x);
  if (op == "Neg") return -x;
  if (op == "Abs") return std::fabs(x);
  if (op == "Reciprocal") return 1 / x;
  if (op == "Softplus") return softplus(x);
  if (op == "Softsign") return x / (1 + std::fabs(x));
  if (op == "Mish") return x * std::tanh(softplus(x));
  if (op == "LeakyRelu") return x < 0 ? alpha(0.01f) * x : x;
  if (op == "Elu") return x < 0 ? alpha(1) * std::expm1(x) : x;
  if (op == "Celu") return x < 0 ? alpha(1) * std::expm1(x / alpha(1)) : x;
  if (op == "Swish") return x * sigmoid(alpha(1) * x);
  if (op == "Selu")
    return static_cast<double>(number(node, "gamma", 1.05070102f)) *
           (x < 0 ? alpha(1.67326319f) * std::expm1(x) : x);
  if (op == "HardSigmoid")
    return std::clamp(alpha(0.2f) * x + static_cast<double>(number(node, "beta", 0.5f)), 0.0, 1.0);
  if (op == "HardSwish") return x * std::clamp(x / 6 + 0.5, 0.0, 1.0);
  if (op == "ThresholdedRelu") return x > alpha(1) ? x : 0;
  if (op == "Gelu" && text(node, "approximate", "none") == "tanh")
    return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)));
  if (op == "Gelu") return 0.5 * x * (1 + std::erf(x * 0.7071067811865476));
  return std::nullopt;
}

/// A constant of one number that does not change the shape of what it is combined with.
std::optional<double> OnnxReader::scalar_input(const OnnxNode& node, std::size_t input,
                                               std::size_t rank) const {
  const OnnxTensor* tensor = constant_input(node, input);
  if (!tensor || tensor->dims.size() > rank) return std::nullopt;
  if (tensor->floats.size() == 1) return static_cast<double>(tensor->floats[0]);
  if (tensor->integers.size() == 1) return static_cast<double>(tensor->integers[0]);
  return std::nullopt;
}

/// What a node makes of its inputs at the probes; `given` is null for constants. Empty: they do not fit.
std::optional<std::vector<double>> OnnxReader::at_probes(const OnnxNode& node,
                                                         std::span<const std::vector<double>* const> given,
                                                         std::size_t rank) const {
  const bool clips = is_clip(node);
  if (clips && !given[0]) return std::nullopt;
  std::vector<std::optional<double>> constants;
  for (std::size_t i = 0; i < given.size(); ++i) {
    constants.push_back(scalar_input(node, i, rank));
    if (!given[i] && !constants.back() && !(clips && node.inputs[i].empty())) return std::nullopt;
  }
  std::vector<double> y;
  for (std::size_t probe = 0; probe < kProbes.size(); ++probe) {
    std::vector<double> in;
    for (std::size_t i = 0; i < given.size(); ++i)
      in.push_back(given[i] ? (*given[i])[probe] : constants[i].value_or(0));
    if (!clips) {
      const std::optional<double> value = evaluate(node, in);
      if (!value) return std::nullopt;
      y.push_back(*value);
      continue;
    }
    const double infinite = std::numeric_limits<double>::infinity();
    const auto limit = [&](std::size_t i, std::string_view attribute, double otherwise) {
      const OnnxAttribute* found = node.find(attribute);  // until opset 10
      if (found) return static_cast<double>(found->number);
      return i < constants.size() && constants[i] ? *constants[i] : otherwise;
    };
    y.push_back(std::min(std::max(in[0], limit(1, "min", -infinite)), limit(2, "max", infinite)));
  }
  return y;
}

/// The curve as a function of what its node k makes; empty where it needs more than that.
std::optional<OnnxReader::Curve> OnnxReader::from_middle(const Curve& curve, std::size_t k) const {
  const std::size_t rank = dims_of(values_.at(curve.origin)).size();
  std::unordered_map<std::string_view, std::vector<double>> known;
  known[curve.nodes[k]->outputs[0]] = {kProbes.begin(), kProbes.end()};
  Curve rest{curve.nodes[k]->outputs[0], {}, {}};
  for (std::size_t i = k + 1; i < curve.nodes.size(); ++i) {
    const OnnxNode& node = *curve.nodes[i];
    std::vector<const std::vector<double>*> given;
    bool fits = true;
    for (const std::string& input : node.inputs) {
      const auto found = known.find(input);
      fits = fits && (found != known.end() || input.empty() || constants_.contains(input));
      given.push_back(found == known.end() ? nullptr : &found->second);
    }
    if (!fits) continue;
    std::optional<std::vector<double>> y =
        node.op == "Identity" ? std::optional(*given[0]) : at_probes(node, given, rank);
    if (!y) return std::nullopt;
    known[node.outputs[0]] = std::move(*y);
    rest.nodes.push_back(&node);
  }
  const auto last = known.find(curve.nodes.back()->outputs[0]);
  if (last == known.end() || rest.nodes.empty()) return std::nullopt;
  rest.y = last->second;
  return rest;
}

/// True if the node computes a function of single numbers of one layer's output; its value then stays open.
Result<bool> OnnxReader::continues_curve(const OnnxNode& node) {
  const bool clips = is_clip(node);
  if (node.inputs.empty() || (!clips && node.inputs.size() > 3) ||
      std::find(sums_.begin(), sums_.end(), &node) != sums_.end())
    return false;
  const std::array<double, 3> any{0.5, 0.5, 0.5};
  if (!clips && !evaluate(node, {any.data(), node.inputs.size()})) return false;
  Curve curve;
  std::vector<const Value*> operands;
  for (const std::string& input : node.inputs) {
    operands.push_back(nullptr);
    if (constants_.contains(input) || (clips && input.empty())) continue;
    auto found = values_.find(input);
    if (found == values_.end() || found->second.order == Order::pieces) return false;
    if (found->second.pixels) {
      if (Done done = settle(input); !done) return done.error();
    }
    const Value& value = found->second;
    const std::string_view origin = value.curve ? value.curve->origin : found->first;
    if (!curve.origin.empty() && curve.origin != origin) return false;
    curve.origin = origin;
    operands.back() = &value;
    if (!value.curve) continue;
    curve.nodes.reserve(curve.nodes.size() + value.curve->nodes.size());
    for (const OnnxNode* one : value.curve->nodes) {
      if (std::find(curve.nodes.begin(), curve.nodes.end(), one) == curve.nodes.end())
        curve.nodes.push_back(one);
    }
  }
  if (curve.origin.empty() || curve.nodes.size() >= kMostNodes) return false;
  Value y = values_.at(curve.origin);
  std::vector<const std::vector<double>*> given;
  given.reserve(operands.size());
  static const std::vector<double> probes(kProbes.begin(), kProbes.end());
  for (const Value* operand : operands)
    given.push_back(!operand ? nullptr : operand->curve ? &operand->curve->y : &probes);
  std::optional<std::vector<double>> numbers = at_probes(node, given, dims_of(y).size());
  if (!numbers) return false;
  curve.y = std::move(*numbers);
  curve.nodes.push_back(&node);
  y.curve = std::make_shared<const Curve>(std::move(curve));
  give(node, std::move(y));
  return true;
}

/// Whether nothing but the curve's own nodes reads what it is computed from,
/// so that the layer may compute it.
bool OnnxReader::is_alone(const Curve& curve, const Value& base) const {
  if (base.shared) return false;
  std::unordered_map<std::string_view, int> own;
  for (const OnnxNode* node : curve.nodes) {
    for (const std::string& input : node->inputs) ++own[input];
  }
  const auto is_own = [&](std::string_view name) {
    const auto all = readers_.find(name);
    return all != readers_.end() && all->second == own[name];
  };
  if (!is_own(curve.origin)) return false;
  return std::all_of(curve.nodes.begin(), curve.nodes.end() - 1,
                     [&](const OnnxNode* node) { return is_own(node->outputs[0]); });
}

/// The activation, as configurations write it.
std::optional<Json> OnnxReader::known_activation(const Curve& curve) const {
  const std::vector<double>& y = curve.y;
  const auto is = [&](auto f) { return is_same(y, f); };
  if (is([](double x) { return std::max(x, 0.0); })) return "relu";
  if (is(sigmoid)) return "sigmoid";
  if (is([](double x) { return std::tanh(x); })) return "tanh";
  if (is([](double x) { return 0.5 * x * std::erfc(-x * 0.7071067811865476); })) return "gelu";
  if (is([](double x) { return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }))
    return "gelu_new";
  if (is([](double x) { return x * sigmoid(x); })) return "silu";
  if (is(softplus)) return "softplus";
  if (is([](double x) { return x / (1 + std::fabs(x)); })) return "softsign";
  if (is([](double x) { return x * std::tanh(softplus(x)); })) return "mish";
  if (is([](double x) { return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * std::expm1(x) : x); }))
    return "selu";
  if (is([](double x) { return x * std::clamp(x / 6 + 0.5, 0.0, 1.0); })) return "hard_silu";
  const double steepness = y[kQuarter] - y[kZero] > 0 ? (y[kQuarter] - y[kZero]) * 4 : 0;
  if (steepness > 0 && is([&](double x) { return std::clamp(steepness * x + 0.5, 0.0, 1.0); }))
    return is([](double x) { return std::clamp(x / 6 + 0.5, 0.0, 1.0); })
               ? Json("hard_sigmoid")
               : as_layer("HardSigmoid", "slope", shortest(steepness));
  const double most = *std::max_element(y.begin(), y.end());
  if (most > 0 && is([&](double x) { return std::clamp(x, 0.0, most); }))
    return most == ActivationSpec::relu6_limit ? Json("relu6")
                                               : as_layer("ReLU", "max_value", shortest(most));
  const double slope = -y[kMinusOne];
  if (slope >= 0 && is([&](double x) { return x < 0 ? slope * x : x; }))
    return as_layer("LeakyReLU", "negative_slope", shortest(slope));
  const double alpha = y[kMinusOne] / std::expm1(-1.0);
  if (alpha >= 0 && is([&](double x) { return x < 0 ? alpha * std::expm1(x) : x; }))
    return as_layer("ELU", "alpha", shortest(alpha));
  return std::nullopt;
}

/// Makes the layers that an open value needs.
OnnxReader::Done OnnxReader::settle(std::string_view name) {
  const auto found = values_.find(name);
  if (found == values_.end()) return wrong("\"" + std::string(name) + "\" is not made by any node");
  Value& value = found->second;
  if (value.pixels) {
    const Result<int> layer = pixels_layer(value);
    if (!layer) return layer.error();
    value.layer = *layer;
    value.shared = true;
    value.pixels.reset();
  }
  if (!value.curve) return {};
  const OnnxNode* reading = node_;
  const Value open = value;
  node_ = open.curve->nodes.back();
  Done done = settle_curve(found->first, open);
  if (done) node_ = reading;
  return done;
}

OnnxReader::Done OnnxReader::settle_curve(std::string_view name, const Value& value) {
  const Curve& curve = *value.curve;
  const OnnxNode& node = *curve.nodes.back();
  Value base = values_.at(curve.origin);
  const auto put = [&](Result<int> layer) -> Done {
    if (!layer) return layer.error();
    Value settled = base;
    settled.layer = *layer, settled.shared = false;
    values_[name] = std::move(settled);
    return {};
  };
  if (is_same(curve.y, [](double x) { return x; })) {
    base.shared = true;
    values_.at(curve.origin).shared = true;
    values_[name] = std::move(base);
    return {};
  }
  if (std::optional<Json> activation = known_activation(curve)) {
    Made& before = made(base);
    if (before.config.find("use_bias") && !before.config.find("activation") && is_alone(curve, base)) {
      if (Done done = change_config(before, "activation", std::move(*activation)); !done) return done;
      return put(base.layer);
    }
    return put(add_layer("Activation", name_for(node, 0), Json::object({{"activation", *activation}}),
                         {base.layer}));
  }
  if (is_affine(curve.y)) {
    const double offset = curve.y[kZero], scale = curve.y[kOne] - offset;
    const std::size_t any = constants_.contains(node.inputs[0]) ? 1 : 0;
    return put(add_layer("Rescaling", name_for(node, any == 0 ? 0 : 2),
                         Json::object({{"scale", shortest(scale)}, {"offset", shortest(offset)}}),
                         {base.layer}));
  }
  // The whole chain matches no known function. Try a shorter chain from an intermediate value,
  for (std::size_t k = 0; k + 1 < curve.nodes.size(); ++k) {
    std::optional<Curve> rest = from_middle(curve, k);
    if (!rest || (!known_activation(*rest) && !is_affine(rest->y))) continue;
    const std::string& middle = curve.nodes[k]->outputs[0];
    if (Done done = settle(middle); !done) return done;
    Value again = values_.at(middle);
    again.curve = std::make_shared<const Curve>(std::move(*rest));
    values_[name] = std::move(again);
    return settle(name);
  }
  // then the last node alone, with layers for its inputs.
  if (curve.nodes.size() > 1) {
    for (const std::string& input : node.inputs) {
      if (!values_.contains(input)) continue;
      if (Done done = settle(input); !done) return done;
    }
    node_ = &node;
    values_.erase(name);
    const Result<bool> open = continues_curve(node);
    if (!open) return open.error();
    if (*open) return settle(name);
  }
  values_.erase(name);
  return (this->*(find_operator(node.op)->read))(node);
}

}  // namespace cnn
