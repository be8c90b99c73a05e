// ONNX operators with windows: convolutions and poolings.
#include <array>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_operator.h"

namespace cnn {
namespace {

Json as_json(Size2 size) { return Json::array({size.height, size.width}); }

/// [outputs, inputs, cells] -> [cells, inputs, outputs]: kernels OIHW -> HWIO.
std::vector<float> transposed(const std::vector<float>& from, std::size_t outputs, std::size_t inputs,
                              std::size_t cells) {
  std::vector<float> to(from.size());
  for (std::size_t o = 0; o < outputs; ++o) {
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t cell = 0; cell < cells; ++cell)
        to[(cell * inputs + i) * outputs + o] = from[(o * inputs + i) * cells + cell];
    }
  }
  return to;
}

}  // namespace

Result<Size2> OnnxReader::pair(const OnnxNode& node, std::string_view attribute,
                               std::optional<Size2> otherwise) const {
  const OnnxAttribute* found = node.find(attribute);
  if (!found && otherwise) return *otherwise;
  constexpr std::int64_t largest = 4096;
  if (!found || found->integers.size() != 2 ||
      std::any_of(found->integers.begin(), found->integers.end(),
                  [](std::int64_t size) { return size < 1 || size > largest; })) {
    return wrong(std::string(attribute) + " must be two sizes, height and width");
  }
  return Size2{static_cast<int>(found->integers[0]), static_cast<int>(found->integers[1])};
}

/// The padding as four numbers, or as the word that gives the same four. ceil_mode moves the last window past
/// the end where it still begins inside.
Result<Padding> OnnxReader::padding(const OnnxNode& node, const Shape& x, Size2 window, Size2 strides) const {
  const std::string_view automatic = text(node, "auto_pad", "NOTSET");
  const bool upper = automatic == "SAME_UPPER", lower = automatic == "SAME_LOWER";
  if (!upper && !lower && automatic != "NOTSET" && automatic != "VALID" && !automatic.empty())
    return wrong("auto_pad " + std::string(automatic) + " is not supported");
  std::array<std::int64_t, 4> pads{};  // top, left, bottom, right
  if (const OnnxAttribute* given = node.find("pads"); given && !given->integers.empty() && !upper && !lower) {
    if (given->integers.size() != 4) return wrong("pads must be four numbers");
    std::copy_n(given->integers.begin(), 4, pads.begin());
    if (automatic == "VALID") pads = {};
  }
  const int sizes[] = {x[0], x[1]}, windows[] = {window.height, window.width},
            steps[] = {strides.height, strides.width};
  bool is_same = true;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const Window place = slide(sizes[axis], windows[axis], steps[axis], Padding::same.rows());
    const std::int64_t total = std::max(0, (place.count - 1) * steps[axis] + windows[axis] - sizes[axis]);
    std::int64_t &before = pads[axis], &after = pads[axis + 2];
    if (upper || lower) {
      before = upper ? total / 2 : total - total / 2;
      after = total - before;
    }
    constexpr std::int64_t largest = 64;
    if (before < 0 || after < 0 || before > largest || after > largest)
      return wrong("pads must be from 0 to " + std::to_string(largest));
    if (integer(node, "ceil_mode", 0) != 0) {
      const std::int64_t room = sizes[axis] + before + after - windows[axis];
      const std::int64_t rest = room >= 0 ? room % steps[axis] : 0;
      const std::int64_t next = (room / steps[axis] + 1) * steps[axis];  // where another window would begin
      if (rest != 0 && next < sizes[axis] + before) after += steps[axis] - rest;
    }
    is_same = is_same && before == place.pad_before && after == total - place.pad_before;
  }
  const auto pad = [&](std::size_t side) { return static_cast<int>(pads[side]); };
  const Padding sides{false, pad(0), pad(2), pad(1), pad(3)};
  return is_same && sides.has_sides() ? Padding::same : sides;
}

/// The fields that windows have. `size`: the window's size by the weights; kernel_shape is optional then, and
/// must agree with it.
Result<Json> OnnxReader::window(const OnnxNode& node, const Shape& x, std::string_view size_name,
                                std::optional<Size2> size) const {
  const Result<Size2> window = pair(node, "kernel_shape", size);
  const Result<Size2> strides = pair(node, "strides", Size2{1, 1});
  if (!window) return window.error();
  if (!strides) return strides.error();
  if (size && !(*size == *window))
    return wrong("kernel_shape is " + to_string(*window) + " and its weights are " + to_string(*size));
  const OnnxAttribute* gaps = node.find("dilations");
  if (gaps &&
      std::any_of(gaps->integers.begin(), gaps->integers.end(), [](std::int64_t gap) { return gap != 1; })) {
    return wrong("dilations is " + to_string(gaps->integers) +
                 ", but only windows without gaps (dilations 1, 1) are supported; train the model with "
                 "dilation 1 and export it again");
  }
  if (integer(node, "storage_order", 0) != 0) return wrong("storage_order must be 0");
  const Result<Padding> pad = padding(node, x, *window, *strides);
  if (!pad) return pad.error();
  return Json::object({{std::string(size_name), as_json(*window)},
                       {"strides", as_json(*strides)},
                       {"padding", pad->to_json()}});
}

