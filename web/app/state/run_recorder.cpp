#include "web/app/state/run_recorder.h"

#include <utility>

namespace playground {
namespace {

constexpr std::size_t kMostRuns = 64;  // a script may train for days; the oldest run is dropped

/// Whether these rows are a run's first ones.
bool begins_with(const std::vector<HistoryRow>& history, const Json::Array& rows) {
  if (rows.size() > history.size()) return false;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const HistoryRow row = read_history_row(rows[i]);
    if (row.epoch != history[i].epoch || row.loss != history[i].loss || row.val_loss != history[i].val_loss)
      return false;
  }
  return true;
}

/// The run as it was after that many epochs.
void cut(Run& run, std::size_t epochs) {
  run.history.resize(epochs);
  const double end = run.history.empty() ? 0 : run.history.back().at;
  const auto later = [end](const auto& point) { return point.x > end; };
  run.steps.cut(end);
  std::erase_if(run.speed, later);
  std::erase_if(run.rate, later);
  std::erase_if(run.marks, later);
  for (LayerCurves& curves : run.norms) {
    std::erase_if(curves.weights, later);
    std::erase_if(curves.gradient, later);
  }
}

}  // namespace

void RunRecorder::begin_run(const Json& fit) {
  new_run_ = restored_ = false;
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

void RunRecorder::on_restored(const Json::Array& rows, const Json& fit) {
  if (!state_.runs.empty() && begins_with(state_.runs.back().history, rows))
    cut(state_.runs.back(), rows.size());
  else
    begin_run(fit);
  Run& run = state_.runs.back();
  for (std::size_t i = run.history.size(); i < rows.size(); ++i)
    run.history.push_back(read_history_row(rows[i]));
  run.finished = true;
  new_run_ = false;
  restored_ = true;
}

void RunRecorder::on_run(const Json& args, const Json& fit) {
  const bool goes_on = number_in(args, "global_step") > 0;
  const bool fresh = new_run_ || state_.runs.empty() || (std::exchange(restored_, false) && !goes_on);
  if (fresh) begin_run(fit);
  Run& run = state_.runs.back();
  run.finished = false;
  run.fit = args;
  run.fit.erase("history");
  run.fit.erase("global_step");
  const Json::Array& rows = list_in(args, "history");
  trained_epochs_ = static_cast<int>(rows.size());
  for (std::size_t i = run.history.size(); i < rows.size(); ++i)  // a training from an earlier visit
    run.history.push_back(read_history_row(rows[i]));
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
