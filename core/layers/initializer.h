#pragma once
/// Initial values of parameters.
#include <span>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/shape.h"

namespace cnn {

/// Fan-in and fan-out, as in Keras and He et al.: how many numbers each output of the layer sums, and how
/// many outputs each input reaches.
struct FanSizes {
  double in = 1, out = 1;
};

/// Written with Keras's words: "glorot_uniform", "he_normal", "zeros", ... . Read from such a word, from
/// TensorFlow.js's {"class_name": "VarianceScaling", "config": {"scale", "mode", "distribution"}} or from
/// Keras's {"class_name": "GlorotUniform", ...}. Seeds in a configuration are ignored: the model has one.
///   glorot     variance 2 / (fan_in + fan_out)     (Glorot and Bengio 2010)
///   he         variance 2 / fan_in                 (He et al. 2015)
///   lecun      variance 1 / fan_in
///   dirac      in a convolution, filter c copies channel c, for as many filters as there are channels; all
///              other numbers are uniform within +-1 / sqrt(fan_in), PyTorch's default
///   whitening  a first convolution's fixed kernel, computed from the pictures (whitening.h). Until
///              Model::adapt has seen them, the numbers are uniform within +-1 / sqrt(fan_in)
/// Distributions of the first three:
///   uniform    within +-sqrt(3 * variance)
///   normal     truncated at two standard deviations, as in Keras, and scaled to the variance
struct Initializer {
  enum class Kind { zeros, ones, variance_scaling, dirac, whitening };
  enum class Mode { fan_in, fan_out, fan_avg };
  enum class Distribution { uniform, truncated_normal, untruncated_normal };

  Kind kind = Kind::variance_scaling;
  double scale = 1;
  Mode mode = Mode::fan_avg;
  Distribution distribution = Distribution::uniform;

  static Initializer glorot_uniform() { return {}; }
  static Initializer zeros() { return {Kind::zeros}; }
  static Initializer ones() { return {Kind::ones}; }

  std::span<const std::string_view> choices() const;
  Json to_json() const;
  std::string from_json(const Json&);

  void fill(std::span<float> values, const Shape& shape, const FanSizes& fan, RandomStream random) const;

  friend bool operator==(const Initializer&, const Initializer&) = default;
};

}  // namespace cnn
