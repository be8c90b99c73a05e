#include "web/app/state/kept_run.h"

#include <algorithm>
#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr std::size_t kMostEpochs = 1000;          // of a longer history every second, fourth, ... is kept
constexpr std::size_t kLongestKeptText = 1 << 20;  // bytes
constexpr std::size_t kLongestRunName = 60;

}  // namespace

std::string kept_text(const Run& run) {
  if (run.history.empty()) return "";
  Json json;
  json["name"] = run.name;
  json["data"] = run.data;
  json["parameters"] = run.parameters;
  json["fit"] = run.fit;
  json["model"] = run.config;
  Json rows = Json::array();
  std::size_t step = 1;
  while (run.history.size() / step > kMostEpochs) step *= 2;
  for (std::size_t i = (run.history.size() - 1) % step; i < run.history.size(); i += step) {
    Json row = history_row_json(run.history[i]);
    row["at"] = run.history[i].at;
    rows.push_back(std::move(row));
  }
  json["history"] = std::move(rows);
  return json.dump();
}

std::optional<Run> run_of(std::string_view text) {
  if (text.size() > kLongestKeptText) return {};
  const cnn::Result<Json> json = cnn::parse_json(text);
  if (!json || json->members() == nullptr) return {};
  const Json *fit = json->find("fit"), *model = json->find("model");
  if (fit == nullptr || fit->members() == nullptr || model == nullptr || model->members() == nullptr)
    return {};
  Run run;
  run.name = text_in(*json, "name").substr(0, kLongestRunName);
  run.data = text_in(*json, "data");
  run.parameters = number_in(*json, "parameters");
  run.fit = *fit;
  run.config = *model;
  for (const Json& row : list_in(*json, "history")) {
    HistoryRow read = read_history_row(row);
    read.at = number_in(row, "at", read.epoch);
    if (run.history.size() > kMostEpochs || (!run.history.empty() && !(read.at > run.history.back().at)))
      return {};
    run.history.push_back(read);
  }
  if (run.history.empty() || run.name.empty()) return {};
  run.shown = false;
  run.finished = run.earlier = true;
  return run;
}

}  // namespace playground
