#pragma once
/// Names of layers and files.

#include <string>
#include <string_view>

namespace cnn {

/// How Keras names layers: "Conv2D" -> "conv2d", "LeakyReLU" -> "leaky_re_lu".
std::string snake_case(std::string_view class_name);
std::string lower_case(std::string text);  ///< ASCII letters only
/// What follows the last / or \.
std::string_view file_name(std::string_view path);

}  // namespace cnn
