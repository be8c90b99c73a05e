// What the app does when a panel asks.
#include <algorithm>

#include "web/app/app.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"
#include "web/app/state/own_models.h"

namespace playground {
namespace {

constexpr char kFirstModel[] = "tutorial";
constexpr std::size_t kMostRuns = 64;  // a script may train for days; the oldest goes first

template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

}  // namespace

void App::carry_out(const Action& asked) {
  std::visit(Overloaded{
                 [this](const action::Train&) { train(false); },
                 [this](const action::Step&) {
                   if (state_.training.state == RunState::paused)
                     simple("step");
                   else
                     train(true);
                 },
                 [this](const action::Pause&) { simple("pause"); },
                 [this](const action::Resume&) { simple("resume"); },
                 [this](const action::Stop&) { simple("stop"); },
                 [this](const action::Reset&) { reset(); },
                 [this](const action::LoadData& a) { load(a.source, [] {}); },
                 [this](const action::CancelLoad&) { simple("load_cancel"); },
                 [this](const action::ForgetData&) {
                   mail_.ask("forget", {}, [this](const Reply& reply) {
                     if (!reply.ok()) fail(reply);
                     ask_sources();
                   });
                 },
                 [this](const action::ChooseFiles& a) {
                   Json args;
                   args["kind"] = a.kind;
                   mail_.ask("choose_files", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok() && reply.code != "cancelled") fail(reply);
                   });
                 },
                 [this](const action::Build& a) {
                   if (mail_.waits_for("build")) return;
                   Json args;
                   if (a.preset.empty()) {
                     args["config"] = a.config;
                   } else {
                     args["preset"] = a.preset;
                     take_fit_of(a.preset);
                   }
                   const auto go = [this, args] { build(args, [] {}); };
                   if (!state_.training.running()) return go();
                   mail_.ask("stop", {}, [go](const Reply&) { go(); });
                 },
                 [this](const action::Check& a) { check(a.config); },
                 [this](const action::SetLive& a) { set_live(a); },
                 [this](const action::FitChanged&) { ask_schedule(); },
                 [this](const action::ShowPictures& a) {
                   ui_.gallery.actual = a.actual;
                   ui_.gallery.predicted = a.predicted;
                   ui_.gallery.only_mistakes = false;
                   ui_.gallery.page = 0;
                   ui_.tab = Tab::predictions;
                   gallery_stale_ = true;
                 },
                 [this](const action::ShowData&) { ui_.tab = Tab::pictures; },
                 [this](const action::LookAt& a) { look_at(a.test, a.index); },
                 [this](const action::TakePicture& a) { take_picture(a.from); },
                 [this](const action::DrawAgain&) {
                   ++state_.closely.step;
                   ask_augmented();
                 },
                 [this](const action::HoldOut& a) {
                   if (a.share > 0)
                     ui_.training.fit["validation_split"] = a.share;
                   else
                     ui_.training.fit.erase("validation_split");
                 },
                 [this](const action::Gallery&) { gallery_stale_ = true; },
                 [this](const action::SaveText& a) {
                   Json args;
                   args["name"] = a.name;
                   args["text"] = a.text;
                   mail_.ask("save_text", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok()) fail(reply);
                   });
                 },
                 [this](const action::CopyText& a) { outside_.copy_text(a.text); },
                 [this](const action::SavePicture& a) {
                   if (!a.name.ends_with(".svg")) return outside_.save_picture(a.name, a.svg);
                   carry_out(action::SaveText{a.name, a.svg});
                 },
                 [this](const action::Download& a) {
                   Json args;
                   args["format"] = a.format;
                   mail_.ask("download", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok()) fail(reply);
                   });
                 },
                 [this](const action::ShowRun& a) {
                   for (Run& run : state_.runs)
                     if (run.id == a.id) run.shown = a.shown;
                 },
                 [this](const action::RenameRun& a) {
                   for (Run& run : state_.runs)
                     if (run.id == a.id && !a.name.empty()) run.name = a.name;
                 },
                 [this](const action::DeleteRun& a) {
                   std::erase_if(state_.runs, [&](const Run& run) {
                     return run.id == a.id && &run != &state_.runs.back();
                   });
                 },
                 [this](const action::UseRun& a) { use_run(a.id); },
                 [this](const action::LoadModel& a) { load_model(a.name); },
                 [this](const action::Evaluate&) { evaluate(); },
                 [this](const action::ShowText&) { simple("show_text"); },
                 [this](const action::ShowNotices&) { simple("show_notices"); },
                 [this](const action::Share&) { share(); },
                 [this](const action::OpenLink& a) {
                   if (mail_.waits_for("build")) return;
                   ui_.tab = Tab::curves;
                   if (!state_.training.running()) return set_up(a.hash, a.train);
                   mail_.ask("stop", {}, [this, a](const Reply&) { set_up(a.hash, a.train); });
                 },
                 [this](const action::Measure& a) { measure(a.preset); },
                 [this](const action::ShareChapter& a) {
                   Json args;
                   args["hash"] = "learn=" + a.name;
                   mail_.ask("share", std::move(args), [this](const Reply& reply) {
                     if (!reply.ok()) return fail(reply);
                     state_.notice = Notice{
                         "The link to this chapter is in the address bar and on the clipboard.", false};
                   });
                 },
                 [this](const action::Theme&) {
                   ui_.theme = static_cast<ThemeChoice>((static_cast<int>(ui_.theme) + 1) % 3);
                   outside_.theme_changed();
                 },
             },
             asked);
}

