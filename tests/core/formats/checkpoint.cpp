#include "core/formats/checkpoint.h"

#include <doctest/doctest.h>

#include <cstring>
#include <limits>

#include "core/formats/safetensors.h"
#include "core/model/presets.h"

using cnn::Json;
using cnn::load_checkpoint;
using cnn::Model;

TEST_SUITE_BEGIN("formats/checkpoint");

namespace {

Json small_config() {
  const auto config = cnn::parse_json(R"({"class_name": "Sequential", "config": {"name": "small", "layers": [
    {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 8, 8, 3]}},
    {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "activation": "relu"}},
    {"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": 3, "activation": "softmax"}}]}})");
  REQUIRE(config);
  return *config;
}

Model small_model() {
  auto model = Model::from_config(small_config());
  REQUIRE(model);
  model->initialize(7);
  return std::move(*model);
}

bool same_weights(const Model& a, const Model& b) {
  if (a.parameters().size() != b.parameters().size()) return false;
  for (std::size_t i = 0; i < a.parameters().size(); ++i) {
    const cnn::Parameter &p = a.parameters()[i], &q = b.parameters()[i];
    if (p.name != q.name || p.value.size_bytes() != q.value.size_bytes()) return false;
    if (std::memcmp(p.value.data(), q.value.data(), p.value.size_bytes()) != 0) return false;
  }
  return true;
}

/// The file with one change, as another program might have written it.
template <class Change>
std::vector<std::uint8_t> changed(const std::vector<std::uint8_t>& file, Change change) {
  auto content = cnn::read_safetensors(file);
  REQUIRE(content);
  change(*content);
  return cnn::write_safetensors(*content);
}

std::string problem(std::span<const std::uint8_t> file) {
  const auto loaded = load_checkpoint(file);
  if (loaded) return "";
  CHECK(loaded.error().code == "bad_model_file");
  return loaded.error().message;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("checkpoint: model, notes and the trainer's arrays are read back bit for bit") {
  const Model model = small_model();
  const std::vector<float> m(model.parameters()[0].value.size(), 0.25f), order{3, 1, 2};
  cnn::ModelNotes notes;
  notes.class_names = {"cat", "dög", "\"frog\""};
  notes.history = Json::array({Json::object({{"epoch", 1}, {"loss", 0.1}})});
  notes.fit = Json::object({{"epochs", 3}});
  notes.training = Json::object({{"global_step", 12}});
  notes.data = Json::object({{"label", "cats"}, {"fingerprint", "0a1b2c3d"}});
  const std::vector<cnn::StateArray> state{{"optimizer/m/conv2d/kernel", m}, {"order", order}};
  const auto file = cnn::save_checkpoint(model, notes, state);
  const auto loaded = load_checkpoint(file);
  REQUIRE(loaded);
  CHECK(same_weights(model, loaded->model));
  CHECK(loaded->model.config() == model.config());
  CHECK(loaded->notes.class_names == notes.class_names);
  CHECK(loaded->notes.history == notes.history);
  CHECK(loaded->notes.fit == notes.fit);
  CHECK(loaded->notes.training == notes.training);
  CHECK(loaded->notes.data == notes.data);
  CHECK(loaded->state_names == std::vector<std::string>{"optimizer/m/conv2d/kernel", "order"});
  CHECK(loaded->state == std::vector<std::vector<float>>{m, order});
  const auto content = cnn::read_safetensors(file);
  REQUIRE(content);
  CHECK(content->find("optimizer/m/conv2d/kernel")->shape == std::vector<std::int64_t>{3, 3, 3, 4});

  std::vector<cnn::StateArray> again;
  for (std::size_t i = 0; i < loaded->state.size(); ++i)
    again.push_back({loaded->state_names[i], loaded->state[i]});
  CHECK(cnn::save_checkpoint(loaded->model, loaded->notes, again) == file);
}

TEST_CASE("checkpoint: every preset is read back with the same weights") {
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(preset.name);
    auto model = Model::from_config(preset.config());
    REQUIRE(model);
    model->initialize(1);
    const auto loaded = load_checkpoint(cnn::save_checkpoint(*model, {}, {}));
    REQUIRE(loaded);
    CHECK(same_weights(*model, loaded->model));
    CHECK(loaded->notes.history.is_null());
  }
}

