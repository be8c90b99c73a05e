#include "web/app/learn/net.h"

namespace playground {

using cnn::Json;

Json layer(std::string_view class_name, Json::Object config) {
  Json json;
  json["class_name"] = class_name;
  json["config"] = Json::object(std::move(config));
  return json;
}

Net::Net(const cnn::Shape& input, Json::Array layers, std::uint64_t seed) {
  Json shape = Json::array({Json()});
  for (const int size : input) shape.push_back(size);
  layers.insert(layers.begin(), layer("InputLayer", {{"batch_input_shape", std::move(shape)}}));
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i]["config"]["name"] = "layer_" + std::to_string(i);
  Json config;
  config["class_name"] = "Sequential";
  config["config"]["layers"] = Json::array(std::move(layers));
  cnn::Result<cnn::Model> made = cnn::Model::from_config(config);
  if (!made) return;
  model_.emplace(std::move(*made));
  model_->initialize(seed);
}

std::span<float> Net::parameter(std::string_view ending) {
  if (!model_) return {};
  for (cnn::Parameter& parameter : model_->parameters())
    if (std::string_view(parameter.name).ends_with(ending)) return parameter.value;
  return {};
}

std::span<const float> Net::run(cnn::Exec& exec, std::span<const float> x, int batch) {
  if (!model_ || x.size() != static_cast<std::size_t>(batch) * count(model_->input_shape())) return {};
  const float* y = model_->forward(exec, x.data(), batch, {.keep_all = true});
  if (y == nullptr) return {};
  return {y, static_cast<std::size_t>(batch) * count(model_->output_shape())};
}

}  // namespace playground
