// ONNX operators with windows (convolutions and poolings), and those that flatten maps into rows.
#include <algorithm>

#include "core/base/tensor_view.h"
#include "core/formats/onnx_import.h"

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

std::int64_t integer(const OnnxNode& node, std::string_view attribute, std::int64_t otherwise) {
  const OnnxAttribute* found = node.find(attribute);
  return found && found->kind == OnnxAttribute::Kind::integer ? found->integer : otherwise;
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

Result<std::string> OnnxReader::padding(const OnnxNode& node, const Shape& x, Size2 window,
                                        Size2 strides) const {
  const OnnxAttribute* automatic = node.find("auto_pad");
  if (automatic && automatic->text == "SAME_UPPER") return std::string("same");
  if (automatic && automatic->text == "VALID") return std::string("valid");
  if (automatic && !automatic->text.empty() && automatic->text != "NOTSET")
    return wrong("auto_pad " + automatic->text + " is not supported");
  const OnnxAttribute* pads = node.find("pads");
  if (!pads ||
      std::all_of(pads->integers.begin(), pads->integers.end(), [](std::int64_t pad) { return pad == 0; })) {
    return std::string("valid");
  }
  if (pads->integers.size() != 4) return wrong("pads must be four numbers");
  const auto ends = [](int size, int length, int stride) {
    const Window place = slide(size, length, stride, Padding::same);
    const int total = std::max(0, (place.count - 1) * stride + length - size);
    return std::pair<std::int64_t, std::int64_t>(place.pad_before, total - place.pad_before);
  };
  const auto [top, bottom] = ends(x[0], window.height, strides.height);
  const auto [left, right] = ends(x[1], window.width, strides.width);
  if (pads->integers == std::vector<std::int64_t>{top, left, bottom, right}) return std::string("same");
  return wrong("pads " + to_string(pads->integers) + " are neither 0 nor those of \"same\" in Keras, (" +
               std::to_string(top) + ", " + std::to_string(left) + ", " + std::to_string(bottom) + ", " +
               std::to_string(right) + ")");
}

/// The fields that windows have. `size`: where it is known otherwise than from kernel_shape.
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
    return wrong("windows have no gaps (dilations) here");
  }
  if (integer(node, "ceil_mode", 0) != 0) return wrong("ceil_mode is not supported");
  const Result<std::string> pad = padding(node, x, *window, *strides);
  if (!pad) return pad.error();
  return Json::object(
      {{std::string(size_name), as_json(*window)}, {"strides", as_json(*strides)}, {"padding", *pad}});
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
                                      std::move(*config), {(*x)->layer}, std::move(weights));
  if (!layer) return layer.error();
  give(node, {*layer, Order::maps});
  return {};
}

OnnxReader::Done OnnxReader::max_pool(const OnnxNode& node) {
  const Result<Value*> any = layer_input(node);
  if (any && (*any)->order == Order::pieces) {  // the middle of a Maxout, see core/layers/maxout.cpp
    give(node, **any);
    return {};
  }
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  Result<Json> config = window(node, made(**x).shape, "pool_size", {});
  if (!config) return config.error();
  return add_after(node, **x, "MaxPooling2D", std::move(*config));
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
    if (*(*config).find("padding")->string() != "valid")
      return wrong("it counts the padding (count_include_pad); only means without the padding are supported");
  }
  return add_after(node, **x, "AveragePooling2D", std::move(*config));
}

OnnxReader::Done OnnxReader::global_average_pool(const OnnxNode& node) {
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  return add_after(node, **x, "GlobalAveragePooling2D", Json::object({{"keepdims", true}}));
}

