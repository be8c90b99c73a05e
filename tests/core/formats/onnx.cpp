#include "core/formats/onnx.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "core/model/presets.h"
#include "core/onnx/onnx_file.h"
#include "tests/core/formats/models.h"

using cnn::export_onnx;
using cnn::import_onnx;
using cnn::Json;
using cnn::Model;
using cnn::OnnxAttribute;
using cnn::OnnxFile;
using cnn::OnnxType;
using namespace cnn::test;

TEST_SUITE_BEGIN("formats/onnx");

namespace {

using Bytes = std::vector<std::uint8_t>;
using Sizes = std::vector<std::int64_t>;

Bytes exported(const Model& model) {
  const auto file = export_onnx(model, {});
  if (!file) FAIL(file.error().message);
  return *file;
}

cnn::LoadedModel imported(const Bytes& file) {
  auto loaded = import_onnx(file);
  if (!loaded) FAIL(loaded.error().message);
  return std::move(*loaded);
}

std::string problem(const Bytes& file) {
  const auto loaded = import_onnx(file);
  if (loaded) return "";
  CHECK(loaded.error().code == "bad_model_file");
  return loaded.error().message;
}

std::string problem(const OnnxFile& file) { return problem(cnn::write_onnx_file(file)); }

/// Sums may have another order: a few roundings of numbers below 1.
constexpr float kTolerance = 1e-6f;

/// A small network as PyTorch writes it: input [N, C, H, W] from 0 to 1, flattened channels first, dense
/// weights [out, in].
OnnxFile like_pytorch() {
  const auto ramp = [](std::size_t n, float scale) {
    std::vector<float> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = std::sin(static_cast<float>(i) * 0.7f) * scale;
    return values;
  };
  OnnxFile file;
  file.opset = 13;
  file.graph_name = "torch_jit";
  file.inputs = {{"input", OnnxType::float32, {-1, 3, 8, 6}}};
  file.outputs = {{"18", OnnxType::float32, {-1, 5}}};
  file.constants = {{"features.0.weight", {4, 3, 3, 3}, OnnxType::float32, ramp(108, 0.3f), {}},
                    {"features.0.bias", {4}, OnnxType::float32, ramp(4, 0.1f), {}},
                    {"classifier.weight", {5, 48}, OnnxType::float32, ramp(240, 0.2f), {}},
                    {"classifier.bias", {5}, OnnxType::float32, ramp(5, 0.1f), {}}};
  file.nodes = {{"Conv",
                 "/features/features.0/Conv",
                 "",
                 {"input", "features.0.weight", "features.0.bias"},
                 {"a"},
                 {OnnxAttribute::of("dilations", Sizes{1, 1}), OnnxAttribute::of("group", std::int64_t{1}),
                  OnnxAttribute::of("kernel_shape", Sizes{3, 3}),
                  OnnxAttribute::of("pads", Sizes{1, 1, 1, 1}), OnnxAttribute::of("strides", Sizes{1, 1})}},
                {"Relu", "", "", {"a"}, {"b"}, {}},
                {"MaxPool",
                 "",
                 "",
                 {"b"},
                 {"c"},
                 {OnnxAttribute::of("kernel_shape", Sizes{2, 2}), OnnxAttribute::of("strides", Sizes{2, 2})}},
                {"Flatten", "", "", {"c"}, {"d"}, {OnnxAttribute::of("axis", std::int64_t{1})}},
                {"Gemm",
                 "",
                 "",
                 {"d", "classifier.weight", "classifier.bias"},
                 {"18"},
                 {OnnxAttribute::of("transB", std::int64_t{1})}}};
  return file;
}

}  // namespace

TEST_CASE("onnx: a file that was written reads back the same") {
  const Model model = model_of(sequential(kEveryLayer));
  const Bytes bytes = exported(model);
  const auto file = cnn::read_onnx_file(bytes);
  REQUIRE(file);
  CHECK(file->opset == 20);  // Gelu
  CHECK(file->inputs[0].dims == Sizes{-1, 12, 10, 3});
  CHECK(cnn::write_onnx_file(*file) == bytes);
  CHECK(cnn::read_onnx_file(exported(model_of(cnn::preset("tutorial").operator*())))->opset == 17);
}

