// What single operators of an ONNX graph become: each between a convolution of one cell and a dense layer.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/formats/onnx.h"
#include "core/onnx/onnx_file.h"
#include "core/run/exec.h"

namespace cnn::test {
namespace {

using Sizes = std::vector<std::int64_t>;
using Maps = std::vector<float>;  // [channels, height, width]

constexpr int kSide = 6, kChannels = 2;

std::vector<float> ramp(std::size_t n, float scale) {
  std::vector<float> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = std::sin(static_cast<float>(i) * 0.7f + 0.3f) * scale;
  return values;
}

OnnxTensor scalar(const char* name, float value) { return {name, {}, OnnxType::float32, {value}, {}}; }

OnnxNode step(const char* op, std::vector<std::string> inputs, const char* output,
              std::vector<OnnxAttribute> attributes = {}) {
  return {op, "", "", std::move(inputs), {output}, std::move(attributes)};
}

/// Nodes from "x" to "y": x is the convolution of the picture [1, kSide, kSide], times 60. cells: of y.
OnnxFile graph_of(std::vector<OnnxNode> nodes, std::vector<OnnxTensor> constants, int cells) {
  OnnxFile file;
  file.opset = 17;
  file.inputs = {{"picture", OnnxType::float32, {-1, 1, kSide, kSide}}};
  file.outputs = {{"logits", OnnxType::float32, {-1, 3}}};
  const auto numbers = static_cast<std::size_t>(kChannels * cells);
  file.constants = std::move(constants);
  file.constants.push_back({"kernel", {kChannels, 1, 1, 1}, OnnxType::float32, {60, -60}, {}});
  file.constants.push_back({"last", {kChannels * cells, 3}, OnnxType::float32, ramp(numbers * 3, 0.1f), {}});
  file.nodes.push_back(step("Conv", {"picture", "kernel"}, "x"));
  for (OnnxNode& node : nodes) file.nodes.push_back(std::move(node));
  file.nodes.push_back(step("Flatten", {"y"}, "flat"));
  file.nodes.push_back(step("MatMul", {"flat", "last"}, "logits"));
  return file;
}

/// Checks the model's answer against `f`, which makes y of x.
void check(const OnnxFile& file, const std::function<Maps(const Maps&)>& f) {
  auto loaded = import_onnx(write_onnx_file(file));
  if (!loaded) FAIL(loaded.error().message);
  const std::vector<float> picture = ramp(kSide * kSide, 0.9f);
  Maps x;
  for (const float factor : {60.0f, -60.0f}) {
    for (const float pixel : picture) x.push_back(pixel * factor);
  }
  const Maps y = f(x);
  const std::vector<float> last = ramp(y.size() * 3, 0.1f);
  Exec exec(1);
  const float* logits = loaded->model.forward(exec, picture.data(), 1, {});
  REQUIRE(logits);
  for (std::size_t u = 0; u < 3; ++u) {
    float wanted = 0;
    for (std::size_t i = 0; i < y.size(); ++i) wanted += y[i] * last[i * 3 + u];
    CHECK(logits[u] == doctest::Approx(wanted).epsilon(1e-4));
  }
}

std::function<Maps(const Maps&)> each(float (*f)(float)) {
  return [f](const Maps& x) {
    Maps y;
    for (const float value : x) y.push_back(f(value));
    return y;
  };
}

std::string problem(const OnnxFile& file) {
  const auto loaded = import_onnx(write_onnx_file(file));
  return loaded ? "" : loaded.error().message;
}

/// PyTorch's AvgPool2d(3, stride 2, ceil_mode=True): cells beyond the padding are not counted.
Maps mean_with_ceil(const Maps& x, int border) {
  Maps y;
  for (int c = 0; c < kChannels; ++c) {
    const int padded = kSide + 2 * border;
    int count = (padded - 3 + 1) / 2 + 1;
    if ((count - 1) * 2 >= kSide + border) --count;
    for (int i = 0; i < count; ++i) {
      for (int j = 0; j < count; ++j) {
        float sum = 0;
        int cells = 0;
        for (int row = i * 2 - border; row < std::min(i * 2 - border + 3, kSide + border); ++row) {
          for (int column = j * 2 - border; column < std::min(j * 2 - border + 3, kSide + border); ++column) {
            ++cells;
            if (row >= 0 && row < kSide && column >= 0 && column < kSide)
              sum += x[static_cast<std::size_t>((c * kSide + row) * kSide + column)];
          }
        }
        y.push_back(sum / static_cast<float>(cells));
      }
    }
  }
  return y;
}

}  // namespace

TEST_CASE("onnx pieces: a limit that only large numbers reach is kept or refused, never dropped") {
  constexpr int all = kSide * kSide;
  check(graph_of({step("Clip", {"x", "low", "high"}, "y")}, {scalar("low", 0), scalar("high", 20)}, all),
        each([](float x) { return std::min(std::max(x, 0.0f), 20.0f); }));
  check(graph_of({step("Clip", {"x", "low", "high"}, "y")}, {scalar("low", 0), scalar("high", 3e38f)}, all),
        each([](float x) { return std::max(x, 0.0f); }));
  check(graph_of({step("Exp", {"x"}, "e"), step("Add", {"e", "one"}, "s"), step("Log", {"s"}, "y")},
                 {scalar("one", 1)}, all),
        each([](float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x))); }));
  CHECK(problem(graph_of({step("Clip", {"x", "low", "high"}, "y")}, {scalar("low", -20), scalar("high", 20)},
                         all))
            .find("Clip") != std::string::npos);
  CHECK(problem(graph_of({step("Min", {"x", "high"}, "y")}, {scalar("high", 20)}, all)).find("Min") !=
        std::string::npos);
  CHECK(problem(graph_of({step("ThresholdedRelu", {"x"}, "y", {OnnxAttribute::of("alpha", 12.0f)})}, {}, all))
            .find("ThresholdedRelu") != std::string::npos);
}

