// The bytes choose layers from the registry and values for their fields: the default, or a value in range,
// out of range or of another type. The result is an error with a message, or a model whose configuration
// round-trips and which trains a step without leaving its arrays.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "core/layers/layer.h"
#include "core/model/model.h"
#include "tests/fuzz/require.h"

namespace {

using cnn::Json;

class Choices {
 public:
  Choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  /// 0 .. count - 1; 0 once the bytes are used up.
  std::size_t below(std::size_t count) { return at_ < size_ ? data_[at_++] % count : 0; }
  bool done() const { return at_ >= size_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
};

Json number(Choices& choose, const Json& field, bool whole) {
  const Json* low = field.find("min");
  const Json* high = field.find("max");
  const double from = low ? *low->number() : -2, to = high ? std::min(*high->number(), from + 8) : 8;
  switch (choose.below(64)) {
    case 0:
      return from;
    case 1:
      return to;
    case 2:
      return from - 1;
    case 3:
      return high ? *high->number() + 1 : 1e300;
    case 4:
      return 0.5;
    case 5:
      return Json("4");
    case 6:
      return Json::array({1, 2, 3});
    default:
      break;
  }
  const double value = from + (to - from) * static_cast<double>(choose.below(9)) / 8;
  return whole ? std::floor(value) : value;
}

Json value_for(Choices& choose, const Json& field) {
  const std::string& type = *field.find("type")->string();
  if (type == "int" || type == "float") return number(choose, field, type == "int");
  if (type == "size2" && choose.below(2) == 1) {
    return Json::array({number(choose, field, true), number(choose, field, true)});
  }
  if (type == "size2") return number(choose, field, true);
  if (type == "bool") return choose.below(32) == 31 ? Json(1) : Json(choose.below(2) == 1);
  if (type == "choice") {
    const Json::Array& words = *field.find("choices")->elements();
    return choose.below(32) == 31 ? Json("another") : words[choose.below(words.size())];
  }
  if (type == "floats") {
    Json list = Json::array();
    for (std::size_t i = choose.below(4); i > 0; --i) list.push_back(number(choose, field, false));
    return list;
  }
  return Json();
}

Json layer(Choices& choose, const Json& type) {
  Json made;
  made["class_name"] = *type.find("class_name");
  made["config"] = Json::object();
  for (const Json& field : *type.find("fields")->elements()) {
    if (field.find("required") || choose.below(3) == 0) {
      made["config"][*field.find("name")->string()] = value_for(choose, field);
    }
  }
  if (choose.below(64) == 63) made["config"]["name"] = "same";
  if (choose.below(16) == 15) made["config"]["trainable"] = choose.below(2) == 1;
  if (choose.below(64) == 63) made["config"]["no_such_field"] = 1;
  return made;
}

Json input_layer(Choices& choose) {
  const auto side = [&] { return static_cast<int>(choose.below(9)) + (choose.below(64) == 63 ? -1 : 1); };
  Json made;
  made["class_name"] = "InputLayer";
  made["config"]["batch_input_shape"] =
      choose.below(4) == 3 ? Json::array({Json(), side()}) : Json::array({Json(), side(), side(), side()});
  return made;
}

/// A chain, or a graph in which a layer may also read an earlier one.
Json configuration(Choices& choose) {
  static const Json types = cnn::describe_layer_types();
  const Json::Array& list = *types.elements();
  const bool functional = choose.below(2) == 1;
  Json config;
  config["class_name"] = functional ? "Functional" : "Sequential";
  Json& layers = config["config"]["layers"];
  layers.push_back(input_layer(choose));
  while (!choose.done() && layers.elements()->size() < 12)
    layers.push_back(layer(choose, list[choose.below(64) == 63 ? 0 : 1 + choose.below(list.size() - 1)]));
  if (!functional) return config;
  Json::Array& nodes = *layers.elements();
  const auto reference = [](std::size_t i) {
    return Json::array({"n" + std::to_string(i), 0, 0, Json::object()});
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i]["name"] = "n" + std::to_string(i);
    Json inputs = Json::array();
    if (i > 0) inputs.push_back(reference(i - 1));
    if (i > 0 && *nodes[i]["class_name"].string() == "Add") inputs.push_back(reference(choose.below(i + 1)));
    nodes[i]["inbound_nodes"] = i > 0 ? Json::array({std::move(inputs)}) : Json::array();
  }
  Json last = reference(nodes.size() - 1);  // read nodes first: adding a member moves the others
  config["config"]["input_layers"] = Json::array({reference(0)});
  config["config"]["output_layers"] = Json::array({std::move(last)});
  return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cnn::require;
  Choices choose(data, size);
  const cnn::ModelLimits limits{
      .max_parameters = 20000, .max_activation_bytes = 1 << 16, .max_memory_bytes = 1 << 22};
  auto model = cnn::Model::from_config(configuration(choose), limits);
  if (!model) {
    const cnn::Error& error = model.error();
    require(error.code == "bad_config" && error.message.find(": ") != std::string::npos);
    return 0;
  }
  const auto again = cnn::Model::from_config(model->config(), limits);
  require(again.ok() && again->config() == model->config());
  require(again->summary().text == model->summary().text);

  model->initialize(1);
  cnn::Exec exec(1);
  constexpr int batch = 2;
  std::vector<float> x(batch * count(model->input_shape()), 0.5f);
  if (model->wants_pictures()) {
    require(model
                ->adapt(exec,
                        [&](int index, int& rows) {
                          rows = batch;
                          return index == 0 ? x.data() : static_cast<const float*>(nullptr);
                        })
                .ok());
  }
  if (!model->reserve(batch, true)) return 0;  // over the limit
  require(model->forward(exec, x.data(), batch, {.training = true, .seed = 1}) != nullptr);
  const std::vector<float> gradient(batch * count(model->output_shape()), 1.0f);
  model->backward(exec, gradient.data());
  require(model->forward(exec, x.data(), batch) != nullptr);
  return 0;
}
