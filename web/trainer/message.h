#pragma once
/// Messages in the worker's C++ side (web/protocol.h), and reading their arguments.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "web/protocol.h"

namespace playground::trainer {

using Bytes = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

struct Request {
  std::optional<double> id;  // none: no reply is sent
  std::string type;
  cnn::Json args;
  std::vector<Bytes> payloads;  // valid during the call only
};

struct Reply {
  cnn::Json args = cnn::Json::object();
  std::vector<Buffer> payloads;
};

/// The reply comes later: when a job, a step or the training ends.
struct Later {};

/// The outcome of handling a request.
class Handled {
 public:
  Handled(Reply reply) : state_(std::move(reply)) {}
  Handled(cnn::Error error) : state_(std::move(error)) {}
  Handled(Later) {}
  Handled(cnn::Result<Reply> result) {
    if (result) {
      state_ = std::move(*result);
    } else {
      state_ = result.error();
    }
  }

  bool later() const { return std::holds_alternative<Later>(state_); }
  Reply* reply() { return std::get_if<Reply>(&state_); }
  const cnn::Error* error() const { return std::get_if<cnn::Error>(&state_); }

 private:
  std::variant<Later, Reply, cnn::Error> state_;
};

/// Numbers as the bytes of a payload.
template <class T>
Buffer to_buffer(std::span<const T> numbers) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(numbers.data());
  return Buffer(bytes, bytes + numbers.size_bytes());
}

/// Reads a request's arguments. The first wrong one is stored as error(); a usable value is returned in its
/// place, so that the caller can read all arguments before it checks failed().
class Args {
 public:
  explicit Args(const Request& request) : subject_(request.type), args_(request.args) {}

  /// Returns `fallback` if the argument is missing; without a fallback that is an error.
  int integer(std::string_view key, std::optional<int> fallback = {}, int min = 0,
              int max = std::numeric_limits<int>::max());
  /// Seeds go up to 2^53, which JavaScript's numbers hold exactly.
  std::uint64_t seed(std::string_view key, std::uint64_t fallback);
  bool boolean(std::string_view key, bool fallback);
  std::string text(std::string_view key, std::optional<std::string> fallback = {});
  std::string choice(std::string_view key, std::string fallback,
                     std::initializer_list<std::string_view> choices);
  std::vector<std::string> texts(std::string_view key);
  std::vector<int> integers(std::string_view key);
  const cnn::Json* find(std::string_view key) const;

  bool failed() const { return error_.has_value(); }
  cnn::Error error() const { return *error_; }

 private:
  void fail(std::string_view key, const cnn::Json* value, const std::string& expected);

  std::string subject_;
  const cnn::Json& args_;
  std::optional<cnn::Error> error_;
};

}  // namespace playground::trainer