TEST_CASE("checkpoint: half precision stays within half a step of the last place") {
  const Model model = small_model();
  const auto file = cnn::save_checkpoint(model, {}, {}, cnn::NumberType::float16);
  const auto loaded = load_checkpoint(file);
  REQUIRE(loaded);
  for (std::size_t i = 0; i < model.parameters().size(); ++i) {
    for (std::size_t k = 0; k < model.parameters()[i].value.size(); ++k) {
      const float exact = model.parameters()[i].value[k];  // Glorot: below 1, so a half is within 2^-12
      CHECK(loaded->model.parameters()[i].value[k] == doctest::Approx(exact).epsilon(0x1p-11));
    }
  }
  CHECK(cnn::save_checkpoint(loaded->model, {}, {}, cnn::NumberType::float16) == file);
}

TEST_CASE("checkpoint: weights without a configuration load into a given one") {
  const Model model = small_model();
  const auto file = changed(cnn::save_checkpoint(model, {}, {}),
                            [](cnn::Safetensors& content) { content.metadata.clear(); });
  CHECK(contains(problem(file), "no configuration"));
  const Json config = small_config();
  const auto loaded = load_checkpoint(file, &config);
  REQUIRE(loaded);
  CHECK(same_weights(model, loaded->model));
}

TEST_CASE("checkpoint: a file that does not fit is refused with a sentence") {
  const Model model = small_model();
  const auto file = cnn::save_checkpoint(model, {}, {});
  const std::vector<float> one{1},
      nan(model.parameters()[1].value.size(), std::numeric_limits<float>::quiet_NaN());
  const auto set_text = [](cnn::Safetensors& content, const char* key, const char* text) {
    for (auto& [name, value] : content.metadata) {
      if (name == key) return void(value = text);
    }
    content.metadata.emplace_back(key, text);
  };
  CHECK(
      contains(problem(changed(file, [](auto& c) { c.tensors.pop_back(); })), "there is no \"dense/bias\""));
  CHECK(
      contains(problem(changed(file, [&](auto& c) { c.tensors.push_back(cnn::view_of("stray", {1}, one)); })),
               "\"stray\" belongs to no layer"));
  CHECK(
      contains(problem(changed(file, [&](auto& c) { c.tensors[1] = cnn::view_of("conv2d/bias", {1}, one); })),
               "has shape (1,); its layer needs (4,)"));
  CHECK(
      contains(problem(changed(file, [&](auto& c) { c.tensors[1] = cnn::view_of("conv2d/bias", {4}, nan); })),
               "not a number"));
  CHECK(contains(problem(changed(file, [&](auto& c) { set_text(c, "config", "{"); })), "config"));
  CHECK(contains(problem(changed(file, [&](auto& c) { set_text(c, "config", R"({"class_name": "GRU"})"); })),
                 "GRU"));
  CHECK(contains(problem(changed(file, [&](auto& c) { set_text(c, "class_names", "[1]"); })), "class_names"));
  CHECK(contains(problem(changed(file, [&](auto& c) { set_text(c, "history", "]"); })), "history"));
}

TEST_CASE(
    "checkpoint: a configuration that claims more numbers than the file has is refused before it takes "
    "memory") {
  const Model model = small_model();
  const auto file = changed(cnn::save_checkpoint(model, {}, {}), [](cnn::Safetensors& content) {
    for (auto& [key, value] : content.metadata) {
      if (key == "config") value.replace(value.find("\"units\":3"), 9, "\"units\":60000");
    }
  });
  CHECK(contains(problem(file), "parameters"));
}
