// The app's requests about pictures that are looked at: pages of the data set, one closely, and one of the
// user's own.
#include <algorithm>
#include <cstring>

#include "web/app/app.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

const char* split_name(bool test) { return test ? "test" : "train"; }

/// What the draws depend on besides the picture.
Json what_augments(const Json& fit, const ModelInfo& model) {
  const Json* layers = fit.find("augmentation");
  return Json::array({layers != nullptr ? *layers : Json::array(), model.config});
}

}  // namespace

void App::forget_pictures() {
  state_.pages.forget();
  state_.closely.index = -1;
  state_.closely.atlas.clear();
  pages_broken_ = false;
}

void App::ask_sources() {
  mail_.ask("sources", {}, [this](const Reply& reply) {
    if (reply.ok()) state_.sources = read_sources(reply.args);
  });
}

void App::follow_pictures() {
  const PicturesPanel panel = ui_.pictures;
  ui_.pictures.last = -1;                // drawn again, it is told again
  if (panel.first > panel.last) return;  // not on screen
  if (const auto page = state_.pages.missing(panel.first, panel.last);
      page && !page_waiting_ && !pages_broken_)
    ask_page(*page);
  if (state_.closely.index < 0) {
    if (const auto first = state_.pages.at(panel.first)) look_at(panel.set.test, first->index);
    return;
  }
  if (!(augmented_with_ == what_augments(ui_.training.fit, state_.model))) ask_augmented();
}

/// One at a time: what is scrolled past meanwhile is never asked for.
void App::ask_page(int page) {
  page_waiting_ = true;
  const PicturePages::Set& set = state_.pages.set();
  Json args;
  args["split"] = split_name(set.test);
  if (set.label >= 0) args["label"] = set.label;
  args["offset"] = page * PicturePages::kPage;
  args["count"] = PicturePages::kPage;
  mail_.ask("pictures", std::move(args),
            [this, page, generation = state_.pages.generation()](const Reply& reply) {
              page_waiting_ = false;
              if (generation != state_.pages.generation()) return;
              if (!reply.ok() || reply.payloads.empty()) {
                pages_broken_ = true;
                return fail(reply);
              }
              state_.pages.fill(page, numbers_in(reply.args, "indices"), numbers_in(reply.args, "labels"),
                                reply.payloads[0]);
            });
}

void App::look_at(bool test, int index) {
  state_.closely.test = test;
  state_.closely.index = index;
  ask_augmented();
}

void App::ask_augmented() {
  LookedAt& closely = state_.closely;
  augmented_with_ = what_augments(ui_.training.fit, state_.model);
  Json args;
  args["split"] = split_name(closely.test);
  args["index"] = closely.index;
  args["count"] = kDraws;
  args["step"] = closely.step;
  if (const Json* seed = ui_.training.fit.find("seed")) args["seed"] = *seed;
  if (const Json* layers = ui_.training.fit.find("augmentation")) args["augmentation"] = *layers;
  mail_.ask("augmented", std::move(args),
            [this, test = closely.test, index = closely.index](const Reply& reply) {
              LookedAt& now = state_.closely;
              if (now.test != test || now.index != index) return;  // another picture was pressed meanwhile
              if (!reply.ok() || reply.payloads.empty()) return fail(reply);
              now.label = static_cast<int>(number_in(reply.args, "label", -1));
              now.layers = texts_in(reply.args, "layers");
              now.atlas.assign(reply.payloads[0]);
            });
}

void App::take_picture(const std::string& from) {
  state_.recognized.camera = from == "camera";
  Json args;
  args["from"] = from;
  mail_.ask("picture", std::move(args), [this, from](const Reply& reply) {
    if (reply.ok()) return;
    if (from == "camera") state_.recognized.camera = false;
    fail(reply);
  });
}

void App::on_picture(const Event& event) {
  if (event.payloads.empty()) return;
  const bool live = flag_in(event.args, "live");
  if (live && !state_.recognized.camera) return;  // a frame on its way when the camera went out
  const auto size = [&](const char* key) { return static_cast<int>(number_in(event.args, key)); };
  if (!state_.own.assign(size("width"), size("height"), event.payloads[0])) return;
  ui_.tab = Tab::predictions;
  ui_.own.shown = true;
  ui_.own.draws = false;
}

void App::follow_own_picture() {
  Recognized& own = state_.recognized;
  if (ui_.tab != Tab::predictions || !ui_.own.shown) {
    if (own.camera) take_picture("nothing");  // nobody looks
    return;
  }
  const int version = state_.own.version();
  if (own.seen_version != version) {
    own.seen_version = version;
    own.seen.assign(state_.own.seen());
  }
  if (own.waiting || own.asked_version == version || state_.model.empty()) return;
  own.waiting = true;
  own.asked_version = version;
  const std::vector<std::uint8_t>& seen = state_.own.seen();
  const Payload payload{seen.data(), static_cast<std::uint32_t>(seen.size())};
  const auto handler = [this](const Reply& reply) {
    Recognized& own = state_.recognized;
    own.waiting = false;
    own.said = {-1, -1, -1, {}};
    if (!reply.ok()) return fail(reply);
    if (reply.payloads.empty()) return;
    own.said.probabilities.resize(reply.payloads[0].size() / sizeof(float));
    std::memcpy(own.said.probabilities.data(), reply.payloads[0].data(),
                own.said.probabilities.size() * sizeof(float));
  };
  mail_.ask("predict", {}, handler, {&payload, 1});
}

}  // namespace playground
