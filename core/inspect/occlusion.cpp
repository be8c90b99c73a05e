#include "core/inspect/occlusion.h"

#include <algorithm>
#include <string>

#include "core/inspect/slices.h"

namespace cnn {

Occlusion::Occlusion(const Shape& picture_shape, std::span<const float> picture, const Options& options)
    : options_(options),
      size_(grid(picture_shape)),
      picture_(picture.begin(), picture.end()),
      rows_((size_.rows + options.stride - 1) / options.stride),
      columns_((size_.columns + options.stride - 1) / options.stride) {
  map_ = {rows_, columns_, std::vector<float>(static_cast<std::size_t>(rows_ * columns_), -1.0f)};
}

void Occlusion::cover(int place, float* picture) const {
  const auto begin = [&](int cell) { return cell * options_.stride + (options_.stride - options_.size) / 2; };
  const int top = begin(place / columns_), left = begin(place % columns_);
  for (int row = std::max(top, 0); row < std::min(top + options_.size, size_.rows); ++row) {
    for (int column = std::max(left, 0); column < std::min(left + options_.size, size_.columns); ++column)
      std::fill_n(picture + index_of(size_, {row, column, 0}), size_.channels, options_.gray);
  }
}

Result<void> Occlusion::step(Exec& exec, Observer& observer) {
  Model& model = observer.model();
  const int rows = std::min(slice_pictures(model), rows_ * columns_ - next_);
  batch_.clear();
  for (int i = 0; i < rows; ++i) {
    batch_.insert(batch_.end(), picture_.begin(), picture_.end());
    cover(next_ + i, batch_.data() + static_cast<std::size_t>(i) * picture_.size());
  }
  const float* outputs = model.forward(exec, batch_.data(), rows);
  if (!outputs)
    return Error{"out_of_memory",
                 "there is no memory for a slice of " + std::to_string(rows) + " covered pictures"};
  const std::vector<float> probabilities = as_probabilities(exec, model, outputs, rows);
  const auto classes = static_cast<std::size_t>(model.output_shape().back());
  for (int i = 0; i < rows; ++i) {
    map_.values[static_cast<std::size_t>(next_ + i)] =
        probabilities[static_cast<std::size_t>(i) * classes + static_cast<std::size_t>(options_.class_index)];
  }
  next_ += rows;
  return {};
}

}  // namespace cnn
