#include "core/model/model.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/model/presets.h"

using cnn::Json;
using cnn::Model;

TEST_SUITE_BEGIN("core/model");

namespace {

Json parsed(const std::string& text) {
  auto json = cnn::parse_json(text);
  REQUIRE_MESSAGE(json, text);
  return *json;
}

Model built(const Json& config) {
  auto model = Model::from_config(config);
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  return std::move(*model);
}

/// A Sequential configuration of layers after a [null, 8, 8, 3] input.
Json sequential(const std::string& layers) {
  return parsed(
      R"({"class_name":"Sequential","config":{"name":"s","layers":[{"class_name":"InputLayer","config":{"batch_input_shape":[null,8,8,3]}},)" +
      layers + "]}}");
}

cnn::Error problem(const Json& config, const cnn::ModelLimits& limits = {}) {
  const auto model = Model::from_config(config, limits);
  return model ? cnn::Error{} : model.error();
}

std::vector<float> pictures(int batch, const cnn::Shape& shape) {
  std::vector<float> x(static_cast<std::size_t>(batch) * count(shape));
  cnn::RandomStream random(5, cnn::RandomPurpose::test);
  for (float& value : x) value = random.uniform();
  return x;
}

}  // namespace

TEST_CASE("model: the tutorial's summary equals Keras's") {
  const cnn::Summary summary = built(*cnn::preset("tutorial")).summary();
  CHECK(summary.text ==
        "Model: \"sequential\"\n"
        "_________________________________________________________________\n"
        " Layer (type)                Output Shape              Param #   \n"
        "=================================================================\n"
        " conv2d (Conv2D)             (None, 32, 32, 32)        896       \n"
        "                                                                 \n"
        " conv2d_1 (Conv2D)           (None, 32, 32, 32)        9248      \n"
        "                                                                 \n"
        " max_pooling2d (MaxPooling2D  (None, 16, 16, 32)       0         \n"
        " )                                                               \n"
        "                                                                 \n"
        " dropout (Dropout)           (None, 16, 16, 32)        0         \n"
        "                                                                 \n"
        " flatten (Flatten)           (None, 8192)              0         \n"
        "                                                                 \n"
        " dense (Dense)               (None, 128)               1048704   \n"
        "                                                                 \n"
        " dense_1 (Dense)             (None, 10)                1290      \n"
        "                                                                 \n"
        "=================================================================\n"
        "Total params: 1,060,138\n"
        "Trainable params: 1,060,138\n"
        "Non-trainable params: 0\n"
        "_________________________________________________________________\n");
  REQUIRE(summary.rows.size() == 7);
  CHECK(summary.rows[1].layer == 2);  // InputLayer is 0
  CHECK(summary.rows[1].flops == 2.0 * 3 * 3 * 32 * 32 * 32 * 32 + 32 * 32 * 32);
  CHECK(summary.rows[1].bytes == 32u * 32 * 32 * 4);
  const Json json = cnn::to_json(summary);
  CHECK(json.find("total")->dump() == "1060138");
  CHECK((*json.find("rows")->elements())[5].find("output_shape")->dump() == "[128]");
}

TEST_CASE("model: parameters have Keras's names and order") {
  Model model = built(*cnn::preset("tutorial"));
  const char* names[] = {"conv2d/kernel", "conv2d/bias", "conv2d_1/kernel", "conv2d_1/bias",
                         "dense/kernel",  "dense/bias",  "dense_1/kernel",  "dense_1/bias"};
  REQUIRE(model.parameters().size() == std::size(names));
  for (std::size_t i = 0; i < std::size(names); ++i) CHECK(model.parameters()[i].name == names[i]);
  CHECK(model.parameters()[2].shape == cnn::Shape{3, 3, 32, 32});
  CHECK(model.parameters()[4].shape == cnn::Shape{8192, 128});
  for (const cnn::Parameter& parameter : model.parameters()) {
    CHECK(parameter.value.size() == count(parameter.shape));
    CHECK(parameter.gradient.size() == count(parameter.shape));
    CHECK(reinterpret_cast<std::uintptr_t>(parameter.value.data()) % 64 == 0);
  }
}

