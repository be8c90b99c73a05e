// Evaluates ONNX operators that make constants, or change their shape and order.
#include "core/formats/onnx_folding_steps.h"

namespace cnn::folding {

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
      return wrong("a constant of " + std::to_string(total) + " numbers has no shape " + shape_text(dims));
    } else {
      known *= dims[k];
    }
  }
  if (open) *open = known > 0 ? total / known : 0;
  std::uint64_t n = 0;
  if (dims.size() > kMostRank || !checked_count(dims, static_cast<std::uint64_t>(total), n) ||
      n != static_cast<std::uint64_t>(total))
    return wrong("a constant of " + std::to_string(total) + " numbers has no shape " + shape_text(dims));
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
/// A matrix: the axes before `axis`, and the others.
Result<bool> Folding::flatten() {
  if (!has(0)) return false;
  const auto rank = static_cast<std::int64_t>(in_[0].dims.size());
  std::int64_t first = attribute("axis", 1);
  if (first < 0) first += rank;
  if (first < 0 || first > rank) return wrong("its axis does not exist in a constant");
  const auto before = static_cast<std::size_t>(first);
  const std::span<const std::int64_t> dims = in_[0].dims;
  const Sizes matrix{product(dims.first(before)), product(dims.subspan(before))};
  y_ = std::move(in_[0]);
  y_.dims = matrix;
  return true;
}

Result<bool> Folding::tile() {
  if (!has(0) || !has(1)) return false;
  const Array& x = in_[0];
  const Sizes repeats = integers_of(in_[1]);
  if (repeats.size() != x.dims.size()) return wrong("its repeats are not one for each axis of a constant");
  y_ = {x.dims, x.type, {}};
  constexpr std::int64_t most = 1 << 20;
  for (std::size_t k = 0; k < repeats.size(); ++k) {
    if (repeats[k] < 0 || repeats[k] > most || x.dims[k] > most)
      return wrong("its repeats " + to_string(repeats) + " make a constant that is too large");
    y_.dims[k] *= repeats[k];
  }
  if (Result<void> room = take_room(y_.dims); !room) return room.error();
  Sizes from(x.dims.size());
  each_index(y_.dims, [&](std::size_t, const Sizes& at) {
    for (std::size_t k = 0; k < at.size(); ++k) from[k] = at[k] % x.dims[k];
    y_.numbers.push_back(x.numbers[broadcast(x.dims, from)]);
  });
  return true;
}

}  // namespace cnn::folding
