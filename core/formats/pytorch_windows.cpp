// Convolutions and poolings in PyTorch, whose padding has to be spelled out: "same" with a stride pads more
// below and right.
#include <algorithm>

#include "core/formats/python_text.h"
#include "core/formats/pytorch_layer.h"
#include "core/layers/conv2d.h"
#include "core/layers/depthwise_conv2d.h"
#include "core/layers/max_pooling2d.h"
#include "core/layers/mean_pooling2d.h"
#include "core/layers/separable_conv2d.h"
#include "core/layers/zero_padding2d.h"

namespace cnn {
namespace {

using std::to_string;

constexpr int kKernel[] = {3, 2, 0, 1};     // [kh, kw, in, out] -> [out, in, kh, kw]
constexpr int kDepthwise[] = {2, 3, 0, 1};  // [kh, kw, C, M] -> [C, M, kh, kw]
constexpr int kBias[] = {0};

struct Pads {
  int top = 0, bottom = 0, left = 0, right = 0;
  bool any() const { return top != 0 || bottom != 0 || left != 0 || right != 0; }
  bool even() const { return top == bottom && left == right; }
  std::string sides() const {  // in the order of F.pad
    return "(" + to_string(left) + ", " + to_string(right) + ", " + to_string(top) + ", " +
           to_string(bottom) + ")";
  }
};

Pads pads_of(const TorchLayer& l, Size2 window, Size2 stride, const Padding& padding) {
  const auto axis = [&](int at, int size, int step, Padding::Sides sides, int& before, int& after) {
    const int in = l.x_shape()[at];
    const Window slid = slide(in, size, step, sides);
    before = slid.pad_before;
    after = sides.same ? std::max(0, (slid.count - 1) * step + size - in - before) : sides.after;
  };
  Pads pads;
  axis(0, window.height, stride.height, padding.rows(), pads.top, pads.bottom);
  axis(1, window.width, stride.width, padding.columns(), pads.left, pads.right);
  return pads;
}

/// nn.Conv2d over the layer's input, which is padded before it where the sides differ. The caller adds the
/// arrays.
std::string convolution(const TorchLayer& l, std::string& x, int in, int out, Size2 kernel, Size2 strides,
                        const Padding& padding, int groups, bool bias) {
  const Pads pads = pads_of(l, kernel, strides, padding);
  std::string text = "nn.Conv2d(" + to_string(in) + ", " + to_string(out) + ", " + python_pair(kernel);
  if (strides != Size2{1, 1}) text += ", stride=" + python_pair(strides);
  if (pads.any() && pads.even()) text += ", padding=" + python_pair({pads.top, pads.left});
  if (!pads.even()) x = "F.pad(" + x + ", " + pads.sides() + ")";
  if (groups > 1) text += ", groups=" + to_string(groups);
  return text + (bias ? ")" : ", bias=False)");
}

Result<void> conv2d(TorchLayer& l) {
  const auto& own = static_cast<const Conv2D&>(l.layer);
  std::string x = l.x();
  l.constructor = convolution(l, x, l.x_shape()[2], own.filters, own.kernel_size, own.strides, own.padding, 1,
                              own.use_bias);
  l.array(0, "weight", kKernel);
  if (own.use_bias) l.array(1, "bias", kBias);
  l.adapts = own.kernel_initializer.kind == Initializer::Kind::whitening;
  l.y = l.call(x);
  return {};
}

Result<void> depthwise_conv2d(TorchLayer& l) {
  const auto& own = static_cast<const DepthwiseConv2D&>(l.layer);
  const int in = l.x_shape()[2], out = in * own.depth_multiplier;
  std::string x = l.x();
  l.constructor = convolution(l, x, in, out, own.kernel_size, own.strides, own.padding, in, own.use_bias);
  l.array(0, "weight", kDepthwise, {out, 1, own.kernel_size.height, own.kernel_size.width});
  if (own.use_bias) l.array(1, "bias", kBias);
  l.y = l.call(x);
  return {};
}

Result<void> separable_conv2d(TorchLayer& l) {
  const auto& own = static_cast<const SeparableConv2D&>(l.layer);
  const int in = l.x_shape()[2], middle = in * own.depth_multiplier;
  std::string x = l.x();
  l.constructor = "nn.Sequential(" +
                  convolution(l, x, in, middle, own.kernel_size, own.strides, own.padding, in, false) +
                  ", nn.Conv2d(" + to_string(middle) + ", " + to_string(own.filters) + ", 1" +
                  (own.use_bias ? "" : ", bias=False") + "))";
  l.array(0, "0.weight", kDepthwise, {middle, 1, own.kernel_size.height, own.kernel_size.width});
  l.array(1, "1.weight", kKernel);
  if (own.use_bias) l.array(2, "1.bias", kBias);
  l.y = l.call(x);
  return {};
}

Result<void> zero_padding2d(TorchLayer& l) {
  const auto& border = static_cast<const ZeroPadding2D&>(l.layer).padding;
  l.y = "F.pad(" + l.x() + ", " + Pads{border.top, border.bottom, border.left, border.right}.sides() + ")";
  return {};
}

std::string window(Size2 pool, Size2 strides) {
  return ", " + python_pair(pool) + (pool == strides ? "" : ", " + python_pair(strides));
}

Result<void> max_pooling2d(TorchLayer& l) {
  const auto& own = static_cast<const MaxPooling2D&>(l.layer);
  const Size2 strides = own.strides.value_or(own.pool_size);
  const Pads pads = pads_of(l, own.pool_size, strides, own.padding);
  const bool plain =
      pads.even() && 2 * pads.top <= own.pool_size.height && 2 * pads.left <= own.pool_size.width;
  const std::string x = plain ? l.x() : "F.pad(" + l.x() + ", " + pads.sides() + ", value=-math.inf)";
  l.y = "F.max_pool2d(" + x + window(own.pool_size, strides) +
        (plain && pads.any() ? ", padding=" + python_pair({pads.top, pads.left}) : "") + ")";
  return {};
}

Result<void> average_pooling2d(TorchLayer& l) {
  const auto& own = static_cast<const AveragePooling2D&>(l.layer);
  const Size2 strides = own.strides.value_or(own.pool_size);
  const Pads pads = pads_of(l, own.pool_size, strides, own.padding);
  const std::string over = window(own.pool_size, strides);
  if (!pads.any()) {
    l.y = "F.avg_pool2d(" + l.x() + over + ")";
  } else if (pads.even() && 2 * pads.top <= own.pool_size.height && 2 * pads.left <= own.pool_size.width) {
    l.y = "F.avg_pool2d(" + l.x() + over + ", padding=" + python_pair({pads.top, pads.left}) +
          ", count_include_pad=False)";
  } else {  // the mean is over the cells inside the picture
    const std::string padded = "F.pad(" + l.x() + ", " + pads.sides() + ")";
    l.before.push_back("inside = F.pad(torch.ones_like(" + l.x() + "[:1, :1]), " + pads.sides() + ")");
    l.y = "F.avg_pool2d(" + padded + over + ") / F.avg_pool2d(inside" + over + ")";
  }
  return {};
}

Result<void> sum_pooling2d(TorchLayer& l) {
  const auto& own = static_cast<const SumPooling2D&>(l.layer);
  const Size2 strides = own.strides.value_or(own.pool_size);
  const Pads pads = pads_of(l, own.pool_size, strides, own.padding);
  const std::string x = pads.any() ? "F.pad(" + l.x() + ", " + pads.sides() + ")" : l.x();
  l.y = "F.avg_pool2d(" + x + window(own.pool_size, strides) + ", divisor_override=1)";
  return {};
}

constexpr TorchWriter kWindowWriters[] = {{"Conv2D", &conv2d},
                                          {"DepthwiseConv2D", &depthwise_conv2d},
                                          {"SeparableConv2D", &separable_conv2d},
                                          {"ZeroPadding2D", &zero_padding2d},
                                          {"MaxPooling2D", &max_pooling2d},
                                          {"AveragePooling2D", &average_pooling2d},
                                          {"SumPooling2D", &sum_pooling2d}};

}  // namespace

std::span<const TorchWriter> torch_window_writers() { return kWindowWriters; }

}  // namespace cnn