TEST_CASE("model: every preset builds, and its configuration survives writing and reading") {
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(std::string(preset.name));
    const Model model = built(preset.config());
    CHECK(model.input_shape() == cnn::Shape{32, 32, 3});
    CHECK(model.output_shape() == cnn::Shape{10});
    CHECK(model.ends_in_softmax());
    CHECK(model.name() == (preset.name == "tutorial" ? "sequential" : preset.name));
    CHECK(built(model.config()).config() == model.config());
    CHECK(built(parsed(model.config().dump())).config() == model.config());
  }
  // In half precision its file has less than 1.5 MB.
  CHECK(built(*cnn::preset("vgg_bn")).summary().total < 700000);
  CHECK(built(*cnn::preset("convnetjs")).summary().total == 16 * 76 + 20 * 401 + 20 * 501 + 3210);
  const auto missing = cnn::preset("resnet_1001");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("there is no preset \"resnet_1001\"; there are tutorial") == 0);
}

TEST_CASE("model: initialization is Glorot's, repeatable for a seed and different for other seeds") {
  Model a = built(*cnn::preset("tutorial")), b = built(*cnn::preset("tutorial"));
  a.initialize(1), b.initialize(1);
  const auto kernel = a.parameters()[4].value;  // dense/kernel: 8192 x 128
  const double limit = std::sqrt(6.0 / (8192 + 128));
  double sum = 0, squares = 0, largest = 0;
  for (const float w : kernel) {
    sum += w, squares += static_cast<double>(w) * w,
        largest = std::max(largest, std::fabs(static_cast<double>(w)));
  }
  const auto n = static_cast<double>(kernel.size());
  CHECK(largest <= limit);
  CHECK(largest > 0.999 * limit);
  CHECK(std::fabs(sum / n) < 5 * limit / std::sqrt(3 * n));  // five standard errors
  CHECK(squares / n ==
        doctest::Approx(limit * limit / 3).epsilon(0.01));  // variance of a uniform distribution
  for (const float w : a.parameters()[5].value) CHECK(w == 0.0f);
  for (std::size_t p = 0; p < a.parameters().size(); ++p) {
    const auto u = a.parameters()[p].value, v = b.parameters()[p].value;
    CHECK(std::equal(u.begin(), u.end(), v.begin()));
  }
  b.initialize(2);
  CHECK(a.parameters()[0].value[0] != b.parameters()[0].value[0]);
}

TEST_CASE("model: the error of a bad configuration names the layer and carries its index") {
  const struct {
    const char* layers;
    int layer;
    const char* message;
  } cases[] = {
      {R"({"class_name":"Conv3D","config":{}})", 1,
       "conv3d: there is no layer \"Conv3D\"; replace it with layers that the page's menu or \"cnn layers\" "
       "lists"},
      {R"({"class_name":"Conv2D","config":{"kernel_size":3}})", 1, "conv2d: filters is missing"},
      {R"({"class_name":"Flatten"},{"class_name":"Dense","config":{"units":0,"name":"head"}})", 2,
       "head: units must be a whole number from 1 to 65536, not 0"},
      {R"({"class_name":"MaxPooling2D"},{"class_name":"MaxPooling2D"},{"class_name":"MaxPooling2D"},{"class_name":"MaxPooling2D","config":{"pool_size":3}})",
       4,
       "max_pooling2d_3: pool_size 3x3 does not fit its input 1x1; use padding \"same\" or a smaller window"},
      {R"({"class_name":"Flatten"},{"class_name":"Conv2D","config":{"filters":8,"kernel_size":3}})", 2,
       "conv2d: it needs a picture (height, width, channels), but its input is (192,)"},
      {R"({"class_name":"Flatten","config":{"name":"x"}},{"class_name":"Flatten","config":{"name":"x"}})", 2,
       "x: two layers have this name"},
      {R"({"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3,"activation":"swoosh"}})", 2,
       "dense: activation must be an activation: one of \"linear\" \"relu\""},
      {R"({"class_name":"Flatten","config":{"trainable":"no"}})", 1,
       "flatten: trainable must be true or false, not \"no\""},
      {R"({"class_name":"InputLayer"})", 1, "input_layer_1: an InputLayer must be the first layer"},
      {R"({"config":{}})", 1, "layer 1: class_name is missing"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.message);
    const cnn::Error error = problem(sequential(c.layers));
    CHECK(error.code == "bad_config");
    CHECK(error.message.substr(0, std::strlen(c.message)) == c.message);
    CHECK(error.layer == c.layer);
  }
  CHECK(problem(Json(3)).message ==
        "model: class_name must be \"Sequential\" or \"Functional\"; this is not a Keras configuration");
  CHECK(problem(parsed(R"({"class_name":"Sequential","config":{"layers":[]}})")).message ==
        "model: config must hold a list \"layers\" with at least one layer");
  CHECK(problem(parsed(R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Flatten"}]}})"))
            .message.find("flatten: the first layer must give the pictures' shape") == 0);
}

