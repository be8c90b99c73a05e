#pragma once
/// Messages in the worker's C++ side (web/protocol.json), and reading their arguments.

#include <cstdint>
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

/// Reads arguments that fit the table (web/protocol.json), so that each is there if it is required or has a
/// default, and has its type.
class Args {
 public:
  explicit Args(const Request& request) : subject_(request.type), args_(request.args) {}
  Args(std::string subject, const cnn::Json& args) : subject_(std::move(subject)), args_(args) {}

  /// Null if it is missing.
  const cnn::Json* find(std::string_view key) const;
  /// The fallback is for an argument without a default in the table.
  int integer(std::string_view key, int fallback = 0) const;
  /// Seeds and the like go up to 2^53, which JavaScript's numbers hold exactly.
  std::uint64_t seed(std::string_view key, std::uint64_t fallback = 0) const;
  bool boolean(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::vector<std::string> texts(std::string_view key) const;
  std::vector<int> integers(std::string_view key) const;
  /// An integer whose range depends on model or data; bad_argument if it is outside,
  /// or missing without a fallback.
  cnn::Result<int> within(std::string_view key, int min, int max, std::optional<int> fallback = {}) const;

 private:
  std::string subject_;
  const cnn::Json& args_;
};

}  // namespace playground::trainer
