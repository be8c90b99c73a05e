#include "web/app/state/inside_answers.h"

#include <cstring>

#include "web/app/state/messages.h"

namespace playground {

const InsideAnswer::Array& InsideAnswer::array(std::string_view name) const {
  static const Array none;
  const auto found = arrays.find(name);
  return found != arrays.end() ? found->second : none;
}

void InsideAnswer::take(const AppReply& reply) {
  waiting = false;
  took = std::chrono::steady_clock::now() - asked;
  if (question.empty()) return;  // about a previous model or data set
  if (reply.code == "cancelled") {
    if (!halted) question.clear();  // replaced by another question, or its pictures are gone
    return;
  }
  ++number;
  answered = reply.ok();
  error = reply.message;
  if (!answered) return;
  args = reply.args;
  arrays.clear();
  pictures.clear();
  const Json::Array& list = list_in(args, "arrays");
  if (list.empty() && !reply.payloads.empty())  // the pictures request
    pictures.assign(reply.payloads[0].begin(), reply.payloads[0].end());
  for (std::size_t i = 0; i < list.size() && i < reply.payloads.size(); ++i) {
    const auto bytes = reply.payloads[i];
    if (text_in(list[i], "type") == "uint8") {
      pictures.assign(bytes.begin(), bytes.end());
      continue;
    }
    Array& array = arrays[text_in(list[i], "name")];
    for (const double size : numbers_in(list[i], "shape")) array.shape.push_back(static_cast<int>(size));
    array.numbers.resize(bytes.size() / sizeof(float));
    std::memcpy(array.numbers.data(), bytes.data(), array.numbers.size() * sizeof(float));
  }
}

std::vector<InsideAnswer*> InsideAnswers::all() {
  std::vector<InsideAnswer*> list = {&layers, &picture, &maps,    &unit,   &filters,
                                     &top,    &heat,    &numbers, &scatter};
  for (InsideAnswer& of_layer : network) list.push_back(&of_layer);
  return list;
}

void InsideAnswers::forget() {
  ++weights;
  for (InsideAnswer* answer : all()) {
    answer->question.clear();
    answer->error.clear();
    answer->answered = answer->halted = false;
  }
}

std::vector<InsideLayer> layers_in(const InsideAnswer& answer) {
  std::vector<InsideLayer> layers;
  if (!answer.there()) return layers;
  for (const Json& json : list_in(answer.args, "layers")) {
    InsideLayer layer;
    layer.index = static_cast<int>(number_in(json, "index"));
    layer.name = text_in(json, "name");
    layer.class_name = text_in(json, "class_name");
    layer.rule = text_in(json, "rule");
    for (const double size : numbers_in(json, "shape")) layer.shape.push_back(static_cast<int>(size));
    layer.has_activation = flag_in(json, "has_activation");
    layer.has_filters = flag_in(json, "has_filters");
    if (const Json* field = json.find("receptive_field")) {
      const std::vector<double> size = numbers_in(*field, "size");
      layer.sees_all = flag_in(*field, "whole");
      if (size.size() == 2)
        layer.field_rows = static_cast<int>(size[0]), layer.field_columns = static_cast<int>(size[1]);
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace playground
