#include "web/app/app.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kStripEvery = std::chrono::milliseconds(1000), kProfileEvery = std::chrono::milliseconds(1000);
constexpr int kStripPictures = 16;
constexpr int kLessonTrain = 240, kLessonTest = 120;
std::vector<std::vector<float>> probabilities_in(std::span<const std::uint8_t> bytes, std::size_t count) {
  std::vector<std::vector<float>> rows(count);
  const std::size_t classes = count > 0 ? bytes.size() / sizeof(float) / count : 0;
  for (std::size_t i = 0; i < count && classes > 0; ++i) {
    rows[i].resize(classes);
    std::memcpy(rows[i].data(), bytes.data() + i * classes * sizeof(float), classes * sizeof(float));
  }
  return rows;
}

}  // namespace

App::App(Outside outside) : outside_(std::move(outside)), mail_(outside_.send) {}

void App::start() {
  ask_sources();
  mail_.ask("hello", {}, [this](const Reply& reply) {
    if (!reply.ok()) return fail(reply);
    on_hello(reply.args);
    if (outside_.hash.size() > 1)
      open_link(outside_.hash);
    else if (state_.model.empty())
      build({}, [] {});
  });
  mail_.ask("dataset", {}, [this](const Reply& reply) {
    if (reply.ok() && state_.data.empty()) on_dataset(reply.args);  // none yet is no failure
  });
}

void App::on_hello(const Json& args) {
  state_.backend = read_backend(args);
  state_.backend.most_threads = state_.backend.isolated ? outside_.most_threads : 1;
  state_.catalog = read_catalog(args);
}

void App::on_model(const Json& args) {
  ModelInfo model = read_model(args);
  const bool learned = args.find("history") != nullptr;  // a file's weights
  const bool same =
      !state_.model.empty() && model.config == state_.model.config && new_run_ && !state_.trained && !learned;
  state_.model = std::move(model);
  state_.checked = {};
  Network& edited = ui_.builder.network;
  if (edited.count() == 0) {
    edited.set(state_.model.config);
  } else if (building_) {  // edits made meanwhile stay
    if (edited.config() == *building_)
      edited.adopt(state_.model.config);
    else if (!(edited.config() == state_.model.config))
      check(edited.config());
  } else {
    edited.set(state_.model.config, true);
    ui_.builder.preset.clear();
  }
  if (same) return;  // the event and the reply of one build
  state_.inside.forget();
  state_.trained = learned;
  trained_epochs_ = static_cast<int>(list_in(args, "history").size());
  state_.recognized.asked_version = -1;
  state_.evaluation = {};
  state_.calibration.clear();
  state_.gallery.items.clear();
  state_.gallery_total = 0;
  for (GalleryItem& item : state_.strip.items) item.predicted = -1, item.probabilities.clear();
  new_run_ = true;
  gallery_stale_ = true;
  if (state_.trained) refresh_strip();
}

void App::receive(std::string_view json, std::span<const Payload> payloads) {
  mail_.receive(json, payloads, [this](const Event& event) { on_event(event); });
}

void App::on_event(const Event& event) {
  if (event.type == "step") return on_step(event.args);
  if (event.type == "epoch") return on_epoch(event.args);
  if (event.type == "state") return on_state(event.args);
  if (event.type == "run") return on_run(event.args);
  if (event.type == "dataset") return on_dataset(event.args);
  if (event.type == "picture") return on_picture(event);
  if (event.type == "inspecting") return on_inspecting(event.args);
  if (event.type == "evaluation") {
    state_.evaluation = read_evaluation(event.args);
    gallery_stale_ = calibration_stale_ = true;
    refresh_strip();
  } else if (event.type == "model") {
    on_model(event.args);
  } else if (event.type == "load_progress") {
    state_.loading = read_progress(event.args);
    if (const std::string error = text_in(event.args, "error"); !error.empty()) state_.notice = Notice{error};
  } else if (event.type == "trainer_ready") {
    on_hello(event.args);
  } else if (event.type == "failure" || (event.type == "kept" && text_in(event.args, "state") == "failed")) {
    state_.notice = Notice{text_in(event.args, "message")};
  } else if (event.type == "kept" && text_in(event.args, "state") == "kept") {
    ask_sources();
  } else if (event.type == "camera") {
    state_.recognized.camera = flag_in(event.args, "on");
  } else if (event.type == "trainer_gone") {
    state_.notice = Notice{text_in(event.args, "message")};
    state_.training = {};
    state_.starting = false;
  }
}

