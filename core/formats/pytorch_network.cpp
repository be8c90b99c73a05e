#include "core/formats/pytorch_network.h"

#include <algorithm>
#include <map>

#include "core/formats/python_text.h"

namespace cnn {
namespace {

/// What nn.Module has already, and names that forward uses.
constexpr std::string_view kTaken[] = {"add_module",
                                       "apply",
                                       "bfloat16",
                                       "buffers",
                                       "call_super_init",
                                       "children",
                                       "compile",
                                       "cpu",
                                       "cuda",
                                       "double",
                                       "dump_patches",
                                       "eval",
                                       "extra_repr",
                                       "float",
                                       "forward",
                                       "get_buffer",
                                       "get_extra_state",
                                       "get_parameter",
                                       "get_submodule",
                                       "half",
                                       "ipu",
                                       "load_state_dict",
                                       "modules",
                                       "mtia",
                                       "named_buffers",
                                       "named_children",
                                       "named_modules",
                                       "named_parameters",
                                       "parameters",
                                       "register_backward_hook",
                                       "register_buffer",
                                       "register_forward_hook",
                                       "register_forward_pre_hook",
                                       "register_full_backward_hook",
                                       "register_full_backward_pre_hook",
                                       "register_load_state_dict_post_hook",
                                       "register_load_state_dict_pre_hook",
                                       "register_module",
                                       "register_parameter",
                                       "register_state_dict_post_hook",
                                       "register_state_dict_pre_hook",
                                       "requires_grad_",
                                       "set_extra_state",
                                       "set_submodule",
                                       "share_memory",
                                       "state_dict",
                                       "to",
                                       "to_empty",
                                       "train",
                                       "training",
                                       "xpu",
                                       "zero_grad",
                                       "T_destination",
                                       "F",
                                       "math",
                                       "nn",
                                       "self",
                                       "torch",
                                       "x",
                                       "inside",
                                       "super"};

/// The initializer that most weights have: one loop sets it, and only the others have a line.
struct Usual {
  std::string weight;  ///< with "W" in place of the array
  bool conv = false, linear = false, bias = false, no_bias = false;
};

class TorchNetworkWriter {
 public:
  explicit TorchNetworkWriter(const Model& model) : model_(model), names_(kTaken) {}

  Result<TorchNetwork> write() {
    const int count = model_.layer_count();
    const std::vector<bool> alone = read_by_next_alone(model_);
    std::size_t first = 0;
    for (int i = 0; i < count; ++i) {
      if (Result<void> done = write_layer(i, first, alone[static_cast<std::size_t>(i)]); !done)
        return done.error();
    }
    network_.text = text();
    return std::move(network_);
  }

 private:
  Result<void> write_layer(int index, std::size_t& first, bool flows) {
    const Layer& layer = model_.layer(index);
    TorchLayer l(layer, names_.take(layer.name));
    for (const int input : model_.layer_inputs(index)) {
      l.xs.push_back(outputs_[static_cast<std::size_t>(input)]);
      l.x_shapes.push_back(model_.layer_shape(input));
    }
    const bool is_input = l.xs.empty();
    if (is_input) l.xs.push_back("x"), l.x_shapes.push_back(model_.layer_shape(index));
    l.y_shape = model_.layer_shape(index);
    const std::span<const Parameter> all = model_.parameters();
    std::size_t end = first;
    while (end < all.size() && all[end].layer == index) ++end;
    l.parameters = all.subspan(first, end - first);
    first = end;
    if (Result<void> written = write_torch_layer(l); !written)
      return Error{written.error().code, written.error().message, index};

    const bool last = index + 1 == model_.layer_count();
    std::string y = std::move(l.y);
    if (is_input && model_.input_range() == InputRange::bytes)
      y = "255 * x", l.note = "the network takes bytes";
    if (!(last && model_.ends_in_softmax()))
      y = torch_activation(layer.activation(), y, l.y_shape.rank() == 3);
    const std::string output = flows ? "x" : l.name;
    for (const std::string& line : l.before) forward_.push_back(line);
    if (last)
      forward_.push_back("return " + y + comment(l.note));
    else if (y != output)
      forward_.push_back(output + " = " + y + comment(l.note));
    outputs_.push_back(output);
    if (!l.constructor.empty()) attributes_.push_back(l.self() + " = " + l.constructor);
    attributes_.insert(attributes_.end(), l.setup.begin(), l.setup.end());
    initialize(l);
    take(l);
    return {};
  }

  static std::string comment(const std::string& note) { return note.empty() ? "" : "  # " + note; }

  /// Notes the initial values of the layer's arrays, and what does not learn.
  void initialize(TorchLayer& l) {
    const std::vector<ParameterSpec> specs =
        l.parameters.empty() ? std::vector<ParameterSpec>() : l.layer.params(l.x_shape());
    const bool counted = l.constructor.starts_with("nn.Conv2d") || l.constructor.starts_with("nn.Linear") ||
                         l.constructor.starts_with("nn.Sequential");
    for (std::size_t i = 0; i < specs.size() && i < l.names.size(); ++i) {
      if (l.names[i].empty()) continue;
      const std::string target = torch_attribute("self", l.names[i]),
                        word = torch_initializer(specs[i], "W", l);
      if (counted) {
        counted_.push_back({target, word, specs[i].name != "bias"});
      } else if (!is_usual(l, specs[i])) {
        others_.push_back(replaced(word, "(W", "(" + target));
      }
      if (counted && !specs[i].trainable) frozen_.push_back(target + ".requires_grad_(False)");
    }
    if (l.constructor.starts_with("nn.Conv2d")) usual_.conv = true;
    if (l.constructor.starts_with("nn.Sequential")) usual_.conv = usual_.no_bias = true;
    if (l.constructor.starts_with("nn.Linear")) usual_.linear = true;
    if (counted && l.constructor.find("bias=False") != std::string::npos) usual_.no_bias = true;
    if (!l.layer.trainable && !l.names.empty()) {
      frozen_.push_back(l.self() + ".requires_grad_(False)");
      network_.frozen.push_back(l.name);
      if (l.constructor.starts_with("nn.BatchNorm")) network_.frozen_norms.push_back(l.name);
    }
  }

