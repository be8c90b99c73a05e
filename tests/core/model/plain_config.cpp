// Configurations as other programs write them.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "core/run/exec.h"
#include "tests/core/formats/models.h"

using cnn::Model;
using namespace cnn::test;

TEST_SUITE_BEGIN("core/model");

namespace {

Model built(const std::string& config) {
  auto model = Model::from_config(json_of(config));
  if (!model) FAIL(model.error().message);
  model->initialize(1);
  return std::move(*model);
}

std::string problem(const std::string& config) {
  const auto model = Model::from_config(json_of(config));
  return model ? "" : model.error().message;
}

std::vector<std::string> names(const Model& model) {
  std::vector<std::string> all;
  all.reserve(static_cast<std::size_t>(model.layer_count()));
  for (int i = 0; i < model.layer_count(); ++i) all.push_back(model.layer(i).name);
  return all;
}

/// A layer as Keras 3 writes it, with the fields of its config.
std::string layer3(const std::string& class_name, const std::string& fields) {
  return R"({"module":"keras.layers","class_name":")" + class_name +
         R"(","config":{"trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null},)" +
         fields + R"(},"registered_name":null,"build_config":{"input_shape":[null,32,32,3]}})";
}

std::string keras3(const std::string& layers) {
  return R"({"module":"keras","class_name":"Sequential","config":{"name":"s","trainable":true,"layers":[)" +
         layers +
         R"(],"build_input_shape":[null,32,32,3]},"registered_name":null,"compile_config":{"loss":"x"}})";
}

const std::string kHead =
    layer3("Flatten", R"("name":"flat","data_format":"channels_last")") + "," +
    layer3("Dense", R"("name":"head","units":10,"activation":"softmax","quantization_config":null)");

}  // namespace

TEST_CASE("plain config: models in a model are replaced by their layers") {
  const Model model = built(R"({"class_name":"Sequential","config":{"name":"outer","layers":[
    {"class_name":"Sequential","config":{"name":"features","trainable":false,"layers":[
      {"class_name":"Conv2D","config":{"name":"conv","filters":4,"kernel_size":3,"batch_input_shape":[null,8,8,3]}},
      {"class_name":"MaxPooling2D","config":{"name":"pool"}}]}},
    {"class_name":"Sequential","config":{"name":"head","layers":[
      {"class_name":"InputLayer","config":{"name":"in","batch_input_shape":[null,3,3,4]}},
      {"class_name":"Flatten","config":{"name":"flat"}},
      {"class_name":"Dense","config":{"name":"conv","units":5}}]}}]}})");
  CHECK(names(model) == std::vector<std::string>{"input_layer", "conv", "pool", "flat", "head_conv"});
  CHECK(model.input_shape() == cnn::Shape{8, 8, 3});
  CHECK(model.config().find("class_name")->dump() == "\"Sequential\"");
  CHECK_FALSE(model.layer(1).trainable);
  CHECK(model.layer(4).trainable);
}

TEST_CASE("plain config: a functional model in a chain is read with its branches") {
  const Model model = built(R"({"class_name":"Sequential","config":{"name":"outer","layers":[
    {"class_name":"Functional","config":{"name":"block","layers":[
      {"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,8,8,3]},"inbound_nodes":[]},
      {"class_name":"Add","name":"sum","config":{},"inbound_nodes":[[["in",0,0,{}],["relu",0,0,{}]]]},
      {"class_name":"ReLU","name":"relu","config":{},"inbound_nodes":[[["in",0,0,{}]]]}],
      "input_layers":[["in",0,0]],"output_layers":[["sum",0,0]]}},
    {"class_name":"Flatten","config":{"name":"flat"}},
    {"class_name":"Dense","config":{"name":"dense","units":5}}]}})");
  CHECK(names(model) == std::vector<std::string>{"in", "relu", "sum", "flat", "dense"});
  CHECK(model.layer_inputs(2).size() == 2);
}

TEST_CASE("plain config: each further use of a layer is a layer, also of one with weights") {
  const auto twice = [](const std::string& layer) {
    return R"({"class_name":"Functional","config":{"name":"m","layers":[
      {"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,4,4,2]},"inbound_nodes":[]},
      {)" + layer +
           R"(,"name":"x","inbound_nodes":[[["in",0,0,{}]],[["x",0,0,{}]]]},
      {"class_name":"Flatten","name":"flat","config":{},"inbound_nodes":[[["x",1,0,{}]]]}],
      "input_layers":[["in",0,0]],"output_layers":[["flat",0,0]]}})";
  };
  const Model model = built(twice(R"("class_name":"ReLU","config":{"name":"x"})"));
  CHECK(names(model) == std::vector<std::string>{"in", "x", "x_1", "flat"});
  const Model copied =
      built(twice(R"("class_name":"Conv2D","config":{"name":"x","filters":2,"kernel_size":1})"));
  CHECK(names(copied) == std::vector<std::string>{"in", "x", "x_1", "flat"});
  REQUIRE(copied.copies().size() == 1);
  CHECK(copied.copies()[0] == std::pair<std::string, std::string>("x_1", "x"));
  CHECK(copied.left_out()[0] == "x: its use 2 became a separate layer (x_1) with its own weights");
}

