#include "core/model/plain_layer.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/layers/initializer.h"
#include "core/layers/layer.h"

namespace cnn {
namespace {

/// Keras's layers that change nothing outside training and do not exist here.
constexpr std::string_view kTrainingOnly[] = {"RandomRotation",
                                              "RandomZoom",
                                              "RandomContrast",
                                              "RandomBrightness",
                                              "RandomShear",
                                              "RandomHue",
                                              "RandomSaturation",
                                              "RandomSharpness",
                                              "RandomColorJitter",
                                              "RandomGaussianBlur",
                                              "RandomInvert",
                                              "RandomPosterization",
                                              "RandomColorDegeneration",
                                              "RandomGrayscale",
                                              "RandomErasing",
                                              "RandomPerspective",
                                              "RandomElasticTransform",
                                              "AugMix",
                                              "RandAugment",
                                              "GaussianNoise",
                                              "GaussianDropout",
                                              "AlphaDropout",
                                              "SpatialDropout2D",
                                              "ActivityRegularization"};

/// The numbers of a list, also of an array as Keras 3 writes it: {"class_name": "__numpy__", "config": {...}}
void collect_numbers(const Json& json, std::vector<double>& numbers) {
  if (json.number()) numbers.push_back(*json.number());
  if (json.elements())
    for (const Json& element : *json.elements()) collect_numbers(element, numbers);
  const Json* config = json.find("config");
  if (const Json* value = config ? config->find("value") : nullptr) collect_numbers(*value, numbers);
}

}  // namespace

bool trains_only(std::string_view class_name) {
  return std::find(std::begin(kTrainingOnly), std::end(kTrainingOnly), class_name) != std::end(kTrainingOnly);
}

bool is_flatten(std::string_view class_name, const Json* config) {
  const Json* target = config ? config->find("target_shape") : nullptr;
  return class_name == "Reshape" && target && target->elements() && target->elements()->size() == 1;
}

bool is_cell(std::string_view class_name, const Json* config) {
  const Json* target = config ? config->find("target_shape") : nullptr;
  const Json::Array* sizes = target ? target->elements() : nullptr;
  return class_name == "Reshape" && sizes && sizes->size() == 3 && (*sizes)[0] == Json(1) &&
         (*sizes)[1] == Json(1);
}

bool has_own_form(std::string_view class_name, const Json* config) {
  const auto at = [&](std::string_view key) { return config ? config->find(key) : nullptr; };
  const auto is_list = [&](std::string_view key) {
    return at(key) && !at(key)->is_null() && !at(key)->number();
  };
  if (class_name == "Rescaling") return is_list("scale") || is_list("offset");
  const Json* axis = at("axis");  // null or []: one mean for all
  return class_name == "Normalization" && axis &&
         (axis->is_null() || (axis->elements() && axis->elements()->empty()));
}

std::string make_plain(std::string& class_name, Json& config) {
  if (!has_own_form(class_name, &config)) return "";
  if (class_name == "Normalization") {
    std::erase_if(*config.members(), [](const Json::Member& member) { return member.first == "axis"; });
    return config.find("mean") && !config.find("mean")->is_null()
               ? ""
               : "its mean over all channels is not in its configuration; use axis=-1 and adapt it again";
  }
  std::vector<double> scale, offset;
  if (const Json* given = config.find("scale")) collect_numbers(*given, scale);
  if (const Json* given = config.find("offset")) collect_numbers(*given, offset);
  if (offset.empty()) offset = {0};
  const std::size_t channels = std::max(scale.size(), offset.size());
  if (scale.empty() || (scale.size() > 1 && scale.size() < channels) ||
      (offset.size() > 1 && offset.size() < channels))
    return "its scale and offset must be numbers, or lists with one number for each channel";
  const auto same = [](const std::vector<double>& list) {
    return std::all_of(list.begin(), list.end(), [&](double one) { return one == list[0]; });
  };
  if (same(scale) && same(offset)) {
    config["scale"] = scale[0], config["offset"] = offset[0];
    return "";
  }
  Json mean = Json::array(), variance = Json::array();
  for (std::size_t c = 0; c < channels; ++c) {
    const double factor = scale[scale.size() == 1 ? 0 : c], shift = offset[offset.size() == 1 ? 0 : c];
    if (!(factor > 1e-9)) return "a scale that differs from channel to channel must be positive";
    mean.push_back(-shift / factor), variance.push_back(1 / (factor * factor));
  }
  class_name = "Normalization";
  std::erase_if(*config.members(), [](const Json::Member& member) {
    return member.first == "scale" || member.first == "offset";
  });
  config["mean"] = std::move(mean), config["variance"] = std::move(variance);
  return "";
}

bool is_unknown_word(const Json::Member& member) {
  if (member.second.is_null()) return false;
  if (member.first.ends_with("_initializer")) return !Initializer().from_json(member.second).empty();
  return member.first.ends_with("_regularizer") && !Regularizer().from_json(member.second).empty();
}

std::string_view instead_of(std::string_view class_name) {
  static constexpr std::pair<std::string_view, std::string_view> advice[] = {
      {"Average", "use Add, then Rescaling with 1 divided by the number of inputs"},
      {"Subtract", "use Rescaling with scale -1 on the second input, then Add"},
      {"Maximum", "use Add or Concatenate, and train again"},
      {"Minimum", "use Add or Concatenate, and train again"},
      {"Cropping2D", "train with pictures of the smaller size"},
      {"CenterCrop", "leave it out, and train with pictures of its size"},
      {"RandomCrop", "use RandomTranslation, which keeps the size"},
      {"Resizing", "leave it out: pictures are scaled to the input's size when they are loaded"},
      {"UpSampling2D", "upsampling is not supported; use smaller strides before it"},
      {"Conv2DTranspose", "upsampling is not supported; use smaller strides before it"},
      {"Permute", "the order of height, width and channels cannot be changed; leave it out, and train again"},
      {"Reshape",
       "only a row can be made of maps, and maps of one cell of a row before Multiply; use Flatten"},
      {"GroupNormalization",
       "use BatchNormalization, or LayerNormalization over the channels, and train again"},
      {"UnitNormalization", "use LayerNormalization, and train again"},
  };
  for (const auto& [name, text] : advice) {
    if (name == class_name) return text;
  }
  return "replace it with layers that the page's menu or \"cnn layers\" lists, and train again";
}

}  // namespace cnn
