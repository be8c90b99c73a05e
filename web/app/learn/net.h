#pragma once
/// A small network of core/, built for a chapter and run on the thread that draws.

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

#include "core/model/model.h"

namespace playground {

/// An entry of the list of layers in a Keras configuration.
cnn::Json layer(std::string_view class_name, cnn::Json::Object config = {});

class Net {
 public:
  Net() = default;
  /// Random weights from the seed.
  Net(const cnn::Shape& input, cnn::Json::Array layers, std::uint64_t seed = 1);

  /// False: default-constructed, or the configuration was invalid.
  bool made() const { return model_.has_value(); }
  cnn::Model& model() { return *model_; }
  const cnn::Model& model() const { return *model_; }
  const cnn::Shape& output_shape() const { return model_->output_shape(); }
  /// The first parameter whose name ends in `ending`; empty if there is none.
  std::span<float> parameter(std::string_view ending);
  /// The output, valid until the next run. Empty if it could not be computed.
  std::span<const float> run(cnn::Exec& exec, std::span<const float> x, int batch = 1);

 private:
  std::optional<cnn::Model> model_;
};

}  // namespace playground
