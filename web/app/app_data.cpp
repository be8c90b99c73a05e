// The app's requests about the data set that is looked at: pages of it, and one picture closely.
#include "web/app/app.h"
#include "web/app/messages.h"

namespace playground {
namespace {

const char* split_name(bool test) { return test ? "test" : "train"; }

}  // namespace

void App::forget_pictures() {
  known_.pages.forget();
  known_.closely.index = -1;
  known_.closely.atlas.clear();
  pages_broken_ = false;
}

void App::ask_sources() {
  mail_.ask("sources", {}, [this](const Reply& reply) {
    if (reply.ok()) known_.sources = read_sources(reply.args);
  });
}

void App::follow_pictures() {
  const PicturesPanel panel = ui_.pictures;
  ui_.pictures.last = -1;                // drawn again, it is told again
  if (panel.first > panel.last) return;  // not on screen
  if (const auto page = known_.pages.missing(panel.first, panel.last);
      page && !page_waiting_ && !pages_broken_)
    ask_page(*page);
  if (known_.closely.index < 0) {
    if (const auto first = known_.pages.at(panel.first)) look_at(panel.set.test, first->index);
    return;
  }
  const Json* layers = ui_.training.fit.find("augmentation");
  const Json with = Json::array({layers != nullptr ? *layers : Json::array(), known_.model.config});
  if (!(augmented_with_ == with)) ask_augmented();
}

/// One at a time: what is scrolled past meanwhile is never asked for.
void App::ask_page(int page) {
  page_waiting_ = true;
  const PicturePages::Set& set = known_.pages.set();
  Json args;
  args["split"] = split_name(set.test);
  if (set.label >= 0) args["label"] = set.label;
  args["offset"] = page * PicturePages::kPage;
  args["count"] = PicturePages::kPage;
  mail_.ask("pictures", std::move(args),
            [this, page, generation = known_.pages.generation()](const Reply& reply) {
              page_waiting_ = false;
              if (generation != known_.pages.generation()) return;
              if (!reply.ok() || reply.payloads.empty()) {
                pages_broken_ = true;
                return fail(reply);
              }
              known_.pages.fill(page, numbers_in(reply.args, "indices"), numbers_in(reply.args, "labels"),
                                reply.payloads[0]);
            });
}

void App::look_at(bool test, int index) {
  known_.closely.test = test;
  known_.closely.index = index;
  ask_augmented();
}

void App::ask_augmented() {
  LookedAt& closely = known_.closely;
  const Json* layers = ui_.training.fit.find("augmentation");
  augmented_with_ = Json::array({layers != nullptr ? *layers : Json::array(), known_.model.config});
  Json args;
  args["split"] = split_name(closely.test);
  args["index"] = closely.index;
  args["count"] = kDraws;
  args["step"] = closely.step;
  if (const Json* seed = ui_.training.fit.find("seed")) args["seed"] = *seed;
  if (layers != nullptr) args["augmentation"] = *layers;
  mail_.ask("augmented", std::move(args),
            [this, test = closely.test, index = closely.index](const Reply& reply) {
              LookedAt& now = known_.closely;
              if (now.test != test || now.index != index) return;  // another picture was pressed meanwhile
              if (!reply.ok() || reply.payloads.empty()) return fail(reply);
              now.label = static_cast<int>(number_in(reply.args, "label", -1));
              now.layers = texts_in(reply.args, "layers");
              now.atlas.assign(reply.payloads[0]);
            });
}

}  // namespace playground
