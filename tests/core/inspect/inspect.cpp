#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/base/random.h"
#include "core/inspect/geometry.h"
#include "core/inspect/heat_maps.h"
#include "core/inspect/observer.h"
#include "core/inspect/walkthrough.h"
#include "doctest/doctest.h"

namespace cnn::test {
namespace {

Model built(const std::string& layers, const char* shape = "[null, 8, 8, 3]", std::uint64_t seed = 1) {
  auto config = parse_json(R"({"class_name": "Sequential", "config": {"name": "net", "layers": [
      {"class_name": "InputLayer", "config": {"batch_shape": )" +
                           std::string(shape) + "}}," + layers + "]}}");
  REQUIRE(config);
  auto model = Model::from_config(*config);
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  model->initialize(seed);
  return std::move(*model);
}

std::vector<float> picture(const Shape& shape, std::uint64_t seed = 5) {
  RandomStream random(seed, RandomPurpose::test);
  std::vector<float> x(count(shape));
  for (float& value : x) value = random.uniform();
  return x;
}

std::vector<float> floats(const Json& object, std::string_view name) {
  std::vector<float> numbers;
  for (const Json& number : *object.find(name)->elements())
    numbers.push_back(static_cast<float>(*number.number()));
  return numbers;
}

/// Small random weights everywhere, also in biases, so that a missing one changes the result.
void stir(Model& model) {
  RandomStream random(9, RandomPurpose::test);
  for (Parameter& parameter : model.parameters()) {
    const bool variance = parameter.name.find("variance") != std::string::npos;
    for (float& value : parameter.value)
      value = variance ? random.uniform(0.5f, 2) : random.uniform(-0.5f, 0.5f);
  }
}

constexpr char kNet[] = R"(
  {"class_name":"Conv2D","config":{"name":"a","filters":5,"kernel_size":3,"padding":"same","activation":"relu"}},
  {"class_name":"DepthwiseConv2D","config":{"name":"b","kernel_size":3,"strides":2,"padding":"same","depth_multiplier":2,"activation":"tanh"}},
  {"class_name":"BatchNormalization","config":{"name":"n"}},
  {"class_name":"MaxPooling2D","config":{"name":"m","pool_size":3,"strides":1,"padding":"same"}},
  {"class_name":"AveragePooling2D","config":{"name":"p","pool_size":3,"strides":1,"padding":"same"}},
  {"class_name":"SumPooling2D","config":{"name":"s","pool_size":2}},
  {"class_name":"Conv2D","config":{"name":"c","filters":4,"kernel_size":[1,2],"use_bias":false,"activation":"gelu"}},
  {"class_name":"Dropout","config":{"name":"drop","rate":0.5}},
  {"class_name":"Flatten","config":{"name":"f"}},
  {"class_name":"Dense","config":{"name":"d","units":6,"activation":"elu"}},
  {"class_name":"Dense","config":{"name":"e","units":3,"activation":"softmax"}})";

Observer looking(Exec& exec, Model& model) {
  stir(model);
  auto observer = Observer::make(model);
  REQUIRE(observer);
  REQUIRE(observer->look(exec, picture(model.input_shape())));
  return std::move(*observer);
}

TEST_SUITE_BEGIN("inspect");

TEST_CASE("observer: the outputs are the network's own, before and after every activation") {
  Model model = built(kNet);
  Exec exec(1);
  Observer observer = looking(exec, model);
  const std::vector<float> x = picture(model.input_shape());
  const float* y = model.forward(exec, x.data(), 1, {});
  REQUIRE(y);
  const std::vector<float> probabilities = observer.probabilities(exec);
  for (std::size_t k = 0; k < 3; ++k) CHECK(probabilities[k] == y[k]);
  int with_activation = 0;
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    CAPTURE(model.layer(layer).name);
    const std::vector<float> before = observer.before_activation(exec, layer);
    const std::span<const float> after = observer.output(layer);
    REQUIRE(before.size() == count(model.layer_shape(layer)));
    REQUIRE(after.size() == before.size());
    const ActivationSpec spec = model.layer(layer).activation();
    with_activation += observer.has_activation(layer) ? 1 : 0;
    if (spec.kind == Activation::softmax) continue;
    std::vector<float> activated = before;
    if (observer.has_activation(layer))
      activation_forward(exec, spec.kind, static_cast<float>(spec.alpha), before.size(), before.data(),
                         activated.data());
    for (std::size_t i = 0; i < before.size(); ++i) CHECK(activated[i] == after[i]);
  }
  CHECK(with_activation == 5);
}

TEST_CASE("walkthrough: the sum by hand is the layer's output, for every unit of every layer that has one") {
  Model model = built(kNet);
  Exec exec(1);
  const Observer observer = looking(exec, model);
  int layers = 0;
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    CAPTURE(model.layer(layer).name);
    const Grid size = grid(model.layer_shape(layer));
    if (!walk_through(exec, observer, layer, {})) continue;
    ++layers;
    for (int row = 0; row < size.rows; ++row) {
      for (int column = 0; column < size.columns; ++column) {
        for (int channel = 0; channel < size.channels; ++channel) {
          const auto walk = walk_through(exec, observer, layer, {row, column, channel});
          REQUIRE(walk);
          double magnitude = std::fabs(walk->bias.value_or(0)), sum = walk->bias.value_or(0);
          for (const double product : walk->products) magnitude += std::fabs(product), sum += product;
          if (walk->rule == Reach::Rule::weights) CHECK(walk->before == doctest::Approx(sum).epsilon(1e-12));
          for (const float value : walk->values)
            if (walk->rule != Reach::Rule::weights) magnitude += std::fabs(static_cast<double>(value));
          // k + 1 roundings per term (Higham, 3.1) and one in the activation function; no activation here has
          // a slope above 1.2.
          const double k = static_cast<double>(walk->values.size()) + 2;
          CHECK(std::fabs(walk->after - static_cast<double>(walk->output)) <=
                1.2 * k * 0x1p-23 * (magnitude + 1e-3));
          CHECK(static_cast<double>(walk->output) ==
                static_cast<double>(observer.output(layer)[index_of(size, {row, column, channel})]));
        }
      }
    }
  }
  CHECK(layers == 8);
}

