#include "web/app/requests/data_pictures.h"

#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

const char* split_name(bool test) { return test ? "test" : "train"; }

/// Everything the draws depend on besides the picture.
Json what_augments(const Json& fit, const ModelInfo& model) {
  const Json* layers = fit.find("augmentation");
  return Json::array({layers != nullptr ? *layers : Json::array(), model.config});
}

}  // namespace

void DataPictures::forget() {
  state_.pages.forget();
  state_.closely.index = -1;
  state_.closely.atlas.clear();
  pages_broken_ = false;
}

void DataPictures::ask_preview() {
  Json args;
  args["split"] = "train";
  args["offset"] = 0;
  args["count"] = 10;
  mail_.ask("pictures", std::move(args), [this](const AppReply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    state_.preview.assign(reply.payloads[0]);
    state_.preview_labels.clear();
    for (const double label : numbers_in(reply.args, "labels"))
      state_.preview_labels.push_back(static_cast<int>(label));
    state_.preview_labels.resize(static_cast<std::size_t>(state_.preview.count()));
  });
}

void DataPictures::follow(const PicturePages::Set& set, int first, int last, const Json& fit) {
  if (const auto page = state_.pages.missing(first, last); page && !page_waiting_ && !pages_broken_)
    ask_page(*page);
  const LookedAt& closely = state_.closely;
  const bool of_set = closely.index >= 0 && closely.test == set.test &&
                      (set.label < 0 || closely.label < 0 || closely.label == set.label);
  if (!of_set) {  // the picture in detail is one of those beside it
    if (const auto cell = state_.pages.at(first)) look_at(set.test, cell->index, fit);
    return;
  }
  if (!(augmented_with_ == what_augments(fit, state_.model))) ask_augmented(fit);
}

/// One page at a time: pages scrolled past meanwhile are never requested.
void DataPictures::ask_page(int page) {
  page_waiting_ = true;
  const PicturePages::Set& set = state_.pages.set();
  Json args;
  args["split"] = split_name(set.test);
  if (set.label >= 0) args["label"] = set.label;
  args["offset"] = page * PicturePages::kPage;
  args["count"] = PicturePages::kPage;
  mail_.ask("pictures", std::move(args),
            [this, page, generation = state_.pages.generation()](const AppReply& reply) {
              page_waiting_ = false;
              if (generation != state_.pages.generation()) return;
              if (!reply.ok() || reply.payloads.empty()) {
                pages_broken_ = true;
                return show_failure(state_, reply);
              }
              state_.pages.fill(page, numbers_in(reply.args, "indices"), numbers_in(reply.args, "labels"),
                                reply.payloads[0]);
            });
}

void DataPictures::look_at(bool test, int index, const Json& fit) {
  state_.closely.test = test;
  state_.closely.index = index;
  state_.closely.label = -1;  // until its pixels come
  state_.closely.atlas.clear();
  ask_augmented(fit);
}

void DataPictures::draw_again(const Json& fit) {
  ++state_.closely.step;
  ask_augmented(fit);
}

void DataPictures::ask_augmented(const Json& fit) {
  LookedAt& closely = state_.closely;
  augmented_with_ = what_augments(fit, state_.model);
  Json args;
  args["split"] = split_name(closely.test);
  args["index"] = closely.index;
  args["count"] = kDraws;
  args["step"] = closely.step;
  if (const Json* seed = fit.find("seed")) args["seed"] = *seed;
  if (const Json* layers = fit.find("augmentation")) args["augmentation"] = *layers;
  mail_.ask("augmented", std::move(args),
            [this, test = closely.test, index = closely.index](const AppReply& reply) {
              LookedAt& now = state_.closely;
              if (now.test != test || now.index != index) return;  // another picture was chosen meanwhile
              if (!reply.ok() || reply.payloads.empty()) return show_failure(state_, reply);
              now.label = static_cast<int>(number_in(reply.args, "label", -1));
              now.layers = texts_in(reply.args, "layers");
              now.atlas.assign(reply.payloads[0]);
            });
}

}  // namespace playground
