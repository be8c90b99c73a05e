#pragma once
/// How the core reports failure. It never throws: a function that can fail returns a Result, which holds
/// either the value or an Error with a message a person can act on.
#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cnn {

struct Error {
  /// For programs; never changes. The core's: bad_argument, bad_config, bad_data, bad_json, bad_model_file,
  /// diverged, no_data, out_of_memory. `codes` in web/protocol.json lists those of trainer and page.
  std::string code;
  std::string message;         ///< for people: subject, value found, value expected
  std::optional<int> layer{};  ///< index in the configuration's list of layers, if one layer is at fault
};

/// A value or an Error. Check it (`if (!result) return result.error();`) before `*` or `->`.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return get(); }
  const T& operator*() const& { return get(); }
  T&& operator*() && { return std::move(get()); }
  T* operator->() { return &get(); }
  const T* operator->() const { return &get(); }
  const Error& error() const {
    const Error* error = std::get_if<1>(&state_);
    assert(error);
    return *error;
  }

 private:
  T& get() {
    T* value = std::get_if<0>(&state_);
    assert(value);
    return *value;
  }
  const T& get() const { return const_cast<Result*>(this)->get(); }

  std::variant<T, Error> state_;
};

/// Success, or an Error. `return {};` is success.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    assert(error_);
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace cnn
