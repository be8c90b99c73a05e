// Layers and small networks against PyTorch 1.13 in double precision: tests/fixtures/make_fixtures.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

#include "core/formats/safetensors.h"
#include "core/model/model.h"

namespace cnn::test {
namespace {

struct Fixture {
  std::vector<std::uint8_t> bytes;
  Safetensors content;

  explicit Fixture(const std::string& name) {
    std::ifstream file(std::string(CNN_TESTS_DIR) + "/fixtures/" + name, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    auto read = read_safetensors(bytes);
    REQUIRE_MESSAGE(read, (read ? "" : read.error().message));
    content = std::move(*read);
  }
  bool has(const std::string& name) const { return content.find(name) != nullptr; }
  std::vector<float> floats(const std::string& name) const {
    const TensorView* tensor = content.find(name);
    REQUIRE_MESSAGE(tensor, name);
    std::vector<float> values(tensor->count());
    copy_floats(*tensor, values);
    return values;
  }
};

/// The largest difference, relative to the largest expected number.
double relative(std::span<const float> actual, const std::vector<float>& expected) {
  if (actual.size() != expected.size()) return 1;
  double largest = 1e-6, difference = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::fabs(static_cast<double>(expected[i])));
    const double d = std::fabs(static_cast<double>(actual[i]) - static_cast<double>(expected[i]));
    difference = std::isnan(d) ? 1 : std::max(difference, d);
  }
  return difference / largest;
}

/// The project promises 1e-4; float32 sums of these sizes stay within this.
constexpr double kTolerance = 5e-6;

void check_case(const Fixture& fixture, const std::string& name, const Json& description, Exec& exec) {
  auto model = Model::from_config(*description.find("model"));
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  for (Parameter& parameter : model->parameters()) {
    const std::vector<float> value = fixture.floats(name + "/value/" + parameter.name);
    REQUIRE(value.size() == parameter.value.size());
    std::copy(value.begin(), value.end(), parameter.value.begin());
  }
  const std::vector<float> x = fixture.floats(name + "/x"), y = fixture.floats(name + "/y");
  constexpr int batch = 3;
  const bool training = *description.find("training")->boolean();
  const float* output = model->forward(exec, x.data(), batch, {.training = training, .keep_all = true});
  REQUIRE(output);
  // backward of a model that ends in softmax starts before the softmax. Cases that test its gradient end in a
  // linear activation instead.
  CHECK(relative({output, batch * count(model->output_shape())}, y) <= kTolerance);
  if (model->ends_in_softmax()) return;
  model->backward(exec, fixture.floats(name + "/dy").data());
  CHECK(relative(model->layer_gradient(model->find_layer("x")), fixture.floats(name + "/dx")) <= kTolerance);
  for (const Parameter& parameter : model->parameters()) {
    CAPTURE(parameter.name);
    const std::string gradient = name + "/gradient/" + parameter.name,
                      after = name + "/after/" + parameter.name;
    CHECK(fixture.has(gradient) == parameter.trainable);
    if (parameter.trainable) CHECK(relative(parameter.gradient, fixture.floats(gradient)) <= kTolerance);
    if (fixture.has(after)) CHECK(relative(parameter.value, fixture.floats(after)) <= kTolerance);
  }
}

TEST_SUITE_BEGIN("layers/pytorch");

TEST_CASE("pytorch: forward, every gradient and the moving averages agree, with every kernel set") {
  const Fixture fixture("layers.safetensors");
  int cases = 0;
  for (const auto& entry : fixture.content.metadata) {
    const std::string& name = entry.first;  // clang 14 cannot capture structured bindings
    const std::string& text = entry.second;
    if (!fixture.has(name + "/x")) continue;
    CAPTURE(name);
    const auto description = parse_json(text);
    REQUIRE(description);
    ++cases;
    for (const KernelSet* set : kernel_sets()) {
      const std::string set_name(name_of(*set));
      CAPTURE(set_name);
      Exec exec(*set, 1);
      check_case(fixture, name, *description, exec);
    }
  }
  CHECK(cases >= 60);
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
