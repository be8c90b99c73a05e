#include "core/formats/onnx_folding.h"

#include <cmath>
#include <limits>

#include "core/formats/onnx_folding_steps.h"

namespace cnn {
namespace folding {

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
namespace {

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

}  // namespace

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
  if (unknown) return wrong("it does arithmetic on the batch size, which is unknown");
  return true;
}

namespace {

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

}  // namespace

Result<bool> Folding::unary() {
  if (in_.size() != 1 || !has(0) || !one(node_.op, 1) || !node_.attributes.empty()) return false;
  if (node_.op != "Identity" && has_batch(in_[0]))
    return wrong("it does arithmetic on the batch size, which is unknown");
  y_ = std::move(in_[0]);
  for (double& value : y_.numbers) value = *one(node_.op, value);
  return true;
}

Result<bool> Folding::reduce() {
  const std::string_view op = node_.op;
  const bool means = op == "ReduceMean", norm = op == "ReduceL2", squares = norm || op == "ReduceSumSquare";
  const bool sums = op == "ReduceSum" || means || squares, multiplies = op == "ReduceProd";
  const bool largest = op == "ReduceMax", smallest = op == "ReduceMin";
  if (!has(0) || (!sums && !multiplies && !largest && !smallest)) return false;
  if (has_batch(in_[0])) return wrong("it does arithmetic on the batch size, which is unknown");
  if (attribute("noop_with_empty_axes", 0) != 0) return false;
  const Array& x = in_[0];
  const Sizes axes = list("axes", 1).value_or(Sizes());
  std::vector<bool> reduced(x.dims.size(), axes.empty());
  for (const std::int64_t one : axes) {
    const Result<std::size_t> place = axis(one, x.dims.size());
    if (!place) return place.error();
    reduced[*place] = true;
  }
  Sizes kept = x.dims, dims;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    if (reduced[k]) kept[k] = 1;
    if (!reduced[k] || attribute("keepdims", 1) != 0) dims.push_back(kept[k]);
  }
  const auto results = static_cast<std::size_t>(product(kept));
  if (results == 0 || x.numbers.empty()) return false;
  const double infinite = std::numeric_limits<double>::infinity();
  std::vector<double> numbers(results, multiplies ? 1 : largest ? -infinite : smallest ? infinite : 0);
  each_index(x.dims, [&](std::size_t i, const Sizes& at) {
    double &y = numbers[broadcast(kept, at)], value = x.numbers[i];
    if (squares) value *= value;
    y = multiplies ? y * value : largest ? std::max(y, value) : smallest ? std::min(y, value) : y + value;
  });
  const auto each = static_cast<double>(x.numbers.size()) / static_cast<double>(results);
  for (double& y : numbers) {
    if (means) y /= each;
    if (norm) y = std::sqrt(y);
  }
  y_ = {std::move(dims), x.type, std::move(numbers)};
  return true;
}

/// Quantized weights: (x - zero point) * scale, the scale one number or one for each place along `axis`.
Result<bool> Folding::dequantize() {
  if (!has(0) || !has(1) || attribute("block_size", 0) != 0) return false;
  const Array &x = in_[0], &scale = in_[1];
  const bool shifted = has(2);
  const std::size_t n = scale.numbers.size();
  if (n == 0 || (shifted && in_[2].numbers.size() != n)) return wrong("its scale and zero point do not fit");
  std::size_t along = 0;
  if (n > 1) {
    const Result<std::size_t> place = axis(attribute("axis", 1), x.dims.size());
    if (!place) return place.error();
    along = *place;
    if (x.dims[along] != static_cast<std::int64_t>(n)) return wrong("its scale does not fit its weights");
  }
  y_ = {x.dims, OnnxType::float32, std::vector<double>(x.numbers.size())};
  each_index(x.dims, [&](std::size_t i, const Sizes& at) {
    const std::size_t k = n > 1 ? static_cast<std::size_t>(at[along]) : 0;
    y_.numbers[i] = (x.numbers[i] - (shifted ? in_[2].numbers[k] : 0)) * scale.numbers[k];
  });
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
  if (op == "Flatten") return flatten();
  if (op == "Tile") return tile();
  if (op == "DequantizeLinear") return dequantize();
  if (op == "Dropout" && has(0) && (!has(2) || in_[2].numbers == std::vector<double>{0})) {
    y_ = std::move(in_[0]);
    return true;
  }
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
    const auto length = static_cast<std::int64_t>(n);
    y_ = {{length}, in_[0].type, {}};
    for (std::int64_t i = 0; i < length; ++i) y_.numbers.push_back(from + static_cast<double>(i) * by);
    return true;
  }
  for (const auto attempt : {&Folding::binary, &Folding::unary, &Folding::reduce}) {
    Result<bool> done = (this->*attempt)();
    if (!done || *done) return done;
  }
  return false;
}
}  // namespace folding

std::string shape_text(std::span<const std::int64_t> dims) {
  std::string text;
  for (const std::int64_t size : dims)
    text += (text.empty() ? "" : ", ") + (size == kBatchSize ? "batch" : std::to_string(size));
  return "(" + text + ")";
}

OnnxTensor shape_constant(const OnnxNode& node, std::span<const std::int64_t> dims) {
  const auto rank = static_cast<std::int64_t>(dims.size());
  const auto bound = [&](std::string_view name, std::int64_t otherwise) {
    const OnnxAttribute* found = node.find(name);
    const std::int64_t value = found ? found->integer : otherwise;
    return std::clamp<std::int64_t>(value < 0 ? std::max(value, -rank) + rank : value, 0, rank);
  };
  const std::int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
  const auto at = [&](std::int64_t index) { return dims.begin() + static_cast<std::ptrdiff_t>(index); };
  return {"", {end - start}, OnnxType::int64, {}, {at(start), at(end)}};
}

Result<std::optional<OnnxTensor>> fold(const OnnxNode& node, std::span<const OnnxTensor* const> inputs,
                                       std::uint64_t most) {
  folding::Folding one(node, inputs, most);
  const Result<bool> done = one.run();
  if (!done) return done.error();
  if (!*done) return std::optional<OnnxTensor>();
  return std::optional<OnnxTensor>(folding::tensor_of(one.y()));
}

}  // namespace cnn
