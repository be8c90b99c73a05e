#include "core/presets.h"

namespace cnn {
namespace {

/// A Sequential network for 32 x 32 colour pictures, one line a layer; what a line leaves out is Keras's
/// default.
class Network {
 public:
  explicit Network(std::string_view name) {
    config_["class_name"] = "Sequential";
    config_["config"]["name"] = name;
    add("InputLayer", {{"batch_input_shape", Json::array({Json(), 32, 32, 3})}});
  }
  Network& add(std::string_view class_name, Json::Object config = {}) {
    Json layer;
    layer["class_name"] = class_name;
    layer["config"] = Json::object(std::move(config));
    config_["config"]["layers"].push_back(std::move(layer));
    return *this;
  }
  Json config() const { return config_; }

 private:
  Json config_;
};

Json::Object conv(int filters, int kernel_size, std::string_view activation = "relu") {
  return {
      {"filters", filters}, {"kernel_size", kernel_size}, {"padding", "same"}, {"activation", activation}};
}

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

constexpr Preset kPresets[] = {
    {"tutorial", "The tutorial's network",
     "Two convolutions, pooling, dropout and two dense layers: a million parameters, most of them in the "
     "first dense.",
     &tutorial},
    {"tutorial_small", "The tutorial's network, small",
     "The same idea at a tenth of the work: learns something visible in seconds, on a phone as well.",
     &tutorial_small},
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

}  // namespace cnn