  /// Whether PyTorch begins with these values anyway.
  static bool is_usual(const TorchLayer& l, const ParameterSpec& spec) {
    const bool zeros = spec.initializer.kind == Initializer::Kind::zeros;
    const bool ones = spec.initializer.kind == Initializer::Kind::ones;
    if (spec.name == "gamma" || spec.name == "moving_variance") return ones;
    return l.constructor.starts_with("Normalization") || zeros;
  }

  void take(TorchLayer& l) {
    network_.helpers.insert(l.helpers.begin(), l.helpers.end());
    if (l.adapts) network_.adapted.push_back(l.name);
    if (l.needs_two) network_.needs_two = l.layer.name;
    l.names.resize(l.parameters.size());
    network_.names.insert(network_.names.end(), l.names.begin(), l.names.end());
    for (TorchArray& array : l.arrays) network_.arrays.push_back(std::move(array));
  }

  std::string text() {
    std::string text = "\nclass Network(nn.Module):\n    def __init__(self):\n        super().__init__()\n";
    for (const std::string& line : attributes_) text += "        " + line + "\n";
    text += initial_values();
    for (const std::string& line : frozen_) text += "        " + line + "\n";
    std::string sizes;
    for (const int axis : {2, 0, 1}) sizes += ", " + std::to_string(model_.input_shape()[axis]);
    text += "\n    def forward(self, x):  # [N" + sizes + "], from 0 to 1" +
            (model_.ends_in_softmax() ? "; returns logits, without the softmax\n" : "\n");
    for (const std::string& line : forward_) text += "        " + line + "\n";
    return text;
  }

  std::string initial_values() {
    std::map<std::string, int> uses;
    for (const Counted& one : counted_)
      if (one.is_weight) ++uses[one.word];
    const auto most = std::max_element(uses.begin(), uses.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    std::string lines;
    if (most != uses.end()) {
      // Words with numbers of one layer's own fit no other.
      const bool shared =
          most->first.find("xavier") != std::string::npos ||
          most->first.find("kaiming") != std::string::npos || most->first.starts_with("truncated_normal") ||
          most->first.find("zeros_") != std::string::npos || most->first.find("ones_") != std::string::npos;
      const std::string usual = shared ? most->first : "";
      const bool biased =
          std::any_of(counted_.begin(), counted_.end(), [](const Counted& one) { return !one.is_weight; });
      if (shared || biased) {
        const std::string kinds = usual_.conv && usual_.linear ? "(nn.Conv2d, nn.Linear)"
                                  : usual_.conv                ? "nn.Conv2d"
                                                               : "nn.Linear";
        lines +=
            "        for layer in self.modules():  # as Keras initializes\n            if "
            "isinstance(layer, " +
            kinds + "):\n";
        if (shared) lines += "                " + replaced(usual, "(W", "(layer.weight") + "\n";
        if (biased && usual_.no_bias)
          lines +=
              "                if layer.bias is not None:\n                    nn.init.zeros_(layer.bias)\n";
        else if (biased)
          lines += "                nn.init.zeros_(layer.bias)\n";
      }
      for (const Counted& one : counted_) {
        if (one.word != (one.is_weight ? usual : "nn.init.zeros_(W)"))
          lines += "        " + replaced(one.word, "(W", "(" + one.target) + "\n";
      }
    }
    for (const std::string& line : others_) lines += "        " + line + "\n";
    return lines;
  }

  struct Counted {
    std::string target, word;
    bool is_weight = false;
  };

  const Model& model_;
  PythonNames names_;
  TorchNetwork network_{};
  Usual usual_;
  std::vector<Counted> counted_;
  std::vector<std::string> attributes_, forward_, others_, frozen_, outputs_;
};

}  // namespace

std::string torch_attribute(const std::string& owner, const std::string& name) {
  return owner + "." + replaced(replaced(name, ".0.", "[0]."), ".1.", "[1].");
}

Result<TorchNetwork> write_torch_network(const Model& model) { return TorchNetworkWriter(model).write(); }

Result<std::vector<std::string>> torch_augmentation(const Model& augmentation,
                                                    std::set<TorchHelper>& helpers) {
  std::vector<std::string> modules;
  for (int i = 1; i < augmentation.layer_count(); ++i) {
    const Layer& layer = augmentation.layer(i);
    TorchLayer l(layer, "augmentation");
    l.xs = {"x"}, l.x_shapes = {augmentation.layer_shape(i - 1)}, l.y_shape = augmentation.layer_shape(i);
    if (layer.group() != "Augmentation") {
      return Error{"bad_config", "PyTorch: augmentation: " + std::string(layer.class_name()) +
                                     " is no augmentation; put it into the network, as its first layer."};
    }
    if (Result<void> written = write_torch_layer(l); !written) return written.error();
    helpers.insert(l.helpers.begin(), l.helpers.end());
    modules.push_back(l.constructor);
  }
  return modules;
}

}  // namespace cnn
