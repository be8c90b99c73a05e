#include "core/formats/onnx_folding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/tensor_view.h"

namespace cnn {
namespace {

using Sizes = std::vector<std::int64_t>;
using Found = Result<std::optional<OnnxTensor>>;

/// An array of any type, as doubles: float and every integer of a shape are exact in them.
struct Array {
  Sizes dims;
  OnnxType type = OnnxType::float32;
  std::vector<double> numbers;
};

Error wrong(const std::string& what) { return {"bad_model_file", what}; }

Array array_of(const OnnxTensor& tensor) {
  Array array{tensor.dims, tensor.type, {}};
  array.numbers.reserve(tensor.floats.size() + tensor.integers.size());
  for (const float value : tensor.floats) array.numbers.push_back(static_cast<double>(value));
  for (const std::int64_t value : tensor.integers) array.numbers.push_back(static_cast<double>(value));
  return array;
}

OnnxTensor tensor_of(const Array& array) {
  OnnxTensor tensor{"", array.dims, array.type, {}, {}};
  constexpr double limit = 9.2e18;
  for (const double value : array.numbers) {
    if (is_float(array.type)) {
      tensor.floats.push_back(static_cast<float>(value));
    } else {
      tensor.integers.push_back(value >= limit    ? std::numeric_limits<std::int64_t>::max()
                                : value > -limit  ? static_cast<std::int64_t>(value)
                                : value <= -limit ? std::numeric_limits<std::int64_t>::min()
                                                  : 0);  // NaN
    }
  }
  if (is_float(array.type)) tensor.type = OnnxType::float32;
  return tensor;
}

Sizes integers_of(const Array& array) {
  const OnnxTensor tensor = tensor_of({array.dims, OnnxType::int64, array.numbers});
  return tensor.integers;
}

bool has_batch(const Array& array) {
  return std::find(array.numbers.begin(), array.numbers.end(), static_cast<double>(kBatchSize)) !=
         array.numbers.end();
}

std::int64_t product(std::span<const std::int64_t> dims) {
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
      return wrong("it makes a constant of shape " + to_string(dims) + ", which is too large");
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

  Result<bool> constant();
  Result<bool> reshape();
  Result<bool> squeeze(bool adds);
  Result<bool> transpose();
  Result<bool> concat();
  Result<bool> slice();
  Result<bool> gather();
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

Result<Sizes> Folding::common_shape(std::initializer_list<const Sizes*> shapes) const {
  Sizes common;
  for (const Sizes* shape : shapes) {
    if (shape->size() > common.size()) common.insert(common.begin(), shape->size() - common.size(), 1);
    for (std::size_t k = 0; k < shape->size(); ++k) {
      std::int64_t& size = common[common.size() - shape->size() + k];
      if (size != 1 && (*shape)[k] != 1 && size != (*shape)[k])
        return wrong("its constants have shapes that do not fit each other");
      if (size == 1) size = (*shape)[k];
    }
  }
  if (Result<void> room = take_room(common); !room) return room.error();
  return common;
}

Result<bool> Folding::constant() {
  if (node_.attributes.size() != 1) return false;
  const OnnxAttribute& value = node_.attributes[0];
  using Kind = OnnxAttribute::Kind;
  const auto n = static_cast<std::int64_t>(value.integers.size() + value.numbers.size());
  if (value.name == "value" && value.kind == Kind::tensor) {
    if (!value.tensor.problem.empty()) return wrong(value.tensor.problem);
    y_ = array_of(value.tensor);
  } else if (value.name == "value_float" && value.kind == Kind::number) {
    y_ = {{}, OnnxType::float32, {static_cast<double>(value.number)}};
  } else if (value.name == "value_int" && value.kind == Kind::integer) {
    y_ = {{}, OnnxType::int64, {static_cast<double>(value.integer)}};
  } else if (value.name == "value_floats") {
    y_ = {{n}, OnnxType::float32, {value.numbers.begin(), value.numbers.end()}};
  } else if (value.name == "value_ints") {
    y_ = {{n}, OnnxType::int64, {}};
    for (const std::int64_t one : value.integers) y_.numbers.push_back(static_cast<double>(one));
  } else {
    return wrong("its " + value.name + " is not an array of numbers");
  }
  return true;
}

Result<bool> Folding::reshape() {
  if (!has(0) || !has(1)) return false;
  Sizes dims = integers_of(in_[1]);
  const auto total = static_cast<std::int64_t>(in_[0].numbers.size());
  std::int64_t known = 1, *open = nullptr;
  for (std::size_t k = 0; k < dims.size(); ++k) {
    if (dims[k] == 0 && attribute("allowzero", 0) == 0 && k < in_[0].dims.size()) dims[k] = in_[0].dims[k];
    if (dims[k] == -1 && !open) {
      open = &dims[k];
    } else if (dims[k] < 0 || (dims[k] > 0 && known > total / dims[k])) {
      return wrong("a constant of " + std::to_string(total) + " numbers has no shape " + to_string(dims));
    } else {
      known *= dims[k];
    }
  }
  if (open) *open = known > 0 ? total / known : 0;
  std::uint64_t n = 0;
  if (dims.size() > kMostRank || !checked_count(dims, static_cast<std::uint64_t>(total), n) ||
      n != static_cast<std::uint64_t>(total))
    return wrong("a constant of " + std::to_string(total) + " numbers has no shape " + to_string(dims));
  y_ = std::move(in_[0]);
  y_.dims = std::move(dims);
  return true;
}

Result<bool> Folding::squeeze(bool adds) {
  if (!has(0)) return false;
  std::optional<Sizes> axes = list("axes", 1);
  y_ = std::move(in_[0]);
  if (!axes && adds) return false;
  if (!axes) {
    std::erase(y_.dims, 1);
    return true;
  }
  const std::size_t rank = y_.dims.size() + (adds ? axes->size() : 0);
  if (rank > kMostRank) return false;
  for (std::int64_t& one : *axes) {
    const Result<std::size_t> place = axis(one, rank);
    if (!place) return place.error();
    one = static_cast<std::int64_t>(*place);
  }
  std::sort(axes->begin(), axes->end());
  if (adds) {
    for (const std::int64_t one : *axes) {
      if (one > static_cast<std::int64_t>(y_.dims.size())) return wrong("its axes are not valid");
      y_.dims.insert(y_.dims.begin() + static_cast<std::ptrdiff_t>(one), 1);
    }
    return true;
  }
  for (std::size_t k = axes->size(); k-- > 0;) {
    const auto at = static_cast<std::size_t>((*axes)[k]);
    if (at >= y_.dims.size() || y_.dims[at] != 1) return wrong("it removes a dimension that is not 1");
    y_.dims.erase(y_.dims.begin() + static_cast<std::ptrdiff_t>((*axes)[k]));
  }
  return true;
}

Result<bool> Folding::transpose() {
  if (!has(0)) return false;
  const Array& x = in_[0];
  const std::size_t rank = x.dims.size();
  Sizes order(rank);
  for (std::size_t k = 0; k < rank; ++k) order[k] = static_cast<std::int64_t>(rank - 1 - k);
  if (const OnnxAttribute* perm = node_.find("perm")) order = perm->integers;
  Sizes sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t k = 0; k < sorted.size(); ++k) {
    if (sorted[k] != static_cast<std::int64_t>(k)) return wrong("its perm is not an order of the axes");
  }
  if (order.size() != rank) return wrong("its perm is not an order of the axes");
  y_ = {Sizes(rank), x.type, std::vector<double>(x.numbers.size())};
  for (std::size_t k = 0; k < rank; ++k) y_.dims[k] = x.dims[static_cast<std::size_t>(order[k])];
  Sizes from(rank);
  each_index(y_.dims, [&](std::size_t i, const Sizes& at) {
    for (std::size_t k = 0; k < rank; ++k) from[static_cast<std::size_t>(order[k])] = at[k];
    y_.numbers[i] = x.numbers[broadcast(x.dims, from)];
  });
  return true;
}

Result<bool> Folding::concat() {
  if (in_.empty() || !has(0)) return false;
  const Result<std::size_t> along = axis(attribute("axis", 0), in_[0].dims.size());
  if (!along) return along.error();
  y_ = {in_[0].dims, in_[0].type, {}};
  y_.dims[*along] = 0;
  for (std::size_t i = 0; i < in_.size(); ++i) {
    Sizes same = in_[i].dims;
    if (!has(i) || same.size() != y_.dims.size()) return wrong("its constants have shapes that do not fit");
    y_.dims[*along] += same[*along];
    same[*along] = in_[0].dims[*along];
    if (same != in_[0].dims) return wrong("its constants have shapes that do not fit");
  }
  if (Result<void> room = take_room(y_.dims); !room) return room.error();
  const std::int64_t outer = product({y_.dims.data(), *along});
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const Array& part : in_) {
      const std::size_t row = part.numbers.size() / static_cast<std::size_t>(outer);
      const auto from =
          part.numbers.begin() + static_cast<std::ptrdiff_t>(row) * static_cast<std::ptrdiff_t>(o);
      y_.numbers.insert(y_.numbers.end(), from, from + static_cast<std::ptrdiff_t>(row));
    }
  }
  return true;
}

