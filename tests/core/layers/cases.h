#pragma once
/// The cases of the conformance and gradient tests: every class of the registry with its defaults, and
/// options worth a test.
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/shape.h"
#include "core/layers/layer.h"
#include "doctest/doctest.h"

namespace cnn::test {

struct LayerCase {
  std::string why, class_name, config;
  Shape x;
  bool training = true;
};

inline std::vector<LayerCase> layer_cases() {
  std::vector<LayerCase> cases;
  for (const LayerType& type : layer_types()) {
    if (type.class_name == "InputLayer" || type.make()->min_inputs() > 1) continue;
    Json config = Json::object();
    const std::unique_ptr<Layer> layer = type.make();
    write_fields(config, [&](Fields& field) { layer->fields(field); });
    for (const bool training : {true, false}) {
      cases.push_back({"defaults", std::string(type.class_name), config.dump(), {5, 5, 2}, training});
      if (layer->output_shape({1, 1, 2})) {
        cases.push_back(
            {"defaults on one cell", std::string(type.class_name), config.dump(), {1, 1, 2}, training});
      }
    }
  }
  const std::vector<LayerCase> options = {
      {"the tutorial's, small",
       "Conv2D",
       R"({"filters":4,"kernel_size":3,"padding":"same","activation":"relu"})",
       {5, 5, 3}},
      {"one cell, one channel, one filter",
       "Conv2D",
       R"({"filters":1,"kernel_size":3,"padding":"same"})",
       {1, 1, 1}},
      {"valid", "Conv2D", R"({"filters":3,"kernel_size":3,"activation":"relu"})", {5, 5, 2}},
      {"stride 2 on an odd picture, same",
       "Conv2D",
       R"({"filters":3,"kernel_size":3,"strides":2,"padding":"same"})",
       {5, 7, 2}},
      {"stride 2 on an odd picture, valid",
       "Conv2D",
       R"({"filters":3,"kernel_size":3,"strides":2})",
       {7, 5, 2}},
      {"four different sides",
       "Conv2D",
       R"({"filters":3,"kernel_size":3,"strides":2,"padding":[[1,2],[0,1]],"activation":"relu"})",
       {5, 6, 2}},
      {"four different sides",
       "DepthwiseConv2D",
       R"({"kernel_size":3,"strides":2,"padding":[[1,1],[1,1]]})",
       {6, 6, 2}},
      {"four different sides",
       "MaxPooling2D",
       R"({"pool_size":3,"strides":2,"padding":[[1,1],[2,0]]})",
       {6, 6, 2}},
      {"four different sides",
       "AveragePooling2D",
       R"({"pool_size":3,"strides":2,"padding":[[1,1],[2,0]]})",
       {6, 6, 2}},
      {"four different sides",
       "SumPooling2D",
       R"({"pool_size":3,"strides":2,"padding":[[1,1],[2,0]]})",
       {6, 6, 2}},
      {"four different sides", "ZeroPadding2D", R"({"padding":[[1,2],[0,3]]})", {3, 4, 2}},
      {"two sizes", "ZeroPadding2D", R"({"padding":[2,1]})", {3, 4, 2}},
      {"two kernels a channel, relu",
       "SeparableConv2D",
       R"({"filters":3,"kernel_size":3,"strides":2,"padding":"same","depth_multiplier":2,"activation":"relu"})",
       {5, 6, 2}},
      {"no bias", "SeparableConv2D", R"({"filters":4,"kernel_size":[2,3],"use_bias":false})", {4, 4, 3}},
      {"keepdims", "GlobalMaxPooling2D", R"({"keepdims":true})", {4, 3, 5}},
      {"of units", "LayerNormalization", R"({})", {7}},
      {"no factor, no shift",
       "LayerNormalization",
       R"({"center":false,"scale":false,"epsilon":0.01})",
       {2, 3, 4}},
      {"one slope a map", "PReLU", R"({"shared_axes":[1,2],"alpha_initializer":"ones"})", {3, 3, 4}},
      {"of units", "PReLU", R"({})", {7}},
      {"33 filters",
       "Conv2D",
       R"({"filters":33,"kernel_size":3,"padding":"same","activation":"relu"})",
       {5, 5, 1}},
      {"an even kernel pads less before",
       "Conv2D",
       R"({"filters":2,"kernel_size":[2,4],"strides":[2,1],"padding":"same"})",
       {5, 5, 2}},
      {"a kernel larger than the picture",
       "Conv2D",
       R"({"filters":2,"kernel_size":5,"padding":"same"})",
       {2, 2, 2}},
      {"no bias", "Conv2D", R"({"filters":4,"kernel_size":3,"padding":"same","use_bias":false})", {8, 8, 4}},
      {"1x1", "Conv2D", R"({"filters":5,"kernel_size":1})", {4, 3, 3}},
      {"an activation with a slope",
       "Conv2D",
       R"({"filters":2,"kernel_size":2,"activation":{"class_name":"LeakyReLU","config":{"negative_slope":0.1}}})",
       {3, 3, 2}},
      {"softmax over channels",
       "Conv2D",
       R"({"filters":3,"kernel_size":2,"activation":"softmax"})",
       {3, 3, 2}},
      {"two kernels a channel",
       "DepthwiseConv2D",
       R"({"kernel_size":3,"depth_multiplier":2,"padding":"same","activation":"relu"})",
       {5, 5, 3}},
      {"one cell, one channel", "DepthwiseConv2D", R"({"kernel_size":3,"padding":"same"})", {1, 1, 1}},
      {"stride 2 on an odd picture",
       "DepthwiseConv2D",
       R"({"kernel_size":3,"strides":2,"padding":"same","use_bias":false})",
       {5, 7, 33}},
      {"valid, stride 2",
       "DepthwiseConv2D",
       R"({"kernel_size":[3,2],"strides":2,"activation":"tanh"})",
       {7, 5, 2}},
      {"overlapping windows", "MaxPooling2D", R"({"pool_size":3,"strides":2})", {7, 7, 3}},
      {"a window of more than 256 cells", "MaxPooling2D", R"({"pool_size":17,"strides":2})", {20, 19, 2}},
      {"a padded border", "MaxPooling2D", R"({"pool_size":2,"padding":"same"})", {5, 5, 3}},
      {"padded and overlapping",
       "MaxPooling2D",
       R"({"pool_size":3,"strides":1,"padding":"same"})",
       {5, 4, 2}},
      {"overlapping windows", "AveragePooling2D", R"({"pool_size":3,"strides":2})", {7, 7, 3}},
      {"a padded border does not count",
       "AveragePooling2D",
       R"({"pool_size":3,"strides":2,"padding":"same"})",
       {5, 5, 3}},
      {"padded and overlapping",
       "SumPooling2D",
       R"({"pool_size":3,"strides":1,"padding":"same"})",
       {5, 4, 2}},
      {"keepdims", "GlobalAveragePooling2D", R"({"keepdims":true})", {4, 3, 5}},
      {"one input, one output", "Dense", R"({"units":1})", {1}},
      {"33 units", "Dense", R"({"units":33,"activation":"relu"})", {7}},
      {"no bias", "Dense", R"({"units":3,"use_bias":false,"activation":"softmax"})", {5}},
      {"on the channels of a picture", "Dense", R"({"units":3,"activation":"gelu"})", {3, 2, 4}},
      {"no factor", "BatchNormalization", R"({"scale":false})", {3, 3, 4}},
      {"no shift, and nearly no epsilon",
       "BatchNormalization",
       R"({"center":false,"epsilon":1e-12,"momentum":0.6})",
       {3, 3, 4}},
      {"neither, one channel", "BatchNormalization", R"({"center":false,"scale":false})", {3, 3, 1}},
      {"units", "BatchNormalization", R"({"axis":1})", {33}},
      {"frozen", "BatchNormalization", R"({"trainable":false})", {3, 3, 4}},
      {"moving averages, no factor", "BatchNormalization", R"({"scale":false})", {3, 3, 4}, false},
      {"few are dropped", "Dropout", R"({"rate":0.1})", {33}},
      {"none is dropped", "Dropout", R"({"rate":0})", {7}},
      {"sigmoid", "Activation", R"({"activation":"sigmoid"})", {33}},
      {"tanh", "Activation", R"({"activation":"tanh"})", {33}},
      {"leaky_relu", "Activation", R"({"activation":"leaky_relu"})", {33}},
      {"elu", "Activation", R"({"activation":"elu"})", {33}},
      {"gelu", "Activation", R"({"activation":"gelu"})", {33}},
      {"gelu_new", "Activation", R"({"activation":"gelu_new"})", {33}},
      {"softmax", "Activation", R"({"activation":"softmax"})", {10}},
      {"silu", "Activation", R"({"activation":"silu"})", {33}},
      {"selu", "Activation", R"({"activation":"selu"})", {33}},
      {"softplus", "Activation", R"({"activation":"softplus"})", {33}},
      {"softsign", "Activation", R"({"activation":"softsign"})", {33}},
      {"relu6", "Activation", R"({"activation":"relu6"})", {33}},
      {"mish", "Activation", R"({"activation":"mish"})", {33}},
      {"hard_sigmoid", "Activation", R"({"activation":"hard_sigmoid"})", {33}},
      {"hard_silu", "Activation", R"({"activation":"hard_silu"})", {33}},
      {"log_softmax", "Activation", R"({"activation":"log_softmax"})", {10}},
      {"a limit", "ReLU", R"({"max_value":0.25})", {33}},
      {"over the picture", "Softmax", R"({"axis":[1,2,3]})", {2, 3, 2}},
      {"linear", "Activation", R"({"activation":"linear"})", {5}},
      {"a slope", "ReLU", R"({"negative_slope":0.5})", {33}},
      {"alpha 0.7", "ELU", R"({"alpha":0.7})", {33}},
      {"three pieces", "Maxout", R"({"pieces":3})", {3, 3, 6}},
      {"one piece", "Maxout", R"({"pieces":1})", {5}},
      {"pixels to -1 .. 1", "Rescaling", R"({"scale":2,"offset":-1})", {3, 3, 3}},
      {"one number a channel", "Normalization", R"({"mean":[0.5,0.4],"variance":[0.0625,0.25]})", {3, 3, 2}},
      {"one number for all", "Normalization", R"({"mean":[0.5],"variance":[0]})", {3, 3, 2}, false},
      {"left and right", "RandomFlip", R"({"mode":"horizontal"})", {3, 4, 2}},
      {"upside down", "RandomFlip", R"({"mode":"vertical"})", {3, 4, 2}},
      {"filled",
       "RandomTranslation",
       R"({"height_factor":0.5,"width_factor":0.25,"fill_mode":"constant","fill_value":0.5})",
       {4, 5, 2}},
      {"mirrored at the edge",
       "RandomTranslation",
       R"({"height_factor":1,"width_factor":1,"fill_mode":"mirror"})",
       {4, 5, 2}},
      {"wrapped",
       "RandomTranslation",
       R"({"height_factor":0.5,"width_factor":0.5,"fill_mode":"wrap"})",
       {4, 5, 2}},
      {"the nearest edge",
       "RandomTranslation",
       R"({"height_factor":0.5,"width_factor":0.5,"fill_mode":"nearest"})",
       {4, 5, 2}},
      {"half of it",
       "RandomCutout",
       R"({"height_factor":0.5,"width_factor":0.5,"fill_value":0.5})",
       {5, 5, 2}},
  };
  cases.insert(cases.end(), options.begin(), options.end());
  return cases;
}

/// The layer of a case, made as the model makes it.
inline std::unique_ptr<Layer> make(const LayerCase& c) {
  std::unique_ptr<Layer> layer = make_layer(c.class_name);
  REQUIRE(layer);
  layer->name = "layer";
  const auto config = parse_json(c.config);
  REQUIRE_MESSAGE(config, c.config);
  if (const Json* trainable = config->find("trainable")) layer->trainable = *trainable->boolean();
  constexpr std::string_view others[] = {"trainable"};
  const auto read = read_fields(*config, "layer", others, [&](Fields& field) { layer->fields(field); });
  REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
  return layer;
}

}  // namespace cnn::test