void App::simple(std::string_view type) {
  mail_.ask(type, {}, [this](const Reply& reply) {
    if (!reply.ok()) fail(reply);
  });
}

void App::fail(const Reply& reply) {
  if (reply.code == "cancelled") return;
  state_.notice = Notice{reply.message.empty() ? "That did not work (" + reply.code + ")." : reply.message};
}

void App::train(bool one_step) {
  if (state_.starting || state_.training.running()) return;
  state_.starting = true;
  state_.notice.reset();
  const auto with_model = [this, one_step] {
    if (!state_.model.empty()) return fit(one_step, state_.trained);
    build({}, [this, one_step] { fit(one_step, false); });
  };
  if (!state_.data.empty()) return with_model();
  load("", with_model);
}

/// The settings of the panel. A continued training keeps what it is not told, so there all of them are said,
/// and its epochs count from its beginning.
Json App::fit_args(bool go_on) const {
  Json args = ui_.training.fit;
  if (!go_on) return args;
  for (const Field& field : state_.catalog.fit_fields)
    args[field.name] = value_or_default(field, ui_.training.fit);
  for (const char* list : {"augmentation", "callbacks"})
    if (args.find(list) == nullptr) args[list] = Json::array();
  args["epochs"] = number_in(args, "epochs", 1) + trained_epochs_;
  args["continue"] = true;
  return args;
}

void App::fit(bool one_step, bool go_on) {
  if (new_run_ || state_.runs.empty()) begin_run();
  fit_began_ = true;
  step_wanted_ = one_step;
  Json args = fit_args(go_on);
  if (one_step) args["paused"] = true;
  mail_.ask("fit", std::move(args), [this, one_step, go_on](const Reply& reply) {
    // Another optimizer, other data or a file of weights alone: nothing to go on with but the weights.
    constexpr const char* kNothingLeft[] = {"no_training", "bad_data", "bad_model_file"};
    if (go_on &&
        std::find(std::begin(kNothingLeft), std::end(kNothingLeft), reply.code) != std::end(kNothingLeft))
      return fit(one_step, false);
    state_.starting = false;
    state_.runs.back().finished = true;
    if (!reply.ok()) fail(reply);
  });
}

void App::load_model(const std::string& name) {
  Json args;
  args["name"] = name;
  mail_.ask("load_model", std::move(args), [this, name](const Reply& reply) {
    if (!reply.ok()) return fail(reply);
    for (const OwnModel& model : kOwnModels)
      if (name == model.name)
        state_.notice =
            Notice{std::string(model.about) + (state_.data.synthetic
                                                   ? " The pictures here are drawn by the program and new to "
                                                     "it; with CIFAR-10 it shows what it can."
                                                   : ""),
                   false};
  });
}

void App::evaluate() {
  mail_.ask("evaluate", {}, [this](const Reply& reply) {
    if (!reply.ok()) return fail(reply);
    state_.evaluation = read_evaluation(reply.args);
    gallery_stale_ = calibration_stale_ = true;
  });
}

void App::begin_run() {
  new_run_ = false;
  before_ = {};
  std::erase_if(state_.runs, [](const Run& run) { return run.history.empty() && run.steps.empty(); });
  Run run;
  run.id = ++last_run_id_;
  run.name = "Run " + std::to_string(run.id);
  run.config = state_.model.config;
  run.fit = ui_.training.fit;
  run.data = state_.data.label;
  for (Run& earlier : state_.runs) earlier.shown = false;
  state_.runs.push_back(std::move(run));
  if (state_.runs.size() > kMostRuns) state_.runs.erase(state_.runs.begin());
}

