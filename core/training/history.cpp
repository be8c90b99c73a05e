#include "core/training/history.h"

namespace cnn {
namespace {

/// Calls value(name, member) for all columns in order. Row: HistoryRow or const HistoryRow.
template <class Row, class Value>
void columns(Row& row, const Value& value) {
  value("epoch", row.epoch);
  value("loss", row.loss);
  value("accuracy", row.accuracy);
  value("val_loss", row.val_loss);
  value("val_accuracy", row.val_accuracy);
  value("learning_rate", row.learning_rate);
  value("seconds", row.seconds);
  value("images_per_second", row.images_per_second);
  value("tta_accuracy", row.tta_accuracy);
}

struct JsonColumn {
  Json& json;
  void operator()(std::string_view name, double value) const { json[name] = value; }
  void operator()(std::string_view name, const std::optional<double>& value) const {
    if (value) json[name] = *value;
  }
};

struct CsvColumn {
  std::string& line;
  void operator()(std::string_view, double value) const {
    line += (line.empty() ? "" : ",") + to_text(value);
  }
  void operator()(std::string_view, const std::optional<double>& value) const {
    line += "," + (value ? to_text(*value) : std::string());
  }
};

struct ReadColumn {
  const Json& json;
  bool& complete;
  const double* find(std::string_view name) const {
    const Json* value = json.find(name);
    return value ? value->number() : nullptr;
  }
  void operator()(std::string_view name, int& to) const {
    const double* value = find(name);
    complete = complete && value && *value >= 0 && *value <= 1e9;
    if (complete) to = static_cast<int>(*value);
  }
  void operator()(std::string_view name, double& to) const {
    const double* value = find(name);
    complete = complete && value;
    if (complete) to = *value;
  }
  void operator()(std::string_view name, std::optional<double>& to) const {
    if (const double* value = find(name)) to = *value;
  }
};

}  // namespace

Json to_json(const HistoryRow& row) {
  Json json;
  columns(row, JsonColumn{json});
  return json;
}

Json to_json(std::span<const HistoryRow> rows) {
  Json json = Json::array();
  for (const HistoryRow& row : rows) json.push_back(to_json(row));
  return json;
}

Result<HistoryRow> history_row_from_json(const Json& json) {
  HistoryRow row;
  bool complete = true;
  columns(row, ReadColumn{json, complete});
  if (!complete) return Error{"bad_data", "history: a row lacks epoch, loss, accuracy or another number"};
  return row;
}

std::string to_csv(std::span<const HistoryRow> rows) {
  std::string text;
  const HistoryRow any;
  columns(any, [&text](std::string_view name, const auto&) {
    text += (text.empty() ? "" : ",") + std::string(name);
  });
  text += "\n";
  for (const HistoryRow& row : rows) {
    std::string line;
    columns(row, CsvColumn{line});
    text += line + "\n";
  }
  return text;
}

}  // namespace cnn
