#include "core/training/augmented.h"

#include <algorithm>
#include <cmath>

#include "core/layers/layer.h"
#include "core/training/evaluation.h"

namespace cnn {
namespace {

constexpr std::string_view kGroup = "Augmentation";  // Layer::group() of augmentation layers

/// A model for pictures that consists of these layers.
Result<Model> chain(const Json::Array& layers) {
  Json input, config;
  input["class_name"] = "InputLayer";
  input["config"]["batch_input_shape"] = Json::array({Json(), kImageSide, kImageSide, kImageChannels});
  config["class_name"] = "Sequential";
  config["config"]["name"] = "augmentation";
  config["config"]["layers"].push_back(input);
  for (const Json& layer : layers) config["config"]["layers"].push_back(layer);
  return Model::from_config(config);
}

/// The augmentation layers between the model's input and its first other layer.
Json::Array first_layers(const Model& model) {
  const Json config = model.config();
  const Json* inner = config.find("config");
  const Json* layers = inner ? inner->find("layers") : nullptr;
  Json::Array first;
  int before = 0;  // the input
  for (int i = 1; layers && i < model.layer_count(); ++i) {
    const auto inputs = model.layer_inputs(i);
    if (model.layer(i).group() != kGroup || inputs.size() != 1 || inputs[0] != before) break;
    const auto at = layers->elements()->size() - static_cast<std::size_t>(model.layer_count() - i);
    Json layer = (*layers->elements())[at];
    layer.erase("inbound_nodes");
    first.push_back(std::move(layer));
    before = i;
  }
  return first;
}

/// Runs the pictures through the model as at that training step, and appends the names of its layers.
Result<void> pass(Exec& exec, Model& model, std::uint64_t seed, std::uint64_t step, int count,
                  std::vector<float>& pictures, std::vector<std::string>& names) {
  if (auto reserved = model.reserve(count, true); !reserved) return reserved;
  const float* y =
      model.forward(exec, pictures.data(), count, {.training = true, .seed = seed, .step = step});
  std::vector<float> out(y, y + pictures.size());
  pictures.swap(out);
  for (int i = 1; i < model.layer_count(); ++i) names.push_back(model.layer(i).name);
  return {};
}

}  // namespace

Result<std::optional<Model>> augmentation_model(const Json& layers) {
  if (!layers.elements() || layers.elements()->empty()) return std::optional<Model>();
  auto made = chain(*layers.elements());
  if (!made) return Error{"bad_argument", "fit: augmentation: " + made.error().message};
  if (made->output_shape() != made->input_shape()) {
    return Error{"bad_argument", "fit: augmentation changes the pictures' shape from " +
                                     to_string(made->input_shape()) + " to " +
                                     to_string(made->output_shape())};
  }
  return std::optional<Model>(std::move(*made));
}

Result<Augmented> augmented(Exec& exec, const Dataset& data, std::size_t picture, const Json& layers,
                            const Model* model, int count, std::uint64_t seed, std::uint64_t step) {
  auto options = augmentation_model(layers);
  if (!options) return options.error();
  Batch batch;
  batch.assemble(
      exec, data,
      std::vector<std::uint32_t>(static_cast<std::size_t>(count), static_cast<std::uint32_t>(picture)));
  const std::size_t size = static_cast<std::size_t>(count) * kImageBytes;
  std::vector<float> pictures(batch.x(), batch.x() + size);
  Augmented result;
  if (*options) {
    if (auto passed = pass(exec, **options, augmentation_seed(seed), step, count, pictures, result.layers);
        !passed)
      return passed.error();
  }
  if (const Json::Array own = model ? first_layers(*model) : Json::Array(); !own.empty()) {
    auto made = chain(own);
    if (!made) return made.error();
    if (auto passed = pass(exec, *made, seed, step, count, pictures, result.layers); !passed)
      return passed.error();
  }
  result.pictures.resize(size);
  std::transform(pictures.begin(), pictures.end(), result.pictures.begin(), [](float value) {
    return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0f, 1.0f) * 255));
  });
  return result;
}

}  // namespace cnn
