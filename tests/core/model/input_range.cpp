// Which pixels a model takes, and that it is given those.
#include <doctest/doctest.h>

#include <cmath>

#include "core/formats/model_files.h"
#include "tests/core/formats/models.h"

using cnn::InputRange;
using cnn::Json;
using cnn::Model;
using namespace cnn::test;

TEST_SUITE_BEGIN("core/model");

namespace {

constexpr std::string_view kRest =
    R"({"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 3}})";

Json beginning_with(const std::string& layers) {
  return sequential(layers + (layers.empty() ? "" : ",") + std::string(kRest));
}

Model built(const Json& config) {
  auto model = Model::from_config(config);
  if (!model) FAIL(model.error().message);
  model->initialize(3);
  return std::move(*model);
}

std::string rescaling(const char* scale, const char* offset) {
  return std::string(R"({"class_name": "Rescaling", "config": {"scale": )") + scale + R"(, "offset": )" +
         offset + "}}";
}

std::string normalization(const char* mean, const char* variance) {
  return std::string(R"({"class_name": "Normalization", "config": {"mean": )") + mean + R"(, "variance": )" +
         variance + "}}";
}

/// The pixels that reach the first layer after the input, for pixels from 0 to 1.
std::vector<float> reaching(Model& model, const std::vector<float>& x) {
  cnn::Exec exec(1);
  REQUIRE(model.forward(exec, x.data(), 1, {.keep_all = true}));
  const auto seen = model.layer_output(0);
  return {seen.begin(), seen.end()};
}

cnn::LoadedModel through(const char* format, const Model& model) {
  auto files = cnn::export_model(format, model, {});
  if (!files) FAIL(files.error().message);
  std::vector<cnn::FileView> views;
  for (const cnn::ModelFile& file : *files) views.push_back({file.name, file.bytes});
  auto loaded = cnn::import_model(views);
  if (!loaded) FAIL(loaded.error().message);
  return std::move(*loaded);
}

}  // namespace

TEST_CASE("input range: inferred from first layers made for bytes, otherwise 0 to 1") {
  const std::string flip = R"({"class_name": "RandomFlip", "config": {}},)";
  for (const std::string& bytes :
       {rescaling("0.00392156862745098", "0"), rescaling("0.00784313725490196", "-1"),
        rescaling("0.0078125", "-1"), rescaling("1", "-127.5"), flip + rescaling("0.00392156862745098", "0"),
        normalization("[125.3, 123.0, 113.9]", "[3969, 3856.4, 4448.9]"), normalization("120.7", "4057"),
        normalization("[125.3, 123.0, 113.9]", "[1, 1, 1]"),
        rescaling("0.00392156862745098", "0") + "," +
            normalization("[0.5, 0.5, 0.4]", "[0.06, 0.06, 0.07]")}) {
    CAPTURE(bytes);
    const Model model = built(beginning_with(bytes));
    CHECK(model.input_range() == InputRange::bytes);
    CHECK(model.input_text() == "takes pixels 0 to 255, scaled by its first layer");
    CHECK(!model.config().find("input_range"));  // the layers tell it
  }
  for (const std::string& unit :
       {std::string(), flip.substr(0, flip.size() - 1), rescaling("2", "-1"), rescaling("4", "-1.9"),
        normalization("[0.49, 0.48, 0.45]", "[0.06, 0.06, 0.07]"), rescaling("255", "0"),
        rescaling("255", "0") + "," + normalization("[125.3, 123.0, 113.9]", "[3969, 3856.4, 4448.9]"),
        // what comes after a layer that mixes pixels says nothing
        R"({"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 1}},)" + rescaling("0.0039", "0"),
        // statistics that the data set will give
        std::string(R"({"class_name": "Normalization", "config": {}})"),
        std::string(R"({"class_name": "BatchNormalization", "config": {}})")}) {
    CAPTURE(unit);
    const Model model = built(beginning_with(unit));
    CHECK(model.input_range() == InputRange::unit);
    CHECK(model.input_text() == "takes pixels 0 to 1");
  }
}

