// ONNX operators that change the shape or the layout of a value, not its numbers.
#include "core/base/tensor_view.h"
#include "core/formats/onnx_folding.h"
#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

using Sizes = std::vector<std::int64_t>;

std::int64_t product(const Sizes& dims, std::size_t from) {
  std::int64_t result = 1;
  for (std::size_t k = from; k < dims.size(); ++k) result *= dims[k];
  return result;
}

}  // namespace

/// Permutation between flattened layouts: element i in [H, W, C] order is element places[i] in [C, H, W]
/// order.
std::shared_ptr<const std::vector<std::size_t>> OnnxReader::places_of(const Shape& maps) {
  const auto channels = static_cast<std::size_t>(maps[2]),
             cells = static_cast<std::size_t>(maps[0] * maps[1]);
  auto places = std::make_shared<std::vector<std::size_t>>(channels * cells);
  for (std::size_t i = 0; i < places->size(); ++i) (*places)[i] = i % channels * cells + i / channels;
  return places;
}

/// Maps as a row. For maps of one cell both layouts are the same, so a global pooling with keepdims becomes
/// one without.
OnnxReader::Done OnnxReader::flat(const OnnxNode& node, Value value) {
  const Shape shape = made(value).shape;
  if (value.order == Order::cell) value.order = Order::row;
  if (value.order == Order::row || value.order == Order::row_of_maps) {
    give_same(node, std::move(value));
    return {};
  }
  if (value.order == Order::pieces) return wrong("its input is neither maps nor a row");
  Made& before = made(value);
  const Json* keepdims = before.config.find("keepdims");
  if (keepdims && *keepdims->boolean() && is_only_reader(node, 0, value)) {
    before.shape = Shape{shape[2]};
    give(node, {value.layer, Order::row});
    return change_config(before, "keepdims", false);
  }
  const Result<int> layer = add_layer("Flatten", "flatten", Json::object(), {value.layer});
  if (!layer) return layer.error();
  Value row{*layer, Order::row};
  if (value.order == Order::maps && shape[0] * shape[1] > 1 && shape[2] > 1) {
    row.order = Order::row_of_maps;
    row.places = places_of(shape);
  }
  give(node, std::move(row));
  return {};
}

/// A row [N, units] as [N, units, 1, 1]: maps of one cell where it comes from a global pooling.
OnnxReader::Done OnnxReader::as_cell(const OnnxNode& node, Value value) {
  Made& before = made(value);
  const Json* keepdims = before.config.find("keepdims");
  if (keepdims && !*keepdims->boolean() && is_only_reader(node, 0, value)) {
    before.shape = Shape{1, 1, before.shape.back()};
    give(node, {value.layer, Order::maps});
    return change_config(before, "keepdims", true);
  }
  value.order = Order::cell;
  give_same(node, std::move(value));
  return {};
}

OnnxReader::Done OnnxReader::flatten(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const auto rank = static_cast<std::int64_t>(dims_of(**x).size());
  const std::int64_t axis = integer(node, "axis", 1);
  if (axis != 1 && axis != 1 - rank) return wrong("axis must be 1, so that each picture becomes one row");
  return flat(node, **x);
}