TEST_CASE("walkthrough: padding counts as 0, and every part is reported") {
  Model model = built(kNet);
  Exec exec(1);
  const Observer observer = looking(exec, model);
  const auto corner = walk_through(exec, observer, 1, {0, 0, 2});
  REQUIRE(corner);
  CHECK(corner->window == Rect{-1, -1, 3, 3});
  CHECK(corner->channels == 3);
  CHECK(corner->channel_sums.size() == 3);
  for (std::size_t i = 0; i < 9; ++i) CHECK(corner->values[i] == 0.0f);  // the row above the picture
  CHECK(corner->values[(1 * 3 + 1) * 3] == observer.picture()[0]);
  CHECK(corner->weights[4] == model.parameters()[0].value[4 * 5 + 2]);
  CHECK(corner->bias == static_cast<double>(model.parameters()[1].value[2]));
  const auto depthwise = walk_through(exec, observer, 2, {0, 0, 7});
  REQUIRE(depthwise);
  CHECK(depthwise->first_channel == 3);
  CHECK(depthwise->channels == 1);
  const auto outside = walk_through(exec, observer, 1, {8, 0, 0});
  REQUIRE_FALSE(outside);
  CHECK(outside.error().message == "a has 8 rows, 8 columns and 5 channels; there is no unit (8, 0, 0)");
  CHECK_FALSE(walk_through(exec, observer, model.find_layer("n"), {}));
}

TEST_CASE("geometry: receptive fields follow from kernels, strides and padding") {
  const Model model = built(R"(
    {"class_name":"Conv2D","config":{"name":"a","filters":2,"kernel_size":3,"padding":"same"}},
    {"class_name":"MaxPooling2D","config":{"name":"p","pool_size":2}},
    {"class_name":"Conv2D","config":{"name":"b","filters":2,"kernel_size":3}},
    {"class_name":"Flatten","config":{"name":"f"}},
    {"class_name":"Dropout","config":{"name":"r","rate":0.1}},
    {"class_name":"Dense","config":{"name":"d","units":3}})",
                            "[null, 16, 16, 3]");
  const auto fields = receptive_fields(model);
  REQUIRE(fields.size() == 7);
  CHECK(fields[1].size_rows == 3);
  CHECK(fields[1].start_row == 0);
  CHECK(fields[2].size_rows == 4);
  CHECK(fields[2].jump_rows == 2);
  CHECK(fields[2].start_row == 0.5);
  CHECK(fields[3].size_rows == 8);
  CHECK(fields[3].start_row == 2.5);
  CHECK_FALSE(fields[3].whole);
  CHECK(fields[6].whole);
  CHECK(receptive_field(model, 0, {3, 4, 0}) == Rect{3, 4, 1, 1});
  CHECK(receptive_field(model, 1, {0, 15, 0}) == Rect{0, 14, 2, 2});
  CHECK(receptive_field(model, 3, {0, 0, 0}) == Rect{0, 0, 7, 7});
  CHECK(receptive_field(model, 3, {2, 1, 0}) == Rect{3, 1, 8, 8});
  CHECK(receptive_field(model, 4, {0, 0, (2 * 6 + 1) * 2 + 1}) == Rect{3, 1, 8, 8});
  CHECK(receptive_field(model, 5, {0, 0, (2 * 6 + 1) * 2}) == Rect{3, 1, 8, 8});
  CHECK(receptive_field(model, 6, {0, 0, 0}) == Rect{0, 0, 16, 16});
}

