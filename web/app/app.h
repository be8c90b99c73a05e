#pragma once
/// The app without the browser: applies the trainer's messages to the state, and turns the panels' requests
/// into messages. Each subject has its own type in requests/; App dispatches and starts trainings and builds.

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "web/app/requests/data_pictures.h"
#include "web/app/requests/edited_network.h"
#include "web/app/requests/inside.h"
#include "web/app/requests/kept_runs.h"
#include "web/app/requests/left_networks.h"
#include "web/app/requests/lesson_pictures.h"
#include "web/app/requests/own_picture.h"
#include "web/app/requests/predictions.h"
#include "web/app/requests/speed.h"
#include "web/app/requests/strip.h"
#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"
#include "web/app/state/run_recorder.h"
#include "web/app/state/share.h"
#include "web/app/workbench.h"

namespace playground {

/// What the app needs from its host: main.cpp implements it for the browser, tests implement their own.
struct Outside {
  Mailbox::Send send;
  std::function<void(const std::string&)> copy_text;
  std::function<void()> theme_changed;
  std::function<void(const std::string& name, const std::string& svg)> save_picture;
  std::string hash;      ///< of the address the page was opened with
  int most_threads = 1;  ///< processor cores
};

class App {
 public:
  explicit App(Outside outside);
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Sends the first requests: capabilities, data set, sources.
  void start();
  void receive(std::string_view json, std::span<const Payload> payloads);
  /// Draws one ImGui frame, and requests what is missing on screen.
  void frame();

  Workbench& ui() { return ui_; }
  const AppState& state() const { return state_; }
  void carry_out(const Action& wanted);
  /// Text pasted while no text is edited: a Keras configuration becomes the network being edited.
  void paste(std::string_view text);

 private:
  // Events and replies (app.cpp).
  void on_event(const Event& event);
  void on_dataset(const Json& args);
  void on_step(const Json& args);
  void on_run(const Json& args);
  void on_state(const Json& args);
  void on_hello(const Json& args);
  void on_model(const Json& args);
  void on_picture(const Event& event);
  void on_evaluation(const Json& args);
  void forget_answers();
  void ask_predictions();
  void send(std::string_view type, Json args = {});
  void fail(const AppReply& reply);

  // Training, data and what is shown (app_actions.cpp).
  void train(bool one_step);
  bool waits_for_typing();
  void go_on(action::Then then);
  void choose_files(const action::ChooseFiles& wanted);
  /// Clears the displayed error. lasting: also errors that only a user action clears.
  void end_error(bool lasting);
  /// The trainer refused the settings: marks the offending one.
  void refuse_fit(const AppReply& reply);
  /// With what was said about it.
  void end_refusal();
  /// Of the training's form; null: not set.
  Json fit_value(const std::string& field) const;
  void fit_changed();
  /// Whether another network is being put in place of this one.
  bool replacing() const;
  /// continue_training: continues the previous training with its optimizer, if the trainer still has it.
  void fit(bool one_step, bool continue_training);
  Json fit_args(bool continue_training) const;
  void show_options(const Json& options);
  /// The form's learning rate; null: the optimizer's default.
  Json form_rate() const;
  void reset();
  void evaluate();
  void set_live(const action::SetLive& wanted);
  void show(action::Place place);
  void show_pictures(const action::ShowPictures& wanted);
  void ask_schedule();
  /// Without a source: what the page loads unasked.
  void load_data(const action::LoadData& wanted, std::function<void()> then = {});
  void cancel_load();
  void forget_data();
  void ask_sources();
  /// Runs `then`, after a running training has stopped.
  void when_stopped(std::function<void()> then);

  // The network (app_network.cpp).
  bool waits_for_network(action::Then then);
  void discard(const action::Discard& wanted);
  void show_layer(int layer);
  /// True if a confirmation was requested. yes: the action to carry out when the user agrees. undo_restores:
  /// unless the network is too large to be kept.
  bool asks_before_weights_are_lost(bool answered, const std::string& what, Action yes,
                                    bool undo_restores = true);
  void build(Json args, std::function<void()> then = {});
  void build_chosen(const action::Build& wanted);
  void use_run(const action::UseRun& wanted);
  void use_fit_of(const std::string& preset);
  void load_model(const action::LoadModel& wanted);
  void fetch_model(const action::LoadModel& wanted);
  void bring_back(const Json& config, std::function<void()> then);

  // Links (app_links.cpp).
  /// The link in the address when the page opens.
  void begin_with(const std::string& hash);
  void open_link(const action::OpenLink& wanted);
  void go_to_chapter(const std::string& name);
  void apply(const Shared& shared, bool then_train = false);

  Outside outside_;
  Mailbox mail_;
  Workbench ui_;
  AppState state_;
  RunRecorder runs_;
  KeptRuns kept_runs_;
  EditedNetwork edited_;
  LeftNetworks left_;
  DataPictures data_pictures_;
  OwnPictureRequests own_picture_;
  InsideRequests inside_;
  StripRequests strip_;
  PredictionRequests predictions_;
  LessonPictureRequests lesson_pictures_;
  SpeedRequests speed_;
  Json rate_begun_;  ///< form_rate() when the last training began, or when it was changed in it
  std::optional<bool> train_after_replacing_;  ///< Train was pressed meanwhile; true: one step
  bool step_wanted_ = false;                   ///< once the requested training has begun
  Json refused_value_;                         ///< of the field that the refusal is about
  bool typing_noticed_ = false;                ///< the notice is about a text that a field did not accept
};

}  // namespace playground
