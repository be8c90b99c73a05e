#pragma once
/// The trainer's answer about histograms, prepared for drawing: for every layer, the distributions of
/// weights, activations and gradients over the course of a training, and the share of dead ReLU units.

#include <array>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "web/app/controls/plot.h"
#include "web/app/state/series.h"

namespace playground {

constexpr std::array<const char*, 3> kNumberKinds = {"weights", "activations", "gradients"};

/// A histogram of equally wide bins from low to high.
struct Distribution {
  double low = 0, high = 0, mean = 0, deviation = 0;
  std::vector<double> below;  ///< cumulative share at the end of each bin
  bool empty() const { return below.empty(); }
};

struct LayerNumbers {
  std::string name;
  std::vector<Point> dead;                                           ///< training step, share
  std::array<std::vector<Distribution>, kNumberKinds.size()> kinds;  ///< for each sample
  bool has(std::size_t kind) const;
};

struct NumberHistory {
  std::vector<double> steps;  ///< training step of each sample, ascending; the last is now
  std::vector<LayerNumbers> layers;
};

NumberHistory read_number_history(const cnn::Json& args);
/// Index of the sample nearest to a step.
std::size_t sample_at(const NumberHistory& history, double step);
/// The range to show: all values but the outermost thousandth at either end, over all samples.
Range shown_range(const std::vector<Distribution>& samples);
/// The share of the numbers in each of `rows` equal parts of the range, lowest first. Numbers outside the
/// range count for the outermost parts.
std::vector<double> in_rows(const Distribution& of, Range range, int rows);

}  // namespace playground