OnnxReader::Done OnnxReader::convolution(const OnnxNode& node) {
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  const Shape shape = made(**x).shape;
  const OnnxTensor *kernel = constant_input(node, 1), *bias = constant_input(node, 2);
  if (!kernel || kernel->dims.size() != 4 || kernel->floats.empty())
    return wrong("its weights are not a constant [filters, channels, height, width]");
  if (node.inputs.size() > 2 && !node.inputs[2].empty() && !bias) return wrong("its bias is not constant");
  constexpr std::int64_t largest = 1 << 16;
  if (std::any_of(kernel->dims.begin(), kernel->dims.end(), [](std::int64_t size) { return size > largest; }))
    return wrong("its weights have shape " + to_string(kernel->dims) + "; no size may exceed " +
                 std::to_string(largest));
  const auto size = [&](std::size_t axis) { return static_cast<int>(kernel->dims[axis]); };
  Result<Json> config = window(node, shape, "kernel_size", Size2{size(2), size(3)});
  if (!config) return config.error();
  int input = (*x)->layer;
  Padding padding;
  padding.from_json(*config->find("padding"));
  if (std::max(padding.top, padding.bottom) >= size(2) || std::max(padding.left, padding.right) >= size(3)) {
    if (padding.has_sides()) {  // some windows see nothing but the border
      const Result<int> zeros = border_layer(input, padding, {}, {});
      if (!zeros) return zeros.error();
      input = *zeros;
      (*config)["padding"] = "valid";
    }
  }
  const std::int64_t groups = integer(node, "group", 1);
  const bool depthwise = groups != 1;
  if (depthwise && (groups != shape[2] || size(1) != 1 || size(0) % groups != 0)) {
    return wrong("group is " + std::to_string(groups) +
                 "; it must be 1 or the number of channels (a depthwise convolution)");
  }
  if (depthwise) {
    (*config)["depth_multiplier"] = size(0) / static_cast<int>(groups);
  } else {
    (*config)["filters"] = size(0);
  }
  (*config)["use_bias"] = bias != nullptr;
  std::vector<std::vector<float>> weights{transposed(
      kernel->floats, kernel->floats.size() / static_cast<std::size_t>(size(1) * size(2) * size(3)),
      static_cast<std::size_t>(size(1)), static_cast<std::size_t>(size(2) * size(3)))};
  if (bias) weights.push_back(bias->floats);
  const Result<int> layer = add_layer(depthwise ? "DepthwiseConv2D" : "Conv2D", name_for(node, 1),
                                      std::move(*config), {input}, std::move(weights));
  if (!layer) return layer.error();
  give(node, {*layer, Order::maps});
  return {};
}

OnnxReader::Done OnnxReader::max_pool(const OnnxNode& node) {
  const Result<Value*> any = layer_input(node);
  if (!any) return any.error();
  if ((*any)->order == Order::pieces) {  // the middle of a Maxout, see core/layers/maxout.cpp
    give(node, **any);
    return {};
  }
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  Result<Json> config = window(node, made(**x).shape, "pool_size", {});
  if (!config) return config.error();
  return add_after(node, **x, "MaxPooling2D", std::move(*config));
}

/// A layer of zeros around the output of `layer`, as the padding of a window says.
Result<int> OnnxReader::border_layer(int layer, const Padding& padding, Size2 window, Size2 strides) {
  const Shape shape = layers_[static_cast<std::size_t>(layer)].shape;
  const auto sides = [](int length, int size, int step, Padding::Sides given) {
    if (!given.same) return Json::array({given.before, given.after});
    const Window place = slide(length, size, step, given);
    const int total = std::max(0, (place.count - 1) * step + size - length);
    return Json::array({place.pad_before, total - place.pad_before});
  };
  Json border = Json::array({sides(shape[0], window.height, strides.height, padding.rows()),
                             sides(shape[1], window.width, strides.width, padding.columns())});
  return add_layer("ZeroPadding2D", "zero_padding2d", Json::object({{"padding", std::move(border)}}),
                   {layer});
}

