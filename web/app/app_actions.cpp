// What the app does for each action.
#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include "web/app/app.h"
#include "web/app/requests/links.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"
#include "web/app/state/typed.h"

namespace playground {
namespace {

constexpr const char* kSplit = "validation_split";
constexpr const char* kShares = "1 % to 95 %";

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

Json one_arg(const char* key, const Json& value) { return Json::object({{key, value}}); }

template <class... Actions>
bool is_one_of(const Action& wanted) {
  return (std::holds_alternative<Actions>(wanted) || ...);
}

/// Whether this action starts something new, which clears an earlier error.
bool clears_error(const Action& wanted) {
  using namespace action;
  return is_one_of<Train, Step, Resume, Stop, Reset, SetLive, Evaluate, Measure, Build, LoadModel, Download,
                   UseRun, LoadData, ForgetData, ChooseFiles, TakePicture, Share, ShareChapter, OpenLink>(
      wanted);
}

}  // namespace

void App::carry_out(const Action& wanted) {
  if (clears_error(wanted)) end_error(true);
  std::visit(
      Overloaded{
          [this](const action::Train&) { go_on(action::Then::train); },
          [this](const action::Step&) { go_on(action::Then::step); },
          [this](const action::Pause&) { send("pause"); },
          [this](const action::Resume&) { go_on(action::Then::train); },
          [this](const action::Stop&) { send("stop"); },
          [this](const action::Reset&) { reset(); },
          [this](const action::SetLive& a) { set_live(a); },
          [this](const action::FitChanged&) { fit_changed(); },
          [this](const action::HoldOut& a) {
            if (!a.refused.empty())
              ui_.training.fit[kSplit] = rejected_value(kSplit, a.refused, kShares);
            else if (a.share > 0)
              ui_.training.fit[kSplit] = a.share;
            else
              ui_.training.fit.erase(kSplit);
            fit_changed();
          },
          [this](const action::Evaluate&) { evaluate(); },
          [this](const action::Measure& a) { speed_.measure(a.preset); },

          [this](const action::Build& a) { build_chosen(a); },
          [this](const action::Check& a) { edited_.check(a.config); },
          [this](const action::Discard& a) { discard(a); },
          [this](const action::SetInputRange& a) { send("input_range", one_arg("range", a.range)); },
          [this](const action::ShowLayer& a) { show_layer(a.layer); },
          [this](const action::LoadModel& a) { load_model(a); },
          [this](const action::Download& a) {
            send("download", Json::object({{"format", a.format}, {"fit", accepted_part(ui_.training.fit)}}));
          },

          [this](const action::ShowRun& a) { runs_.show(a.id, a.shown); },
          [this](const action::RenameRun& a) {
            runs_.rename(a.id, a.name);
            kept_runs_.keep(a.id);
          },
          [this](const action::DeleteRun& a) {
            kept_runs_.forget(a.id);
            runs_.remove(a.id);
          },
          [this](const action::UseRun& a) { use_run(a); },

          [this](const action::LoadData& a) { load_data(a); },
          [this](const action::CancelLoad&) { cancel_load(); },
          [this](const action::ForgetData&) { forget_data(); },
          [this](const action::ChooseFiles& a) { choose_files(a); },
          [this](const action::ShowData&) { ui_.tab = Tab::pictures; },
          [this](const action::Learn&) { ui_.tab = Tab::learn; },
          [this](const action::Show& a) { show(a.place); },
          [this](const action::LookInside& a) {
            ui_.tab = Tab::inside;
            ui_.inside.look_at(a.test, a.index);
          },
          [this](const action::LookAt& a) {
            data_pictures_.look_at(a.test, a.index, accepted_part(ui_.training.fit));
          },
          [this](const action::DrawAgain&) { data_pictures_.draw_again(accepted_part(ui_.training.fit)); },
          [this](const action::TakePicture& a) { own_picture_.take(a.from); },
          [this](const action::ShowPictures& a) { show_pictures(a); },
          [this](const action::Gallery&) { predictions_.gallery_changed(); },

          [this](const action::SaveText& a) {
            send("save_text", Json::object({{"name", a.name}, {"text", a.text}}));
          },
          [this](const action::CopyText& a) { outside_.copy_text(a.text); },
          [this](const action::SavePicture& a) {
            if (!a.name.ends_with(".svg")) return outside_.save_picture(a.name, a.svg);
            carry_out(action::SaveText{a.name, a.svg});
          },
          [this](const action::ShowText&) { send("show_text"); },
          [this](const action::ShowNotices&) { send("show_notices"); },
          [this](const action::Share&) { share_workbench(state_, mail_, accepted_part(ui_.training.fit)); },
          [this](const action::ShareChapter& a) { share_chapter(state_, mail_, a.name); },
          [this](const action::OpenLink& a) { open_link(a); },
          [this](const action::Theme&) {
            ui_.theme = static_cast<ThemeChoice>((static_cast<int>(ui_.theme) + 1) % 3);
            outside_.theme_changed();
          },
      },
      wanted);
}

void App::end_error(bool lasting) {
  if (!state_.notice || !state_.notice->error || (state_.notice->lasting && !lasting)) return;
  state_.notice.reset();
  typing_noticed_ = false;
}

void App::refuse_fit(const AppReply& reply) {
  fail(reply);
  state_.refusal = {subject_of(reply.message, state_.catalog.fit_fields), reply.message};
  refused_value_ = fit_value(state_.refusal.field);
}

Json App::fit_value(const std::string& field) const {
  const Json* value = ui_.training.fit.find(field);
  return value != nullptr ? *value : Json();
}

void App::end_refusal() {
  if (state_.refusal.message.empty()) return;
  if (state_.notice && state_.notice->message == state_.refusal.message) state_.notice.reset();
  state_.refusal = {};
}

void App::when_stopped(std::function<void()> then) {
  if (!state_.training.running()) return then();
  mail_.ask("stop", {}, [then = std::move(then)](const AppReply&) { then(); });
}

/// What was typed and not accepted has a place on the Training panel; elsewhere Train says what it waits for.
bool App::waits_for_typing() {
  const std::optional<Rejected> wrong = first_rejected(ui_.training.fit);
  typing_noticed_ = wrong.has_value();
  if (!wrong) return false;
  state_.notice = Notice{complaint(*wrong) + " Correct this value to start training."};
  ui_.training.show_all();
  if (ui_.narrow) ui_.tab = Tab::training;
  return true;
}

void App::fit_changed() {
  if (std::exchange(typing_noticed_, typing_noticed_ && first_rejected(ui_.training.fit)) && !typing_noticed_)
    state_.notice.reset();
  const std::string& about = state_.refusal.field;
  if (about.empty() || !(fit_value(about) == refused_value_)) end_refusal();
  ask_schedule();
}

void App::choose_files(const action::ChooseFiles& wanted) {
  const auto choose = [this, wanted] { send("choose_files", one_arg("kind", wanted.kind)); };
  const bool model = wanted.kind == "model", weights = wanted.kind == "weights";
  if (!model && !weights) return choose();
  // Undo knows networks by their configuration, which other weights do not change.
  if (asks_before_weights_are_lost(wanted.answered, "Open a file", action::ChooseFiles{wanted.kind, true},
                                   model))
    return;
  if (weights) return choose();
  left_.keep(choose);
}

void App::go_on(action::Then then) {
  if (then == action::Then::nothing) return;
  const bool one_step = then == action::Then::step;
  if (state_.training.state != RunState::paused) return train(one_step);
  if (!waits_for_network(then)) send(one_step ? "step" : "resume");
}

bool App::replacing() const {
  for (const char* change : {"build", "export", "import", "load_model"})
    if (mail_.waits_for(change)) return true;
  return false;
}

void App::train(bool one_step) {
  if (replacing()) {
    train_after_replacing_ = one_step;
    return;
  }
  if (state_.starting || state_.training.running()) return;
  if (waits_for_typing() || waits_for_network(one_step ? action::Then::step : action::Then::train)) return;
  state_.starting = true;
  state_.notice.reset();
  const auto with_model = [this, one_step] {
    if (!state_.model.empty()) return fit(one_step, state_.trained);
    build({}, [this, one_step] { fit(one_step, false); });
  };
  if (!state_.data.empty()) return with_model();
  load_data({}, with_model);
}

/// The panel's settings. A continued training keeps every setting that a request leaves out, so the request
/// has all of them, except a learning rate that the user has not changed since: a callback may have lowered
/// it. Its epochs count from its very beginning.
Json App::fit_args(bool continue_training) const {
  Json args = ui_.training.fit;
  if (!continue_training) return args;
  double most = std::numeric_limits<double>::infinity();
  for (const Field& field : state_.catalog.fit_fields) {
    args[field.name] = value_or_default(field, ui_.training.fit);
    if (field.name == "epochs") most = field.max.value_or(most);
  }
  for (const char* list : {"augmentation", "callbacks"})
    if (args.find(list) == nullptr) args[list] = Json::array();
  if (form_rate() == rate_begun_) args.erase("learning_rate");
  args["epochs"] = std::min(number_in(args, "epochs", 1) + runs_.trained_epochs(), most);
  args["continue"] = true;
  return args;
}

Json App::form_rate() const {
  const Json* rate = ui_.training.fit.find("learning_rate");
  return rate != nullptr ? *rate : Json();
}

/// The options of a training that the app did not start, or of a file: Train and the form continue from them.
void App::show_options(const Json& options) {
  const std::vector<Field>& fields = state_.catalog.fit_fields;
  if (options.members() == nullptr || options.members()->empty() || fields.empty()) return;
  const Json* threads = ui_.training.fit.find("threads");  // of this machine
  Json form = form_of(options, state_.catalog);
  if (threads != nullptr) form["threads"] = *threads;
  ui_.training.fit = std::move(form);
  rate_begun_ = form_rate();
  ask_schedule();
}

void App::fit(bool one_step, bool continue_training) {
  runs_.begin_training();
  step_wanted_ = one_step;
  Json args = fit_args(continue_training);
  rate_begun_ = form_rate();
  if (one_step) args["paused"] = true;
  mail_.ask("fit", std::move(args), [this, one_step, continue_training](const AppReply& reply) {
    // The optimizer, the data or the file does not allow continuing: train on from the weights alone.
    constexpr const char* kNothingLeft[] = {"no_training", "bad_data", "bad_model_file"};
    if (continue_training &&
        std::find(std::begin(kNothingLeft), std::end(kNothingLeft), reply.code) != std::end(kNothingLeft))
      return fit(one_step, false);
    state_.starting = false;
    runs_.end_training();
    if (!reply.ok()) refuse_fit(reply);
  });
}

void App::reset() {
  when_stopped([this] {
    runs_.expect_new_run();
    left_.forget(state_.model.config);
    build(one_arg("config", state_.model.config));
  });
}

void App::evaluate() {
  mail_.ask("evaluate", {}, [this](const AppReply& reply) {
    if (!reply.ok()) return fail(reply);
    on_evaluation(reply.args);
  });
}

void App::set_live(const action::SetLive& wanted) {
  Json args;
  std::string mark;
  if (wanted.learning_rate) {
    args["learning_rate"] = *wanted.learning_rate;
    mark = "learning rate " + number_words(*wanted.learning_rate, 6);
  }
  if (wanted.batch_size) {
    args["batch_size"] = *wanted.batch_size;
    mark = "batch size " + count_text(*wanted.batch_size);
  }
  mail_.ask("set", std::move(args), [this, mark, wanted](const AppReply& reply) {
    if (!reply.ok()) return refuse_fit(reply);
    end_refusal();
    if (wanted.learning_rate) rate_begun_ = Json(*wanted.learning_rate);
    runs_.add_mark(mark);
  });
}

/// On a wide page the settings are on the left of every tab but Learn.
void App::show(action::Place place) {
  using action::Place;
  const Tab settings = place == Place::data ? Tab::data : place == Place::model ? Tab::model : Tab::training;
  switch (place) {
    case Place::curves:
      ui_.tab = Tab::curves;
      break;
    case Place::network:
      ui_.tab = Tab::inside;
      ui_.inside.view = InsidePanel::network;
      break;
    case Place::own_maps:
      ui_.tab = Tab::inside;
      ui_.inside.source = InsidePanel::own;
      ui_.inside.view = InsidePanel::maps;
      break;
    case Place::normed_matrix:
      ui_.tab = Tab::matrix;
      ui_.matrix.shown = kCountsAndShares;
      break;
    case Place::class_array:
      ui_.tab = Tab::predictions;
      ui_.predictions_of = PredictionsOf::classes;
      break;
    case Place::data:
      ui_.data.choosing = true;
      [[fallthrough]];
    default:
      ui_.tab = ui_.narrow ? settings : Tab::curves;
  }
}

void App::show_pictures(const action::ShowPictures& wanted) {
  ui_.gallery.actual = wanted.actual;
  ui_.gallery.predicted = wanted.predicted;
  ui_.gallery.only_mistakes = false;
  ui_.gallery.page = 0;
  ui_.tab = Tab::predictions;
  ui_.predictions_of = PredictionsOf::test;
  predictions_.gallery_changed();
}

/// The learning rate over the epochs. Only the trainer knows the schedules.
void App::ask_schedule() {
  mail_.ask("schedule", accepted_part(ui_.training.fit), [this](const AppReply& reply) {
    state_.schedule.clear();
    if (!reply.ok()) return;  // an invalid setting is reported when training starts
    for (const std::vector<double>& point : rows_in(reply.args, "points", 2))
      state_.schedule.push_back({point[0], point[1]});
  });
}

void App::load_data(const action::LoadData& wanted, std::function<void()> then) {
  Json args;
  args["source"] = wanted.source.empty() ? state_.sources.unasked : wanted.source;
  if (wanted.most > 0) args["limit"] = wanted.most;
  state_.loading.running = true;
  mail_.ask("load", std::move(args), [this, then = std::move(then)](const AppReply& reply) {
    state_.loading.running = false;
    if (!reply.ok()) {
      state_.starting = false;
      return fail(reply);
    }
    if (state_.data.empty()) on_dataset(reply.args);  // the event may have come first
    if (then) then();
  });
}

void App::cancel_load() {
  mail_.ask("load_cancel", {}, [this](const AppReply& reply) {
    if (!reply.ok()) return fail(reply);
    const std::string& label = state_.data.label;
    state_.notice =
        Notice{"Loading was canceled." + (label.empty() ? label : " In use: " + label + "."), false};
  });
}

void App::forget_data() {
  mail_.ask("forget", {}, [this](const AppReply& reply) {
    if (!reply.ok()) fail(reply);
    ask_sources();
  });
}

void App::ask_sources() {
  mail_.ask("sources", {}, [this](const AppReply& reply) {
    if (reply.ok()) state_.sources = read_sources(reply.args);
  });
}

}  // namespace playground