/// The axes of Squeeze or Unsqueeze, counted from the batch; empty if they are left out.
Result<std::vector<std::int64_t>> OnnxReader::axes_of(const OnnxNode& node, std::int64_t rank) const {
  const OnnxAttribute* attribute = node.find("axes");
  const OnnxTensor* input = constant_input(node, 1);  // since opset 13
  if (!attribute && !input && node.inputs.size() > 1 && !node.inputs[1].empty())
    return wrong("its axes are not constant");
  Sizes axes = attribute ? attribute->integers : input ? input->integers : Sizes();
  for (std::int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  std::sort(axes.begin(), axes.end());
  return axes;
}

OnnxReader::Done OnnxReader::squeeze(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const Sizes dims = dims_of(**x);
  const Result<Sizes> axes = axes_of(node, 4);
  if (!axes) return axes.error();
  if (dims.size() != 4 || ((*x)->order != Order::maps && (*x)->order != Order::cell))
    return wrong("its input does not have the layout [N, C, H, W]");
  if (dims[2] != 1 || dims[3] != 1) return wrong("the maps of its input have more than one cell");
  if (!axes->empty() && *axes != Sizes{2, 3})
    return wrong("axes must be 2 and 3, so that each picture becomes one row");
  return flat(node, **x);
}

OnnxReader::Done OnnxReader::unsqueeze(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const Result<Sizes> axes = axes_of(node, 4);
  if (!axes) return axes.error();
  const auto is_one = [](const Sizes& list) { return list == Sizes{2} || list == Sizes{3}; };
  const OnnxNode* next = (*x)->order == Order::row && is_one(*axes) ? only_reader(node) : nullptr;
  if (next && next->op == "Unsqueeze") {  // one axis, then the other
    const Result<Sizes> rest = axes_of(*next, 4);
    if (rest && is_one(*rest)) {
      Value value = **x;
      value.shared = !is_only_reader(node, 0, value);
      done_.insert(next);
      return as_cell(*next, std::move(value));
    }
  }
  if ((*x)->order != Order::row || *axes != Sizes{2, 3})
    return wrong("only a row of numbers, with axes 2 and 3, becomes maps");
  return as_cell(node, **x);
}

OnnxReader::Done OnnxReader::reshape(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const OnnxTensor* wanted = constant_input(node, 1);
  if (!wanted || wanted->type != OnnxType::int64)
    return wrong("its shape is not constant; export the model with Flatten instead");
  if ((*x)->order == Order::pieces) {  // the end of a Maxout
    give(node, {(*x)->layer, (*x)->maps.rank() == 3 ? Order::maps : Order::row});
    return {};
  }
  const Sizes dims = dims_of(**x), &given = wanted->integers;
  const std::int64_t numbers = product(dims, 1);
  const OnnxNode* next = only_reader(node);
  if (next && next->op == "InstanceNormalization" && given.size() == 3) {
    node_ = next;
    return wrong("it is part of a GroupNorm of " + std::to_string(given[1]) + " groups, for which " +
                 std::string(kNoGroups));
  }
  const Error no_row =
      wrong("shape " + shape_text(given) + " is not one row for each picture, nor the shape of its input " +
            shape_text(dims));
  Sizes sizes = given;
  for (std::size_t k = 0; k < sizes.size() && k < dims.size(); ++k) {
    if (sizes[k] == 0 && integer(node, "allowzero", 0) == 0) sizes[k] = dims[k];
  }
  if (sizes.size() < 2) return no_row;
  constexpr std::int64_t largest = 1 << 30;
  std::int64_t known = 1, *open = nullptr;
  for (std::size_t k = 1; k < sizes.size(); ++k) {
    if (sizes[k] == -1 && !open) {
      open = &sizes[k];
    } else if (sizes[k] < 1 || sizes[k] > largest || known > largest / sizes[k]) {
      return no_row;
    } else {
      known *= sizes[k];
    }
  }
  // The batch stays the first axis: copied, computed by the graph, traced with one size,
  // or what is left over.
  if (sizes[0] != kBatchSize && sizes[0] != 1 && sizes[0] != -1 && (batch_ == 0 || sizes[0] != batch_))
    return no_row;
  if (open && sizes[0] == -1) return no_row;
  if (open) *open = numbers / known;
  if (product(sizes, 1) != numbers) return no_row;
  if (sizes.size() == 2) return flat(node, **x);
  if (std::equal(sizes.begin() + 1, sizes.end(), dims.begin() + 1, dims.end())) {
    give_same(node, **x);
    return {};
  }
  if ((*x)->order == Order::row && sizes == Sizes{sizes[0], numbers, 1, 1}) return as_cell(node, **x);
  const Shape shape = made(**x).shape;
  const bool is_maps = (*x)->order == Order::maps;
  // x.flatten(2).mean(2)
  if (is_maps && sizes.size() == 3 && sizes[1] == shape[2] && next &&
      (next->op == "ReduceMean" || next->op == "ReduceMax") && integer(*next, "keepdims", 1) == 0) {
    if (const Result<Sizes> axes = axes_of(*next, 3); axes && *axes == Sizes{2}) {
      done_.insert(next);
      return pooled(*next, **x, false);
    }
  }
  const std::int64_t places = is_maps ? std::int64_t{shape[0]} * shape[1] : 1;
  if ((is_maps || (*x)->order == Order::row) && sizes.size() == 4 && sizes[3] == places &&
      sizes[1] <= shape.back() && sizes[2] <= shape.back() && sizes[1] * sizes[2] == shape.back()) {
    const Result<int> layer =
        add_layer("Maxout", name_for(node, 0), Json::object({{"pieces", sizes[2]}}), {(*x)->layer});
    if (!layer) return layer.error();
    give(node, {*layer, Order::pieces, false, shape});
    return {};
  }
  return no_row;
}

/// The factors of a squeeze and excitation, one for each map, repeated for all its cells before they multiply
/// maps: Multiply repeats them itself.
OnnxReader::Done OnnxReader::expand(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const OnnxTensor* wanted = constant_input(node, 1);
  if (!wanted || wanted->integers.empty()) return wrong("its shape is not constant");
  const Sizes dims = dims_of(**x);
  Sizes to = wanted->integers;
  to.insert(to.begin(), dims.size() - std::min(dims.size(), to.size()), 1);
  for (std::size_t k = 0; k < dims.size(); ++k) to[k] = to[k] == 1 || k == 0 ? dims[k] : to[k];
  const OnnxNode* next = only_reader(node);
  bool fits = to == dims;
  if (next && next->op == "Mul" && next->inputs.size() == 2 && dims.size() == 4 && to.size() == 4 &&
      ((*x)->order == Order::cell || (*x)->order == Order::maps) && dims[2] == 1 && dims[3] == 1) {
    const auto other = values_.find(next->inputs[next->inputs[0] == node.outputs[0] ? 1 : 0]);
    fits = fits ||
           (other != values_.end() && other->second.order == Order::maps && dims_of(other->second) == to);
  }
  if (!fits)
    return wrong("an output of shape " + shape_text(dims) + " is repeated to " + shape_text(to) +
                 "; only one factor for each map, which multiplies maps of that shape, can be repeated");
  give_same(node, **x);
  return {};
}

OnnxReader::Done OnnxReader::transpose(const OnnxNode& node) {
  Result<Value*> x = value_input(node);
  if (x && (*x)->curve) x = layer_input(node);
  if (!x) return x.error();
  const OnnxAttribute* order = node.find("perm");
  const Sizes perm = order ? order->integers : Sizes();
  Value y = **x;
  if (perm == Sizes{0, 2, 3, 1} && y.order == Order::maps) {
    y.order = Order::maps_last;
  } else if (perm == Sizes{0, 3, 1, 2} && y.order == Order::maps_last) {
    y.order = Order::maps;
  } else {
    return wrong("only [N, C, H, W] to [N, H, W, C] and back is supported");
  }
  give_same(node, std::move(y));
  return {};
}

/// Channels side by side.
OnnxReader::Done OnnxReader::concat(const OnnxNode& node) {
  std::vector<int> layers;
  Value y;
  std::size_t units = 0;
  auto places = std::make_shared<std::vector<std::size_t>>();
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Result<Value*> x = layer_input(node, i);
    if (!x) return x.error();
    const Value& value = **x;
    const bool are_rows = value.order == Order::row || value.order == Order::row_of_maps;
    const bool were_rows = y.order == Order::row || y.order == Order::row_of_maps;
    if (value.order == Order::pieces || (i > 0 && value.order != y.order && !(are_rows && were_rows)))
      return wrong("its inputs have different layouts");
    const auto size = static_cast<std::size_t>(made(value).shape.back());
    for (std::size_t k = 0; are_rows && k < size; ++k)
      places->push_back(units + (value.places ? (*value.places)[k] : k));
    units += size;
    layers.push_back(value.layer);
    const Order before = y.order;
    y = Value{value.layer, value.order};
    if (i > 0 && before == Order::row_of_maps) y.order = before;
  }
  if (layers.empty()) return wrong("it has no input");
  const auto rank = static_cast<std::int64_t>(dims_of(y).size());
  std::int64_t axis = integer(node, "axis", 1);
  if (axis < 0) axis += rank;
  const bool is_first = y.order == Order::maps || y.order == Order::cell;
  if (axis != (is_first ? 1 : rank - 1))
    return wrong("axis " + std::to_string(integer(node, "axis", 1)) + " is not the axis of the channels");
  if (y.order == Order::row_of_maps) y.places = std::move(places);
  if (layers.size() > 1) {
    const Result<int> layer = add_layer("Concatenate", name_for(node, 0), Json::object(), std::move(layers));
    if (!layer) return layer.error();
    y.layer = *layer;
  }
  give(node, std::move(y));
  return {};
}