TEST_CASE("model: limits are checked before memory is allocated, and the error names the layer") {
  cnn::ModelLimits limits;
  limits.max_parameters = 1000;
  const Json config = sequential(R"({"class_name":"Flatten"},{"class_name":"Dense","config":{"units":10}})");
  const cnn::Error parameters = problem(config, limits);
  CHECK(parameters.message.find("dense: its kernel (192, 10) brings the model over 1000 parameters") == 0);
  CHECK(parameters.layer == 2);
  limits = {};
  limits.max_activation_bytes = 1 << 20;
  const cnn::Error activation = problem(
      parsed(
          R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Conv2D","config":{"filters":4096,"kernel_size":1,"batch_input_shape":[null,32,32,3]}}]}})"),
      limits);
  CHECK(activation.message.find("conv2d: its output (32, 32, 4096) takes more than 1 MB for one picture") ==
        0);
  limits = {};
  limits.max_memory_bytes = 1 << 20;
  auto model = Model::from_config(config, limits);
  REQUIRE(model);
  const auto reserved = model->reserve(1 << 20, true);
  REQUIRE_FALSE(reserved);
  CHECK(reserved.error().code == "out_of_memory");
  CHECK(reserved.error().message.find("a batch of 1048576 needs") == 0);
  CHECK(reserved.error().message.find("Use a batch of at most") != std::string::npos);
  CHECK_FALSE(model->reserve(0, false));
}

TEST_CASE("model: configurations of TensorFlow.js and of Keras 3 are read") {
  // As tfjs 4.22 writes model.toJSON(): no InputLayer, VarianceScaling for Glorot.
  const Model tfjs = built(parsed(R"({"class_name":"Sequential","config":{"name":"sequential_1","layers":[
    {"class_name":"Conv2D","config":{"filters":4,"kernel_initializer":{"class_name":"VarianceScaling","config":{"scale":1,"mode":"fan_avg","distribution":"normal","seed":null}},
     "kernel_regularizer":null,"kernel_constraint":null,"kernel_size":[3,3],"strides":[1,1],"padding":"valid","dilation_rate":[1,1],"activation":"relu","use_bias":true,
     "bias_initializer":{"class_name":"Zeros","config":{}},"bias_regularizer":null,"activity_regularizer":null,"bias_constraint":null,
     "name":"conv2d_Conv2D1","trainable":true,"batch_input_shape":[null,8,8,3],"dtype":"float32","data_format":"channels_last"}},
    {"class_name":"Flatten","config":{"name":"flatten_Flatten1","trainable":true}},
    {"class_name":"Dense","config":{"units":10,"activation":"softmax","use_bias":true,"name":"dense_Dense1","trainable":true}}]}})"));
  CHECK(tfjs.layer(1).name == "conv2d_Conv2D1");
  CHECK(tfjs.layer_shape(1) == cnn::Shape{6, 6, 4});
  // As Keras 3 writes a functional model.
  const Model keras =
      built(parsed(R"({"class_name":"Functional","config":{"name":"functional","trainable":true,"layers":[
    {"module":"keras.layers","class_name":"InputLayer","config":{"batch_shape":[null,8,8,3],"dtype":"float32","sparse":false,"ragged":false,"name":"input_layer"},"registered_name":null,"name":"input_layer","inbound_nodes":[]},
    {"module":"keras.layers","class_name":"Flatten","config":{"name":"flatten","trainable":true,"dtype":{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null},"data_format":"channels_last"},"name":"flatten",
     "inbound_nodes":[{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,8,8,3],"dtype":"float32","keras_history":["input_layer",0,0]}}],"kwargs":{}}]},
    {"module":"keras.layers","class_name":"Dense","config":{"name":"dense","units":10,"activation":"linear","use_bias":true,"kernel_initializer":{"module":"keras.initializers","class_name":"GlorotUniform","config":{"seed":null},"registered_name":null}},"name":"dense",
     "inbound_nodes":[{"args":[{"class_name":"__keras_tensor__","config":{"shape":[null,192],"dtype":"float32","keras_history":["flatten",0,0]}}],"kwargs":{}}]}],
    "input_layers":[["input_layer",0,0]],"output_layers":[["dense",0,0]]}})"));
  CHECK(keras.output_shape() == cnn::Shape{10});
  CHECK_FALSE(keras.ends_in_softmax());
  CHECK(built(keras.config()).config() == keras.config());
  CHECK(
      keras.summary().text ==
      "Model: \"functional\"\n"
      "__________________________________________________________________________________________________\n"
      " Layer (type)                   Output Shape         Param #     Connected to                     \n"
      "==================================================================================================\n"
      " input_layer (InputLayer)       [(None, 8, 8, 3)]    0           []                               \n"
      "                                                                                                  \n"
      " flatten (Flatten)              (None, 192)          0           ['input_layer[0][0]']            \n"
      "                                                                                                  \n"
      " dense (Dense)                  (None, 10)           1930        ['flatten[0][0]']                \n"
      "                                                                                                  \n"
      "==================================================================================================\n"
      "Total params: 1,930\n"
      "Trainable params: 1,930\n"
      "Non-trainable params: 0\n"
      "__________________________________________________________________________________________________\n");
}

