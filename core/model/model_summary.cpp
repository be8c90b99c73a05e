// Model::summary(): the table that Keras prints.
#include <algorithm>

#include "core/layers/activations.h"
#include "core/model/model_graph.h"

namespace cnn {
namespace {

std::string with_commas(std::size_t number) {
  std::string digits = std::to_string(number);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string with_batch(const Shape& shape) {
  std::string text = "(None";
  for (const int size : shape) text += ", " + std::to_string(size);
  return text + ")";
}

/// One row as Keras 2 prints it. A cell that does not fit continues on the next line; a list breaks after
/// each element.
std::string row(std::vector<std::string> cells, const std::vector<std::size_t>& ends) {
  std::string text;
  while (std::any_of(cells.begin(), cells.end(), [](const std::string& cell) { return !cell.empty(); })) {
    std::string line = " ";
    for (std::size_t column = 0; column < cells.size(); ++column) {
      const std::size_t begin = column > 0 ? ends[column - 1] : 0;
      const std::size_t gap = column + 1 < cells.size() ? 2 : 0;
      std::size_t cut = ends[column] - begin - gap;
      const std::size_t element_end = cells[column].substr(0, cut).find("',");
      if (element_end != std::string::npos) cut = element_end + 2;
      line += cells[column].substr(0, cut) + std::string(gap, ' ');
      cells[column].erase(0, cut);
      if (line.size() < ends[column]) line.append(ends[column] - line.size(), ' ');
    }
    text += line + "\n";
  }
  return text;
}

std::string table(const std::string& model, bool sequential, const Summary& summary) {
  // The ends of Keras 2's columns.
  const std::vector<std::size_t> ends =
      sequential ? std::vector<std::size_t>{29, 55, 65} : std::vector<std::size_t>{32, 53, 65, 98};
  const std::size_t width = ends.back();
  const auto cells = [&](std::string name, std::string shape, std::string parameters, std::string from) {
    std::vector<std::string> list{std::move(name), std::move(shape), std::move(parameters)};
    if (!sequential) list.push_back(std::move(from));
    return row(std::move(list), ends);
  };
  std::string text = "Model: \"" + model + "\"\n" + std::string(width, '_') + "\n";
  text += cells("Layer (type)", "Output Shape", "Param #", "Connected to");
  text += std::string(width, '=') + "\n";
  for (const SummaryRow& r : summary.rows) {
    std::string from;
    for (const std::string& name : r.connected_to) from += (from.empty() ? "'" : ", '") + name + "[0][0]'";
    const bool input = r.connected_to.empty();
    text += cells(r.name + " (" + r.class_name + ")",
                  input ? "[" + with_batch(r.output_shape) + "]" : with_batch(r.output_shape),
                  std::to_string(r.parameters), "[" + from + "]");
    text += std::string(width, ' ') + "\n";
  }
  text += std::string(width, '=') + "\n";
  text += "Total params: " + with_commas(summary.total) + "\n";
  text += "Trainable params: " + with_commas(summary.trainable) + "\n";
  text += "Non-trainable params: " + with_commas(summary.non_trainable) + "\n";
  return text + std::string(width, '_') + "\n";
}

}  // namespace

Summary Model::summary() const {
  Summary summary;
  for (std::size_t i = 0; i < graph_->nodes.size(); ++i) {
    const Node& node = graph_->nodes[i];
    if (graph_->sequential && node.inputs.empty()) continue;
    SummaryRow row;
    row.layer = static_cast<int>(i);
    row.name = node.layer->name;
    row.class_name = node.layer->class_name();
    row.output_shape = node.shape;
    row.trainable = node.layer->trainable;
    row.bytes = count(node.shape) * sizeof(float);
    row.flops = node.layer->flops(node.input_shapes.empty() ? Shape{} : node.input_shapes[0], node.shape);
    if (node.layer->activation().kind != Activation::linear)
      row.flops += static_cast<double>(count(node.shape));
    for (const int input : node.inputs) {
      row.connected_to.push_back(graph_->nodes[static_cast<std::size_t>(input)].layer->name);
    }
    for (std::size_t p = 0; p < node.parameter_count; ++p) {
      const Parameter& parameter = graph_->parameters[node.first_parameter + p];
      row.parameters += parameter.value.size();
      (parameter.trainable ? summary.trainable : summary.non_trainable) += parameter.value.size();
    }
    summary.total += row.parameters;
    summary.rows.push_back(std::move(row));
  }
  summary.input_range = input_range();
  summary.text = table(graph_->name, graph_->sequential, summary);
  return summary;
}

Json to_json(const Summary& summary) {
  Json rows = Json::array();
  for (const SummaryRow& row : summary.rows) {
    Json json;
    json["layer"] = row.layer;
    json["name"] = row.name;
    json["class_name"] = row.class_name;
    json["output_shape"] = Json::array(Json::Array(row.output_shape.begin(), row.output_shape.end()));
    json["parameters"] = row.parameters;
    json["trainable"] = row.trainable;
    json["flops"] = row.flops;
    json["bytes"] = row.bytes;
    json["connected_to"] = Json::array(Json::Array(row.connected_to.begin(), row.connected_to.end()));
    rows.push_back(std::move(json));
  }
  Json json;
  json["text"] = summary.text;
  json["rows"] = std::move(rows);
  json["total"] = summary.total;
  json["trainable"] = summary.trainable;
  json["non_trainable"] = summary.non_trainable;
  json["input_range"] = names_of(summary.input_range)[static_cast<std::size_t>(summary.input_range)];
  return json;
}

}  // namespace cnn
