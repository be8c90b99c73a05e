// How the numbers of each layer are distributed, epoch after epoch, and how many of its ReLU units are dead.
#include <algorithm>
#include <cmath>

#include "web/app/format.h"
#include "web/app/messages.h"
#include "web/app/panels/inside.h"
#include "web/app/widgets.h"

namespace playground {
namespace {

constexpr const char* kKinds[] = {"weights", "activations", "gradients"};

/// The samples that are drawn: at most 32, spread evenly, the last among them.
std::vector<const Json*> chosen_samples(const Json& args) {
  const Json::Array& all = list_in(args, "samples");
  std::vector<const Json*> chosen;
  const std::size_t most = std::min<std::size_t>(all.size(), kPictureSide);
  for (std::size_t i = 0; i < most; ++i)
    chosen.push_back(&all[most == 1 ? all.size() - 1 : i * (all.size() - 1) / (most - 1)]);
  return chosen;
}

const Json* of_layer(const Json& sample, std::size_t layer, const char* kind) {
  const Json::Array& layers = list_in(sample, "layers");
  const Json* found = layer < layers.size() ? layers[layer].find(kind) : nullptr;
  return found != nullptr && found->members() != nullptr ? found : nullptr;
}

struct Extent {
  double low = 0, high = 0;
  bool some = false;
};

Extent extent(const std::vector<const Json*>& samples, std::size_t layer, const char* kind) {
  Extent all;
  for (const Json* sample : samples) {
    const Json* histogram = of_layer(*sample, layer, kind);
    if (histogram == nullptr) continue;
    const double low = number_in(*histogram, "low"), high = number_in(*histogram, "high");
    all.low = all.some ? std::min(all.low, low) : low;
    all.high = all.some ? std::max(all.high, high) : high;
    all.some = true;
  }
  return all;
}

/// Epochs from left to right, values from below upwards, the share of the numbers there as brightness.
void add_history(std::vector<std::uint8_t>& rgb, const std::vector<const Json*>& samples, std::size_t layer,
                 const char* kind) {
  const Extent all = extent(samples, layer, kind);
  constexpr int side = kPictureSide;
  std::vector<std::vector<double>> shares;
  for (const Json* sample : samples) {
    std::vector<double> share(side, 0.0);
    if (const Json* histogram = of_layer(*sample, layer, kind)) {
      const std::vector<double> counts = numbers_in(*histogram, "counts");
      const double low = number_in(*histogram, "low"),
                   width = (number_in(*histogram, "high") - low) /
                           std::max<double>(1, static_cast<double>(counts.size()));
      double total = 0;
      for (const double count : counts) total += count;
      for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        const double middle = low + (static_cast<double>(bin) + 0.5) * width;
        const double place = all.high > all.low ? (middle - all.low) / (all.high - all.low) * side : 0;
        share[static_cast<std::size_t>(std::clamp(place, 0.0, side - 1.0))] +=
            counts[bin] / std::max(1.0, total);
      }
    }
    shares.push_back(std::move(share));
  }
  add_tile(rgb, side, static_cast<int>(samples.size()), [&](int row, int column) {
    const double share = shares[static_cast<std::size_t>(column)][static_cast<std::size_t>(side - 1 - row)];
    return heat_colour(static_cast<float>(std::sqrt(share)));  // the root, so that rare values are seen too
  });
}

}  // namespace

void draw_inside_numbers(InsidePanel& ui, const InsideState& known) {
  const InsideAnswer& answer = known.answers.numbers;
  if (!answer.there()) return explain_missing(answer);
  const std::vector<const Json*> samples = chosen_samples(answer.args);
  if (samples.empty()) return;
  const Json::Array& layers = list_in(*samples.back(), "layers");
  const std::size_t most = std::min<std::size_t>(layers.size(), 64);
  if (ui.numbers_made.stale(answer.number)) {
    std::vector<std::uint8_t> rgb;
    for (std::size_t layer = 0; layer < most; ++layer)
      for (const char* kind : kKinds) add_history(rgb, samples, layer, kind);
    ui.number_tiles.assign(rgb);
  }
  sentence(
      "Left to right: a sample after each epoch, the last as the weights are now. Upwards: the values; "
      "brighter: more numbers "
      "have them. From a batch of training pictures.");
  const float width = std::min(15 * em(), (ImGui::GetContentRegionAvail().x - 3 * em()) / 3),
              height = 5 * em();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (std::size_t layer = 0; layer < most; ++layer) {
    push_strong();
    ImGui::TextUnformatted(text_in(layers[layer], "name").c_str());
    pop_font();
    const Json* dead = layers[layer].find("dead");
    if (dead != nullptr && dead->number() != nullptr) {
      ImGui::SameLine(0, em());
      muted("dead: " + percent_text(*dead->number()));
      tooltip("The share of its channels or units that are 0 everywhere in every picture of the batch.");
    }
    bool first = true;
    for (std::size_t kind = 0; kind < std::size(kKinds); ++kind) {
      const Extent all = extent(samples, layer, kKinds[kind]);
      if (!all.some) continue;
      if (!first) ImGui::SameLine(0, em());
      first = false;
      ImGui::BeginGroup();
      const ImVec2 low = ImGui::GetCursorScreenPos();
      ui.number_tiles.draw_part(list, static_cast<int>(layer * std::size(kKinds) + kind),
                                ImVec2(static_cast<float>(samples.size()), kPictureSide), low,
                                ImVec2(low.x + width, low.y + height));
      ImGui::Dummy(ImVec2(width, height));
      push_size(0.85f);
      muted(fitted(
          std::string(kKinds[kind]) + "  " + short_number(all.low, 2) + " to " + short_number(all.high, 2),
          width));
      pop_font();
      ImGui::EndGroup();
    }
    WidgetRects::mark("inside/numbers/" + text_in(layers[layer], "name"));
  }
}

}  // namespace playground
