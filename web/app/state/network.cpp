#include "web/app/state/network.h"

#include <algorithm>
#include <cctype>

#include "core/base/names.h"
#include "web/app/state/fields.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr std::string_view kSequential = "Sequential", kInput = "InputLayer";

/// "conv2d_3" without its number.
std::string_view base_of(std::string_view name) {
  const std::size_t line = name.find_last_of('_');
  if (line == std::string_view::npos || line + 1 == name.size()) return name;
  const std::string_view number = name.substr(line + 1);
  return std::all_of(number.begin(), number.end(), [](unsigned char c) { return std::isdigit(c) != 0; })
             ? name.substr(0, line)
             : name;
}

std::string pair_text(const Json& value) {
  const Json::Array* list = value.elements();
  if (list == nullptr) return value.number() != nullptr ? value.dump() : std::string();
  std::string text;
  for (const Json& part : *list) text += (text.empty() ? "" : " × ") + part.dump();
  return text;
}

}  // namespace

void Network::set(Json config, bool keep_undo) {
  if (config == config_) return;
  if (keep_undo && !config_.is_null())
    remember();
  else if (!keep_undo)
    undone_from_.clear(), redo_.clear();
  config_ = std::move(config);
}

bool Network::sequential() const { return text_in(config_, "class_name") == kSequential; }

Json::Array* Network::layers() {
  Json* inner = config_.find("config");
  Json* list = inner != nullptr ? inner->find("layers") : nullptr;
  return list != nullptr ? list->elements() : nullptr;
}

const Json::Array* Network::layers() const { return const_cast<Network*>(this)->layers(); }

int Network::count() const { return layers() != nullptr ? static_cast<int>(layers()->size()) : 0; }

const Json* Network::layer(int index) const {
  return index >= 0 && index < count() ? &(*layers())[static_cast<std::size_t>(index)] : nullptr;
}

std::string Network::class_name(int index) const {
  return layer(index) != nullptr ? text_in(*layer(index), "class_name") : "";
}

std::string Network::name(int index) const {
  const Json* config = layer(index) != nullptr ? layer(index)->find("config") : nullptr;
  const std::string name = config != nullptr ? text_in(*config, "name") : "";
  return name.empty() ? cnn::snake_case(class_name(index)) : name;
}

bool Network::fixed(int index) const { return class_name(index) == kInput; }

std::string Network::free_name(std::string_view base) const {
  const auto taken = [this](const std::string& name) {
    for (int i = 0; i < count(); ++i)
      if (this->name(i) == name) return true;
    return false;
  };
  std::string name(base);
  for (int number = 1; taken(name); ++number) name = std::string(base) + "_" + std::to_string(number);
  return name;
}

void Network::remember() {
  undone_from_.push_back(config_);
  if (undone_from_.size() > kRemembered) undone_from_.erase(undone_from_.begin());
  redo_.clear();
}

bool Network::set_field(int index, const std::string& field, Json value) {
  if (layer(index) == nullptr) return false;
  remember();
  (*layers())[static_cast<std::size_t>(index)]["config"][field] = std::move(value);
  return true;
}

bool Network::insert(int index, std::string_view class_name, Json settings) {
  if (!sequential() || index < 0 || index > count() || (index < count() && fixed(index))) return false;
  Json layer;
  layer["class_name"] = class_name;
  if (settings.members() == nullptr) settings = Json::object();
  settings["name"] = free_name(cnn::snake_case(class_name));
  layer["config"] = std::move(settings);
  remember();
  layers()->insert(layers()->begin() + index, std::move(layer));
  return true;
}

bool Network::duplicate(int index) {
  if (!sequential() || layer(index) == nullptr || fixed(index)) return false;
  Json copy = *layer(index);
  copy["config"]["name"] = free_name(base_of(name(index)));
  remember();
  layers()->insert(layers()->begin() + index + 1, std::move(copy));
  return true;
}

bool Network::remove(int index) {
  if (!sequential() || layer(index) == nullptr || fixed(index)) return false;
  remember();
  layers()->erase(layers()->begin() + index);
  return true;
}

bool Network::move(int from, int to) {
  if (!sequential() || layer(from) == nullptr || layer(to) == nullptr || fixed(from) || fixed(to) ||
      from == to)
    return false;
  remember();
  Json moved = *layer(from);
  layers()->erase(layers()->begin() + from);
  layers()->insert(layers()->begin() + to, std::move(moved));
  return true;
}

bool Network::undo() {
  if (!can_undo()) return false;
  redo_.push_back(std::move(config_));
  config_ = std::move(undone_from_.back());
  undone_from_.pop_back();
  return true;
}

bool Network::redo() {
  if (!can_redo()) return false;
  undone_from_.push_back(std::move(config_));
  config_ = std::move(redo_.back());
  redo_.pop_back();
  return true;
}

int same_layers(const Json& config, const Json& other) {
  const auto list = [](const Json& json) -> const Json::Array* {
    const Json* inner = json.find("config");
    const Json* layers = inner != nullptr ? inner->find("layers") : nullptr;
    return layers != nullptr ? layers->elements() : nullptr;
  };
  const Json::Array *a = list(config), *b = list(other);
  if (a == nullptr || b == nullptr) return 0;
  std::size_t same = 0;
  while (same < std::min(a->size(), b->size()) && (*a)[same] == (*b)[same]) ++same;
  return static_cast<int>(same);
}

std::string settings_text(const Type& type, const Json& config) {
  std::string text;
  for (const Field& field : type.fields) {
    const Json* value = config.find(field.name);
    if (value == nullptr || *value == field.standard || field.type == "fixed" || field.type == "shape")
      continue;
    std::string part;
    if (field.type == "bool")
      part = (value->boolean() != nullptr && *value->boolean() ? "" : "no ") + spoken(field.name);
    else if (value->string() != nullptr)
      part = *value->string();
    else if (field.type == "size2")
      part = pair_text(*value);
    else if (value->number() != nullptr)
      part = value_text(field, *value->number());
    if (!part.empty()) text += (text.empty() ? "" : " · ") + part;
  }
  return text;
}

}  // namespace playground
