#include "core/inspect/top_pictures.h"

#include <algorithm>
#include <numeric>

#include "core/inspect/slices.h"

namespace cnn {

TopPictures::TopPictures(const Dataset& data, int layer, int channel, std::size_t count)
    : data_(data), layer_(layer), channel_(channel), count_(count) {}

void TopPictures::take(const TopPicture& picture) {
  const auto place = std::find_if(best_.begin(), best_.end(),
                                  [&](const TopPicture& other) { return picture.value > other.value; });
  if (place == best_.end() && best_.size() >= count_) return;
  best_.insert(place, picture);
  if (best_.size() > count_) best_.pop_back();
}

Result<void> TopPictures::step(Exec& exec, Observer& observer) {
  const Model& model = observer.model();
  std::vector<std::uint32_t> indices(
      std::min(static_cast<std::size_t>(slice_pictures(model)), data_.size() - next_));
  std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(next_));
  batch_.assemble(exec, data_, indices);
  if (auto kept = observer.keep_all(exec, batch_.x(), batch_.rows()); !kept) return kept.error();
  const std::span<const float> maps = observer.output(layer_);
  const Grid size = grid(model.layer_shape(layer_));
  const std::size_t numbers = maps.size() / indices.size();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    TopPicture picture{indices[i], maps[i * numbers + static_cast<std::size_t>(channel_)], {0, 0, channel_}};
    for (int row = 0; row < size.rows; ++row) {
      for (int column = 0; column < size.columns; ++column) {
        const Unit unit{row, column, channel_};
        const float value = maps[i * numbers + index_of(size, unit)];
        if (value > picture.value) picture.value = value, picture.unit = unit;
      }
    }
    take(picture);
  }
  next_ += indices.size();
  return {};
}

}  // namespace cnn