TEST_CASE("onnx pieces: a mean with ceil_mode that counts its padding, as PyTorch writes it") {
  for (const std::int64_t border : {0, 1}) {
    CAPTURE(border);
    const auto pool = [&](std::int64_t stride) {
      return step("AveragePool", {"x"}, "y",
                  {OnnxAttribute::of("kernel_shape", Sizes{3, 3}),
                   OnnxAttribute::of("strides", Sizes{stride, stride}),
                   OnnxAttribute::of("pads", Sizes{border, border, border, border}),
                   OnnxAttribute::of("ceil_mode", std::int64_t{1}),
                   OnnxAttribute::of("count_include_pad", std::int64_t{1})});
    };
    const auto f = [&](const Maps& x) { return mean_with_ceil(x, static_cast<int>(border)); };
    const Maps some = f(Maps(kChannels * kSide * kSide, 0.0f));
    check(graph_of({pool(2)}, {}, static_cast<int>(some.size()) / kChannels), f);
  }
}

TEST_CASE("onnx pieces: factors that the graph computes from constants") {
  constexpr int all = kSide * kSide;
  const auto numbers = [](const char* name, Sizes dims, std::vector<float> floats) {
    return OnnxTensor{name, std::move(dims), OnnxType::float32, std::move(floats), {}};
  };
  const auto whole = [](const char* name, OnnxType type, std::vector<std::int64_t> list) {
    return OnnxTensor{name, {static_cast<std::int64_t>(list.size())}, type, {}, std::move(list)};
  };
  struct Case {
    const char* name;
    std::vector<OnnxNode> nodes;  // from "k", "l" and "i" to "f", of shape [2, 1, 1] or [1, 2, 1, 1]
    std::vector<OnnxTensor> constants;
    float first, second;
  };
  const std::vector<float> six{1, 2, 2, 2, 4, 4};
  const OnnxAttribute drop = OnnxAttribute::of("keepdims", std::int64_t{0});
  const OnnxTensor shape = whole("i", OnnxType::int64, {1, 2, 1, 1});
  const Case cases[] = {
      {"Dropout", {step("Dropout", {"k"}, "f")}, {numbers("k", {2, 1, 1}, {2, 3})}, 2, 3},
      {"Flatten",
       {step("Flatten", {"k"}, "m", {OnnxAttribute::of("axis", std::int64_t{0})}),
        step("Reshape", {"m", "i"}, "f")},
       {numbers("k", {2, 1}, {2, 3}), shape},
       2,
       3},
      {"Tile", {step("Tile", {"k", "i"}, "f")}, {numbers("k", {1, 1, 1, 1}, {3}), shape}, 3, 3},
      {"ReduceL2 over two axes",
       {step("ReduceL2", {"k"}, "f", {OnnxAttribute::of("axes", Sizes{2, 3})})},
       {numbers("k", {1, 2, 3, 1}, six)},
       3,
       6},
      {"ReduceMax without its axis",
       {step("ReduceMax", {"k"}, "m", {OnnxAttribute::of("axes", Sizes{-1}), drop}),
        step("Reshape", {"m", "i"}, "f")},
       {numbers("k", {2, 3}, six), shape},
       2,
       4},
      {"ReduceSum of an input's axes",
       {step("ReduceSum", {"k", "l"}, "m"), step("Reshape", {"m", "i"}, "f")},
       {numbers("k", {2, 3}, six), whole("l", OnnxType::int64, {1}), shape},
       5,
       10},
      {"DequantizeLinear",
       {step("DequantizeLinear", {"k", "l", "z"}, "m", {OnnxAttribute::of("axis", std::int64_t{0})}),
        step("Reshape", {"m", "i"}, "f")},
       {whole("k", OnnxType::uint8, {14, 5}), numbers("l", {2}, {0.5f, 2}),
        whole("z", OnnxType::uint8, {10, 2}), shape},
       2,
       6},
  };
  for (const Case& one : cases) {
    CAPTURE(one.name);
    std::vector<OnnxNode> nodes = one.nodes;
    nodes.push_back(step("Mul", {"x", "f"}, "y"));
    check(graph_of(nodes, one.constants, all), [&](const Maps& x) {
      Maps y = x;
      for (std::size_t i = 0; i < y.size(); ++i) y[i] *= i < y.size() / 2 ? one.first : one.second;
      return y;
    });
  }
}