TEST_CASE("model: the error of an inconsistent graph names the layer") {
  const auto functional = [](const std::string& layers, const std::string& ends) {
    return parsed(
        R"({"class_name":"Functional","config":{"layers":[{"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,4,4,1]},"inbound_nodes":[]},)" +
        layers + "]," + ends + "}}");
  };
  const std::string ends = R"("input_layers":[["in",0,0]],"output_layers":[["b",0,0]])";
  const struct {
    std::string layers, ends;
    const char* message;
  } cases[] = {
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[[["a",0,0,{}]]]})", ends,
       "b: its input \"a\" is not a layer of this model"},
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[[["b",0,0,{}]]]})", ends,
       "in: no layer uses its output; connect it or remove it"},
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[]})", ends,
       "in: no layer uses its output; connect it or remove it"},
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[[["in",0,0,{}],["in",0,0,{}]]]})",
       ends, "b: it takes one input, not 2"},
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[[["in",0,0,{}]]]})",
       R"("input_layers":[["in",0,0]],"output_layers":[["z",0,0]])",
       "model: output_layers must name one layer"},
      {R"({"class_name":"Flatten","name":"b","config":{},"inbound_nodes":[[["in",0,0,{}]]]})",
       R"("input_layers":[["in",0,0]],"output_layers":[["in",0,0],["b",0,0]])",
       "model: it has 2 outputs, and a classifier has one; make a model of one"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.message);
    CHECK(problem(functional(c.layers, c.ends)).message.find(c.message) == 0);
  }
}

TEST_CASE("model: training, inference and keep_all give the same output, also for smaller batches") {
  Model model = built(sequential(
      R"({"class_name":"Conv2D","config":{"filters":5,"kernel_size":3,"activation":"relu"}},{"class_name":"MaxPooling2D"},{"class_name":"Activation","config":{"activation":"tanh"}},{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":7,"activation":"gelu"}},{"class_name":"Dense","config":{"units":4,"activation":"softmax"}})"));
  model.initialize(3);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(6, model.input_shape());
  const auto run = [&](int batch, const cnn::ForwardOptions& options) {
    const float* y = model.forward(exec, x.data(), batch, options);
    REQUIRE(y);
    return std::vector<float>(y, y + batch * 4);
  };
  const std::vector<float> inference = run(6, {});
  CHECK(run(6, {.training = true}) == inference);
  const std::size_t bytes = model.memory_bytes();
  CHECK(run(6, {.keep_all = true}) == inference);
  const std::vector<float> fewer = run(2, {.training = true});
  CHECK(std::equal(fewer.begin(), fewer.end(), inference.begin()));
  CHECK(model.memory_bytes() >= bytes);
  for (int row = 0; row < 6; ++row) {
    float sum = 0;
    for (int c = 0; c < 4; ++c) sum += inference[static_cast<std::size_t>(row * 4 + c)];
    CHECK(sum == doctest::Approx(1));
  }
}

TEST_CASE("model: a border that pooling drops is not computed, except with keep_all") {
  Model model = built(sequential(
      R"({"class_name":"Conv2D","config":{"filters":6,"kernel_size":4}},{"class_name":"MaxPooling2D"},{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3}})"));
  model.initialize(2);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(64, model.input_shape()), d(64 * 3, 0.5f);
  std::vector<float> left[2];
  for (const bool all : {false, true}) {
    const float* y = model.forward(exec, x.data(), 64, {.training = true, .keep_all = all});
    REQUIRE(y);
    left[all].assign(y, y + 64 * 3);
    model.zero_gradients();
    model.backward(exec, d.data());
    for (const cnn::Parameter& p : model.parameters())
      left[all].insert(left[all].end(), p.gradient.begin(), p.gradient.end());
    // A map of 4 x 4 cells, or its gradient, and three of 2 x 2; with 5 x 5 it would take a quarter more.
    if (!all) CHECK(model.memory_bytes() < 64 * (4 * 4 + 3 * 2 * 2) * 6 * sizeof(float));
  }
  CHECK(left[0] == left[1]);
  CHECK(model.layer_output(1).size() == 64u * 5 * 5 * 6);
}

