// ONNX graphs as tools write them give the answers of ONNX Runtime 1.30:
// tests/fixtures/make_onnx_fixtures.py.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>

#include "core/formats/model_files.h"
#include "core/run/exec.h"

namespace cnn::test {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes from_base64(const std::string& text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) break;
    bits = bits << 6 | static_cast<std::uint32_t>(value), count += 6;
    if (count >= 8) bytes.push_back(static_cast<std::uint8_t>(bits >> (count -= 8) & 0xff));
  }
  return bytes;
}

struct Case {
  std::string name, range;
  std::vector<std::pair<std::string, Bytes>> files;
  std::vector<float> pictures, y;  // from 0 to 1; row by row
};

std::vector<Case> cases() {
  std::ifstream file(std::string(CNN_TESTS_DIR) + "/fixtures/onnx_graphs.json", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto json = parse_json(text);
  REQUIRE_MESSAGE(json, (json ? "" : json.error().message));
  std::vector<Case> list;
  for (const Json& entry : *json->elements()) {
    Case one{*entry.find("name")->string(), *entry.find("range")->string(), {}, {}, {}};
    for (const auto& [name, content] : *entry.find("files")->members())
      one.files.emplace_back(name, from_base64(*content.string()));
    const Json::Array& shape = *entry.find("shape")->elements();
    const auto numbers = static_cast<std::size_t>(3 * *shape[0].number() * *shape[1].number() * 3);
    for (std::size_t i = 0; i < numbers; ++i)
      one.pictures.push_back(static_cast<float>((i * 37 + i / 7 * 11 + i / 101 * 5) % 256) / 255.0f);
    for (const Json& row : *entry.find("y")->elements()) {
      for (const Json& value : *row.elements()) one.y.push_back(static_cast<float>(*value.number()));
    }
    list.push_back(std::move(one));
  }
  return list;
}

Result<LoadedModel> imported(const Case& one) {
  std::vector<FileView> files;
  for (const auto& [name, bytes] : one.files) files.push_back({"folder/" + name, bytes});
  return import_model(files);
}

std::vector<float> outputs(Model& model, const std::vector<float>& x) {
  Exec exec(1);
  const float* y = model.forward(exec, x.data(), 3, {});
  REQUIRE(y);
  return {y, y + 3 * count(model.output_shape())};
}

std::vector<float> softmax(std::vector<float> rows) {
  const std::size_t classes = rows.size() / 3;
  for (std::size_t at = 0; at < rows.size(); at += classes) {
    float sum = 0;
    for (std::size_t k = at; k < at + classes; ++k) sum += rows[k] = std::exp(rows[k]);
    for (std::size_t k = at; k < at + classes; ++k) rows[k] /= sum;
  }
  return rows;
}

double difference(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size()) return 1e9;
  double largest = 0, scale = 1;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double d = std::fabs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    largest = std::isnan(d) ? 1e9 : std::max(largest, d);
    scale = std::max(scale, std::fabs(static_cast<double>(b[i])));
  }
  return largest / scale;
}

constexpr double kTolerance = 1e-5;

TEST_SUITE_BEGIN("formats/onnx_graphs");

TEST_CASE("onnx graphs: every graph gives what ONNX Runtime gives, and takes the pixels it is made for") {
  const std::vector<Case> list = cases();
  CHECK(list.size() >= 100);
  for (const Case& one : list) {
    CAPTURE(one.name);
    auto loaded = imported(one);
    const std::string problem = loaded ? "" : loaded.error().message;
    CAPTURE(problem);
    CHECK(loaded.ok());
    if (!loaded) continue;
    CHECK((loaded->model.input_range() == InputRange::bytes) == (one.range == "0..255"));
    CHECK(difference(outputs(loaded->model, one.pictures), one.y) <= kTolerance);
  }
}

TEST_CASE("onnx graphs: what was read goes out again as ONNX, with the same answers") {
  for (const Case& one : cases()) {
    CAPTURE(one.name);
    auto loaded = imported(one);
    if (!loaded || one.name == "softmax: axis 1 of maps, opset 11" ||
        one.name == "softmax: of flattened maps")  // maps from a row
      continue;
    const auto files = export_model("onnx", loaded->model, {});
    const std::string problem = files ? "" : files.error().message;
    CAPTURE(problem);
    CHECK(files.ok());
    if (!files) continue;
    const FileView view{"model.onnx", (*files)[0].bytes};
    auto again = import_model({&view, 1});
    const std::string second = again ? "" : again.error().message;
    CAPTURE(second);
    CHECK(again.ok());
    if (!again) continue;
    std::vector<float> before = outputs(loaded->model, one.pictures);
    std::vector<float> after = outputs(again->model, one.pictures);
    if (difference(before, after) > kTolerance) before = softmax(before);  // logits get one
    CHECK(difference(before, after) <= kTolerance);
  }
}

TEST_CASE("onnx graphs: a missing or another file of weights is an error that names it") {
  for (Case& one : cases()) {
    if (one.files.size() < 2) continue;
    CAPTURE(one.name);
    std::erase_if(one.files, [](const auto& file) { return file.first != "model.onnx"; });
    const auto missing = imported(one);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message.find("\"model.onnx.data\"; choose that file together") !=
          std::string::npos);
    one.files.emplace_back("model.onnx.data", Bytes(40, 0));
    const auto cut = imported(one);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().message.find("which has 40 bytes") != std::string::npos);
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