TEST_CASE("plain config: unsupported parts that matter to training only are dropped, and reported") {
  const Model model = built(keras3(
      layer3("RandomRotation",
             R"("name":"turn","factor":[-0.1,0.1],"fill_mode":"reflect","seed":null,"value_range":[0,255])") +
      "," + layer3("GaussianNoise", R"("name":"noise","stddev":0.1,"seed":3)") + "," +
      layer3(
          "Conv2D",
          R"("name":"conv","filters":2,"kernel_size":[3,3],"kernel_initializer":{"class_name":"Orthogonal","config":{"gain":1,"seed":null}})") +
      "," + kHead));
  CHECK(names(model) == std::vector<std::string>{"input_layer", "conv", "flat", "head"});
  const auto left = model.left_out();
  CHECK(std::vector<std::string>(left.begin(), left.end()) ==
        std::vector<std::string>{"turn (RandomRotation)", "noise (GaussianNoise)",
                                 "conv: kernel_initializer Orthogonal"});
  CHECK(built(model.config().dump()).left_out().empty());
}

TEST_CASE("plain config: every form of a layer that Keras 3 writes is read") {
  const auto reads = [](const std::string& layer) { return problem(keras3(layer + "," + kHead)); };
  CHECK(reads(layer3(
            "InputLayer",
            R"("name":"in","batch_shape":[null,32,32,3],"sparse":false,"ragged":false,"optional":false)")) ==
        "");
  CHECK(reads(layer3("RandomFlip",
                     R"("name":"f","seed":1,"mode":"horizontal","data_format":"channels_last")")) == "");
  CHECK(
      reads(layer3(
          "RandomTranslation",
          R"("name":"t","height_factor":[-0.1,0.1],"width_factor":0.1,"fill_mode":"reflect","interpolation":"bilinear","seed":null,"fill_value":0.0,"data_format":"channels_last")")) ==
      "");
  CHECK(reads(layer3("Dropout", R"("name":"d","rate":0.2,"seed":42,"noise_shape":[null,1,1,3])")) == "");
  CHECK(
      reads(layer3(
          "BatchNormalization",
          R"("name":"b","axis":-1,"synchronized":false,"renorm":false,"renorm_clipping":null,"renorm_momentum":0.99,"gamma_regularizer":{"class_name":"L2","config":{"l2":0.1}},"beta_constraint":null)")) ==
      "");
  CHECK(
      reads(layer3(
          "Normalization",
          R"("name":"n","axis":[-1],"invert":false,"mean":[[[[0.49,0.48,0.45]]]],"variance":{"class_name":"__numpy__","config":{"value":[[[[0.06,0.06,0.07]]]],"dtype":"float32"}})")) ==
      "");
  CHECK(
      reads(layer3(
          "Conv2D",
          R"("name":"c","filters":2,"kernel_size":[3,3],"groups":1,"kernel_regularizer":{"module":"keras.regularizers","class_name":"L2","config":{"l2":0.0005},"registered_name":null},"kernel_constraint":{"class_name":"MaxNorm","config":{"max_value":2}},"activity_regularizer":null,"activation":{"module":"keras.layers","class_name":"LeakyReLU","config":{"name":"leaky","negative_slope":0.1},"registered_name":null})")) ==
      "");
  for (
      const char* activation :
      {R"({"module":"builtins","class_name":"function","config":"relu","registered_name":"function"})",
       R"({"class_name":"Activation","config":{"name":"a","activation":"relu"}})",
       R"({"class_name":"ReLU","config":{"name":"r","max_value":null,"negative_slope":0.0,"threshold":0.0}})"}) {
    CAPTURE(activation);
    const Model model =
        built(keras3(layer3("Conv2D", R"("name":"c","filters":2,"kernel_size":3,"activation":)" +
                                          std::string(activation)) +
                     "," + kHead));
    CHECK(model.layer(1).activation().kind == cnn::Activation::relu);
  }
  CHECK(reads(layer3("MaxPooling2D",
                     R"("name":"p","pool_size":[20,20],"strides":[20,20],"padding":"valid")")) == "");
  CHECK(reads(layer3("Reshape", R"("name":"r","target_shape":[3072])")) == "");
  CHECK(
      reads(layer3(
          "SeparableConv2D",
          R"("name":"s","filters":2,"kernel_size":[3,3],"groups":1,"kernel_initializer":{"class_name":"GlorotUniform","config":{"seed":null}},"kernel_regularizer":null,"kernel_constraint":null)")) ==
      "");
  CHECK(reads(layer3("Reshape", R"("name":"r","target_shape":[16,192])"))
            .find("r: there is no layer \"Reshape\"") == 0);
  CHECK(reads(layer3("Conv2D", R"("name":"c","filters":2,"kernel_size":3,"filtres":8)"))
            .find("c: unknown field \"filtres\"") == 0);
}