/// A border of zeros. PyTorch writes a Pad before every AveragePool, usually with all sizes 0.
OnnxReader::Done OnnxReader::pad(const OnnxNode& node) {
  const OnnxAttribute* attribute = node.find("pads");  // until opset 10
  const OnnxTensor* input = constant_input(node, 1);
  if (!attribute && !input) return wrong("its pads are not constant");
  Sizes pads = attribute ? attribute->integers : input->integers;
  if (std::all_of(pads.begin(), pads.end(), [](std::int64_t size) { return size == 0; })) return same(node);
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const std::string_view mode = text(node, "mode", "constant");
  if (mode != "constant") return wrong("mode " + std::string(mode) + " is not supported, only constant");
  const OnnxTensor* filler = constant_input(node, 2);
  const bool is_zero = filler ? filler->floats.size() == 1 && filler->floats[0] == 0
                              : node.inputs.size() < 3 || node.inputs[2].empty();
  if (!is_zero || number(node, "value", 0) != 0) return wrong("it pads with a number other than 0");
  if (const OnnxTensor* axes = constant_input(node, 3)) {  // since opset 18
    Sizes all(8, 0);
    const std::size_t n = axes->integers.size();
    for (std::size_t k = 0; k < n && pads.size() == 2 * n; ++k) {
      const std::int64_t axis = axes->integers[k] + (axes->integers[k] < 0 ? 4 : 0);
      if (axis < 0 || axis > 3) return wrong("it has no axis " + std::to_string(axes->integers[k]));
      all[static_cast<std::size_t>(axis)] = pads[k], all[static_cast<std::size_t>(axis) + 4] = pads[k + n];
    }
    if (pads.size() == 2 * n) pads = std::move(all);
  } else if (node.inputs.size() > 3 && !node.inputs[3].empty()) {
    return wrong("its axes are not constant");
  }
  const bool is_maps = (*x)->order == Order::maps;
  if (pads.size() != 8 || (!is_maps && (*x)->order != Order::maps_last))
    return wrong("its pads " + to_string(pads) + " are not those of maps");
  const std::size_t height = is_maps ? 2 : 1, channels = is_maps ? 1 : 3;
  constexpr std::int64_t largest = 64;
  if (pads[0] != 0 || pads[4] != 0 || pads[channels] != 0 || pads[channels + 4] != 0 ||
      std::any_of(pads.begin(), pads.end(), [](std::int64_t size) { return size < 0 || size > largest; }))
    return wrong("its pads " + to_string(pads) + " are not 0 to 64 cells above, below, left and right");
  Json padding = Json::array(
      {Json::array({pads[height], pads[height + 4]}), Json::array({pads[height + 1], pads[height + 5]})});
  return add_after(node, **x, "ZeroPadding2D", Json::object({{"padding", std::move(padding)}}));
}

}  // namespace cnn