TEST_CASE("onnx pieces: a factor for each map whose two axes are added one by one") {
  const std::vector<OnnxTensor> axis{{"axis", {1}, OnnxType::int64, {}, {-1}}};
  check(graph_of({step("GlobalMaxPool", {"x"}, "m"), step("Flatten", {"m"}, "row"),
                  step("Unsqueeze", {"row", "axis"}, "u"), step("Unsqueeze", {"u", "axis"}, "v"),
                  step("Mul", {"x", "v"}, "y")},
                 axis, kSide * kSide),
        [](const Maps& x) {
          Maps y = x;
          const auto half = static_cast<std::ptrdiff_t>(x.size() / 2);
          const float largest[] = {*std::max_element(x.begin(), x.begin() + half),
                                   *std::max_element(x.begin() + half, x.end())};
          for (std::size_t i = 0; i < y.size(); ++i) y[i] *= largest[i < y.size() / 2 ? 0 : 1];
          return y;
        });
}

TEST_CASE("onnx pieces: if there are several outputs, the reply says which one was chosen") {
  OnnxFile file = graph_of({step("Relu", {"x"}, "y")}, {}, kSide * kSide);
  CHECK(import_onnx(write_onnx_file(file))->output_taken.empty());
  file.nodes.push_back(step("Flatten", {"x"}, "features"));
  file.outputs.insert(file.outputs.begin(), {"features", OnnxType::float32, {-1, 72}});
  const auto loaded = import_onnx(write_onnx_file(file));
  REQUIRE(loaded);
  CHECK(loaded->output_taken == "Of the file's 2 outputs, \"logits\" is taken.");
}

TEST_CASE("onnx pieces: a refusal names the attribute and its value") {
  const std::string gaps = problem(graph_of(
      {step("MaxPool", {"x"}, "y",
            {OnnxAttribute::of("kernel_shape", Sizes{2, 2}), OnnxAttribute::of("dilations", Sizes{2, 2})})},
      {}, 16));
  CHECK(gaps.find("dilations is (2, 2)") != std::string::npos);
  const std::string groups = problem(graph_of({step("GroupNormalization", {"x", "one", "one"}, "y",
                                                    {OnnxAttribute::of("num_groups", std::int64_t{2})})},
                                              {{"one", {2}, OnnxType::float32, {1, 1}, {}}}, kSide * kSide));
  CHECK(groups.find("num_groups is 2") != std::string::npos);
}

}  // namespace cnn::test