void App::reset() {
  const auto rebuild = [this] {
    Json args;
    args["config"] = state_.model.config;
    new_run_ = true;
    build(std::move(args), [] {});
  };
  if (!state_.training.running()) return rebuild();
  mail_.ask("stop", {}, [rebuild](const Reply&) { rebuild(); });
}

void App::check(const Json& config) {
  wanted_ = config;
  Json args;
  args["config"] = config;
  mail_.ask("check", std::move(args), [this, config](const Reply& reply) {
    if (!(wanted_ == config)) return;  // edited again meanwhile
    state_.checked.error = reply.ok() ? "" : reply.message;
    state_.checked.error_layer = reply.ok() ? -1 : reply.layer;
    state_.checked.config = config;
    if (!reply.ok()) return;
    state_.checked.model = read_model(reply.args);
    if (ui_.builder.network.config() == config && state_.checked.model.config.members() != nullptr)
      ui_.builder.network.adopt(state_.checked.model.config);
    state_.checked.config = ui_.builder.network.config();
  });
}

void App::set_live(const action::SetLive& asked) {
  Json args;
  std::string mark;
  if (asked.learning_rate) {
    args["learning_rate"] = *asked.learning_rate;
    mark = "learning rate " + short_number(*asked.learning_rate, 6);
  }
  if (asked.batch_size) {
    args["batch_size"] = *asked.batch_size;
    mark = "batch size " + count_text(*asked.batch_size);
  }
  mail_.ask("set", std::move(args), [this, mark](const Reply& reply) {
    if (!reply.ok()) return fail(reply);
    if (state_.runs.empty()) return;
    Run& run = state_.runs.back();
    run.marks.push_back({run.steps.empty() ? 0 : run.steps.points().back().epoch, mark});
  });
}

/// The learning rate over the epochs, as the trainer will set it: only it knows the schedules.
void App::ask_schedule() {
  mail_.ask("schedule", ui_.training.fit, [this](const Reply& reply) {
    state_.schedule.clear();
    if (!reply.ok()) return;  // an impossible setting is told when training starts
    for (const std::vector<double>& point : rows_in(reply.args, "points", 2))
      state_.schedule.push_back({point[0], point[1]});
  });
}

void App::use_run(int id) {
  for (const Run& run : state_.runs) {
    if (run.id != id) continue;
    ui_.training.fit = run.fit;
    ask_schedule();
    ui_.builder.network.set(run.config, true);
    carry_out(action::Build{run.config, ""});
    return;
  }
}

void App::take_fit_of(const std::string& name) {
  for (const Preset& preset : state_.catalog.presets)
    if (preset.name == name) ui_.training.fit = preset.fit;
  ask_schedule();
}

void App::measure(const std::string& preset) {
  if (state_.measured.running) return;
  state_.measured = {};
  state_.measured.preset = preset;
  state_.measured.running = true;
  Json args;
  args["preset"] = preset;
  mail_.ask("measure", std::move(args), [this](const Reply& reply) {
    state_.measured.running = false;
    if (!reply.ok()) return fail(reply);
    state_.measured.trained_per_second = number_in(reply.args, "trained_per_second");
    state_.measured.evaluated_per_second = number_in(reply.args, "evaluated_per_second");
    state_.measured.threads = static_cast<int>(number_in(reply.args, "threads", 1));
  });
}

void App::build(Json args, std::function<void()> then) {
  if (args.is_null()) args["preset"] = kFirstModel;
  const std::string preset = text_in(args, "preset");
  building_.reset();
  if (const Json* config = args.find("config")) building_ = *config;
  mail_.ask("build", std::move(args), [this, preset, then = std::move(then)](const Reply& reply) {
    if (!reply.ok()) {
      building_.reset();
      state_.starting = false;
      return fail(reply);
    }
    on_model(reply.args);
    building_.reset();
    ui_.builder.preset = preset;
    then();
  });
}

void App::load(const std::string& source, std::function<void()> then) {
  Json args;
  if (!source.empty())
    args["source"] = source;
  else if (!state_.sources.kept_label.empty())
    args["source"] = "kept";
  else
    args["source"] =
        state_.sources.beside_page ? "cifar10" : "sample";  // the real pictures when they are at hand
  state_.loading.running = true;
  mail_.ask("load", std::move(args), [this, then = std::move(then)](const Reply& reply) {
    state_.loading.running = false;
    if (!reply.ok()) {
      state_.starting = false;
      return fail(reply);
    }
    if (state_.data.empty()) on_dataset(reply.args);  // the event may have been faster
    then();
  });
}

}  // namespace playground
