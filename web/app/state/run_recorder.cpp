#include "web/app/state/run_recorder.h"

#include <utility>

namespace playground {
namespace {

constexpr std::size_t kMostRuns = 64;  // a script may train for days; the oldest run is dropped

}  // namespace

void RunRecorder::begin_run(const Json& fit) {
  new_run_ = false;
  before_ = {};
  std::erase_if(state_.runs, [](const Run& run) { return run.history.empty() && run.steps.empty(); });
  Run run;
  run.id = ++last_run_id_;
  run.name = "Run " + std::to_string(run.id);
  run.config = state_.model.config;
  run.fit = fit;
  run.data = state_.data.label;
  for (Run& earlier : state_.runs) earlier.shown = false;
  state_.runs.push_back(std::move(run));
  if (state_.runs.size() > kMostRuns) state_.runs.erase(state_.runs.begin());
}

void RunRecorder::begin_training(const Json& fit) {
  if (new_run_ || state_.runs.empty()) begin_run(fit);
  fit_began_ = true;
}

void RunRecorder::on_run(const Json& args, const Json& fit) {
  const bool fresh = new_run_ || state_.runs.empty(), goes_on = number_in(args, "global_step") > 0;
  if (fresh) begin_run(fit);
  Run& run = state_.runs.back();
  run.finished = false;
  run.fit = args;
  run.fit.erase("history");
  run.fit.erase("global_step");
  const Json::Array& rows = list_in(args, "history");
  trained_epochs_ = static_cast<int>(rows.size());
  if (fresh)  // a training from an earlier visit
    for (const Json& row : rows) run.history.push_back(read_history_row(row));
  fit_began_ = !goes_on;
  if (goes_on) state_.starting = false;
}

void RunRecorder::on_step(const Json& args, const Json& fit) {
  if (state_.runs.empty()) begin_run(fit);  // a script's training
  Run& run = state_.runs.back();
  state_.trained = true;
  if (fit_began_) {
    fit_began_ = false;
    state_.starting = false;
    const bool counts_anew =
        !run.steps.empty() && number_in(args, "global_step") <= run.steps.points().back().step;
    before_ = {};
    if (counts_anew)
      before_ = {run.history.empty() ? 0 : run.history.back().epoch, run.steps.points().back().epoch,
                 run.steps.points().back().step};
  }
  read_step(args, state_.training, run, before_);
}

void RunRecorder::on_epoch(const Json& args, const Json& fit) {
  if (state_.runs.empty()) begin_run(fit);
  HistoryRow row = read_history_row(args);
  trained_epochs_ = row.epoch;
  row.epoch += before_.epochs;
  row.at += before_.at;
  state_.runs.back().history.push_back(row);
}

void RunRecorder::add_mark(const std::string& text) {
  if (state_.runs.empty()) return;
  Run& run = state_.runs.back();
  run.marks.push_back({run.steps.empty() ? 0 : run.steps.points().back().epoch, text});
}

void RunRecorder::show(int id, bool shown) {
  for (Run& run : state_.runs)
    if (run.id == id) run.shown = shown;
}

void RunRecorder::rename(int id, const std::string& name) {
  for (Run& run : state_.runs)
    if (run.id == id && !name.empty()) run.name = name;
}

void RunRecorder::remove(int id) {
  std::erase_if(state_.runs, [&](const Run& run) { return run.id == id && &run != &state_.runs.back(); });
}

const Run* RunRecorder::find(int id) const {
  for (const Run& run : state_.runs)
    if (run.id == id) return &run;
  return nullptr;
}

}  // namespace playground
