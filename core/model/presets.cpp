#include "core/model/presets.h"

#include <map>

#include "core/base/names.h"

namespace cnn {
namespace {

/// Builds a configuration for 32 x 32 color pictures, one call per layer. Missing arguments have Keras's
/// defaults. In a Functional network a layer may name inputs other than the layer before it.
class Network {
 public:
  explicit Network(std::string_view name, bool functional = false) : functional_(functional) {
    config_["class_name"] = functional ? "Functional" : "Sequential";
    config_["config"]["name"] = name;
    add("InputLayer", {{"batch_input_shape", Json::array({Json(), 32, 32, 3})}});
  }

  Network& add(std::string_view class_name, const Json::Object& config = {},
               std::vector<std::string> inputs = {}) {
    const std::string base = snake_case(class_name);
    const int number = used_[base]++;
    const std::string name = number == 0 ? base : base + "_" + std::to_string(number);
    Json layer;
    layer["class_name"] = class_name;
    layer["config"]["name"] = name;
    for (const auto& [key, value] : config) layer["config"][key] = value;
    if (functional_) {
      layer["name"] = name;
      if (inputs.empty() && !last_.empty()) inputs.push_back(last_);
      Json tensors = Json::array();
      for (const std::string& input : inputs) tensors.push_back(Json::array({input, 0, 0, Json::object()}));
      layer["inbound_nodes"] = inputs.empty() ? Json::array() : Json::array({std::move(tensors)});
    }
    config_["config"]["layers"].push_back(std::move(layer));
    last_ = name;
    return *this;
  }
  const std::string& last() const { return last_; }

  Json config() {
    if (functional_) {
      config_["config"]["input_layers"] = Json::array({Json::array({"input_layer", 0, 0})});
      config_["config"]["output_layers"] = Json::array({Json::array({last_, 0, 0})});
    }
    return config_;
  }

