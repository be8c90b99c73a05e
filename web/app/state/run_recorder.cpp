#include "web/app/state/run_recorder.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
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

/// "Run 3" if no run has a higher number.
std::string free_name(const std::vector<Run>& runs) {
  int most = 0;
  for (const Run& run : runs)
    if (run.name.starts_with("Run ")) most = std::max(most, std::atoi(run.name.c_str() + 4));
  return "Run " + std::to_string(most + 1);
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
  run.name = free_name(state_.runs);
  run.config = state_.model.config;
  run.fit = fit;
  run.data = state_.data.label;
  run.parameters = state_.model.total;
  for (Run& earlier : state_.runs) earlier.shown = false;
  state_.runs.push_back(std::move(run));
  if (state_.runs.size() > kMostRuns) state_.runs.erase(state_.runs.begin());
}

void RunRecorder::end_training() {
  fit_began_ = false;
  if (!state_.runs.empty()) state_.runs.back().finished = true;
}

void RunRecorder::show_last_epoch() {
  Training& t = state_.training;
  t.forget();
  const Run& run = state_.runs.back();
  if (run.history.empty()) return;
  const HistoryRow& row = run.history.back();
  t.epoch = row.epoch;
  t.epochs = std::max(row.epoch, static_cast<int>(std::ceil(number_in(run.fit, "epochs"))));
  t.loss = row.loss;
  t.accuracy = row.accuracy;
  t.learning_rate = row.learning_rate;
}

bool RunRecorder::go_back_to(const Json::Array& rows) {
  const auto is_it = [&](const Run& run) {
    const bool current = &run == current_run(state_.runs);
    return begins_with(run.history, rows) &&
           (current || (!rows.empty() && run.config == state_.model.config));
  };
  std::size_t at = state_.runs.size();
  while (at > 0 && !is_it(state_.runs[at - 1])) --at;
  if (at == 0) return false;
  Run run = std::move(state_.runs[at - 1]);
  state_.runs.erase(state_.runs.begin() + static_cast<std::ptrdiff_t>(at - 1));
  state_.runs.push_back(std::move(run));
  for (Run& other : state_.runs) other.shown = &other == &state_.runs.back();
  state_.runs.back().earlier = false;
  cut(state_.runs.back(), rows.size());
  before_ = {};
  return true;
}

void RunRecorder::on_restored(const Json::Array& rows, const Json& fit) {
  if (!go_back_to(rows)) begin_run(fit);
  Run& run = state_.runs.back();
  for (std::size_t i = run.history.size(); i < rows.size(); ++i)
    run.history.push_back(read_history_row(rows[i]));
  run.fit = fit;
  run.finished = true;
  new_run_ = false;
  restored_ = true;
  show_last_epoch();
}

void RunRecorder::on_run(const Json& args, const Json& fit) {
  const bool continues = number_in(args, "global_step") > 0;
  const bool fresh = new_run_ || state_.runs.empty() || (std::exchange(restored_, false) && !continues);
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
  if (fresh) show_last_epoch();
  fit_began_ = !continues;
  if (continues) state_.starting = false;
}

void RunRecorder::on_step(const Json& args, const Json& fit) {
  if (new_run_ || state_.runs.empty()) begin_run(fit);
  Run& run = state_.runs.back();
  state_.trained = true;
  if (fit_began_) {
    fit_began_ = false;
    state_.starting = false;
    const bool restarted =
        !run.steps.empty() && number_in(args, "global_step") <= run.steps.points().back().step;
    before_ = {};
    if (restarted)
      before_ = {run.history.empty() ? 0 : run.history.back().epoch, run.steps.points().back().epoch,
                 run.steps.points().back().step};
  }
  read_step(args, state_.training, run, before_);
}

void RunRecorder::on_epoch(const Json& args, const Json& fit) {
  if (new_run_ || state_.runs.empty()) begin_run(fit);
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

void RunRecorder::add_kept(std::vector<Run> runs) {
  for (Run& run : runs) run.id = ++last_run_id_;
  for (Run& run : state_.runs) runs.push_back(std::move(run));
  state_.runs = std::move(runs);
  while (state_.runs.size() > kMostRuns) state_.runs.erase(state_.runs.begin());
}

void RunRecorder::set_key(int id, const std::string& key) {
  for (Run& run : state_.runs)
    if (run.id == id) run.key = key;
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
  std::erase_if(state_.runs,
                [&](const Run& run) { return run.id == id && &run != current_run(state_.runs); });
}

const Run* RunRecorder::find(int id) const {
  for (const Run& run : state_.runs)
    if (run.id == id) return &run;
  return nullptr;
}

}  // namespace playground