TEST_CASE("model: inference takes less memory than training, and reserve allocates everything") {
  Model model = built(*cnn::preset("tutorial"));
  REQUIRE(model.reserve(16, false));
  const std::size_t inference = model.memory_bytes();
  // Two maps of 32 x 32 x 32 must exist at a time.
  CHECK(inference < 2.2 * 16 * 32 * 32 * 32 * 4);
  REQUIRE(model.reserve(16, true));
  const std::size_t training = model.memory_bytes();
  CHECK(training > inference);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(16, model.input_shape());
  REQUIRE(model.forward(exec, x.data(), 16, {.training = true}));
  const std::vector<float> d(160, 0.1f);
  model.backward(exec, d.data());
  REQUIRE(model.forward(exec, x.data(), 16, {}));
  CHECK(model.memory_bytes() == training);
}

TEST_CASE("model: keep_all keeps every layer's output and gradient") {
  Model model = built(sequential(
      R"({"class_name":"Conv2D","config":{"filters":2,"kernel_size":3,"activation":"relu"}},{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3,"activation":"softmax"}})"));
  model.initialize(1);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(2, model.input_shape());
  REQUIRE(model.forward(exec, x.data(), 2, {}));
  CHECK(model.layer_output(1).empty());
  CHECK(model.layer_output(3).size() == 6);
  REQUIRE(model.forward(exec, x.data(), 2, {.keep_all = true}));
  CHECK(model.layer_output(0).data() == x.data());
  CHECK(model.layer_output(1).size() == 2u * 6 * 6 * 2);
  CHECK(model.layer_gradient(1).empty());
  const std::vector<float> d = {1, 0, 0, 0, 0, 0};
  model.backward(exec, d.data());
  const auto gradient = model.layer_gradient(1);
  REQUIRE(gradient.size() == 2u * 6 * 6 * 2);
  const auto kernel = model.parameters()[2].value;  // [72, 3]: d logits[0] / d input = column 0
  for (std::size_t i = 0; i < 72; ++i) {
    CHECK(gradient[i] == kernel[3 * i]);
    CHECK(gradient[72 + i] == 0.0f);
  }
}

TEST_CASE("model: there are no outputs before forward, nor after a new plan") {
  Model model = built(sequential(R"({"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3}})"));
  CHECK(model.logits() == nullptr);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(2, model.input_shape()), d(6, 1.0f);
  model.backward(exec, d.data());
  REQUIRE(model.forward(exec, x.data(), 2, {}));
  CHECK(model.logits() != nullptr);
  model.backward(exec, d.data());  // forward kept nothing for it
  for (const float g : model.parameters()[0].gradient) CHECK(g == 0);
  REQUIRE(model.reserve(3, false));
  CHECK(model.logits() == nullptr);
  CHECK(model.layer_output(2).empty());
  REQUIRE(model.forward(exec, x.data(), 2, {.training = true}));
  model.set_trainable(2, false);
  CHECK(model.logits() == nullptr);
  CHECK(model.forward(exec, x.data(), 0, {}) == nullptr);
}

TEST_CASE("model: a frozen layer gets no gradient") {
  Model model = built(sequential(
      R"({"class_name":"Conv2D","config":{"filters":2,"kernel_size":3,"trainable":false}},{"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3}})"));
  model.initialize(1);
  CHECK_FALSE(model.parameters()[0].trainable);
  CHECK(model.parameters()[2].trainable);
  CHECK(model.summary().non_trainable == 3u * 3 * 3 * 2 + 2);
  cnn::Exec exec(1);
  const std::vector<float> x = pictures(2, model.input_shape()), d(6, 1.0f);
  const auto largest = [&](std::size_t p) {
    float most = 0;
    for (const float g : model.parameters()[p].gradient) most = std::max(most, std::fabs(g));
    return most;
  };
  REQUIRE(model.forward(exec, x.data(), 2, {.training = true}));
  model.backward(exec, d.data());
  CHECK(largest(0) == 0);
  CHECK(largest(2) > 0);
  model.set_trainable(1, true);
  CHECK(model.parameters()[0].trainable);
  model.zero_gradients();
  CHECK(largest(2) == 0);
  REQUIRE(model.forward(exec, x.data(), 2, {.training = true}));
  model.backward(exec, d.data());
  CHECK(largest(0) > 0);
}

TEST_SUITE_END();