void App::on_dataset(const Json& args) {
  state_.data = read_dataset(args);
  state_.loading.running = false;
  state_.evaluation = {};
  forget_pictures();
  state_.inside.forget();
  if (state_.data.empty()) return;
  ask_preview();
  ask_strip_pictures(number_in(ui_.training.fit, "validation_split"));
  gallery_stale_ = lesson_stale_ = true;
}

/// The first picture of every class, in the classes' order.
void App::ask_preview() {
  Json args;
  args["split"] = "train";
  args["offset"] = 0;
  args["count"] = 10;
  mail_.ask("pictures", std::move(args), [this](const Reply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    state_.preview.assign(reply.payloads[0]);
    state_.preview_labels.clear();
    for (const double label : numbers_in(reply.args, "labels"))
      state_.preview_labels.push_back(static_cast<int>(label));
    state_.preview_labels.resize(static_cast<std::size_t>(state_.preview.count()));
  });
}

void App::ask_strip_pictures(double held_out) {
  strip_held_out_ = held_out;
  Json args;
  args["split"] = strip_held_out_ > 0 ? "train" : "test";  // then the test pictures stay unseen
  args["offset"] = strip_held_out_ > 0 ? std::floor(state_.data.train.count * (1 - strip_held_out_)) : 0;
  args["count"] = kStripPictures;
  mail_.ask("pictures", std::move(args), [this](const Reply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    strip_pictures_.assign(reply.payloads[0].begin(), reply.payloads[0].end());
    state_.strip.atlas.assign(strip_pictures_);
    state_.strip.items.clear();
    const std::vector<double> indices = numbers_in(reply.args, "indices"),
                              labels = numbers_in(reply.args, "labels");
    for (std::size_t i = 0; i < std::min(indices.size(), labels.size()); ++i)
      state_.strip.items.push_back({static_cast<int>(indices[i]), static_cast<int>(labels[i]), -1, {}});
    if (state_.trained) refresh_strip();
  });
}

/// The Learn tab's chapters play with these, and train their own small networks on them.
void App::ask_lesson_pictures(const char* split, int count) {
  lesson_stale_ = false;
  Json args;
  args["split"] = split;
  args["offset"] = 0;
  args["count"] = count;
  LessonPictures& pictures = args["split"] == Json("train") ? state_.lesson_train : state_.lesson_test;
  mail_.ask("pictures", std::move(args), [this, &pictures](const Reply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    pictures.rgb.assign(reply.payloads[0].begin(), reply.payloads[0].end());
    pictures.labels.clear();
    for (const double label : numbers_in(reply.args, "labels"))
      pictures.labels.push_back(static_cast<int>(label));
    pictures.labels.resize(pictures.rgb.size() / kPictureBytes);
    pictures.first.assign(pictures.rgb);
    ++state_.lesson_edition;
  });
}

void App::refresh_strip() {
  if (strip_pictures_.empty() || mail_.waits_for("predict")) return;
  strip_asked_ = std::chrono::steady_clock::now();
  const Payload pictures{strip_pictures_.data(), static_cast<std::uint32_t>(strip_pictures_.size())};
  const auto handler = [this](const Reply& reply) {
    const std::size_t count = state_.strip.items.size();
    if (!reply.ok() || reply.payloads.empty() || strip_pictures_.size() != count * kPictureBytes) return;
    std::vector<std::vector<float>> rows = probabilities_in(reply.payloads[0], count);
    for (std::size_t i = 0; i < count; ++i) {
      GalleryItem& item = state_.strip.items[i];
      item.probabilities = std::move(rows[i]);
      item.predicted =
          static_cast<int>(std::max_element(item.probabilities.begin(), item.probabilities.end()) -
                           item.probabilities.begin());
    }
  };
  mail_.ask("predict", {}, handler, {&pictures, 1});
}

void App::refresh_gallery() {
  state_.gallery_waiting = true;
  gallery_stale_ = false;
  const GalleryPanel& g = ui_.gallery;
  Json args;
  args["split"] = "test";
  args["sort"] = kGallerySorts[g.sort];
  if (g.only_mistakes) args["mistakes"] = true;
  if (g.actual >= 0) args["actual"] = g.actual;
  if (g.predicted >= 0) args["predicted"] = g.predicted;
  args["offset"] = g.page * kGalleryPage;
  args["count"] = kGalleryPage;
  mail_.ask("predictions", std::move(args), [this](const Reply& reply) {
    state_.gallery_waiting = false;
    if (!reply.ok()) return fail(reply);
    state_.gallery_total = number_in(reply.args, "total");
    state_.gallery_epoch = static_cast<int>(number_in(reply.args, "epoch"));
    read_calibration(reply.args);
    const Json::Array& items = list_in(reply.args, "items");
    std::vector<std::vector<float>> rows(items.size());
    if (reply.payloads.size() > 1) rows = probabilities_in(reply.payloads[1], items.size());
    state_.gallery.items.clear();
    for (std::size_t i = 0; i < items.size(); ++i)
      state_.gallery.items.push_back(
          {static_cast<int>(number_in(items[i], "index")), static_cast<int>(number_in(items[i], "label")),
           static_cast<int>(number_in(items[i], "predicted")), std::move(rows[i])});
    state_.gallery.atlas.assign(reply.payloads.empty() ? std::span<const std::uint8_t>() : reply.payloads[0]);
  });
}