TEST_CASE("onnx: every preset is read back with the same weights and predictions") {
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(preset.name);
    Model model = model_of(preset.config());
    const std::vector<std::string> names{"a", "b"};
    const auto file = export_onnx(model, names);
    REQUIRE(file);
    cnn::LoadedModel loaded = imported(*file);
    CHECK(loaded.notes.class_names == names);
    CHECK(largest_difference(outputs(model), outputs(loaded.model)) <= kTolerance);
    CHECK(same_weights(model, loaded.model));
    CHECK(export_onnx(loaded.model, names).operator*() == *file);
  }
}

TEST_CASE("onnx: every layer is read back") {
  Model model = model_of(sequential(kEveryLayer));
  cnn::LoadedModel loaded = imported(exported(model));
  CHECK(largest_difference(outputs(model), outputs(loaded.model)) <= kTolerance);
}

TEST_CASE("onnx: layers that become several operators are read back") {
  Model model = model_of(sequential(R"(
    {"class_name": "Normalization", "config": {"mean": [0.5, 0.4, 0.3], "variance": [0.04, 0.09, 0.16]}},
    {"class_name": "Dense", "config": {"units": 8, "activation": "relu"}},
    {"class_name": "Conv2D", "config": {"filters": 8, "kernel_size": 3}},
    {"class_name": "Maxout", "config": {"pieces": 2}},
    {"class_name": "SumPooling2D", "config": {"pool_size": 3, "strides": 2, "padding": "same"}},
    {"class_name": "Rescaling", "config": {"scale": 0.125, "offset": -0.5}},
    {"class_name": "GlobalAveragePooling2D", "config": {"keepdims": true}},
    {"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": 12, "activation": "gelu_new"}},
    {"class_name": "Maxout", "config": {"pieces": 3}},
    {"class_name": "Dense", "config": {"units": 3}})"));
  cnn::LoadedModel loaded = imported(exported(model));
  std::vector<float> ours = outputs(model), theirs = outputs(loaded.model);
  for (std::size_t at = 0; at < ours.size(); at += 3) {  // the export adds the softmax that the model lacks
    const float sum = std::exp(ours[at]) + std::exp(ours[at + 1]) + std::exp(ours[at + 2]);
    for (std::size_t k = at; k < at + 3; ++k) ours[k] = std::exp(ours[k]) / sum;
  }
  CHECK(largest_difference(ours, theirs) <= kTolerance);
}

TEST_CASE("onnx: weights after PyTorch's Flatten are reordered") {
  const OnnxFile file = like_pytorch();
  cnn::LoadedModel loaded = imported(cnn::write_onnx_file(file));
  CHECK(loaded.model.layer(1).name == "features_0");
  const std::vector<float> x = pictures(loaded.model, 1), y = outputs(loaded.model, 1);
  // The same by plain loops over the file's own arrays.
  const auto& kernel = file.constants[0].floats;
  std::vector<float> row;
  for (int f = 0; f < 4; ++f) {
    for (int i = 0; i < 8; i += 2) {
      for (int j = 0; j < 6; j += 2) {
        float largest = 0;  // of the window's cells and relu's 0
        for (int cell = 0; cell < 4; ++cell) {
          float sum = file.constants[1].floats[static_cast<std::size_t>(f)];
          for (int c = 0; c < 3; ++c) {
            for (int u = 0; u < 3; ++u) {
              for (int v = 0; v < 3; ++v) {
                const int p = i + cell / 2 + u - 1, q = j + cell % 2 + v - 1;
                if (p < 0 || q < 0 || p > 7 || q > 5) continue;
                sum += x[static_cast<std::size_t>((p * 6 + q) * 3 + c)] *
                       kernel[static_cast<std::size_t>(((f * 3 + c) * 3 + u) * 3 + v)];
              }
            }
          }
          largest = std::max(largest, sum);
        }
        row.push_back(largest);
      }
    }
  }
  for (std::size_t k = 0; k < 5; ++k) {
    float sum = file.constants[3].floats[k];
    for (std::size_t i = 0; i < 48; ++i) sum += row[i] * file.constants[2].floats[k * 48 + i];
    CHECK(y[k] == doctest::Approx(sum).epsilon(1e-5));
  }
}

TEST_CASE("onnx: a value with several readers is not merged into its layer") {
  OnnxFile file = like_pytorch();
  // b = relu(a) and the sum of both: a is read twice.
  file.nodes.insert(file.nodes.begin() + 2, {"Add", "", "", {"a", "b"}, {"ab"}, {}});
  file.nodes[3].inputs = {"ab"};
  cnn::LoadedModel loaded = imported(cnn::write_onnx_file(file));
  CHECK(loaded.model.find_layer("add") >= 0);
  CHECK(loaded.model.config().find("class_name")->string()->compare("Functional") == 0);
}