Result<bool> Folding::slice() {
  if (!has(0)) return false;
  const std::optional<Sizes> starts = list("starts", 1), ends = list("ends", 2), axes = list("axes", 3);
  const Sizes steps = has(4) ? integers_of(in_[4]) : Sizes();
  if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()) ||
      (!steps.empty() && steps.size() != starts->size()))
    return wrong("its starts, ends, axes and steps do not fit each other");
  const Array& x = in_[0];
  Sizes first(x.dims.size(), 0), step(x.dims.size(), 1), dims = x.dims;
  for (std::size_t k = 0; k < starts->size(); ++k) {
    const Result<std::size_t> place = axis(axes ? (*axes)[k] : static_cast<std::int64_t>(k), x.dims.size());
    if (!place) return place.error();
    const std::int64_t size = x.dims[*place], by = steps.empty() ? 1 : steps[k];
    constexpr std::int64_t widest = 1 << 30;
    if (by == 0 || by > widest || by < -widest) return false;
    const std::int64_t last = by > 0 ? size : size - 1;
    const auto bound = [&](std::int64_t value, std::int64_t lowest) {
      // A negative one counts from the end.
      const std::int64_t place_of = value < 0 ? std::max(value, -size - 1) + size : value;
      return std::clamp<std::int64_t>(place_of, std::min(lowest, last), last);
    };
    const std::int64_t begin = bound((*starts)[k], 0), end = bound((*ends)[k], by > 0 ? 0 : -1);
    first[*place] = begin, step[*place] = by;
    dims[*place] = std::max<std::int64_t>(0, (end - begin + by - (by > 0 ? 1 : -1)) / by);
  }
  y_ = {dims, x.type, std::vector<double>(static_cast<std::size_t>(product(dims)))};
  Sizes from(x.dims.size());
  each_index(dims, [&](std::size_t i, const Sizes& at) {
    std::size_t flat = 0;
    for (std::size_t k = 0; k < at.size(); ++k)
      flat =
          flat * static_cast<std::size_t>(x.dims[k]) + static_cast<std::size_t>(first[k] + at[k] * step[k]);
    y_.numbers[i] = x.numbers[flat];
  });
  return true;
}