/// A mean that counts the zeros of its padding: the zeros become a layer of their own. The cells that
/// ceil_mode adds at the end are not counted, so they stay the padding of the mean.
OnnxReader::Done OnnxReader::padded_mean(const OnnxNode& node, const Value& x, Json config) {
  const Result<Size2> size = pair(node, "kernel_shape", {}), strides = pair(node, "strides", Size2{1, 1});
  Padding padding, rest;
  padding.from_json(*config.find("padding"));
  if (integer(node, "ceil_mode", 0) != 0) {
    const std::string_view automatic = text(node, "auto_pad", "NOTSET");
    if (automatic != "NOTSET" && automatic != "VALID")
      return wrong("ceil_mode together with auto_pad " + std::string(automatic) + " is not supported");
    const Shape shape = made(x).shape;
    const auto whole = [](Padding::Sides sides, int length, int window, int step) {
      if (!sides.same) return sides;
      const Window place = slide(length, window, step, sides);
      return Padding::Sides{false, place.pad_before,
                            std::max(0, (place.count - 1) * step + window - length) - place.pad_before};
    };
    const Padding::Sides rows = whole(padding.rows(), shape[0], size->height, strides->height);
    const Padding::Sides columns = whole(padding.columns(), shape[1], size->width, strides->width);
    const OnnxAttribute* given = automatic == "VALID" ? nullptr : node.find("pads");
    const auto end = [&](std::size_t i) {
      return given && given->integers.size() == 4 ? static_cast<int>(given->integers[i]) : 0;
    };
    rest = Padding{false, 0, rows.after - end(2), 0, columns.after - end(3)};
    padding = Padding{false, rows.before, end(2), columns.before, end(3)};
  }
  Value padded = x;
  if (integer(node, "ceil_mode", 0) == 0 || padding.has_sides()) {
    const Result<int> zeros = border_layer(x.layer, padding, *size, *strides);
    if (!zeros) return zeros.error();
    padded.layer = *zeros;
  }
  config["padding"] = rest.to_json();
  return add_after(node, padded, "AveragePooling2D", std::move(config));
}

OnnxReader::Done OnnxReader::average_pool(const OnnxNode& node) {
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  Result<Json> config = window(node, made(**x).shape, "pool_size", {});
  if (!config) return config.error();
  // Our export writes SumPooling2D as a mean that counts the padding, times the number of cells.
  if (integer(node, "count_include_pad", 0) != 0) {
    const Result<Size2> cells = pair(node, "kernel_shape", {});
    for (const OnnxNode& next : file_.nodes) {
      if (integer(node, "ceil_mode", 0) != 0) break;  // divided by fewer cells at the end
      if (next.op != "Mul" || next.inputs.size() != 2 || next.inputs[0] != node.outputs[0] ||
          readers_[node.outputs[0]] != 1)
        continue;
      const OnnxTensor* factor = constant_input(next, 1);
      if (factor && factor->floats.size() == 1 &&
          factor->floats[0] == static_cast<float>(cells->height * cells->width)) {
        if (Done done = add_after(node, **x, "SumPooling2D", std::move(*config)); !done) return done;
        sums_.push_back(&next);
        return {};
      }
    }
    if (*config->find("padding") != Json("valid")) return padded_mean(node, **x, std::move(*config));
  }
  return add_after(node, **x, "AveragePooling2D", std::move(*config));
}

OnnxReader::Done OnnxReader::global_pool(const OnnxNode& node) {
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  return pooled(node, **x, true);
}

/// The mean or the largest number of each map.
OnnxReader::Done OnnxReader::pooled(const OnnxNode& node, const Value& x, bool keeps) {
  const bool largest = node.op == "GlobalMaxPool" || node.op == "ReduceMax";
  if (Done done = add_after(node, x, largest ? "GlobalMaxPooling2D" : "GlobalAveragePooling2D",
                            Json::object({{"keepdims", keeps}}));
      !done)
    return done;
  if (!keeps) values_[node.outputs[0]].order = Order::row;
  return {};
}

OnnxReader::Done OnnxReader::reduce(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const auto rank = static_cast<std::int64_t>(dims_of(**x).size());
  Result<std::vector<std::int64_t>> axes = axes_of(node, rank);
  if (!axes) return axes.error();
  const bool keeps = integer(node, "keepdims", 1) != 0;
  const OnnxNode* last = &node;
  const OnnxNode* next = axes->size() == 1 && rank == 4 ? only_reader(node) : nullptr;
  if (next && next->op == node.op) {  // one axis, then the other: x.mean(3).mean(2)
    const Result<std::vector<std::int64_t>> rest = axes_of(*next, keeps ? rank : rank - 1);
    if (rest && rest->size() == 1 && (integer(*next, "keepdims", 1) != 0) == keeps) {
      axes->push_back((*rest)[0] + (!keeps && (*rest)[0] >= (*axes)[0] ? 1 : 0));
      std::sort(axes->begin(), axes->end());
      last = next;
    }
  }
  using Sizes = std::vector<std::int64_t>;
  const bool whole = ((*x)->order == Order::maps && *axes == Sizes{2, 3}) ||
                     ((*x)->order == Order::maps_last && *axes == Sizes{1, 2});
  if (!whole && node.op == "ReduceMean") {
    const Result<bool> found = layer_normalization_in_pieces(node);
    if (!found) return found.error();
    if (*found) return {};
  }
  if (!whole)
    return wrong("it goes over axes " + to_string(*axes) +
                 "; supported are height and width together, and the mean over the channels as part of a "
                 "LayerNormalization");
  if (integer(node, "noop_with_empty_axes", 0) != 0) return wrong("noop_with_empty_axes must be 0");
  if (last != &node) done_.insert(last);
  return pooled(*last, **x, keeps);
}

}  // namespace cnn