OnnxReader::Done OnnxReader::reduce_mean(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const OnnxAttribute* attribute = node.find("axes");
  const OnnxTensor* input = constant_input(node, 1);  // since opset 18
  std::vector<std::int64_t> axes = attribute ? attribute->integers
                                   : input   ? input->integers
                                             : std::vector<std::int64_t>{};
  for (std::int64_t& axis : axes) axis += axis < 0 ? 4 : 0;
  std::sort(axes.begin(), axes.end());
  using Sizes = std::vector<std::int64_t>;
  const bool whole = ((*x)->order == Order::maps && axes == Sizes{2, 3}) ||
                     ((*x)->order == Order::maps_last && axes == Sizes{1, 2});
  if (!whole) return wrong("only a mean over height and width is supported");
  const bool keeps = integer(node, "keepdims", 1) != 0;
  if (Done done = add_after(node, **x, "GlobalAveragePooling2D", Json::object({{"keepdims", keeps}})); !done)
    return done;
  if (!keeps) values_[node.outputs[0]].order = Order::row;
  return {};
}

/// Maps as a row. For maps of one cell both layouts are the same, so a global pooling with keepdims becomes
/// one without.
OnnxReader::Done OnnxReader::flat(const OnnxNode& node, Value value) {
  const Shape shape = made(value).shape;
  if (value.order == Order::row || value.order == Order::row_of_maps) {
    give_same(node, value);
    return {};
  }
  if (value.order == Order::pieces) return wrong("its input is neither maps nor a row");
  Made& before = made(value);
  const Json* keepdims = before.config.find("keepdims");
  if (keepdims && *keepdims->boolean() && is_only_reader(node, 0, value)) {
    before.config["keepdims"] = false;
    before.shape = Shape{shape[2]};
    give(node, {value.layer, Order::row});
    return read_fields(before.config, before.layer->name, {},
                       [&](Fields& fields) { before.layer->fields(fields); });
  }
  const Result<int> layer = add_layer("Flatten", "flatten", Json::object(), {value.layer});
  if (!layer) return layer.error();
  const bool reordered = value.order == Order::maps && shape[0] * shape[1] > 1 && shape[2] > 1;
  give(node, {*layer, reordered ? Order::row_of_maps : Order::row, false, shape});
  return {};
}

OnnxReader::Done OnnxReader::flatten(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  if (integer(node, "axis", 1) != 1) return wrong("axis must be 1, so that each picture becomes one row");
  return flat(node, **x);
}

OnnxReader::Done OnnxReader::squeeze(const OnnxNode& node) {
  const Result<Value*> x = maps_input(node);
  if (!x) return x.error();
  const Shape& shape = made(**x).shape;
  if (shape[0] != 1 || shape[1] != 1) return wrong("the maps of its input have more than one cell");
  return flat(node, **x);
}

OnnxReader::Done OnnxReader::reshape(const OnnxNode& node) {
  const Result<Value*> x = layer_input(node);
  if (!x) return x.error();
  const OnnxTensor* wanted = constant_input(node, 1);
  if (!wanted || wanted->type != OnnxType::int64)
    return wrong("its shape is not constant; export the model with Flatten instead");
  const std::vector<std::int64_t>& sizes = wanted->integers;
  const Shape shape = made(**x).shape;
  if ((*x)->order == Order::pieces) {  // the end of a Maxout
    give(node, {(*x)->layer, (*x)->maps.rank() == 3 ? Order::maps : Order::row});
    return {};
  }
  if (sizes.size() == 2 && (sizes[1] == -1 || sizes[1] == static_cast<std::int64_t>(count(shape))))
    return flat(node, **x);
  const bool is_maps = (*x)->order == Order::maps;
  const std::int64_t places = is_maps ? std::int64_t{shape[0]} * shape[1] : 1;
  if ((is_maps || (*x)->order == Order::row) && sizes.size() == 4 && sizes[1] > 0 && sizes[2] > 0 &&
      sizes[3] == places && sizes[1] <= shape.back() && sizes[2] <= shape.back() &&
      sizes[1] * sizes[2] == shape.back()) {
    const Result<int> layer =
        add_layer("Maxout", name_for(node, 0), Json::object({{"pieces", sizes[2]}}), {(*x)->layer});
    if (!layer) return layer.error();
    give(node, {*layer, Order::pieces, false, shape});
    return {};
  }
  return wrong("shape " + to_string(sizes) + " is not one row for each picture");
}

}  // namespace cnn
