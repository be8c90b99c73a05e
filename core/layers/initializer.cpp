#include "core/layers/initializer.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cnn {
namespace {

using Kind = Initializer::Kind;
using Mode = Initializer::Mode;
using Distribution = Initializer::Distribution;

struct Named {
  std::string_view word, class_name;
  Initializer value;
};
constexpr Named kNamed[] = {
    {"glorot_uniform", "GlorotUniform", {Kind::variance_scaling, 1, Mode::fan_avg, Distribution::uniform}},
    {"glorot_normal",
     "GlorotNormal",
     {Kind::variance_scaling, 1, Mode::fan_avg, Distribution::truncated_normal}},
    {"he_uniform", "HeUniform", {Kind::variance_scaling, 2, Mode::fan_in, Distribution::uniform}},
    {"he_normal", "HeNormal", {Kind::variance_scaling, 2, Mode::fan_in, Distribution::truncated_normal}},
    {"lecun_uniform", "LecunUniform", {Kind::variance_scaling, 1, Mode::fan_in, Distribution::uniform}},
    {"lecun_normal",
     "LecunNormal",
     {Kind::variance_scaling, 1, Mode::fan_in, Distribution::truncated_normal}},
    {"dirac", "Dirac", {Kind::dirac, 1, Mode::fan_avg, Distribution::uniform}},
    {"whitening", "Whitening", {Kind::whitening, 1, Mode::fan_avg, Distribution::uniform}},
    {"zeros", "Zeros", {Kind::zeros, 1, Mode::fan_avg, Distribution::uniform}},
    {"ones", "Ones", {Kind::ones, 1, Mode::fan_avg, Distribution::uniform}},
};
constexpr auto kWords = [] {
  std::array<std::string_view, std::size(kNamed)> words{};
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = kNamed[i].word;
  return words;
}();
constexpr std::string_view kModes[] = {"fan_in", "fan_out", "fan_avg"};
constexpr std::string_view kDistributions[] = {"uniform", "truncated_normal", "untruncated_normal"};

/// Index of the word in the list; -1 where it is missing.
int index_of(std::span<const std::string_view> list, const Json* word) {
  const std::string* text = word ? word->string() : nullptr;
  const auto found = text ? std::find(list.begin(), list.end(), *text) : list.end();
  return found == list.end() ? -1 : static_cast<int>(found - list.begin());
}

std::string read_variance_scaling(const Json& config, Initializer& out) {
  const Json* scale = config.find("scale");
  const int mode = index_of(kModes, config.find("mode"));
  int distribution = index_of(kDistributions, config.find("distribution"));
  const Json* word = config.find("distribution");
  if (word && word->string() && *word->string() == "normal")
    distribution = 1;  // TensorFlow.js's word for truncated_normal
  if (!scale || !scale->number() || !(*scale->number() > 0) || mode < 0 || distribution < 0) {
    return "a VarianceScaling with a scale above 0, a mode of \"fan_in\" \"fan_out\" \"fan_avg\" and a "
           "distribution of \"uniform\" \"truncated_normal\" \"untruncated_normal\"";
  }
  out = {Kind::variance_scaling, *scale->number(), static_cast<Mode>(mode),
         static_cast<Distribution>(distribution)};
  return {};
}

/// Filter c of kernel [kh, kw, C, F] becomes 1 at its center and channel c, 0 elsewhere.
void copy_channels(std::span<float> kernel, const Shape& shape) {
  const auto channels = static_cast<std::size_t>(shape[2]), filters = static_cast<std::size_t>(shape[3]);
  const auto center = static_cast<std::size_t>(shape[0] / 2 * shape[1] + shape[1] / 2);
  for (std::size_t f = 0; f < std::min(channels, filters); ++f) {
    for (std::size_t at = f; at < kernel.size(); at += filters) kernel[at] = 0;
    kernel[(center * channels + f) * filters + f] = 1;
  }
}

}  // namespace

std::span<const std::string_view> Initializer::choices() const { return kWords; }

Json Initializer::to_json() const {
  for (const Named& named : kNamed) {
    if (named.value == *this) return named.word;
  }
  Json json;
  json["class_name"] = "VarianceScaling";
  json["config"]["scale"] = scale;
  json["config"]["mode"] = kModes[static_cast<std::size_t>(mode)];
  json["config"]["distribution"] = kDistributions[static_cast<std::size_t>(distribution)];
  return json;
}

std::string Initializer::from_json(const Json& json) {
  const Json* class_name = json.find("class_name");
  const std::string* text = class_name ? class_name->string() : json.string();
  if (text && *text == "VarianceScaling") {
    const Json* config = json.find("config");
    return read_variance_scaling(config ? *config : Json(), *this);
  }
  std::string wanted = "an initializer: one of";
  for (const Named& named : kNamed) {
    if (text && (*text == named.word || *text == named.class_name)) {
      *this = named.value;
      return {};
    }
    wanted += " \"" + std::string(named.word) + "\"";
  }
  return wanted;
}

void Initializer::fill(std::span<float> values, const Shape& shape, const FanSizes& fan,
                       RandomStream random) const {
  if (kind == Kind::zeros || kind == Kind::ones) {
    std::fill(values.begin(), values.end(), kind == Kind::ones ? 1.0f : 0.0f);
    return;
  }
  if (kind != Kind::variance_scaling) {
    const auto limit = static_cast<float>(1 / std::sqrt(std::max(1.0, fan.in)));
    for (float& value : values) value = random.uniform(-limit, limit);
    if (kind == Kind::dirac && shape.rank() == 4) copy_channels(values, shape);
    return;
  }
  const double size = mode == Mode::fan_in    ? fan.in
                      : mode == Mode::fan_out ? fan.out
                                              : (fan.in + fan.out) / 2;
  const double variance = scale / std::max(1.0, size);
  if (distribution == Distribution::uniform) {
    const auto limit = static_cast<float>(std::sqrt(3 * variance));
    for (float& value : values) value = random.uniform(-limit, limit);
    return;
  }
  // Truncation at two standard deviations leaves 0.8796 of the deviation (Keras, VarianceScaling).
  constexpr double cut_deviation = 0.87962566103423978;
  const bool cut = distribution == Distribution::truncated_normal;
  const auto deviation = static_cast<float>(std::sqrt(variance) / (cut ? cut_deviation : 1));
  for (float& value : values) {
    float normal = random.normal();
    while (cut && std::fabs(normal) > 2.0f) normal = random.normal();
    value = deviation * normal;
  }
}

}  // namespace cnn