Result<bool> Folding::gather() {
  if (!has(0) || !has(1)) return false;
  const Array& x = in_[0];
  const Result<std::size_t> along = axis(attribute("axis", 0), x.dims.size());
  if (!along) return along.error();
  const Sizes indices = integers_of(in_[1]);
  Sizes dims(x.dims.begin(), x.dims.begin() + static_cast<std::ptrdiff_t>(*along));
  dims.insert(dims.end(), in_[1].dims.begin(), in_[1].dims.end());
  dims.insert(dims.end(), x.dims.begin() + static_cast<std::ptrdiff_t>(*along) + 1, x.dims.end());
  if (Result<void> room = take_room(dims); !room) return room.error();
  const std::int64_t size = x.dims[*along], outer = product({x.dims.data(), *along});
  const std::int64_t inner = product({x.dims.data() + *along + 1, x.dims.size() - *along - 1});
  y_ = {std::move(dims), x.type, {}};
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t index : indices) {
      if (index < 0) index += size;
      if (index < 0 || index >= size) return wrong("it reads beyond the end of a constant");
      const auto from = x.numbers.begin() + static_cast<std::ptrdiff_t>((o * size + index) * inner);
      y_.numbers.insert(y_.numbers.end(), from, from + static_cast<std::ptrdiff_t>(inner));
    }
  }
  return true;
}

