#include "web/app/panels/number_history.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "web/app/state/messages.h"

namespace playground {
namespace {

Distribution read_distribution(const Json& layer, const char* kind) {
  Distribution of;
  const Json* json = layer.find(kind);
  if (json == nullptr || json->members() == nullptr) return of;
  of.low = number_in(*json, "low");
  of.high = number_in(*json, "high");
  of.mean = number_in(*json, "mean");
  of.deviation = number_in(*json, "deviation");
  of.below = numbers_in(*json, "counts");
  std::partial_sum(of.below.begin(), of.below.end(), of.below.begin());
  const double total = of.below.empty() ? 1 : std::max(of.below.back(), 1.0);
  for (double& share : of.below) share /= total;
  return of;
}

/// The share below a value, assuming that numbers are spread evenly within a bin.
double share_below(const Distribution& of, double value) {
  if (value <= of.low) return 0;
  if (value >= of.high) return 1;
  const double place = (value - of.low) / (of.high - of.low) * static_cast<double>(of.below.size());
  const std::size_t bin = std::min(static_cast<std::size_t>(place), of.below.size() - 1);
  const double before = bin > 0 ? of.below[bin - 1] : 0;
  return before + (of.below[bin] - before) * (place - static_cast<double>(bin));
}

}  // namespace

bool LayerNumbers::has(std::size_t kind) const {
  return std::any_of(kinds[kind].begin(), kinds[kind].end(),
                     [](const Distribution& of) { return !of.empty(); });
}

NumberHistory read_number_history(const Json& args) {
  NumberHistory history;
  for (const Json& sample : list_in(args, "samples")) {
    const double step = number_in(sample, "step");
    const Json::Array& layers = list_in(sample, "layers");
    history.steps.push_back(step);
    history.layers.resize(std::max(history.layers.size(), layers.size()));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      LayerNumbers& layer = history.layers[i];
      layer.name = text_in(layers[i], "name");
      if (const Json* dead = layers[i].find("dead"); dead != nullptr && dead->number() != nullptr)
        layer.dead.push_back({step, *dead->number()});
      for (std::size_t kind = 0; kind < kNumberKinds.size(); ++kind)
        layer.kinds[kind].push_back(read_distribution(layers[i], kNumberKinds[kind]));
    }
  }
  return history;
}

std::size_t sample_at(const NumberHistory& history, double step) {
  std::size_t nearest = 0;
  for (std::size_t i = 1; i < history.steps.size(); ++i)
    if (std::abs(history.steps[i] - step) <= std::abs(history.steps[nearest] - step)) nearest = i;
  return nearest;
}

Range shown_range(const std::vector<Distribution>& samples) {
  Range all{HUGE_VAL, -HUGE_VAL};
  double count = 0;
  for (const Distribution& of : samples) {
    if (of.empty()) continue;
    all = {std::min(all.low, of.low), std::max(all.high, of.high)};
    ++count;
  }
  if (count == 0) return {0, 1};
  if (all.high <= all.low) return {all.low - 0.5, all.high + 0.5};
  constexpr int kFine = 400;
  constexpr double kOutermost = 0.001;
  const auto below = [&](double value) {
    double sum = 0;
    for (const Distribution& of : samples)
      if (!of.empty()) sum += share_below(of, value);
    return sum / count;
  };
  const double step = (all.high - all.low) / kFine;
  Range shown = all;
  while (shown.low + step < all.high && below(shown.low + step) <= kOutermost) shown.low += step;
  while (shown.high - step > shown.low && below(shown.high - step) >= 1 - kOutermost) shown.high -= step;
  return shown;
}

std::vector<double> in_rows(const Distribution& of, Range range, int rows) {
  std::vector<double> shares(static_cast<std::size_t>(rows), 0.0);
  if (of.empty()) return shares;
  double before = 0;
  for (int row = 0; row < rows; ++row) {
    const double end = range.low + (range.high - range.low) * (row + 1) / rows;
    const double below = row + 1 == rows ? 1 : share_below(of, end);
    shares[static_cast<std::size_t>(row)] = std::max(0.0, below - before);
    before = below;
  }
  return shares;
}

}  // namespace playground