TEST_CASE("onnx: scaling of the pixels becomes a Rescaling, except of bytes by 1/255, as in our own files") {
  struct Case {
    const char* why;
    OnnxType type;
    std::vector<float> factors;
    double rescaling;  // 0: none is needed
    cnn::InputRange range;
  };
  using cnn::InputRange;
  const Case cases[] = {
      {"from 0 to 1", OnnxType::float32, {}, 0, InputRange::unit},
      {"divided in the graph", OnnxType::float32, {1 / 255.0f}, 1 / 255.0, InputRange::bytes},
      {"bytes, divided", OnnxType::uint8, {1 / 255.0f}, 0, InputRange::unit},
      {"bytes as they are", OnnxType::uint8, {}, 0, InputRange::bytes},
      {"bytes in two steps", OnnxType::uint8, {1 / 127.5f}, 1 / 127.5, InputRange::bytes},
      {"from 0 to 1, then doubled", OnnxType::float32, {2}, 2, InputRange::unit},
      {"bytes, divided and doubled", OnnxType::uint8, {1 / 255.0f, 2}, 2, InputRange::unit}};
  for (const Case& c : cases) {
    CAPTURE(c.why);
    OnnxFile file = like_pytorch();
    file.inputs[0].type = c.type;
    std::string last = "input";
    for (std::size_t i = 0; i < c.factors.size(); ++i) {
      const std::string factor = "factor" + std::to_string(i), next = "scaled" + std::to_string(i);
      file.constants.push_back({factor, {}, OnnxType::float32, {c.factors[i]}, {}});
      file.nodes.insert(file.nodes.begin() + static_cast<std::ptrdiff_t>(i),
                        {"Mul", "", "", {last, factor}, {next}, {}});
      last = next;
    }
    file.nodes[c.factors.size()].inputs[0] = last;
    const cnn::LoadedModel model = imported(cnn::write_onnx_file(file));
    const Json config = model.model.config();
    const Json& second = (*config.find("config")->find("layers")->elements())[1];
    const bool rescales = *second.find("class_name")->string() == "Rescaling";
    CHECK(rescales == (c.rescaling != 0));
    CHECK(model.model.input_range() == c.range);
    if (rescales)
      CHECK(*second.find("config")->find("scale")->number() == doctest::Approx(c.rescaling).epsilon(1e-6));
  }
}

TEST_CASE("onnx: what cannot be exported names the layer") {
  const auto refused = export_onnx(model_of(json_of(R"({"class_name": "Sequential", "config": {"layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 4, 4, 3]}},
    {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 1}}]}})")),
                                   {});
  REQUIRE_FALSE(refused);
  CHECK(contains(refused.error().message, "(4, 4, 2)"));
}

