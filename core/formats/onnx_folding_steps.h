#pragma once
/// What the files that evaluate ONNX operators on constants share (onnx_folding.h): an array of any type, and
/// the evaluation of one node.
#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_folding.h"

namespace cnn::folding {

using Sizes = std::vector<std::int64_t>;

/// An array of any type, as doubles: float and every integer of a shape are exact in them.
struct Array {
  Sizes dims;
  OnnxType type = OnnxType::float32;
  std::vector<double> numbers;
};
inline Error wrong(const std::string& what) { return {"bad_model_file", what}; }

Array array_of(const OnnxTensor& tensor);
OnnxTensor tensor_of(const Array& array);
Sizes integers_of(const Array& array);
bool has_batch(const Array& array);  ///< a shape with kBatchSize in it

inline std::int64_t product(std::span<const std::int64_t> dims) {
  return std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
}

/// Calls body(flat index of the output, index along each axis).
template <class Body>
void each_index(const Sizes& dims, Body body) {
  Sizes at(dims.size(), 0);
  const std::int64_t total = product(dims);
  for (std::int64_t i = 0; i < total; ++i) {
    body(static_cast<std::size_t>(i), at);
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      if (++at[axis] < dims[axis]) break;
      at[axis] = 0;
    }
  }
}
/// Evaluates one node.
class Folding {
 public:
  Folding(const OnnxNode& node, std::span<const OnnxTensor* const> inputs, std::uint64_t most)
      : node_(node), most_(most) {
    for (const OnnxTensor* input : inputs) {
      in_.push_back(input ? array_of(*input) : Array{});
      given_.push_back(input != nullptr);
    }
  }

  /// False: not evaluated here.
  Result<bool> run();
  Array& y() { return y_; }

 private:
  bool has(std::size_t input) const { return input < given_.size() && given_[input]; }
  std::int64_t attribute(std::string_view name, std::int64_t otherwise) const {
    const OnnxAttribute* found = node_.find(name);
    return found && found->kind == OnnxAttribute::Kind::integer ? found->integer : otherwise;
  }
  /// Whole numbers of an attribute or, in later opsets, of an input.
  std::optional<Sizes> list(std::string_view name, std::size_t input) const {
    if (const OnnxAttribute* found = node_.find(name)) return found->integers;
    if (has(input)) return integers_of(in_[input]);
    return std::nullopt;
  }
  Result<std::size_t> axis(std::int64_t value, std::size_t rank) const {
    if (value < 0) value += static_cast<std::int64_t>(rank);
    if (value < 0 || value >= static_cast<std::int64_t>(rank))
      return wrong("its axis does not exist in a constant of " + std::to_string(rank) + " dimensions");
    return static_cast<std::size_t>(value);
  }
  Result<void> take_room(const Sizes& dims) const {
    std::uint64_t n = 0;
    if (dims.size() > kMostRank || !checked_count(dims, most_, n))
      return wrong("it makes a constant of shape " + shape_text(dims) + ", which is too large");
    return {};
  }
  /// Element i of an array whose sizes of 1 are repeated to those of `at`.
  static std::size_t broadcast(const Sizes& dims, const Sizes& at) {
    std::size_t flat = 0;
    const std::size_t skipped = at.size() - dims.size();
    for (std::size_t k = 0; k < dims.size(); ++k)
      flat = flat * static_cast<std::size_t>(dims[k]) +
             (dims[k] == 1 ? 0 : static_cast<std::size_t>(at[skipped + k]));
    return flat;
  }
  Result<Sizes> common_shape(std::initializer_list<const Sizes*> shapes) const;

  // Of constants and their layout (onnx_folding_layout.cpp).
  Result<bool> constant();
  Result<bool> reshape();
  Result<bool> squeeze(bool adds);
  Result<bool> transpose();
  Result<bool> concat();
  Result<bool> slice();
  Result<bool> gather();
  Result<bool> flatten();
  Result<bool> tile();

  // Of their numbers (onnx_folding.cpp).
  Result<bool> dequantize();
  Result<bool> binary();
  Result<bool> unary();
  Result<bool> reduce();
  Result<bool> where();

  static constexpr std::size_t kMostRank = 8;
  const OnnxNode& node_;
  std::uint64_t most_;
  std::vector<Array> in_;
  std::vector<bool> given_;
  Array y_;
};

}  // namespace cnn::folding
