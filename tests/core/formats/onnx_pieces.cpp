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

/// Each of two maps times its largest number.
Maps times_largest(const Maps& x) {
  Maps y = x;
  const auto half = static_cast<std::ptrdiff_t>(x.size() / 2);
  const float largest[] = {*std::max_element(x.begin(), x.begin() + half),
                           *std::max_element(x.begin() + half, x.end())};
  for (std::size_t i = 0; i < y.size(); ++i) y[i] *= largest[i < y.size() / 2 ? 0 : 1];
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
        times_largest);
}

TEST_CASE("onnx pieces: a normalization over the channels, in the pieces that tools write") {
  const float epsilon = 1, gamma[] = {0.7f, -1.3f}, beta[] = {0.2f, 0.4f};
  const auto over = [] { return OnnxAttribute::of("axes", Sizes{1}); };
  const std::vector<OnnxTensor> constants{scalar("two", 2),
                                          scalar("e", epsilon),
                                          {"g", {2}, OnnxType::float32, {gamma[0], gamma[1]}, {}},
                                          {"b", {1, 2, 1, 1}, OnnxType::float32, {beta[0], beta[1]}, {}},
                                          {"a", {2}, OnnxType::int64, {}, {1, 2}},
                                          {"one map", {4}, OnnxType::int64, {}, {-1, 1, kSide, kSide}}};
  const std::vector<std::vector<OnnxNode>> forms{
      {step("ReduceMean", {"x"}, "m", {over()}), step("Sub", {"x", "m"}, "d"), step("Sub", {"x", "m"}, "d2"),
       step("Pow", {"d", "two"}, "p"), step("ReduceMean", {"p"}, "v", {over()}),
       step("Add", {"v", "e"}, "ve"), step("Sqrt", {"ve"}, "s"), step("Div", {"d2", "s"}, "n"),
       step("Unsqueeze", {"g", "a"}, "gain"), step("Mul", {"gain", "n"}, "k"), step("Add", {"k", "b"}, "y")},
      {step("Unsqueeze", {"g", "a"}, "gain"), step("ReduceMean", {"x"}, "m", {over()}),
       step("Neg", {"m"}, "minus"), step("Reshape", {"m", "one map"}, "again"),
       step("Sub", {"x", "again"}, "d"), step("Mul", {"d", "d"}, "p"),
       step("ReduceMean", {"p"}, "v", {over()}), step("Add", {"v", "e"}, "ve"), step("Sqrt", {"ve"}, "s"),
       step("Reciprocal", {"s"}, "r"), step("Mul", {"r", "gain"}, "f"), step("Mul", {"x", "f"}, "xf"),
       step("Mul", {"minus", "f"}, "mf"), step("Add", {"mf", "b"}, "mb"), step("Add", {"xf", "mb"}, "y")}};
  const auto f = [&](const Maps& x) {
    Maps y(x.size());
    const std::size_t half = x.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
      const float mean = (x[i] + x[half + i]) / 2, a = x[i] - mean, b = x[half + i] - mean;
      const float deviation = std::sqrt((a * a + b * b) / 2 + epsilon);
      y[i] = a / deviation * gamma[0] + beta[0], y[half + i] = b / deviation * gamma[1] + beta[1];
    }
    return y;
  };
  for (const std::vector<OnnxNode>& nodes : forms) {
    const OnnxFile file = graph_of(nodes, constants, kSide * kSide);
    check(file, f);
    CHECK(import_onnx(write_onnx_file(file))->model.layer_count() == 5);  // one layer for all the pieces
  }
  // Where a middle result is read again, the normalization ends there: y = d / s + s.
  std::vector<OnnxNode> open(forms[0].begin(), forms[0].end() - 3);
  open.push_back(step("Add", {"n", "s"}, "y"));
  CHECK_FALSE(problem(graph_of(open, constants, kSide * kSide)).empty());
}

TEST_CASE("onnx pieces: means and maxima over one axis after the other") {
  const auto over = [](const char* op, const char* from, const char* to, std::int64_t axis,
                       std::int64_t keep) {
    return step(op, {from}, to,
                {OnnxAttribute::of("axes", Sizes{axis}), OnnxAttribute::of("keepdims", keep)});
  };
  const OnnxTensor rows{"rows", {3}, OnnxType::int64, {}, {0, kChannels, -1}};
  const OnnxNode turn = step("Transpose", {"x"}, "t", {OnnxAttribute::of("perm", Sizes{0, 2, 3, 1})});
  for (const bool largest : {false, true}) {
    const char* op = largest ? "ReduceMax" : "ReduceMean";
    const std::vector<OnnxNode> ways[] = {{over(op, "x", "m", 3, 0), over(op, "m", "y", 2, 0)},
                                          {over(op, "x", "m", 2, 0), over(op, "m", "y", -1, 0)},
                                          {over(op, "x", "m", 3, 1), over(op, "m", "y", 2, 1)},
                                          {over(op, "x", "m", -2, 1), over(op, "m", "y", -1, 1)},
                                          {turn, over(op, "t", "m", 1, 0), over(op, "m", "y", 1, 0)},
                                          {step("Reshape", {"x", "rows"}, "m"), over(op, "m", "y", 2, 0)}};
    for (const std::vector<OnnxNode>& nodes : ways) {
      check(graph_of(nodes, {rows}, 1), [&](const Maps& x) {
        Maps y;
        const auto half = static_cast<std::ptrdiff_t>(x.size() / 2);
        for (auto at = x.begin(); at != x.end(); at += half) {
          float sum = 0;
          for (auto i = at; i != at + half; ++i) sum += *i;
          y.push_back(largest ? *std::max_element(at, at + half) : sum / static_cast<float>(half));
        }
        return y;
      });
    }
  }
}