TEST_CASE("onnx: an unsupported graph is refused with a sentence that names the node") {
  struct Case {
    const char* why;
    std::function<void(OnnxFile&)> change;
    const char* says;
  };
  const Case cases[] = {
      {"an operator not known", [](OnnxFile& f) { f.nodes[1].op = "Resize"; }, "Resize: there is no layer"},
      {"another domain", [](OnnxFile& f) { f.nodes[1].domain = "com.microsoft"; }, "Relu: there is no layer"},
      {"an old opset", [](OnnxFile& f) { f.opset = 6; }, "opset 6"},
      {"a value of nobody", [](OnnxFile& f) { f.nodes[1].inputs = {"zz"}; },
       "\"zz\" is not made by any node"},
      {"nodes in the wrong order", [](OnnxFile& f) { std::swap(f.nodes[0], f.nodes[1]); },
       "not made by any node before"},
      {"no input", [](OnnxFile& f) { f.inputs.clear(); }, "not a batch of pictures"},
      {"two outputs, none of them a row",
       [](OnnxFile& f) {
         f.outputs[0].dims = {-1, 4, 4, 3};
         f.outputs.push_back(f.outputs[0]);
       },
       "none of its 2 outputs"},
      {"maps as output", [](OnnxFile& f) { f.outputs[0].name = "c"; }, "not a row of numbers"},
      {"pictures of no size", [](OnnxFile& f) { f.inputs[0].dims[2] = -1; }, "only the batch"},
      {"pictures of 2^63", [](OnnxFile& f) { f.inputs[0].dims[2] = INT64_MAX; }, "only the batch"},
      {"gaps",
       [](OnnxFile& f) {
         f.nodes[0].attributes[0].integers = {2, 2};
       },
       "only windows without gaps"},
      {"other pads",
       [](OnnxFile& f) {
         f.nodes[0].attributes[3].integers = {0, 0, -1, 2};
       },
       "pads must be from 0"},
      {"an attribute that is not known",
       [](OnnxFile& f) { f.nodes[1].attributes = {OnnxAttribute::of("magic", std::int64_t{1})}; },
       "its attribute \"magic\" is not supported"},
      {"an attribute of another kind",
       [](OnnxFile& f) { f.nodes[0].attributes[1] = OnnxAttribute::of("group", 2.0f); },
       "its attribute \"group\" is not supported"},
      {"a training node",
       [](OnnxFile& f) {
         f.constants.push_back({"ratio", {}, OnnxType::float32, {0.5f}, {}});
         f.constants.push_back({"trains", {}, OnnxType::boolean, {}, {1}});
         f.nodes[1] = {"Dropout", "", "", {"a", "ratio", "trains"}, {"b"}, {}};
       },
       "training_mode is not false"},
      {"a softmax over the width",
       [](OnnxFile& f) {
         f.nodes[1] = {"Softmax", "", "", {"a"}, {"b"}, {OnnxAttribute::of("axis", std::int64_t{3})}};
       },
       "axis 3 is not the axis"},
      {"maps turned into other rows",
       [](OnnxFile& f) {
         f.constants.push_back({"sizes", {2}, OnnxType::int64, {}, {-1, 24}});
         f.nodes[3] = {"Reshape", "", "", {"c", "sizes"}, {"d"}, {}};
       },
       "not one row for each picture"},
      {"weights of a type that is not read",
       [](OnnxFile& f) {
         f.constants[0].type = OnnxType::none;
         f.constants[0].floats.clear();
       },
       "\"features.0.weight\": its data type is 0"},
      {"groups", [](OnnxFile& f) { f.nodes[0].attributes[1].integer = 2; }, "depthwise"},
      {"strides of 0",
       [](OnnxFile& f) {
         f.nodes[0].attributes[4].integers = {0, 1};
       },
       "strides must be"},
      {"a window that does not fit",
       [](OnnxFile& f) {
         f.nodes[2].attributes[0].integers = {9, 9};
       },
       "does not fit"},
      {"weights of other channels",
       [](OnnxFile& f) {
         f.constants[0].dims = {12, 1, 3, 3};
       },
       "weights do not fit"},
      {"a bias too short",
       [](OnnxFile& f) {
         f.constants[1] = {"features.0.bias", {1}, OnnxType::float32, {1}, {}};
       },
       "weights do not fit"},
      {"NaN", [](OnnxFile& f) { f.constants[0].floats[7] = NAN; }, "not a number"},
      {"a matrix that does not fit",
       [](OnnxFile& f) {
         f.constants[2].dims = {10, 24};
       },
       "take 24 numbers"},
      {"padding of its own",
       [](OnnxFile& f) {
         f.nodes[2] = {"Pad", "",    "",
                       {"b"}, {"c"}, {OnnxAttribute::of("pads", Sizes{0, 1, 1, 1, 0, 0, 1, 1})}};
       },
       "not 0 to 64 cells above"},
      {"a function that no activation has", [](OnnxFile& f) { f.nodes[1].op = "Abs"; },
       "Abs: it computes a function that is not an activation here; train the model with"},
      {"a next step", [](OnnxFile& f) { f.nodes[0].outputs = {"zz"}; },
       "; change this part of the model and export it again."},
      {"weights elsewhere", [](OnnxFile& f) { f.constants.erase(f.constants.begin()); }, "not a constant"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    OnnxFile file = like_pytorch();
    c.change(file);
    const std::string message = problem(file);
    CAPTURE(message);
    CHECK(contains(message, c.says));
  }
}

TEST_CASE("onnx: other files, and files cut off anywhere, are refused") {
  CHECK(contains(problem(Bytes{}), "no graph"));
  const std::string text = "{\"class_name\": \"Sequential\"}";
  CHECK_FALSE(problem(Bytes(text.begin(), text.end())).empty());
  const Bytes file = cnn::write_onnx_file(like_pytorch());
  for (std::size_t size = 0; size < file.size(); ++size) {
    CHECK_FALSE(problem(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))).empty());
  }
}
