#include "core/layers/regularizer.h"

#include <algorithm>

namespace cnn {
namespace {

constexpr std::string_view kWords[] = {"none", "l1", "l2", "l1_l2"};
constexpr double kLargest = 1e3;

}  // namespace

std::span<const std::string_view> Regularizer::choices() const { return kWords; }

Json Regularizer::to_json() const {
  if (none()) return {};
  if (*this == Regularizer{usual, 0}) return kWords[1];
  if (*this == Regularizer{0, usual}) return kWords[2];
  if (*this == Regularizer{usual, usual}) return kWords[3];
  Json json;
  json["class_name"] = "L1L2";
  json["config"]["l1"] = l1;
  json["config"]["l2"] = l2;
  return json;
}

std::string Regularizer::from_json(const Json& json) {
  const Json* class_name = json.find("class_name");
  const std::string* text = class_name ? class_name->string() : json.string();
  if (json.is_null() || (text && *text == kWords[0])) {
    *this = {};
    return {};
  }
  const auto is = [&](std::string_view a, std::string_view b) { return text && (*text == a || *text == b); };
  const bool both = is("l1_l2", "L1L2") || is("l1l2", "l1_l2"), only_l1 = is("l1", "L1"),
             only_l2 = is("l2", "L2");
  std::string wanted =
      "a regularizer: null, \"l1\", \"l2\", \"l1_l2\", or an L1L2 with l1 and l2 from 0 to 1000";
  if (!both && !only_l1 && !only_l2) return wanted;
  // With a config that lacks a strength, Keras's L1 and L2 take 0.01, and L1L2 takes 0.
  const Json* config = json.find("config");
  const double otherwise = both && config ? 0 : usual;
  Regularizer read{only_l2 ? 0 : otherwise, only_l1 ? 0 : otherwise};
  for (const auto& [key, value] : {std::pair("l1", &read.l1), std::pair("l2", &read.l2)}) {
    const Json* strength = config ? config->find(key) : nullptr;
    if (!strength || strength->is_null()) continue;
    if (!strength->number() || !(*strength->number() >= 0 && *strength->number() <= kLargest)) return wanted;
    *value = *strength->number();
  }
  *this = read;
  return {};
}

}  // namespace cnn