 private:
  bool functional_;
  Json config_;
  std::string last_;
  std::map<std::string, int> used_;
};

Json::Object conv(int filters, int kernel_size, std::string_view activation = "relu") {
  return {
      {"filters", filters}, {"kernel_size", kernel_size}, {"padding", "same"}, {"activation", activation}};
}

/// A convolution without bias, which the batch normalization after it would remove.
Json::Object bare_conv(int filters, int kernel_size, int strides = 1) {
  return {{"filters", filters}, {"kernel_size", kernel_size}, {"strides", strides},
          {"padding", "same"},  {"use_bias", false},          {"kernel_initializer", "he_normal"}};
}
/// Its moving averages settle within an epoch of a few hundred steps.
Json::Object norm() { return {{"momentum", 0.9}}; }

Json::Object dense(int units, std::string_view activation) {
  return {{"units", units}, {"activation", activation}};
}

Json tutorial() {
  return Network("sequential")
      .add("Conv2D", conv(32, 3))
      .add("Conv2D", conv(32, 3))
      .add("MaxPooling2D")
      .add("Dropout", {{"rate", 0.5}})
      .add("Flatten")
      .add("Dense", dense(128, "relu"))
      .add("Dense", dense(10, "softmax"))
      .config();
}

Json tutorial_small() {
  return Network("tutorial_small")
      .add("Conv2D",
           {{"filters", 16}, {"kernel_size", 3}, {"strides", 2}, {"padding", "same"}, {"activation", "relu"}})
      .add("Conv2D", conv(32, 3))
      .add("MaxPooling2D")
      .add("Dropout", {{"rate", 0.25}})
      .add("Flatten")
      .add("Dense", dense(64, "relu"))
      .add("Dense", dense(10, "softmax"))
      .config();
}

/// ConvNetJS's CIFAR-10 demo (cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html).
Json convnetjs() {
  return Network("convnetjs")
      .add("Conv2D", conv(16, 5))
      .add("MaxPooling2D")
      .add("Conv2D", conv(20, 5))
      .add("MaxPooling2D")
      .add("Conv2D", conv(20, 5))
      .add("MaxPooling2D")
      .add("Flatten")
      .add("Dense", dense(10, "softmax"))
      .config();
}

/// Six convolutions in three blocks. The pooling layer is between a block's two convolutions, not after them:
/// this halves the work. It is also before normalization, which then has a quarter of the work.
Json vgg_bn() {
  Network network("vgg_bn");
  network.add("RandomFlip", {{"mode", "horizontal"}})
      .add("RandomTranslation",
           {{"height_factor", 0.125}, {"width_factor", 0.125}, {"fill_mode", "reflect"}});
  for (const int filters : {64, 128, 160}) {
    network.add("Conv2D", bare_conv(filters, 3))
        .add("MaxPooling2D")
        .add("BatchNormalization", norm())
        .add("Activation", {{"activation", "relu"}})
        .add("Conv2D", bare_conv(filters, 3))
        .add("BatchNormalization", norm())
        .add("Activation", {{"activation", "relu"}});
  }
  return network.add("GlobalAveragePooling2D")
      .add("Dropout", {{"rate", 0.2}})
      .add("Dense", dense(10, "softmax"))
      .config();
}

/// Three residual blocks (He et al. 2015): each adds its input to the output of two convolutions.
Json resnet_small() {
  Network network("resnet_small", true);
  network.add("RandomFlip", {{"mode", "horizontal"}})
      .add("RandomTranslation", {{"height_factor", 0.125}, {"width_factor", 0.125}, {"fill_mode", "reflect"}})
      .add("Conv2D", bare_conv(32, 3))
      .add("BatchNormalization", norm())
      .add("Activation", {{"activation", "relu"}});
  for (const int filters : {32, 64, 128}) {
    const int strides = filters == 32 ? 1 : 2;
    const std::string before = network.last();
    network.add("Conv2D", bare_conv(filters, 3, strides))
        .add("BatchNormalization", norm())
        .add("Activation", {{"activation", "relu"}})
        .add("Conv2D", bare_conv(filters, 3))
        .add("BatchNormalization", norm());
    const std::string residual = network.last();
    std::string shortcut = before;
    if (strides > 1) {  // the block changes the shape, so the shortcut must, too
      network.add("Conv2D", bare_conv(filters, 1, strides), {before}).add("BatchNormalization", norm());
      shortcut = network.last();
    }
    network.add("Add", {}, {residual, shortcut}).add("Activation", {{"activation", "relu"}});
  }
  return network.add("GlobalAveragePooling2D").add("Dense", dense(10, "softmax")).config();
}

/// The network of the record recipe for small budgets (airbench94, arXiv 2404.00498).
Json speedrun() {
  const Json::Object norm = {{"scale", false}, {"epsilon", 1e-12}, {"momentum", 0.6}};
  const auto conv = [](int filters) -> Json::Object {
    return {{"filters", filters},
            {"kernel_size", 3},
            {"padding", "same"},
            {"use_bias", false},
            {"kernel_initializer", "dirac"}};
  };
  Json uniform;  // within 1 / sqrt(fan_in), PyTorch's default
  uniform["class_name"] = "VarianceScaling";
  uniform["config"] = Json::object({{"scale", 1.0 / 3}, {"mode", "fan_in"}, {"distribution", "uniform"}});
  Network network("speedrun");
  network.add("Rescaling",
              {{"scale", 4}, {"offset", -1.9}});  // mean and deviation of CIFAR-10, over all channels
  network.add(
      "Conv2D",
      {{"filters", 24}, {"kernel_size", 2}, {"activation", "gelu"}, {"kernel_initializer", "whitening"}});
  for (const int filters : {64, 256, 256}) {
    network.add("Conv2D", conv(filters))
        .add("MaxPooling2D")
        .add("BatchNormalization", norm)
        .add("Activation", {{"activation", "gelu"}})
        .add("Conv2D", conv(filters))
        .add("BatchNormalization", norm)
        .add("Activation", {{"activation", "gelu"}});
  }
  return network.add("MaxPooling2D", {{"pool_size", 3}})
      .add("Flatten")
      .add("Dense", {{"units", 10}, {"use_bias", false}, {"kernel_initializer", uniform}})
      .add("Rescaling", {{"scale", 1.0 / 9}})
      .add("Activation", {{"activation", "softmax"}})
      .config();
}

/// Best here for networks with batch normalization: momentum with a one-cycle learning rate.
constexpr std::string_view kOneCycleFit = R"({"epochs": 30, "batch_size": 128, "learning_rate": 0.1,
  "optimizer": {"class_name": "SGD", "config": {"momentum": 0.9, "nesterov": true, "weight_decay": 0.005}},
  "schedule": {"class_name": "OneCycle", "config": {"peak_at": 0.25, "start_divisor": 5, "end_divisor": 100}},
  "loss": {"class_name": "SparseCategoricalCrossentropy", "config": {"label_smoothing": 0.1}}})";

