// A small network of core/, made for a lesson and run where it is drawn.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "core/model/model.h"

namespace playground {

/// An entry of a Keras configuration's list of layers.
cnn::Json layer(std::string_view class_name, cnn::Json::Object config = {});

class Net {
 public:
  Net() = default;
  /// Weights drawn from the seed.
  Net(const cnn::Shape& input, cnn::Json::Array layers, std::uint64_t seed = 1);

  /// False: not made yet, or of a configuration that does not fit.
  bool made() const { return model_.has_value(); }
  cnn::Model& model() { return *model_; }
  const cnn::Model& model() const { return *model_; }
  const cnn::Shape& output_shape() const { return model_->output_shape(); }
  /// Empty where there is no such parameter; "kernel" of the first layer that has one.
  std::span<float> parameter(std::string_view ending);
  /// The output, valid until the next run. Empty where it could not be computed.
  std::span<const float> run(cnn::Exec& exec, std::span<const float> x, int batch = 1);

 private:
  std::optional<cnn::Model> model_;
};

}  // namespace playground
