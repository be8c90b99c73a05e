#include "web/trainer/inspection_question.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

Json array_entry(std::string_view name, std::string_view type, const std::vector<int>& shape) {
  Json list = Json::array();
  for (const int size : shape) list.push_back(size);
  return Json::object({{"name", name}, {"type", type}, {"shape", std::move(list)}});
}

}  // namespace

Result<int> Inspection::Question::layer() {
  const Json* value = args.find("layer");
  if (value && value->string()) {
    const int found = model().find_layer(*value->string());
    if (found >= 0) return found;
    return Error{
        "bad_argument", "inspect: the model has no layer \"" + value->string()->substr(0, 80) + "\".", {}};
  }
  return args.within("layer", 0, model().layer_count() - 1);
}

Result<int> Inspection::Question::layer_or(int fallback) {
  if (args.find("layer")) return layer();
  return fallback;
}

Result<int> Inspection::Question::chosen_class() {
  const int predicted = static_cast<int>(*reply.args["predicted"].number());
  return args.within("class", 0, model().output_shape().back() - 1, predicted);
}

Result<Buffer> Inspection::Question::picture() {
  if (!request.payloads.empty()) {
    if (request.payloads[0].size() == cnn::kImageBytes)
      return Buffer(request.payloads[0].begin(), request.payloads[0].end());
    return Error{"bad_argument",
                 "inspect: the picture has " + std::to_string(request.payloads[0].size()) +
                     " bytes; expected " + std::to_string(cnn::kImageBytes) + ", [32, 32, 3].",
                 {}};
  }
  const Json* image = args.find("image");
  if (!image) {
    return Error{"bad_argument",
                 "inspect: expected image, as {split, index}, or the picture's bytes [32, 32, 3] as payload.",
                 {}};
  }
  const Args fields("inspect: image", *image);
  const cnn::Dataset& data = subject.data->split(split_argument(fields));
  const Result<int> index = fields.within("index", 0, static_cast<int>(data.size()) - 1);
  if (!index) return index.error();
  tell("label", data.labels[static_cast<std::size_t>(*index)]);
  Buffer pixels;
  append_interleaved(data, static_cast<std::size_t>(*index), pixels);
  return pixels;
}

void add_array(Reply& reply, std::string_view name, const std::vector<int>& shape,
               std::span<const float> numbers) {
  reply.args["arrays"].push_back(array_entry(name, "float32", shape));
  reply.payloads.push_back(to_buffer(numbers));
}

void add_pictures(Reply& reply, Buffer pixels) {
  const int side = static_cast<int>(cnn::kImageSide), channels = static_cast<int>(cnn::kImageChannels);
  const auto count = static_cast<int>(pixels.size() / cnn::kImageBytes);
  reply.args["arrays"].push_back(array_entry("pictures", "uint8", {count, side, side, channels}));
  reply.payloads.push_back(std::move(pixels));
}

Json to_json(const cnn::Rect& rect) {
  return Json::object(
      {{"top", rect.top}, {"left", rect.left}, {"height", rect.height}, {"width", rect.width}});
}

std::vector<int> sizes(const cnn::Shape& shape) { return {shape.begin(), shape.end()}; }

Json numbers(std::span<const float> values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(static_cast<double>(value));
  return list;
}

Json numbers(std::span<const double> values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(value);
  return list;
}

}  // namespace playground::trainer