/// The recipe's training (hyperparameters of arXiv 2404.00498, section 3 and its listing), converted for
/// these optimizers:
///   k               = 1024 * (1 + 1 / (1 - 0.85))
///   learning_rate   = 11.5 / k                      for the sum of the batch
///   weight_decay    = 0.0153 * 1024 / 11.5          times the rate: 0.0153 * 1024 / k
///   lookahead_decay = 0.95^5
/// The shifts have 64 times the rate and 1/64 of the decay, so the product is the same.
constexpr std::string_view kSpeedrunFit = R"({"epochs": 9.9, "batch_size": 1024, "drop_remainder": true,
  "learning_rate": 0.00146484375,
  "optimizer": {"class_name": "SGD", "config": {"momentum": 0.85, "nesterov": true, "form": "pytorch",
    "weight_decay": 1.3623652, "lookahead_steps": 5, "lookahead_decay": 0.7737809, "lookahead_power": 3}},
  "schedule": {"class_name": "LinearCycle", "config": {"start": 0.2, "peak_at": 0.23, "end": 0.07}},
  "loss": {"class_name": "SparseCategoricalCrossentropy",
    "config": {"label_smoothing": 0.2, "reduction": "sum"}},
  "augmentation": [{"class_name": "RandomFlip", "config": {"mode": "horizontal", "alternate": true}},
    {"class_name": "RandomTranslation",
     "config": {"height_factor": 0.0625, "width_factor": 0.0625, "fill_mode": "mirror"}}],
  "parameter_groups": [
    {"parameters": "batch_normalization*/beta", "learning_rate_factor": 64, "weight_decay": 0.021286956},
    {"parameters": "conv2d/bias", "frozen_after": 3}],
  "test_time_augmentation": "mirror_translate"})";

constexpr Preset kPresets[] = {
    {"tutorial", "The tutorial's network",
     "Two convolutions, pooling, dropout and two dense layers: a million parameters, most of them in the "
     "first dense layer.",
     &tutorial},
    {"tutorial_small", "The tutorial's network, small",
     "The same idea with a tenth of the work; it makes visible progress in seconds, even on a phone.",
     &tutorial_small},
    {"vgg_bn", "VGG with batch normalization",
     "Six convolutions, batch normalization, dropout and augmented pictures, for high accuracy.", &vgg_bn,
     kOneCycleFit},
    {"resnet_small", "A small ResNet",
     "Three blocks with shortcuts around them, which allow deeper networks.", &resnet_small, kOneCycleFit},
    {"speedrun", "The record recipe's network",
     "Whitened pictures and six convolutions, two million parameters: the best accuracy for a small budget.",
     &speedrun, kSpeedrunFit},
    {"convnetjs", "ConvNetJS's network",
     "Three 5x5 convolutions with pooling, as in Karpathy's demo of 2014.", &convnetjs},
};

}  // namespace

std::span<const Preset> presets() { return kPresets; }

Result<Json> preset(std::string_view name) {
  std::string message = "there is no preset \"" + std::string(name) + "\"; there are";
  for (const Preset& preset : kPresets) {
    if (preset.name == name) return preset.config();
    message += " " + std::string(preset.name);
  }
  return Error{"bad_argument", message};
}

Json preset_fit(std::string_view name) {
  for (const Preset& preset : kPresets)
    if (preset.name == name) return std::move(*parse_json(preset.fit));
  return Json::object();
}

std::string_view preset_of(const Model& model) {
  for (const Preset& preset : kPresets) {
    const Json config = preset.config();
    if (*config.find("config")->find("name")->string() != model.name()) continue;
    const Result<Model> own = Model::from_config(config);
    if (own && own->config() == model.config()) return preset.name;
  }
  return {};
}

}  // namespace cnn
