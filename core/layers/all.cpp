// The registry: every layer class, in the order menus show them. The list is explicit because a linker drops
// library objects that only register themselves.
#include <memory>

#include "core/layers/activations.h"
#include "core/layers/add.h"
#include "core/layers/augmentation.h"
#include "core/layers/batch_normalization.h"
#include "core/layers/concatenate.h"
#include "core/layers/conv2d.h"
#include "core/layers/dense.h"
#include "core/layers/depthwise_conv2d.h"
#include "core/layers/dropout.h"
#include "core/layers/flatten.h"
#include "core/layers/global_average_pooling2d.h"
#include "core/layers/global_max_pooling2d.h"
#include "core/layers/input_layer.h"
#include "core/layers/layer.h"
#include "core/layers/layer_normalization.h"
#include "core/layers/max_pooling2d.h"
#include "core/layers/maxout.h"
#include "core/layers/mean_pooling2d.h"
#include "core/layers/multiply.h"
#include "core/layers/normalization.h"
#include "core/layers/prelu.h"
#include "core/layers/rescaling.h"
#include "core/layers/separable_conv2d.h"
#include "core/layers/zero_padding2d.h"

namespace cnn {
namespace {

template <class L>
std::unique_ptr<Layer> make() {
  return std::make_unique<L>();
}

constexpr std::string_view kRangeWords[] = {"0..1", "0..255"};

constexpr LayerType kTypes[] = {
    {"InputLayer", &make<InputLayer>},
    {"Conv2D", &make<Conv2D>},
    {"DepthwiseConv2D", &make<DepthwiseConv2D>},
    {"SeparableConv2D", &make<SeparableConv2D>},
    {"ZeroPadding2D", &make<ZeroPadding2D>},
    {"MaxPooling2D", &make<MaxPooling2D>},
    {"AveragePooling2D", &make<AveragePooling2D>},
    {"SumPooling2D", &make<SumPooling2D>},
    {"GlobalAveragePooling2D", &make<GlobalAveragePooling2D>},
    {"GlobalMaxPooling2D", &make<GlobalMaxPooling2D>},
    {"Flatten", &make<Flatten>},
    {"Dense", &make<Dense>},
    {"Dropout", &make<Dropout>},
    {"BatchNormalization", &make<BatchNormalization>},
    {"LayerNormalization", &make<LayerNormalization>},
    {"Activation", &make<ActivationLayer>},
    {"ReLU", &make<ReLU>},
    {"LeakyReLU", &make<LeakyReLU>},
    {"ELU", &make<ELU>},
    {"PReLU", &make<PReLU>},
    {"Softmax", &make<Softmax>},
    {"Maxout", &make<Maxout>},
    {"Add", &make<Add>},
    {"Multiply", &make<Multiply>},
    {"Concatenate", &make<Concatenate>},
    {"RandomFlip", &make<RandomFlip>},
    {"RandomTranslation", &make<RandomTranslation>},
    {"RandomCutout", &make<RandomCutout>},
    {"Rescaling", &make<Rescaling>},
    {"Normalization", &make<Normalization>},
};

/// What a new form starts with, where it is not Keras's default: pictures of things are rarely upside down.
struct Beginning {
  std::string_view class_name, field, value;
};
constexpr Beginning kBeginnings[] = {{"RandomFlip", "mode", "horizontal"}};

void add_beginnings(std::string_view class_name, Json& fields) {
  for (const Beginning& beginning : kBeginnings)
    for (Json& field : *fields.elements())
      if (class_name == beginning.class_name && field["name"] == Json(beginning.field))
        field["begins"] = beginning.value;
}

}  // namespace

std::span<const std::string_view> names_of(InputRange) { return kRangeWords; }

std::span<const LayerType> layer_types() { return kTypes; }

std::unique_ptr<Layer> make_layer(std::string_view class_name) {
  for (const LayerType& type : kTypes) {
    if (type.class_name == class_name) return type.make();
  }
  return nullptr;
}

Json describe_layer_types() {
  Json list = Json::array();
  for (const LayerType& type : kTypes) {
    const std::unique_ptr<Layer> layer = type.make();
    Json entry;
    entry["class_name"] = layer->class_name();
    entry["help"] = layer->help();
    entry["group"] = layer->group();
    entry["fields"] = describe_fields([&](Fields& fields) { layer->fields(fields); });
    add_beginnings(type.class_name, entry["fields"]);
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace cnn
