#include "web/app/requests/predictions.h"

#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/messages.h"

namespace playground {

void PredictionRequests::ask_gallery(Json filter) {
  state_.gallery_waiting = true;
  gallery_stale_ = false;
  mail_.ask("predictions", std::move(filter), [this](const AppReply& reply) {
    state_.gallery_waiting = false;
    if (!reply.ok()) return show_failure(state_, reply);
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

void PredictionRequests::ask_classes() {
  state_.classes.waiting = true;
  classes_stale_ = false;
  mail_.ask("predictions", Json::object({{"split", "test"}, {"classes", true}}),
            [this](const AppReply& reply) {
              state_.classes = {};
              if (!reply.ok()) return show_failure(state_, reply);
              if (reply.payloads.size() != 2 || reply.payloads[0].size() != reply.payloads[1].size()) return;
              state_.classes.predicted.assign(reply.payloads[0].begin(), reply.payloads[0].end());
              state_.classes.labels.assign(reply.payloads[1].begin(), reply.payloads[1].end());
              state_.classes.epoch = static_cast<int>(number_in(reply.args, "epoch"));
            });
}

/// Accuracy by confidence, in tenths; every reply with predictions carries it.
void PredictionRequests::read_calibration(const Json& args) {
  state_.calibration.clear();
  for (const std::vector<double>& bin : rows_in(args, "calibration", 3))
    if (bin[2] > 0) state_.calibration.push_back({bin[0], bin[1], bin[2]});
}

void PredictionRequests::ask_calibration() {
  calibration_stale_ = false;
  Json args;
  args["split"] = "test";
  args["count"] = 0;
  mail_.ask("predictions", std::move(args), [this](const AppReply& reply) {
    if (reply.ok()) read_calibration(reply.args);
  });
}

}  // namespace playground
