#include "web/trainer/message.h"

#include <algorithm>
#include <cmath>

namespace playground::trainer {
namespace {

constexpr double kMostSeed = 9007199254740992.0;
constexpr std::size_t kMostShown = 80;  // characters of a wrong value in a message

bool is_whole(double number) { return std::isfinite(number) && number == std::floor(number); }

}  // namespace

const cnn::Json* Args::find(std::string_view key) const {
  const cnn::Json* value = args_.find(key);
  return value && !value->is_null() ? value : nullptr;
}

void Args::fail(std::string_view key, const cnn::Json* value, const std::string& expected) {
  if (error_) return;
  std::string came = value ? value->dump() : "missing";
  if (came.size() > kMostShown) came = std::string(value->kind());
  error_ = cnn::Error{"bad_argument",
                      subject_ + ": " + std::string(key) + " is " + came + "; expected " + expected + ".",
                      {}};
}

int Args::integer(std::string_view key, std::optional<int> fallback, int min, int max) {
  const cnn::Json* value = find(key);
  if (!value && fallback) return *fallback;
  const double* number = value ? value->number() : nullptr;
  if (number && is_whole(*number) && *number >= min && *number <= max) return static_cast<int>(*number);
  fail(key, value,
       max == std::numeric_limits<int>::max()
           ? "a whole number of at least " + std::to_string(min)
           : "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return min;
}

std::uint64_t Args::seed(std::string_view key, std::uint64_t fallback) {
  const cnn::Json* value = find(key);
  if (!value) return fallback;
  const double* number = value->number();
  if (number && is_whole(*number) && *number >= 0 && *number <= kMostSeed)
    return static_cast<std::uint64_t>(*number);
  fail(key, value, "a whole number from 0 to 2^53");
  return fallback;
}

bool Args::boolean(std::string_view key, bool fallback) {
  const cnn::Json* value = find(key);
  if (!value) return fallback;
  if (const bool* truth = value->boolean()) return *truth;
  fail(key, value, "true or false");
  return fallback;
}

std::string Args::text(std::string_view key, std::optional<std::string> fallback) {
  const cnn::Json* value = find(key);
  if (!value && fallback) return *fallback;
  if (const std::string* string = value ? value->string() : nullptr) return *string;
  fail(key, value, "a string");
  return {};
}

std::string Args::choice(std::string_view key, std::string fallback,
                         std::initializer_list<std::string_view> choices) {
  const std::string word = text(key, std::move(fallback));
  if (failed() || std::find(choices.begin(), choices.end(), word) != choices.end()) return word;
  std::string list;
  for (const std::string_view choice : choices)
    list += (list.empty() ? "\"" : ", \"") + std::string(choice) + "\"";
  fail(key, find(key), "one of " + list);
  return word;
}

std::vector<std::string> Args::texts(std::string_view key) {
  std::vector<std::string> list;
  const cnn::Json* value = find(key);
  if (!value) return list;
  if (const cnn::Json::Array* elements = value->elements()) {
    for (const cnn::Json& element : *elements) {
      if (const std::string* string = element.string()) {
        list.push_back(*string);
      } else {
        fail(key, value, "a list of strings");
      }
    }
  } else {
    fail(key, value, "a list of strings");
  }
  return list;
}

std::vector<int> Args::integers(std::string_view key) {
  std::vector<int> list;
  const cnn::Json* value = find(key);
  if (!value) return list;
  const cnn::Json::Array* elements = value->elements();
  if (!elements) {
    fail(key, value, "a list of whole numbers");
    return list;
  }
  for (const cnn::Json& element : *elements) {
    const double* number = element.number();
    if (number && is_whole(*number) && std::abs(*number) <= std::numeric_limits<int>::max()) {
      list.push_back(static_cast<int>(*number));
    } else {
      fail(key, &element, "a list of whole numbers");
    }
  }
  return list;
}

}  // namespace playground::trainer