TEST_CASE("input range: the configuration may say otherwise, and keeps it") {
  Json config = beginning_with(rescaling("0.00392156862745098", "0"));
  config["input_range"] = "0..1";
  CHECK(built(config).input_range() == InputRange::unit);
  CHECK(built(built(config).config()).input_range() == InputRange::unit);
  Json plain = beginning_with("");
  plain["input_range"] = "0..255";
  CHECK(built(plain).input_range() == InputRange::bytes);
  CHECK(built(built(plain).config()).input_range() == InputRange::bytes);
  CHECK(built(plain).input_text() == "takes pixels 0 to 255");
  plain["input_range"] = "0..7";
  const auto wrong = Model::from_config(plain);
  REQUIRE(!wrong);
  CHECK(wrong.error().message == "model: input_range must be one of \"0..1\" \"0..255\", not \"0..7\"");
}

TEST_CASE("input range: a model for bytes is given bytes") {
  Model model = built(beginning_with(rescaling("0.00392156862745098", "0")));
  Model plain = built(beginning_with(rescaling("1", "0")));
  REQUIRE(plain.input_range() == InputRange::unit);
  const std::vector<float> x = pictures(model, 1);
  const std::vector<float> seen = reaching(model, x);
  for (std::size_t i = 0; i < x.size(); ++i)
    REQUIRE(seen[i] == doctest::Approx(255 * static_cast<double>(x[i])));
  CHECK(reaching(plain, x) == x);
  CHECK(largest_difference(outputs(model), outputs(plain)) < 1e-5f);
  model.set_input_range(InputRange::unit);
  CHECK(reaching(model, x) == x);
  CHECK(largest_difference(outputs(model), outputs(plain)) > 1e-2f);
}

TEST_CASE("input range: the gradients of a model for bytes are those of the same model for 0 to 1") {
  const std::string conv = R"(,{"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3}})";
  Model bytes = built(beginning_with(rescaling("0.00392156862745098", "0") + conv));
  Model unit = built(beginning_with(rescaling("1", "0") + conv));
  const std::vector<float> x = pictures(bytes, 2);
  cnn::Exec exec(1);
  const std::vector<float> d(2 * 3, 0.5f);
  for (Model* model : {&bytes, &unit}) {
    REQUIRE(model->forward(exec, x.data(), 2, {.training = true}));
    model->zero_gradients();
    model->backward(exec, d.data());
  }
  for (std::size_t p = 0; p < unit.parameters().size(); ++p) {
    const auto a = bytes.parameters()[p].gradient, b = unit.parameters()[p].gradient;
    for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(a[i] == doctest::Approx(b[i]).epsilon(1e-4));
  }
}

TEST_CASE("input range: every file format keeps it") {
  Json told = beginning_with(rescaling("0.00392156862745098", "0"));
  Json plain = beginning_with("");
  Json against = told;
  plain["input_range"] = "0..255";
  against["input_range"] = "0..1";
  for (const Json& config : {told, plain, against, beginning_with("")}) {
    Model model = built(config);
    const std::vector<float> right = outputs(model);
    for (const char* format : {"safetensors", "tfjs", "onnx"}) {
      CAPTURE(format);
      cnn::LoadedModel loaded = through(format, model);
      std::vector<float> got = outputs(loaded.model);
      if (std::string_view(format) == "onnx") {  // which ends in a softmax
        Model same = built(config);
        std::vector<float> wanted = right;
        for (std::size_t row = 0; row < wanted.size(); row += 3) {
          double sum = 0;
          const float top = std::max({wanted[row], wanted[row + 1], wanted[row + 2]});
          for (std::size_t i = row; i < row + 3; ++i) sum += std::exp(static_cast<double>(wanted[i] - top));
          for (std::size_t i = row; i < row + 3; ++i)
            wanted[i] = static_cast<float>(std::exp(static_cast<double>(wanted[i] - top)) / sum);
        }
        CHECK(largest_difference(got, wanted) < 1e-5f);
      } else {
        CHECK(loaded.model.input_range() == model.input_range());
        CHECK(largest_difference(got, right) < 1e-5f);
      }
    }
  }
}

TEST_CASE("input range: inferred from the weights of a first normalization") {
  Model model = built(beginning_with(R"({"class_name": "BatchNormalization", "config": {"name": "bn"}})"));
  for (cnn::Parameter& parameter : model.parameters()) {
    if (parameter.name == "bn/moving_mean") std::fill(parameter.value.begin(), parameter.value.end(), 121.0f);
    if (parameter.name == "bn/moving_variance")
      std::fill(parameter.value.begin(), parameter.value.end(), 4000.0f);
  }
  CHECK(model.input_range() == InputRange::unit);
  CHECK(model.range_by_weights() == InputRange::bytes);
}

TEST_SUITE_END();
