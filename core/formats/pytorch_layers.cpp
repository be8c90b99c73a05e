// The layers in PyTorch, one function each.
#include <algorithm>
#include <cmath>
#include <iterator>

#include "core/formats/python_text.h"
#include "core/formats/pytorch_layer.h"
#include "core/layers/augmentation.h"
#include "core/layers/batch_normalization.h"
#include "core/layers/dense.h"
#include "core/layers/dropout.h"
#include "core/layers/global_average_pooling2d.h"
#include "core/layers/global_max_pooling2d.h"
#include "core/layers/layer_normalization.h"
#include "core/layers/maxout.h"
#include "core/layers/normalization.h"
#include "core/layers/prelu.h"
#include "core/layers/rescaling.h"

namespace cnn {
namespace {

using std::to_string;

constexpr int kMatrix[] = {1, 0};
constexpr int kMap[] = {2, 0, 1};
constexpr int kRow[] = {0};

Result<void> input(TorchLayer& l) {
  l.y = l.x();
  return {};
}

Result<void> global_average_pooling2d(TorchLayer& l) {
  const bool keeps = static_cast<const GlobalAveragePooling2D&>(l.layer).keepdims;
  l.y = l.x() + (keeps ? ".mean((2, 3), keepdim=True)" : ".mean((2, 3))");
  return {};
}

Result<void> global_max_pooling2d(TorchLayer& l) {
  const bool keeps = static_cast<const GlobalMaxPooling2D&>(l.layer).keepdims;
  // amax would share the gradient of a largest number that occurs twice.
  l.y = "F.adaptive_max_pool2d(" + l.x() + (keeps ? ", 1)" : ", 1).flatten(1)");
  return {};
}

Result<void> flatten(TorchLayer& l) {
  const Shape& x = l.x_shape();
  if (!l.is_map()) {
    l.y = l.x();
  } else if (x[2] == 1 || (x[0] == 1 && x[1] == 1)) {
    l.y = l.x() + ".flatten(1)";
  } else {
    l.y = l.x() + ".permute(0, 2, 3, 1).flatten(1)";
    l.note = "channels last, as Keras flattens";
  }
  return {};
}

/// A module that works on the last axis, over the channels of maps.
void over_channels(TorchLayer& l) {
  l.y = l.is_map() ? l.call(l.x() + ".permute(0, 2, 3, 1)") + ".permute(0, 3, 1, 2)" : l.call(l.x());
}

Result<void> dense(TorchLayer& l) {
  const auto& own = static_cast<const Dense&>(l.layer);
  l.constructor = "nn.Linear(" + to_string(l.x_shape().back()) + ", " + to_string(own.units) +
                  (own.use_bias ? ")" : ", bias=False)");
  l.array(0, "weight", kMatrix);
  if (own.use_bias) l.array(1, "bias", kRow);
  over_channels(l);
  return {};
}

Result<void> dropout(TorchLayer& l) {
  l.constructor = "nn.Dropout(" + python_number(static_cast<const Dropout&>(l.layer).rate) + ")";
  l.y = l.call(l.x());
  return {};
}

/// Scale and shift, of which a layer here may have one alone: then the other stays as it is made.
void scale_and_shift(TorchLayer& l, bool scale, bool center) {
  const int channels = l.x_shape().back();
  if (!scale && !center) return;
  if (scale)
    l.array(0, "weight", kRow);
  else
    l.constant("weight", channels, 1), l.setup.push_back(l.self() + ".weight.requires_grad_(False)");
  if (center)
    l.array(scale ? 1 : 0, "bias", kRow);
  else
    l.constant("bias", channels, 0), l.setup.push_back(l.self() + ".bias.requires_grad_(False)");
}

Result<void> batch_normalization(TorchLayer& l) {
  const auto& own = static_cast<const BatchNormalization&>(l.layer);
  std::string text =
      std::string(l.is_map() ? "nn.BatchNorm2d(" : "nn.BatchNorm1d(") + to_string(l.x_shape().back());
  if (own.epsilon != 1e-5) text += ", eps=" + python_number(own.epsilon);
  // In double, 1 - 0.99 has a long tail of digits: as a person writes it.
  const double share = std::round((1 - own.momentum) * 1e9) / 1e9;
  if (share != 0.1) text += ", momentum=" + python_number(share);
  if (!own.scale && !own.center) text += ", affine=False";
  if (own.batch_statistics) text += ", track_running_stats=False";
  l.constructor = text + ")";
  l.needs_two = (own.trainable || own.batch_statistics) &&
                count(l.x_shape()) == static_cast<std::size_t>(l.x_shape().back());
  scale_and_shift(l, own.scale, own.center);
  const std::size_t mean = (own.scale ? 1u : 0u) + (own.center ? 1u : 0u);
  if (!own.batch_statistics) {
    l.array(mean, "running_mean", kRow);
    l.array(mean + 1, "running_var", kRow);
  }
  l.y = l.call(l.x());
  return {};
}

Result<void> layer_normalization(TorchLayer& l) {
  const auto& own = static_cast<const LayerNormalization&>(l.layer);
  l.constructor = "nn.LayerNorm(" + to_string(l.x_shape().back()) + ", eps=" + python_number(own.epsilon) +
                  (own.scale || own.center ? ")" : ", elementwise_affine=False)");
  scale_and_shift(l, own.scale, own.center);
  over_channels(l);
  return {};
}

Result<void> prelu(TorchLayer& l) {
  const Shape& alpha = l.parameters[0].shape;
  const bool of_channels = count(alpha) == static_cast<std::size_t>(l.x_shape().back());
  if (of_channels) {
    l.constructor = "nn.PReLU(" + to_string(l.x_shape().back()) + ", init=0)";
    l.array(0, "weight", alpha.rank() == 3 ? std::span<const int>(kMap) : kRow, {l.x_shape().back()});
    l.y = l.call(l.x());
    return {};
  }
  std::string sizes;
  for (const int axis : kMap) sizes += (sizes.empty() ? "" : ", ") + to_string(alpha[axis]);
  l.constructor = "nn.Parameter(torch.zeros(" + sizes + "))";
  l.array(0, "", kMap);
  l.y = "torch.where(" + l.x() + " < 0, " + l.self() + " * " + l.x() + ", " + l.x() + ")";
  return {};
}

Result<void> maxout(TorchLayer& l) {
  // As above: not amax.
  l.y = l.x() + ".unflatten(1, (-1, " + to_string(static_cast<const Maxout&>(l.layer).pieces) +
        ")).max(2).values";
  return {};
}

Result<void> add(TorchLayer& l) {
  for (const std::string& x : l.xs) l.y += (l.y.empty() ? "" : " + ") + x;
  return {};
}

Result<void> multiply(TorchLayer& l) {
  for (std::size_t i = 0; i < l.xs.size(); ++i) {
    l.y += (i == 0 ? "" : " * ") + l.xs[i];
    if (l.y_shape.rank() == 3 && l.x_shapes[i].rank() == 1) l.y += "[:, :, None, None]";
  }
  return {};
}

Result<void> concatenate(TorchLayer& l) {
  for (const std::string& x : l.xs) l.y += (l.y.empty() ? "torch.cat([" : ", ") + x;
  l.y += "], 1)";
  return {};
}

Result<void> rescaling(TorchLayer& l) {
  const auto& own = static_cast<const Rescaling&>(l.layer);
  l.y = l.x();
  if (own.scale != 1) l.y += " * " + python_number(own.scale);
  if (own.offset != 0) l.y += (own.offset < 0 ? " - " : " + ") + python_number(std::abs(own.offset));
  return {};
}

Result<void> normalization(TorchLayer& l) {
  const auto& own = static_cast<const Normalization&>(l.layer);
  const std::string shape = l.is_map() ? "(-1, 1, 1)" : "(-1,)";
  l.helpers.insert(TorchHelper::normalization);
  const auto numbers = [](const std::vector<double>& list) {
    std::string text;
    for (const double number : list) text += (text.empty() ? "" : ", ") + python_number(number);
    return "[" + text + "]";
  };
  l.adapts = own.mean.empty();
  const std::string channels = "[" + std::string("0.0] * ") + to_string(l.x_shape().back());
  const std::string ones = "[" + std::string("1.0] * ") + to_string(l.x_shape().back());
  l.constructor = "Normalization(" +
                  (l.adapts ? channels + ", " + ones : numbers(own.mean) + ", " + numbers(own.variance)) +
                  ", " + shape + ")";
  if (l.adapts) {
    const std::int64_t size = l.x_shape().back();
    const std::vector<std::int64_t> as =
        l.is_map() ? std::vector<std::int64_t>{size, 1, 1} : std::vector{size};
    l.array(0, "mean", kRow, as);
    l.array(1, "variance", kRow, as);
  } else {  // the program has the numbers; they are in its state all the same
    for (const auto& [suffix, list] : {std::pair("mean", &own.mean), std::pair("variance", &own.variance)}) {
      TorchArray array{l.name + "." + suffix, {static_cast<std::int64_t>(list->size())}, {}};
      if (l.is_map()) array.shape.insert(array.shape.end(), {1, 1});
      for (const double number : *list) array.values.push_back(static_cast<float>(number));
      l.arrays.push_back(std::move(array));
    }
  }
  l.y = l.call(l.x());
  return {};
}

Result<void> random_flip(TorchLayer& l) {
  const auto& own = static_cast<const RandomFlip&>(l.layer);
  const bool rows = own.mode != RandomFlip::Mode::horizontal,
             columns = own.mode != RandomFlip::Mode::vertical;
  const std::string axes = rows && columns ? "2, 3" : rows ? "2" : "3";
  l.helpers.insert(own.alternate ? TorchHelper::alternating_flip : TorchHelper::random_flip);
  l.constructor = std::string(own.alternate ? "AlternatingFlip(" : "RandomFlip(") + axes + ")";
  l.y = l.call(l.x());
  return {};
}

int pixels(double factor, int size) { return static_cast<int>(std::lround(factor * size)); }

Result<void> random_translation(TorchLayer& l) {
  const auto& own = static_cast<const RandomTranslation&>(l.layer);
  using FillMode = RandomTranslation::FillMode;
  const std::string sizes = to_string(pixels(own.height_factor, l.x_shape()[0])) + ", " +
                            to_string(pixels(own.width_factor, l.x_shape()[1])) + ", ";
  if (own.fill_mode == FillMode::constant) {
    l.helpers.insert(TorchHelper::random_shift);
    l.constructor = "RandomShift(" + sizes + python_number(own.fill_value) + ")";
  } else {
    constexpr TorchHelper folds[] = {TorchHelper::reflect, TorchHelper::reflect, TorchHelper::nearest,
                                     TorchHelper::wrap, TorchHelper::mirror};
    const auto mode = static_cast<std::size_t>(own.fill_mode);
    l.helpers.insert({TorchHelper::random_translation, folds[mode]});
    l.constructor = "RandomTranslation(" + sizes + std::string(names_of(own.fill_mode)[mode]) + ")";
  }
  l.y = l.call(l.x());
  return {};
}

Result<void> random_cutout(TorchLayer& l) {
  const auto& own = static_cast<const RandomCutout&>(l.layer);
  l.helpers.insert(TorchHelper::random_cutout);
  l.constructor = "RandomCutout(" + to_string(pixels(own.height_factor, l.x_shape()[0])) + ", " +
                  to_string(pixels(own.width_factor, l.x_shape()[1])) + ", " + python_number(own.fill_value) +
                  ")";
  l.y = l.call(l.x());
  return {};
}

/// An activation's layer is its activation alone, which the class Network adds: `input` leaves x as it is.
constexpr TorchWriter kWriters[] = {{"InputLayer", &input},
                                    {"GlobalAveragePooling2D", &global_average_pooling2d},
                                    {"GlobalMaxPooling2D", &global_max_pooling2d},
                                    {"Flatten", &flatten},
                                    {"Dense", &dense},
                                    {"Dropout", &dropout},
                                    {"BatchNormalization", &batch_normalization},
                                    {"LayerNormalization", &layer_normalization},
                                    {"Activation", &input},
                                    {"ReLU", &input},
                                    {"LeakyReLU", &input},
                                    {"ELU", &input},
                                    {"PReLU", &prelu},
                                    {"Softmax", &input},
                                    {"Maxout", &maxout},
                                    {"Add", &add},
                                    {"Multiply", &multiply},
                                    {"Concatenate", &concatenate},
                                    {"RandomFlip", &random_flip},
                                    {"RandomTranslation", &random_translation},
                                    {"RandomCutout", &random_cutout},
                                    {"Rescaling", &rescaling},
                                    {"Normalization", &normalization}};

}  // namespace

Result<void> write_torch_layer(TorchLayer& layer) {
  for (const std::span<const TorchWriter> writers :
       {std::span<const TorchWriter>(kWriters), torch_window_writers()}) {
    const auto found = std::find_if(writers.begin(), writers.end(), [&](const TorchWriter& writer) {
      return writer.class_name == layer.layer.class_name();
    });
    if (found != writers.end()) return found->write(layer);
  }
  return Error{"bad_config", "PyTorch: " + layer.layer.name + ": there is no text for " +
                                 std::string(layer.layer.class_name()) +
                                 " yet; export as ONNX or safetensors, or build the model without it."};
}

}  // namespace cnn
