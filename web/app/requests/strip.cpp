#include "web/app/requests/strip.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kStripEvery = std::chrono::milliseconds(1000);
constexpr int kStripPictures = 16;

}  // namespace

void StripRequests::ask_pictures(double held_out) {
  held_out_ = held_out;
  Json args;
  args["split"] = held_out_ > 0 ? "train" : "test";  // held-out pictures keep the test pictures unseen
  args["offset"] = held_out_ > 0 ? std::floor(state_.data.train.count * (1 - held_out_)) : 0;
  args["count"] = kStripPictures;
  mail_.ask("pictures", std::move(args), [this, of_test = held_out <= 0](const AppReply& reply) {
    if (!reply.ok() || reply.payloads.empty()) return;
    state_.strip_of_test = of_test;
    pictures_.assign(reply.payloads[0].begin(), reply.payloads[0].end());
    state_.strip.atlas.assign(pictures_);
    state_.strip.items.clear();
    const std::vector<double> indices = numbers_in(reply.args, "indices"),
                              labels = numbers_in(reply.args, "labels");
    for (std::size_t i = 0; i < std::min(indices.size(), labels.size()); ++i)
      state_.strip.items.push_back({static_cast<int>(indices[i]), static_cast<int>(labels[i]), -1, {}});
    if (state_.trained) refresh();
  });
}

void StripRequests::refresh() {
  if (pictures_.empty() || mail_.waits_for("predict") || !misfit(state_.model, state_.data).empty()) return;
  asked_ = std::chrono::steady_clock::now();
  const Payload pictures{pictures_.data(), static_cast<std::uint32_t>(pictures_.size())};
  const auto handler = [this](const AppReply& reply) {
    const std::size_t count = state_.strip.items.size();
    if (!reply.ok() || reply.payloads.empty() || pictures_.size() != count * kPictureBytes) return;
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

void StripRequests::refresh_if_due() {
  if (std::chrono::steady_clock::now() - asked_ > kStripEvery) refresh();
}

}  // namespace playground
