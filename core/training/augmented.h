#pragma once
/// core/training/augmented.h: what a training does to its pictures before the network sees them: the layers of
/// FitOptions::augmentation, then those of the model's own that stand first. The trainer and whoever shows
/// examples use the same.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/datasets/dataset.h"
#include "core/model/model.h"
#include "core/run/exec.h"

namespace cnn {

/// The layers of FitOptions::augmentation as a model; none: no layers. bad_argument names what does not fit.
Result<std::optional<Model>> augmentation_model(const Json& layers);
/// The key of its random streams, which are not those of the model's own layers.
constexpr std::uint64_t augmentation_seed(std::uint64_t seed) { return seed ^ 0x9e3779b97f4a7c15u; }

struct Augmented {
  std::vector<std::string> layers;     ///< names of those that took part; empty: pictures stay as they are
  std::vector<std::uint8_t> pictures;  ///< RGB [count, 32, 32, 3]
};

/// One picture as training would see it in `count` places of the batch at `step`. model: null leaves the
/// model's own layers out.
Result<Augmented> augmented(Exec&, const Dataset&, std::size_t picture, const Json& layers,
                            const Model* model, int count, std::uint64_t seed, std::uint64_t step);

}  // namespace cnn