std::optional<double> two(std::string_view op, double a, double b, bool whole) {
  if (op == "Add") return a + b;
  if (op == "Sub") return a - b;
  if (op == "Mul") return a * b;
  if (op == "Div") return !whole ? a / b : b == 0 ? 0 : std::trunc(a / b);
  if (op == "Pow") return std::pow(a, b);
  if (op == "Min") return std::min(a, b);
  if (op == "Max") return std::max(a, b);
  if (op == "Equal") return a == b ? 1 : 0;
  if (op == "Greater") return a > b ? 1 : 0;
  if (op == "Less") return a < b ? 1 : 0;
  if (op == "And") return a != 0 && b != 0 ? 1 : 0;
  if (op == "Or") return a != 0 || b != 0 ? 1 : 0;
  return std::nullopt;
}

Result<bool> Folding::binary() {
  if (in_.size() != 2 || !has(0) || !has(1) || !two(node_.op, 1, 1, false)) return false;
  if (!node_.attributes.empty()) return false;
  const Result<Sizes> dims = common_shape({&in_[0].dims, &in_[1].dims});
  if (!dims) return dims.error();
  const bool whole = !is_float(in_[0].type);
  const bool compares = node_.op == "Equal" || node_.op == "Greater" || node_.op == "Less" ||
                        node_.op == "And" || node_.op == "Or";
  y_ = {*dims, compares ? OnnxType::boolean : in_[0].type, {}};
  bool unknown = false;
  each_index(*dims, [&](std::size_t, const Sizes& at) {
    const double a = in_[0].numbers[broadcast(in_[0].dims, at)],
                 b = in_[1].numbers[broadcast(in_[1].dims, at)];
    constexpr auto batch = static_cast<double>(kBatchSize);
    // The batch size stays itself where nothing is added and where it is multiplied by 1.
    if (a == batch || b == batch) {
      const double other = a == batch ? b : a;
      const bool stays = ((node_.op == "Mul" || (node_.op == "Div" && a == batch)) && other == 1) ||
                         ((node_.op == "Add" || (node_.op == "Sub" && a == batch)) && other == 0);
      const bool differs = node_.op == "Equal" && other <= 0 && other != batch;  // it is 1 or more
      unknown = unknown || (!stays && !differs);
      y_.numbers.push_back(differs ? 0 : batch);
      return;
    }
    y_.numbers.push_back(*two(node_.op, a, b, whole));
  });
  if (unknown) return wrong("it computes with the number of pictures in the batch");
  return true;
}

std::optional<double> one(std::string_view op, double x) {
  if (op == "Sqrt") return std::sqrt(x);
  if (op == "Exp") return std::exp(x);
  if (op == "Log") return std::log(x);
  if (op == "Neg") return -x;
  if (op == "Abs") return std::fabs(x);
  if (op == "Reciprocal") return 1 / x;
  if (op == "Floor") return std::floor(x);
  if (op == "Ceil") return std::ceil(x);
  if (op == "Not") return x == 0 ? 1 : 0;
  if (op == "Identity") return x;
  return std::nullopt;
}

Result<bool> Folding::unary() {
  if (in_.size() != 1 || !has(0) || !one(node_.op, 1) || !node_.attributes.empty()) return false;
  if (node_.op != "Identity" && has_batch(in_[0]))
    return wrong("it computes with the number of pictures in the batch");
  y_ = std::move(in_[0]);
  for (double& value : y_.numbers) value = *one(node_.op, value);
  return true;
}

Result<bool> Folding::reduce() {
  const bool multiplies = node_.op == "ReduceProd", means = node_.op == "ReduceMean";
  if (!has(0) || (!multiplies && !means && node_.op != "ReduceSum")) return false;
  if (has_batch(in_[0])) return wrong("it computes with the number of pictures in the batch");
  std::optional<Sizes> axes = list("axes", 1);
  if (axes && !axes->empty() && axes->size() != in_[0].dims.size()) return false;
  if (attribute("noop_with_empty_axes", 0) != 0) return false;
  double result = multiplies ? 1 : 0;
  for (const double value : in_[0].numbers) result = multiplies ? result * value : result + value;
  if (means) result /= std::max<double>(1, static_cast<double>(in_[0].numbers.size()));
  const std::size_t rank = attribute("keepdims", 1) != 0 ? in_[0].dims.size() : 0;
  y_ = {Sizes(rank, 1), in_[0].type, {result}};
  return true;
}

