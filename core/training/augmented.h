#pragma once
/// How training augments its pictures: first by the layers of FitOptions::augmentation, then by the model's
/// own augmentation layers right after its input. The trainer and the page's examples share this code.

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

/// The layers of FitOptions::augmentation as a model; empty if there are none. Error: bad_argument.
Result<std::optional<Model>> augmentation_model(const Json& layers);
/// The seed of its random streams, which differ from those of the model's own layers.
constexpr std::uint64_t augmentation_seed(std::uint64_t seed) { return seed ^ 0x9e3779b97f4a7c15u; }

struct Augmented {
  std::vector<std::string> layers;     ///< names of the layers involved; empty: nothing is augmented
  std::vector<std::uint8_t> pictures;  ///< RGB [count, 32, 32, 3]
};

/// One picture as training would see it at `count` places of the batch at `step`. With a null model, only the
/// layers of `layers` are applied.
Result<Augmented> augmented(Exec&, const Dataset&, std::size_t picture, const Json& layers,
                            const Model* model, int count, std::uint64_t seed, std::uint64_t step);

}  // namespace cnn