TEST_CASE("geometry: pixels outside its receptive field do not change a unit") {
  Model model = built(kNet);
  Exec exec(1);
  Observer observer = looking(exec, model);
  const std::vector<float> x = picture(model.input_shape());
  for (int layer = 1; layer < model.layer_count(); ++layer) {
    CAPTURE(model.layer(layer).name);
    const Grid size = grid(model.layer_shape(layer));
    for (const Unit unit : {Unit{0, 0, 0}, Unit{size.rows - 1, size.columns / 2, size.channels - 1}}) {
      const Rect seen = receptive_field(model, layer, unit);
      REQUIRE(seen.height > 0);
      std::vector<float> other = x;
      for (int row = 0; row < 8; ++row) {
        for (int column = 0; column < 8; ++column) {
          const bool inside = row >= seen.top && row < seen.top + seen.height && column >= seen.left &&
                              column < seen.left + seen.width;
          for (int c = 0; c < 3 && !inside; ++c)
            other[static_cast<std::size_t>((row * 8 + column) * 3 + c)] += 1;
        }
      }
      const float was = observer.output(layer)[index_of(size, unit)];
      REQUIRE(observer.look(exec, other));
      CHECK(observer.output(layer)[index_of(size, unit)] ==
            doctest::Approx(static_cast<double>(was)).epsilon(1e-6));
      REQUIRE(observer.look(exec, x));
    }
  }
}

TEST_CASE("heat maps: the input's gradient agrees with central differences") {
  Model model = built(R"(
    {"class_name":"Conv2D","config":{"filters":4,"kernel_size":3,"activation":"tanh"}},
    {"class_name":"Flatten"},{"class_name":"Dense","config":{"units":3,"activation":"softmax"}})");
  Exec exec(1);
  Observer observer = looking(exec, model);
  const std::vector<float> gradient = input_gradient(exec, observer, 1);
  REQUIRE(gradient.size() == 192);
  std::vector<float> x = picture(model.input_shape());
  for (std::size_t i = 0; i < x.size(); i += 17) {
    constexpr float h = 1e-2f;
    const float was = x[i];
    x[i] = was + h;
    REQUIRE(observer.look(exec, x));
    const double above = static_cast<double>(observer.model().logits()[1]);
    x[i] = was - h;
    REQUIRE(observer.look(exec, x));
    const double below = static_cast<double>(observer.model().logits()[1]);
    x[i] = was;
    // Rounding 1e-6 over 2h, truncation h^2 times a third derivative below 3.
    CHECK(std::fabs((above - below) / (2 * static_cast<double>(h)) - static_cast<double>(gradient[i])) <=
          4e-4);
  }
}

TEST_CASE("heat maps: Grad-CAM and saliency agree with PyTorch, with every kernel set") {
  std::ifstream file(CNN_TESTS_DIR "/fixtures/inspect.json");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto fixture = parse_json(text);
  REQUIRE(fixture);
  auto model = Model::from_config(*fixture->find("model"));
  REQUIRE(model);
  for (Parameter& parameter : model->parameters()) {
    const std::vector<float> values = floats(*fixture->find("parameters"), parameter.name);
    REQUIRE(values.size() == parameter.value.size());
    std::copy(values.begin(), values.end(), parameter.value.begin());
  }
  // Float32 sums of at most 72 terms of size 1; measured 3e-7.
  constexpr double tolerance = 2e-6;
  const auto agree = [&](std::span<const float> ours, std::span<const float> theirs) {
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i)
      CHECK(std::fabs(static_cast<double>(ours[i]) - static_cast<double>(theirs[i])) <= tolerance);
  };
  for (const KernelSet* set : kernel_sets()) {
    Exec exec(*set, 1);
    auto observer = Observer::make(*model);
    REQUIRE(observer);
    REQUIRE(observer->look(exec, floats(*fixture, "picture")));
    agree(observer->probabilities(exec), floats(*fixture, "probabilities"));
    const Json::Array& classes = *fixture->find("classes")->elements();
    for (std::size_t k = 0; k < classes.size(); ++k) {
      const std::vector<float> gradient = input_gradient(exec, *observer, static_cast<int>(k));
      agree(gradient, floats(classes[k], "gradient"));
      agree(saliency({10, 9, 3}, gradient).values, floats(classes[k], "saliency"));
      for (const char* layer : {"first", "second"}) {
        const auto map = grad_cam(exec, *observer, model->find_layer(layer), static_cast<int>(k));
        REQUIRE(map);
        agree(map->values, floats(*classes[k].find("grad_cam"), layer));
      }
    }
  }
}

TEST_CASE("heat maps: a layer without maps is an error") {
  Model model = built(kNet);
  Exec exec(1);
  Observer observer = looking(exec, model);
  CHECK(last_map_layer(model) == model.find_layer("c"));
  const auto map = grad_cam(exec, observer, model.find_layer("d"), 0);
  REQUIRE_FALSE(map);
  CHECK(map.error().message == "Grad-CAM needs a layer whose output is maps; d gives (6,)");
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