TEST_CASE("onnx pieces: the factors of maps, expanded to their shape") {
  check(graph_of({step("GlobalMaxPool", {"x"}, "m"), step("Flatten", {"m"}, "row"),
                  step("Reshape", {"row", "cell"}, "c"), step("Shape", {"x"}, "shape"),
                  step("Expand", {"c", "shape"}, "all"), step("Mul", {"x", "all"}, "y")},
                 {{"cell", {4}, OnnxType::int64, {}, {-1, kChannels, 1, 1}}}, kSide * kSide),
        times_largest);
  CHECK(problem(graph_of({step("GlobalMaxPool", {"x"}, "m"), step("Shape", {"x"}, "shape"),
                          step("Expand", {"m", "shape"}, "y")},
                         {}, kSide * kSide))
            .find("shape (batch, 2, 1, 1) is repeated to (batch, 2, 6, 6)") != std::string::npos);
}

TEST_CASE("onnx pieces: slopes of a PRelu that are shared along some axes") {
  struct Case {
    Sizes dims;
    std::size_t map, row, column;  // steps from one slope to the next
  };
  for (const Case& one :
       {Case{{2, 1, 6}, 6, 0, 1}, {{6, 1}, 0, 1, 0}, {{2, 6, 6}, 36, 6, 1}, {{1, 6, 6}, 0, 6, 1}}) {
    std::size_t n = 1;
    for (const std::int64_t size : one.dims) n *= static_cast<std::size_t>(size);
    const std::vector<float> slopes = ramp(n, 0.5f);
    CAPTURE(n);
    check(graph_of({step("PRelu", {"x", "slope"}, "y")}, {{"slope", one.dims, OnnxType::float32, slopes, {}}},
                   kSide * kSide),
          [&](const Maps& x) {
            Maps y = x;
            for (std::size_t i = 0; i < y.size(); ++i) {
              const std::size_t at = i / 36 * one.map + i / 6 % 6 * one.row + i % 6 * one.column;
              if (y[i] < 0) y[i] *= slopes[at];
            }
            return y;
          });
  }
}

TEST_CASE("onnx pieces: a border whose axes are an input") {
  check(graph_of(
            {step("Pad", {"x", "pads", "", "axes"}, "y")},
            {{"pads", {4}, OnnxType::int64, {}, {1, 0, 0, 2}}, {"axes", {2}, OnnxType::int64, {}, {2, -1}}},
            7 * 8),
        [](const Maps& x) {
          Maps y(2 * 7 * 8, 0.0f);
          for (std::size_t i = 0; i < x.size(); ++i) y[(i / 36 * 7 + i / 6 % 6 + 1) * 8 + i % 6] = x[i];
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
  const auto contains = [](const std::string& text, const char* part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  const std::vector<OnnxTensor> shapes{{"groups", {3}, OnnxType::int64, {}, {0, 2, -1}},
                                       {"one", {2}, OnnxType::float32, {1, 1}, {}},
                                       {"two", {1}, OnnxType::int64, {}, {2}}};
  contains(problem(graph_of({step("Reshape", {"x", "groups"}, "r"),
                             step("InstanceNormalization", {"r", "one", "one"}, "i"),
                             step("Shape", {"x"}, "s"), step("Reshape", {"i", "s"}, "y")},
                            shapes, kSide * kSide)),
           "GroupNorm of 2 groups");
  contains(problem(graph_of(
               {step("Shape", {"x"}, "s"), step("Slice", {"s", "zero", "first"}, "n"),
                step("Concat", {"n", "two", "rest"}, "to", {OnnxAttribute::of("axis", std::int64_t{0})}),
                step("Reshape", {"x", "to"}, "y")},
               {shapes[2],
                {"zero", {1}, OnnxType::int64, {}, {0}},
                {"first", {1}, OnnxType::int64, {}, {1}},
                {"rest", {1}, OnnxType::int64, {}, {-1}}},
               kSide * kSide)),
           "shape (batch, 2, -1) is not one row");
  contains(problem(graph_of({step("Slice", {"x", "two", "two", "two"}, "y")}, shapes, 1)),
           "Slice: there is no layer");
  contains(problem(graph_of({step("Slice", {"x", "two", "two", "two"}, "y")}, shapes, 1)),
           "1 x 1 convolution");
  OnnxFile optimized = graph_of({step("Relu", {"x"}, "y")}, {}, kSide * kSide);
  optimized.nodes[0].domain = "com.microsoft.nchwc";
  contains(problem(optimized), "\"com.microsoft.nchwc\"");
  contains(problem(optimized), "before that");
}

}  // namespace cnn::test