Result<bool> Folding::where() {
  if (in_.size() != 3 || !has(0) || !has(1) || !has(2)) return false;
  const Result<Sizes> dims = common_shape({&in_[0].dims, &in_[1].dims, &in_[2].dims});
  if (!dims) return dims.error();
  y_ = {*dims, in_[1].type, {}};
  each_index(*dims, [&](std::size_t, const Sizes& at) {
    const Array& from = in_[in_[0].numbers[broadcast(in_[0].dims, at)] != 0 ? 1 : 2];
    y_.numbers.push_back(from.numbers[broadcast(from.dims, at)]);
  });
  return true;
}

Result<bool> Folding::run() {
  const std::string_view op = node_.op;
  if (op == "Constant") return constant();
  if (op == "Reshape") return reshape();
  if (op == "Squeeze" || op == "Unsqueeze") return squeeze(op == "Unsqueeze");
  if (op == "Transpose") return transpose();
  if (op == "Concat") return concat();
  if (op == "Slice") return slice();
  if (op == "Gather") return gather();
  if (op == "Where") return where();
  if (op == "Shape" && has(0)) {
    y_ = array_of(shape_constant(node_, in_[0].dims));
    return true;
  }
  if (op == "Cast" && has(0)) {
    const auto to = static_cast<OnnxType>(attribute("to", 0));
    if (width_of(to) == 0 || (is_float(to) && has_batch(in_[0]))) return false;
    y_ = std::move(in_[0]);
    if (is_float(y_.type) && !is_float(to)) {
      for (double& value : y_.numbers) value = std::trunc(value);
    }
    y_.type = to;
    return true;
  }
  if (op == "Expand" && has(0) && has(1)) {
    const Sizes wanted = integers_of(in_[1]);
    const Result<Sizes> dims = common_shape({&in_[0].dims, &wanted});
    if (!dims) return dims.error();
    y_ = {*dims, in_[0].type, {}};
    each_index(*dims, [&](std::size_t, const Sizes& at) {
      y_.numbers.push_back(in_[0].numbers[broadcast(in_[0].dims, at)]);
    });
    return true;
  }
  if (op == "ConstantOfShape" && has(0)) {
    const OnnxAttribute* value = node_.find("value");
    const Array filler = value ? array_of(value->tensor) : Array{{1}, OnnxType::float32, {0}};
    y_ = {integers_of(in_[0]), filler.type, {}};
    if (filler.numbers.size() != 1) return wrong("its value is not one number");
    if (Result<void> room = take_room(y_.dims); !room) return room.error();
    y_.numbers.assign(static_cast<std::size_t>(product(y_.dims)), filler.numbers[0]);
    return true;
  }
  if (op == "Range" && in_.size() == 3 && has(0) && has(1) && has(2) && !in_[0].numbers.empty() &&
      !in_[1].numbers.empty() && !in_[2].numbers.empty()) {
    const double from = in_[0].numbers[0], to = in_[1].numbers[0], by = in_[2].numbers[0];
    const double n = by == 0 ? 0 : std::max(0.0, std::ceil((to - from) / by));
    if (!(n <= static_cast<double>(most_))) return wrong("it makes too many numbers");
    y_ = {{static_cast<std::int64_t>(n)}, in_[0].type, {}};
    for (double i = 0; i < n; ++i) y_.numbers.push_back(from + i * by);
    return true;
  }
  for (const auto attempt : {&Folding::binary, &Folding::unary, &Folding::reduce}) {
    Result<bool> done = (this->*attempt)();
    if (!done || *done) return done;
  }
  return false;
}

}  // namespace

OnnxTensor shape_constant(const OnnxNode& node, std::span<const std::int64_t> dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bound = [&](std::string_view name, std::int64_t otherwise) {
    const OnnxAttribute* found = node.find(name);
    const std::int64_t value = found ? found->integer : otherwise;
    return std::clamp<std::int64_t>(value < 0 ? std::max(value, -rank) + rank : value, 0, rank);
  };
  const std::int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
  return {"", {end - start}, OnnxType::int64, {}, {dims.begin() + start, dims.begin() + end}};
}

Found fold(const OnnxNode& node, std::span<const OnnxTensor* const> inputs, std::uint64_t most) {
  Folding folding(node, inputs, most);
  const Result<bool> done = folding.run();
  if (!done) return done.error();
  if (!*done) return std::optional<OnnxTensor>();
  return std::optional<OnnxTensor>(tensor_of(folding.y()));
}

}  // namespace cnn