/// How sure against how right, in tenths of certainty; comes with predictions.
void App::read_calibration(const Json& args) {
  state_.calibration.clear();
  for (const std::vector<double>& bin : rows_in(args, "calibration", 3))
    if (bin[2] > 0) state_.calibration.push_back({bin[0], bin[1], bin[2]});
}

void App::refresh_calibration() {
  calibration_stale_ = false;
  Json args;
  args["split"] = "test";
  args["count"] = 0;
  mail_.ask("predictions", std::move(args), [this](const Reply& reply) {
    if (reply.ok()) read_calibration(reply.args);
  });
}

void App::refresh_profile() {
  profile_stale_ = false;
  profile_asked_ = std::chrono::steady_clock::now();
  mail_.ask("profile", {}, [this](const Reply& reply) {
    if (reply.ok()) state_.profile = read_profile(reply.args);
  });
}

void App::on_step(const Json& args) {
  profile_stale_ = true;
  if (state_.runs.empty()) begin_run();  // a script trains
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
  ++state_.inside.weights;
  read_step(args, state_.training, run, before_);
  if (ui_.tab == Tab::curves && std::chrono::steady_clock::now() - strip_asked_ > kStripEvery)
    refresh_strip();
}

void App::on_epoch(const Json& args) {
  state_.recognized.asked_version = -1;
  if (state_.runs.empty()) begin_run();
  HistoryRow row = read_history_row(args);
  trained_epochs_ = row.epoch;
  row.epoch += before_.epochs;
  row.at += before_.at;
  state_.runs.back().history.push_back(row);
}

/// A training begins, ours or a script's.
void App::on_run(const Json& args) {
  const bool fresh = new_run_ || state_.runs.empty(), goes_on = number_in(args, "global_step") > 0;
  if (fresh) begin_run();
  Run& run = state_.runs.back();
  run.finished = false;
  run.fit = args;
  run.fit.erase("history");
  run.fit.erase("global_step");
  const Json::Array& rows = list_in(args, "history");
  trained_epochs_ = static_cast<int>(rows.size());
  if (fresh)  // a training of an earlier visit
    for (const Json& row : rows) run.history.push_back(read_history_row(row));
  fit_began_ = !goes_on;
  if (goes_on) state_.starting = false;
  if (std::exchange(step_wanted_, false)) simple("step");
  const double held_out = number_in(args, "validation_split");
  if (held_out != strip_held_out_) ask_strip_pictures(held_out);
}

void App::on_state(const Json& args) {
  const RunState before = state_.training.state;
  state_.training.state = read_state(text_in(args, "state"));
  ++state_.inside.weights;
  if (state_.training.running()) state_.starting = false;
  if (state_.training.busy() == (before == RunState::training || before == RunState::validating)) return;
  calibration_stale_ = true;
  if (!state_.training.busy() && state_.trained) {  // stands still: show what the weights are worth now
    state_.recognized.asked_version = -1;
    refresh_strip();
    gallery_stale_ = true;
  }
}

void App::frame() {
  if (const UiRequest asked = draw(ui_, state_)) carry_out(*asked);
  follow_pictures();
  follow_own_picture();
  follow_inside();
  if (ui_.tab == Tab::predictions && state_.trained && gallery_stale_ && !state_.gallery_waiting)
    refresh_gallery();
  if (ui_.tab == Tab::profile && profile_stale_ && !mail_.waits_for("profile") &&
      std::chrono::steady_clock::now() - profile_asked_ > kProfileEvery)
    refresh_profile();
  if (ui_.tab == Tab::learn && lesson_stale_ && !state_.data.empty()) {
    ask_lesson_pictures("train", kLessonTrain);
    ask_lesson_pictures("test", kLessonTest);
  }
  if (ui_.tab == Tab::matrix && calibration_stale_ && state_.evaluation.split == "test")
    refresh_calibration();
}

}  // namespace playground
