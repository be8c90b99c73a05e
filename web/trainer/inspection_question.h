#pragma once
/// An `inspect` request in progress: reads its arguments and fills its reply.

#include <string_view>

#include "core/datasets/dataset.h"
#include "core/inspect/geometry.h"
#include "web/trainer/inspection.h"

namespace playground::trainer {

/// Adds a payload to the reply, and {name, type, shape} to args.arrays.
void add_array(Reply& reply, std::string_view name, const std::vector<int>& shape,
               std::span<const float> numbers);
/// RGB [n, 32, 32, 3], as "pictures".
void add_pictures(Reply& reply, Buffer pixels);

struct Inspection::Question {
  const Subject& subject;
  const Request& request;
  Args args;
  Reply reply{};

  Question(const Subject& of, const Request& asked) : subject(of), request(asked), args(asked) {}

  cnn::Exec& exec() const { return subject.exec; }
  const cnn::Model& model() const { return subject.model; }

  /// By name or by index in the configuration's list.
  cnn::Result<int> layer();
  /// The same; optional.
  cnn::Result<int> layer_or(int fallback);
  /// From 0; by default the predicted class. Only after look().
  cnn::Result<int> chosen_class();
  /// {split, index} or the payload: RGB [32, 32, 3].
  cnn::Result<Buffer> picture();

  void add(std::string_view name, const std::vector<int>& shape, std::span<const float> numbers) {
    add_array(reply, name, shape, numbers);
  }
  void tell(std::string_view key, cnn::Json value) { reply.args[key] = std::move(value); }
  Answer done() { return {Handled(std::move(reply)), {}}; }
};

cnn::Json to_json(const cnn::Rect&);
std::vector<int> sizes(const cnn::Shape&);
cnn::Json numbers(std::span<const float>);
cnn::Json numbers(std::span<const double>);

}  // namespace playground::trainer
