#include "web/app/mirror.h"

#include "web/app/format.h"

namespace playground {
namespace {

constexpr std::size_t kMostRows = 200;  // of the history, the newest

Json texts(std::initializer_list<const char*> words) {
  Json list = Json::array();
  for (const char* word : words) list.push_back(word);
  return list;
}

Json table(std::string title, Json columns, Json rows) {
  Json json;
  json["title"] = std::move(title);
  json["columns"] = std::move(columns);
  json["rows"] = std::move(rows);
  return json;
}

Json row_of(std::initializer_list<std::string> cells) {
  Json row = Json::array();
  for (const std::string& cell : cells) row.push_back(cell);
  return row;
}

std::string status_words(const Known& known) {
  const Training& t = known.training;
  if (known.loading.running) return "Loading pictures: " + bytes_text(known.loading.received) + ".";
  if (known.starting) return "Training is starting.";
  const std::string figures = " Loss " + loss_text(t.loss) + ", accuracy " + percent_text(t.accuracy) + ", " +
                              count_text(t.images_per_second) + " images a second.";
  if (t.state == RunState::training)
    return "Training, " + progress_words(t) + "." + figures + " Time left " + duration_text(t.eta_seconds) +
           ".";
  if (t.state == RunState::validating) return "Testing after epoch " + std::to_string(t.epoch) + ".";
  if (t.state == RunState::paused) return "Paused, " + progress_words(t) + "." + figures;
  if (known.has_history()) return "Training has ended." + figures;
  if (known.data.empty()) return "No pictures yet. Train loads some and begins.";
  return known.data.label + " is loaded: " + count_text(known.data.train.count) +
         " pictures to learn from. Ready to train.";
}

Json buttons(const Known& known) {
  Json list = Json::array();
  const auto add = [&](const char* command, const char* label) {
    Json button;
    button["command"] = command;
    button["label"] = label;
    list.push_back(std::move(button));
  };
  const Training& t = known.training;
  if (t.busy())
    add("pause", "Pause");
  else if (t.state == RunState::paused)
    add("resume", "Resume");
  else
    add("train", known.has_history() ? "Train on" : "Train");
  if (!t.busy()) add("step", "Train one mini-batch");
  if (t.running()) add("stop", "Stop");
  if (!t.running() && known.has_history()) add("reset", "New weights");
  return list;
}

Json history_table(const Run& run) {
  Json rows = Json::array();
  const std::size_t first = run.history.size() > kMostRows ? run.history.size() - kMostRows : 0;
  for (std::size_t i = first; i < run.history.size(); ++i) {
    const HistoryRow& r = run.history[i];
    rows.push_back(row_of({std::to_string(r.epoch), loss_text(r.loss), percent_text(r.accuracy),
                           r.val_loss ? loss_text(*r.val_loss) : "",
                           r.val_accuracy ? percent_text(*r.val_accuracy) : "", duration_text(r.seconds)}));
  }
  return table("History of " + run.name,
               texts({"epoch", "loss", "accuracy", "validation loss", "validation accuracy", "time"}),
               std::move(rows));
}

Json model_table(const ModelInfo& model) {
  Json rows = Json::array();
  for (const SummaryRow& r : model.rows)
    rows.push_back(row_of({r.name, r.class_name, shape_text(r.output_shape), count_text(r.parameters)}));
  rows.push_back(row_of({"total", "", "", count_text(model.total)}));
  return table("Network", texts({"layer", "kind", "output", "parameters"}), std::move(rows));
}

Json matrix_table(const Evaluation& e, const std::vector<std::string>& names) {
  const auto name = [&](int i) {
    return static_cast<std::size_t>(i) < names.size() ? names[static_cast<std::size_t>(i)]
                                                      : std::to_string(i);
  };
  Json columns = texts({"true class"}), rows = Json::array();
  for (int i = 0; i < e.classes; ++i) columns.push_back("taken for " + name(i));
  for (int actual = 0; actual < e.classes; ++actual) {
    Json row = Json::array({Json(name(actual))});
    for (int predicted = 0; predicted < e.classes; ++predicted)
      row.push_back(count_text(e.at(actual, predicted)));
    rows.push_back(std::move(row));
  }
  return table(
      "Confusion matrix after epoch " + std::to_string(e.epoch) + ", accuracy " + percent_text(e.accuracy),
      std::move(columns), std::move(rows));
}

Json scores_table(const Evaluation& e) {
  Json rows = Json::array();
  for (const ClassScore& s : e.per_class)
    rows.push_back(row_of({s.name, percent_text(s.precision), percent_text(s.recall), percent_text(s.f1),
                           count_text(s.support)}));
  return table("Each class", texts({"class", "precision", "recall", "F1", "pictures"}), std::move(rows));
}

}  // namespace

Json mirror_content(const Known& known) {
  Json content;
  content["status"] = status_words(known);
  content["notice"] = known.notice ? known.notice->message : std::string();
  content["buttons"] = buttons(known);
  Json tables = Json::array();
  if (!known.runs.empty() && !known.runs.back().history.empty())
    tables.push_back(history_table(known.runs.back()));
  if (known.evaluation.classes > 0) {
    tables.push_back(matrix_table(known.evaluation, known.data.class_names));
    tables.push_back(scores_table(known.evaluation));
  }
  if (!known.model.empty()) tables.push_back(model_table(known.model));
  content["tables"] = std::move(tables);
  return content;
}

std::string mirror_key(const Known& known, long moment) {
  std::string key = std::to_string(static_cast<int>(known.training.state)) + (known.starting ? "s" : "") +
                    (known.loading.running ? "l" : "");
  const auto add = [&key](const std::string& part) { key += "|" + part; };
  add(std::to_string(known.runs.size()));
  add(known.runs.empty() ? "" : std::to_string(known.runs.back().history.size()));
  add(std::to_string(known.evaluation.epoch));
  add(known.notice ? known.notice->message : "");
  add(known.model.name + std::to_string(known.model.total) + std::to_string(known.model.rows.size()));
  add(known.data.label);
  if (known.training.busy() || known.loading.running) add(std::to_string(moment));
  return key;
}

}  // namespace playground