TEST_CASE("plain config: a Rescaling with lists is one with numbers, or a Normalization") {
  const auto first = [](const std::string& fields) {
    return built(keras3(layer3("Rescaling", R"("name":"r",)" + fields) + "," + kHead));
  };
  const Model same = first(R"("scale":[0.5,0.5,0.5],"offset":[-1.0,-1.0,-1.0])");
  CHECK(same.layer(1).class_name() == "Rescaling");
  CHECK(same.config().dump().find(R"("scale":0.5,"offset":-1)") != std::string::npos);
  Model model = built(keras3(
      layer3(
          "Rescaling",
          R"("name":"r","scale":{"class_name":"__numpy__","config":{"value":[0.5,0.25,2],"dtype":"float32"}},"offset":[-1.0,0.5,3.0])") +
      "," + layer3("GlobalAveragePooling2D", R"("name":"g")")));
  std::vector<float> picture(32 * 32 * 3);
  for (std::size_t i = 0; i < picture.size(); ++i) picture[i] = static_cast<float>(i % 3 + 1);
  cnn::Exec exec(1);
  const float* y = model.forward(exec, picture.data(), 1, {});
  const float wanted[] = {1 * 0.5f - 1, 2 * 0.25f + 0.5f, 3 * 2.0f + 3};
  for (int c = 0; c < 3; ++c) CHECK(y[c] == doctest::Approx(wanted[c]).epsilon(1e-6));
  CHECK(problem(keras3(layer3("Rescaling", R"("name":"r","scale":[1,-1,1])") + "," + kHead)) ==
        "r: a scale that differs from channel to channel must be positive");
  CHECK(problem(keras3(
            layer3("Normalization", R"("name":"n","axis":[],"invert":false,"mean":127.5,"variance":4000.0)") +
            "," + kHead)) == "");
}

TEST_CASE("plain config: a Reshape of a row to maps of one cell, in squeeze and excitation") {
  // The factors of each map are twice its mean; the layer that doubles is before or after the Reshape.
  const auto gate = [](const std::string& before, const std::string& after, const std::string& last) {
    return R"({"class_name":"Functional","config":{"name":"m","layers":[
      {"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,4,4,2]},"inbound_nodes":[]},
      {"class_name":"GlobalAveragePooling2D","name":"mean","config":{},"inbound_nodes":[[["in",0,0,{}]]]},)" +
           before +
           R"({"class_name":"Reshape","name":"cell","config":{"target_shape":[1,1,2]},"inbound_nodes":[[[")" +
           (before.empty() ? "mean" : "twice") + R"(",0,0,{}]]]},)" + after +
           R"({"class_name":"Multiply","name":"gate","config":{},"inbound_nodes":[[["in",0,0,{}],[")" + last +
           R"(",0,0,{}]]]},
      {"class_name":"GlobalMaxPooling2D","name":"max","config":{},"inbound_nodes":[[["gate",0,0,{}]]]}],
      "input_layers":[["in",0,0]],"output_layers":[["max",0,0]]}})";
  };
  const auto twice = [](const std::string& of) {
    return R"({"class_name":"Rescaling","name":"twice","config":{"scale":2},"inbound_nodes":[[[")" + of +
           R"(",0,0,{}]]]},)";
  };
  for (const std::string& config : {gate(twice("mean"), "", "cell"), gate("", twice("cell"), "twice")}) {
    Model model = built(config);
    std::vector<float> picture(4 * 4 * 2);
    float sums[2] = {}, largest[2] = {-9, -9};
    for (std::size_t i = 0; i < picture.size(); ++i) {
      picture[i] = static_cast<float>(i * 7 % 5) / 4 + static_cast<float>(i % 2);
      sums[i % 2] += picture[i];
      largest[i % 2] = std::max(largest[i % 2], picture[i]);
    }
    cnn::Exec exec(1);
    const float* y = model.forward(exec, picture.data(), 1, {});
    for (int c = 0; c < 2; ++c) CHECK(y[c] == doctest::Approx(2 * sums[c] / 16 * largest[c]).epsilon(1e-6));
    CHECK(names(model) == std::vector<std::string>{"in", "mean", "twice", "gate", "max"});
  }
}

TEST_CASE("plain config: models that double at each level end with a sentence, not with all memory") {
  std::string inner =
      R"({"class_name":"Sequential","config":{"name":"m0","layers":[{"class_name":"ReLU","config":{}}]}})";
  for (int level = 1; level < 12; ++level) {
    const std::string name = std::to_string(level);
    const std::string below = std::move(inner);
    inner = R"({"class_name":"Sequential","config":{"name":"m)";
    inner.append(name).append(R"(","layers":[)").append(below).append(",").append(below).append("]}}");
  }
  std::string outer = inner;
  outer.insert(outer.find(R"("layers":[)") + 10,
               R"({"class_name":"InputLayer","config":{"batch_shape":[null,8,8,3]}},)");
  CHECK(problem(outer) == "model: more than 1000 layers; no more are supported");
}

TEST_SUITE_END();
