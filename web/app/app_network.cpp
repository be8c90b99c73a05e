// What the app does about the network: which one is trained, built, loaded, brought back.
#include <utility>

#include "web/app/app.h"
#include "web/app/state/messages.h"
#include "web/app/state/own_models.h"

namespace playground {
namespace {

constexpr char kFirstModel[] = "tutorial";

Json with(const char* key, const Json& value) { return Json::object({{key, value}}); }

}  // namespace

/// What Train trains is what the screen shows: an edit that is not in use is built, or the user chooses.
bool App::waits_for_network(action::Then then) {
  const Network& edited = ui_.builder.network;
  if (edited.count() == 0 || edited.config() == state_.model.config) return false;
  if (!(state_.checked.config == edited.config())) {
    edited_.check(edited.config(), [this, then] { go_on(then); });
    return true;
  }
  const Question::Answer before{"Train the previous network", action::Discard{then}};
  if (!state_.checked.error.empty()) {
    const int layer = state_.checked.error_layer;
    ui_.question.asked =
        Question{"The changed network cannot be trained",
                 state_.checked.error,
                 {{"Show me", layer >= 0 ? UiRequest(action::ShowLayer{layer}) : UiRequest{}}, before}};
    return true;
  }
  const action::Build use{edited.config(), "", true, then};
  if (!state_.trained) {
    build_chosen(use);
    return true;
  }
  ui_.question.asked =
      Question{"The network was changed",
               state_.weights_kept
                   ? "Its earlier weights will be restored."
                   : "The changed network starts with new weights. Undo restores the previous network.",
               {{"Train the changed network", use}, before}};
  return true;
}

void App::paste(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos || text[first] != '{') return;
  const cnn::Result<Json> config = cnn::parse_json(text);
  if (!config || text_in(*config, "class_name").empty()) {
    state_.notice = Notice{"The pasted text is not a Keras configuration: " +
                           (config ? std::string("it has no class_name.") : config.error().message)};
    return;
  }
  ui_.builder.network.set(*config, true);
  ui_.builder.open = -1;
  if (ui_.narrow) ui_.tab = Tab::model;
  edited_.check(*config);
}

void App::discard(const action::Discard& wanted) {
  ui_.builder.discard(state_.model.config);
  state_.checked = {};
  go_on(wanted.then);
}

void App::show_layer(int layer) {
  ui_.builder.show(layer);
  if (ui_.narrow) ui_.tab = Tab::model;
  if (!ui_.narrow && ui_.tab == Tab::learn) ui_.tab = Tab::curves;
}

bool App::asks_before_weights_are_lost(bool answered, const std::string& what, Action yes,
                                       bool undo_restores) {
  if (answered || !state_.trained) return false;
  ui_.question.asked =
      Question{"Replace the trained network?",
               "Its weights will be replaced" +
                   std::string(state_.training.running() ? " and its training will stop." : ".") +
                   (undo_restores && left_.has_room()
                        ? " Undo (Ctrl+Z) restores it while this page is open."
                        : " Undo cannot restore them; to keep them, download the model first."),
               {{what, std::move(yes)}, {"Keep the trained network"}}};
  return true;
}

void App::use_run(const action::UseRun& wanted) {
  const Run* run = runs_.find(wanted.id);
  if (run == nullptr) return;
  if (asks_before_weights_are_lost(wanted.answered, "Use " + run->name, action::UseRun{wanted.id, true}))
    return;
  ui_.training.fit = run->fit;
  ask_schedule();
  ui_.builder.network.set(run->config, true);
  build_chosen({run->config, "", true});
}

/// A preset comes with the training settings that suit it.
void App::use_fit_of(const std::string& name) {
  for (const Preset& preset : state_.catalog.presets)
    if (preset.name == name) ui_.training.fit = preset.fit;
  ask_schedule();
}

void App::build_chosen(const action::Build& wanted) {
  if (replacing()) return;
  if (!wanted.preset.empty()) {
    std::string title = wanted.preset;
    for (const Preset& preset : state_.catalog.presets)
      if (preset.name == wanted.preset) title = preset.title;
    action::Build yes = wanted;
    yes.answered = true;
    if (asks_before_weights_are_lost(wanted.answered, "Use " + title, yes)) return;
    use_fit_of(wanted.preset);
  }
  when_stopped([this, wanted] {
    const auto then = [this, wanted] { go_on(wanted.then); };
    if (wanted.preset.empty() && left_.has(wanted.config)) return bring_back(wanted.config, then);
    left_.keep([this, wanted, then] {
      build(wanted.preset.empty() ? with("config", wanted.config) : with("preset", wanted.preset), then);
    });
  });
}

/// Restores a replaced network with its weights, and keeps the current one in turn.
void App::bring_back(const Json& config, std::function<void()> then) {
  left_.keep([this, config, then = std::move(then)] {
    edited_.begin_build(&config);
    left_.bring_back(config, [this, then](const AppReply& reply) {
      if (reply.ok()) on_model(reply.args);
      edited_.end_build();
      if (!reply.ok()) return fail(reply);
      then();
    });
  });
}

void App::build(Json args, std::function<void()> then) {
  if (args.is_null()) args["preset"] = kFirstModel;
  edited_.begin_build(args.find("config"));
  mail_.ask("build", std::move(args), [this, then = std::move(then)](const AppReply& reply) {
    if (!reply.ok()) {
      edited_.end_build();
      state_.starting = false;
      return fail(reply);
    }
    on_model(reply.args);
    edited_.end_build();
    if (then) then();
  });
}

void App::load_model(const action::LoadModel& wanted) {
  if (asks_before_weights_are_lost(wanted.answered, "Use the other network",
                                   action::LoadModel{wanted.name, true, wanted.show}))
    return;
  when_stopped([this, wanted] { left_.keep([this, wanted] { fetch_model(wanted); }); });
}

void App::fetch_model(const action::LoadModel& wanted) {
  mail_.ask("load_model", with("name", wanted.name), [this, wanted](const AppReply& reply) {
    if (!reply.ok()) return fail(reply);
    if (wanted.show) {
      ui_.tab = Tab::predictions;
      ui_.predictions_of = state_.data.synthetic ? PredictionsOf::own : PredictionsOf::test;
    }
    for (const OwnModel& model : kOwnModels)
      if (wanted.name == model.name)
        state_.notice =
            Notice{std::string(model.about) + (state_.data.synthetic
                                                   ? " The loaded pictures are synthetic and unlike those it "
                                                     "was trained on; load CIFAR-10 to see what it can do."
                                                   : ""),
                   false};
  });
}

}  // namespace playground
