// How each layer's weights, activations and gradients were distributed in the course of a training, and which
// share of its ReLU units was dead: the answer about histograms, made ready for drawing.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "web/app/controls/plot.h"
#include "web/app/state/series.h"

namespace playground {

constexpr std::array<const char*, 3> kNumberKinds = {"weights", "activations", "gradients"};

/// Of numbers from low to high.
struct Distribution {
  double low = 0, high = 0, mean = 0, deviation = 0;
  std::vector<double> below;  ///< the share below the end of each of its bins, which are equally wide
  bool empty() const { return below.empty(); }
};

struct LayerNumbers {
  std::string name;
  std::vector<Point> dead;                                           ///< training step, share
  std::array<std::vector<Distribution>, kNumberKinds.size()> kinds;  ///< by sample
  bool has(std::size_t kind) const;
};

struct NumberHistory {
  std::vector<double> steps;  ///< of the samples, ascending; the last is now
  std::vector<LayerNumbers> layers;
};

NumberHistory read_number_history(const cnn::Json& args);
/// The sample nearest to a step.
std::size_t sample_at(const NumberHistory& history, double step);
/// The values worth showing: all but the outermost thousandth at either end, over all samples.
Range shown_range(const std::vector<Distribution>& samples);
/// What share of the numbers lies in each of `rows` equal parts of the range, from below; what is beyond its
/// ends counts for the outermost.
std::vector<double> in_rows(const Distribution& of, Range range, int rows);

}  // namespace playground
