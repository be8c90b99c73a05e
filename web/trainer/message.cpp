#include "web/trainer/message.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;

const Json* Args::find(std::string_view key) const {
  const Json* value = args_.find(key);
  return value && !value->is_null() ? value : nullptr;
}

int Args::integer(std::string_view key, int fallback) const {
  const Json* value = find(key);
  return value && value->number() ? static_cast<int>(*value->number()) : fallback;
}

std::uint64_t Args::seed(std::string_view key, std::uint64_t fallback) const {
  const Json* value = find(key);
  return value && value->number() ? static_cast<std::uint64_t>(*value->number()) : fallback;
}

bool Args::boolean(std::string_view key) const {
  const Json* value = find(key);
  return value && value->boolean() && *value->boolean();
}

std::string Args::text(std::string_view key) const {
  const Json* value = find(key);
  return value && value->string() ? *value->string() : std::string();
}

std::vector<std::string> Args::texts(std::string_view key) const {
  std::vector<std::string> list;
  const Json* value = find(key);
  if (!value || !value->elements()) return list;
  for (const Json& element : *value->elements()) list.push_back(*element.string());
  return list;
}

std::vector<int> Args::integers(std::string_view key) const {
  std::vector<int> list;
  const Json* value = find(key);
  if (!value || !value->elements()) return list;
  for (const Json& element : *value->elements()) list.push_back(static_cast<int>(*element.number()));
  return list;
}

cnn::Result<int> Args::within(std::string_view key, int min, int max, std::optional<int> fallback) const {
  const Json* value = find(key);
  if (!value && fallback) return *fallback;
  const double* number = value ? value->number() : nullptr;
  if (number && *number >= min && *number <= max) return static_cast<int>(*number);
  return Error{"bad_argument",
               subject_ + ": " + std::string(key) + " is " + (value ? value->dump() : "missing") +
                   "; expected a whole number from " + std::to_string(min) + " to " + std::to_string(max) +
                   ".",
               {}};
}

}  // namespace playground::trainer
