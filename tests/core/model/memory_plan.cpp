#include "core/model/memory_plan.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/model/model.h"
#include "core/model/presets.h"

TEST_SUITE_BEGIN("core/memory_plan");

TEST_CASE("memory plan: a chain of equal arrays needs memory for two") {
  std::vector<cnn::LifeSpan> arrays;
  arrays.reserve(10);
  for (int i = 0; i < 10; ++i) arrays.push_back({640, i, i + 1});
  CHECK(cnn::place(arrays) == 1280);
}

TEST_CASE("memory plan: arrays that live at the same moment never share bytes") {
  cnn::RandomStream random(1, cnn::RandomPurpose::test);
  for (int round = 0; round < 50; ++round) {
    std::vector<cnn::LifeSpan> arrays;
    for (int i = 0; i < 20; ++i) {
      const int first = static_cast<int>(random.below(30));
      arrays.push_back({random.below(1000), first, first + static_cast<int>(random.below(8))});
    }
    const std::uint64_t total = cnn::place(arrays);
    for (std::size_t a = 0; a < arrays.size(); ++a) {
      CHECK(arrays[a].offset % 64 == 0);
      CHECK(arrays[a].offset + arrays[a].bytes <= total);
      for (std::size_t b = 0; b < a; ++b) {
        const bool meet = arrays[a].first <= arrays[b].last && arrays[b].first <= arrays[a].last;
        const bool share = arrays[a].offset < arrays[b].offset + arrays[b].bytes &&
                           arrays[b].offset < arrays[a].offset + arrays[a].bytes;
        CHECK_FALSE((meet && share));
      }
    }
  }
}

TEST_SUITE_END();

namespace {

/// Everything that two training steps produce: logits, gradients, moving averages.
std::vector<float> two_steps(const cnn::Json& config, std::size_t repeat_above, std::size_t& bytes) {
  cnn::ModelLimits limits;
  limits.repeat_above_bytes = repeat_above;
  auto model = cnn::Model::from_config(config, limits);
  REQUIRE(model);
  model->initialize(7);
  cnn::Exec exec(2);
  constexpr int batch = 5;
  std::vector<float> x(batch * count(model->input_shape())), d(batch * count(model->output_shape())), left;
  cnn::RandomStream random(3, cnn::RandomPurpose::test);
  for (float& value : x) value = random.uniform(-1, 1);
  for (float& value : d) value = random.uniform(-1, 1);
  model->zero_gradients();
  for (std::uint64_t step = 0; step < 2; ++step) {
    cnn::ForwardOptions how;
    how.training = true;
    how.step = step;
    REQUIRE(model->forward(exec, x.data(), batch, how));
    left.insert(left.end(), model->logits(), model->logits() + d.size());
    model->backward(exec, d.data());
  }
  for (const cnn::Parameter& p : model->parameters()) {
    left.insert(left.end(), p.gradient.begin(), p.gradient.end());
    left.insert(left.end(), p.value.begin(), p.value.end());
  }
  bytes = model->memory_bytes();
  return left;
}

}  // namespace

TEST_CASE("memory plan: recomputing values for backward is bit-identical") {
  // The layers of the record recipe; then branches, flattening, dropout and a frozen normalization.
  const std::string tail =
      R"({"class_name":"Flatten"},{"class_name":"Dense","config":{"units":6,"activation":"gelu"}},
    {"class_name":"BatchNormalization"},{"class_name":"Dropout","config":{"rate":0.5}},{"class_name":"Activation",
    "config":{"activation":"gelu"}},{"class_name":"Dense","config":{"units":4,"activation":"softmax"}}]}})";
  const std::string head = R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,8,8,3]}},)";
  const std::string mixed =
      head + R"({"class_name":"Conv2D","config":{"filters":5,"kernel_size":3,"activation":"gelu"}},
    {"class_name":"BatchNormalization","config":{"trainable":false}},{"class_name":"Activation","config":{"activation":"gelu"}},
    {"class_name":"BatchNormalization"},{"class_name":"BatchNormalization"},{"class_name":"Activation","config":
    {"activation":"tanh"}},{"class_name":"MaxPooling2D"},{"class_name":"Activation","config":{"activation":"gelu"}},)" +
      tail;
  cnn::Json residual = *cnn::preset("resnet_small");
  for (cnn::Json& layer : *residual.find("config")->find("layers")->elements()) {
    cnn::Json* kind = layer.find("config")->find("activation");
    if (kind && *layer.find("class_name")->string() == "Activation") *kind = "gelu";
  }
  const cnn::Json configs[] = {*cnn::preset("speedrun"), *cnn::preset("vgg_bn"), residual,
                               *cnn::parse_json(mixed)};
  for (const cnn::Json& config : configs) {
    CAPTURE(config.find("config")->find("name")->dump());
    std::size_t kept = 0, repeated = 0;
    const auto a = two_steps(config, std::numeric_limits<std::size_t>::max(), kept),
               b = two_steps(config, 0, repeated);
    CHECK(a == b);
    CHECK(repeated <= kept);
  }
}

TEST_CASE("memory plan: a batch of 1024 of the record recipe takes less than 800 MB") {
  cnn::ModelLimits limits;
  limits.repeat_above_bytes = 0;
  auto model = cnn::Model::from_config(*cnn::preset("speedrun"), limits);
  REQUIRE(model);
  REQUIRE(model->reserve(16, true));
  const double megabytes = static_cast<double>(model->memory_bytes()) / (1 << 20) * 1024 / 16;
  MESSAGE("MB for a batch of 1024: ", megabytes);
  CHECK(megabytes < 800);
}
