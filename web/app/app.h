// The app without the browser: it owns the state, applies messages to it, and turns what panels ask into
// messages.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "web/app/state/mailbox.h"
#include "web/app/state/messages.h"
#include "web/app/state/share.h"
#include "web/app/workbench.h"

namespace playground {

/// What the app needs done outside of itself; the browser's side is in main.cpp, the tests have their own.
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

  /// Asks for what there is to know.
  void start();
  void receive(std::string_view json, std::span<const Payload> payloads);
  /// Draws one ImGui frame.
  void frame();

  Workbench& ui() { return ui_; }
  const AppState& state() const { return state_; }
  /// What a panel asked for, or the page in words.
  void carry_out(const Action& asked);

 private:
  void on_event(const Event& event);
  void on_dataset(const Json& args);
  void on_step(const Json& args);
  void on_epoch(const Json& args);
  void on_state(const Json& args);
  void on_run(const Json& args);
  void on_hello(const Json& args);
  void on_model(const Json& args);

  void train(bool one_step);
  /// go_on: with the optimizer of the training before, where the trainer still has it.
  void fit(bool one_step, bool go_on);
  Json fit_args(bool go_on) const;
  void load_model(const std::string& name);
  void evaluate();
  void begin_run();
  void load(const std::string& source, std::function<void()> then);
  void build(Json args, std::function<void()> then);

  void check(const Json& config);
  void ask_schedule();
  void set_live(const action::SetLive& asked);
  void reset();
  void use_run(int id);
  /// A preset brings the training settings that suit it.
  void take_fit_of(const std::string& preset);
  void share();
  void open_link(const std::string& hash);
  /// What a link asks for, in place of what is there.
  void set_up(const std::string& hash, bool then_train);
  void measure(const std::string& preset);
  void apply(const Shared& shared, bool then_train = false);

  void ask_preview();
  void look_at(bool test, int index);
  void ask_augmented();
  void ask_page(int page);
  /// Asks for what the pictures on screen still need.
  void follow_pictures();
  /// Asks for what the Inside tab shows.
  void follow_inside();
  void ask_inside(const InsideQuestion& one, const std::string& asked);
  void cancel_inside(InsideAnswer& answer);
  void on_inspecting(const Json& args);
  void ask_sources();
  void forget_pictures();
  void take_picture(const std::string& from);
  void on_picture(const Event& event);
  /// Asks what the net says of the user's own picture, where that or the net changed.
  void follow_own_picture();
  void ask_strip_pictures(double held_out);
  void ask_lesson_pictures(const char* split, int count);
  void refresh_strip();
  void refresh_gallery();
  void refresh_calibration();
  void refresh_profile();
  void read_calibration(const Json& args);
  void simple(std::string_view type);
  void fail(const Reply& reply);

  Outside outside_;
  Mailbox mail_;
  Workbench ui_;
  AppState state_;
  std::vector<std::uint8_t> strip_pictures_;
  std::chrono::steady_clock::time_point strip_asked_{};
  bool new_run_ = true;                 ///< the next training starts a run of its own
  std::optional<Json> augmented_with_;  ///< what the draws on screen came from
  double strip_held_out_ = 0;  ///< the strip shows pictures of the share that is held out; 0: test pictures
  bool page_waiting_ = false, pages_broken_ = false;
  bool lesson_stale_ = true;  ///< the chapters have pictures of another data set
  std::chrono::steady_clock::time_point profile_asked_{};
  bool profile_stale_ = true;
  bool gallery_stale_ = true, calibration_stale_ = true;
  Continued before_;  ///< what the present run had behind it when this training began
  bool fit_began_ = false;
  bool step_wanted_ = false;  ///< once the training that was asked for has begun
  int last_run_id_ = 0;
  int trained_epochs_ = 0;        ///< as the trainer counts them: what a continued training has behind it
  std::optional<Json> building_;  ///< a configuration of ours that is being built
  Json wanted_;  ///< the configuration looked at last; replies about older ones come too late
};

}  // namespace playground
