#include "web/app/app.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/messages.h"
#include "web/app/state/typed.h"

namespace playground {
namespace {

Json gallery_filter(const GalleryPanel& panel) {
  Json args;
  args["split"] = "test";
  args["sort"] = kGallerySorts[panel.sort];
  if (panel.only_mistakes) args["mistakes"] = true;
  if (panel.actual >= 0) args["actual"] = panel.actual;
  if (panel.predicted >= 0) args["predicted"] = panel.predicted;
  args["offset"] = panel.page * kGalleryPage;
  args["count"] = kGalleryPage;
  return args;
}

/// Failures that no later load or import mends.
bool of_the_page(std::string_view code) {
  constexpr std::string_view kCodes[] = {"no_storage", "storage_full", "app_gone", "no_app", "no_trainer"};
  return std::find(std::begin(kCodes), std::end(kCodes), code) != std::end(kCodes);
}

}  // namespace

App::App(Outside outside)
    : outside_(std::move(outside)),
      mail_(outside_.send),
      runs_(state_),
      kept_runs_(state_, runs_, mail_),
      edited_(ui_.builder.network, state_, mail_),
      left_(state_, mail_),
      data_pictures_(state_, mail_),
      own_picture_(state_, mail_),
      inside_(state_, mail_),
      strip_(state_, mail_),
      predictions_(state_, mail_),
      lesson_pictures_(state_, mail_),
      speed_(state_, mail_) {}

void App::start() {
  ask_sources();
  kept_runs_.ask();
  mail_.ask("hello", {}, [this](const AppReply& reply) {
    if (!reply.ok()) return fail(reply);
    on_hello(reply.args);
    // The page builds the first model. Building one here could replace what it restores.
    if (outside_.hash.size() > 1) begin_with(outside_.hash);
  });
  mail_.ask("dataset", {}, [this](const AppReply& reply) {
    if (reply.ok() && state_.data.empty()) on_dataset(reply.args);  // no data set yet is not a failure
  });
}

void App::receive(std::string_view json, std::span<const Payload> payloads) {
  mail_.receive(json, payloads, [this](const Event& event) { on_event(event); });
  if (train_after_replacing_ && !replacing()) train(*std::exchange(train_after_replacing_, {}));
}

void App::on_event(const Event& event) {
  const std::string& type = event.type;
  if (type == "step") return on_step(event.args);
  if (type == "epoch") {
    own_picture_.weights_changed();
    runs_.on_epoch(event.args, ui_.training.fit);
    return kept_runs_.keep_current_if_due();
  }
  if (type == "state") return on_state(event.args);
  if (type == "run") return on_run(event.args);
  if (type == "dataset") return on_dataset(event.args);
  if (type == "picture") return on_picture(event);
  if (type == "inspecting") return inside_.on_progress(event.args);
  if (type == "evaluation") {
    on_evaluation(event.args);
    strip_.refresh();
  } else if (type == "model") {
    on_model(event.args);
  } else if (type == "load_progress") {
    state_.loading = read_progress(event.args);
    if (const std::string error = text_in(event.args, "error"); !error.empty()) state_.notice = Notice{error};
  } else if (type == "load_waits") {
    state_.notice =
        Notice{text_in(event.args, "label") + " is loaded; it is used when the training ends.", false};
  } else if (type == "trainer_ready") {
    on_hello(event.args);
  } else if (type == "failure") {
    state_.notice = Notice{text_in(event.args, "message"), true, of_the_page(text_in(event.args, "code"))};
  } else if (type == "kept" && text_in(event.args, "state") == "failed") {
    state_.notice = Notice{text_in(event.args, "message")};
  } else if (type == "kept" && text_in(event.args, "state") == "kept") {
    ask_sources();
  } else if (type == "camera") {
    state_.recognized.camera = flag_in(event.args, "on");
  } else if (type == "trainer_gone") {
    state_.notice = Notice{text_in(event.args, "message"), true, true};
    state_.training = {};
    state_.starting = false;
  }
}

void App::on_hello(const Json& args) {
  state_.backend = read_backend(args);
  state_.backend.most_threads = state_.backend.isolated ? outside_.most_threads : 1;
  state_.catalog = read_catalog(args);
}

void App::on_dataset(const Json& args) {
  const std::string before = state_.data.label;
  state_.data = read_dataset(args);
  if (state_.data.label != before) end_error(false);
  end_refusal();
  state_.loading.running = false;
  forget_answers();
  data_pictures_.forget();
  state_.strip.items.clear();  // until the new ones come
  if (state_.data.empty()) return;
  data_pictures_.ask_preview();
  strip_.ask_pictures(number_in(ui_.training.fit, "validation_split"));
  predictions_.gallery_changed();
  lesson_pictures_.data_changed();
}

void App::on_model(const Json& args) {
  ModelInfo model = read_model(args);
  const bool learned = args.find("history") != nullptr;  // weights from a file
  // One build is announced twice: by an event and by its reply.
  const bool same = !state_.model.empty() && model.config == state_.model.config && runs_.expects_new_run() &&
                    !state_.trained && !learned;
  state_.model = std::move(model);
  state_.checked = {};
  edited_.on_model();
  if (same) return;
  end_error(false);
  forget_answers();
  state_.training.forget();
  state_.trained = learned;
  runs_.set_trained_epochs(static_cast<int>(list_in(args, "history").size()));
  for (GalleryItem& item : state_.strip.items) item.predicted = -1, item.probabilities.clear();
  runs_.expect_new_run();
  const Json* fit = args.find("fit");
  if (fit != nullptr) show_options(*fit);
  if (!list_in(args, "history").empty())
    runs_.on_restored(list_in(args, "history"), fit != nullptr ? *fit : Json::object());
  predictions_.gallery_changed();
  if (state_.trained) strip_.refresh();
}

/// Discards answers computed from the network and the data set: one of them was replaced.
void App::forget_answers() {
  state_.evaluation = {};
  state_.calibration.clear();
  state_.gallery.items.clear();
  state_.gallery_total = 0;
  state_.classes = {};
  state_.inside.forget();
  own_picture_.forget();
}

void App::on_evaluation(const Json& args) {
  state_.evaluation = read_evaluation(args);
  predictions_.gallery_changed();
  predictions_.calibration_changed();
}

void App::on_run(const Json& args) {
  runs_.on_run(args, ui_.training.fit);
  end_refusal();
  if (!mail_.waits_for("fit")) show_options(args);  // a script's, or one from before the app's start
  if (std::exchange(step_wanted_, false)) send("step");
  const double held_out = number_in(args, "validation_split");
  if (held_out != strip_.held_out()) strip_.ask_pictures(held_out);
}

void App::on_step(const Json& args) {
  speed_.step_made();
  runs_.on_step(args, ui_.training.fit);
  ++state_.inside.weights;
  if (ui_.tab == Tab::curves) strip_.refresh_if_due();
}

void App::on_state(const Json& args) {
  const RunState before = state_.training.state;
  state_.training.state = read_state(text_in(args, "state"));
  ++state_.inside.weights;
  if (state_.training.running()) state_.starting = false;
  if (state_.training.busy() == (before == RunState::training || before == RunState::validating)) return;
  predictions_.calibration_changed();
  if (!state_.training.busy()) kept_runs_.keep_current();
  if (!state_.training.busy() && state_.trained) {  // paused or finished: show what the weights are worth now
    own_picture_.weights_changed();
    strip_.refresh();
    predictions_.gallery_changed();
  }
}

void App::on_picture(const Event& event) {
  if (!own_picture_.on_picture(event)) return;
  ui_.tab = Tab::predictions;
  ui_.predictions_of = PredictionsOf::own;
  ui_.own.draws = false;
}

/// What the tab on the screen shows of the predictions.
void App::ask_predictions() {
  const bool classes = (ui_.tab == Tab::predictions && ui_.predictions_of == PredictionsOf::classes) ||
                       (ui_.tab == Tab::learn && ui_.learn.chapter && ui_.learn.chapter->wants_classes());
  if (classes && predictions_.classes_due()) predictions_.ask_classes();
  if (ui_.tab == Tab::predictions && predictions_.gallery_due())
    predictions_.ask_gallery(gallery_filter(ui_.gallery));
  if (ui_.tab == Tab::matrix && predictions_.calibration_due()) predictions_.ask_calibration();
}

void App::frame() {
  state_.weights_kept = left_.has(ui_.builder.network.config());
  if (const UiRequest request = draw(ui_, state_)) carry_out(*request);
  const PicturesPanel on_screen = ui_.pictures;
  ui_.pictures.last = -1;  // set again by the next frame that draws pictures
  if (on_screen.first <= on_screen.last)
    data_pictures_.follow(on_screen.set, on_screen.first, on_screen.last, accepted_part(ui_.training.fit));
  own_picture_.follow(ui_.tab == Tab::predictions && ui_.predictions_of == PredictionsOf::own);
  if (ui_.tab == Tab::inside && !state_.model.empty())
    inside_.follow(questions(ui_.inside, inside_state(state_)));
  if (misfit(state_.model, state_.data).empty()) ask_predictions();
  if (ui_.tab == Tab::profile) speed_.follow_profile();
  if (ui_.tab == Tab::learn) lesson_pictures_.follow();
}

void App::send(std::string_view type, Json args) { send_request(state_, mail_, type, std::move(args)); }

void App::fail(const AppReply& reply) {
  train_after_replacing_.reset();
  show_failure(state_, reply);
}

}  // namespace playground
