#include "web/trainer/predictor.h"

#include <algorithm>
#include <cmath>

#include "core/kernels/elementwise.h"

namespace playground {
namespace {

constexpr std::size_t kSlice = 50;  // pictures in one forward: some milliseconds for the tutorial's network
constexpr float kPixelScale = 1.0f / 255.0f;

}  // namespace

cnn::Result<void> predict_pictures(cnn::Exec& exec, cnn::Model& model, std::span<const std::uint8_t* const> pictures,
                                   const std::uint8_t* labels, std::vector<float>& input, float* probabilities,
                                   float* losses) {
  const int count = static_cast<int>(pictures.size());
  input.resize(pictures.size() * cnn::kImageBytes);
  cnn::images_to_float(exec, count, static_cast<int>(cnn::kImageChannels), static_cast<int>(cnn::kImageSide),
                       static_cast<int>(cnn::kImageSide), pictures.data(), kPixelScale, input.data());
  if (!model.forward(exec, input.data(), count)) {
    return cnn::Error{"out_of_memory", "There is no memory for predicting " + std::to_string(count) + " pictures.", {}};
  }
  const float* logits = model.logits();
  const auto classes = static_cast<std::size_t>(model.output_shape().back());
  for (std::size_t i = 0; i < pictures.size(); ++i, logits += classes, probabilities += classes) {
    const double largest = *std::max_element(logits, logits + classes);
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(logits[c] - largest);
    for (std::size_t c = 0; c < classes; ++c) {
      probabilities[c] = static_cast<float>(std::exp(logits[c] - largest) / sum);
    }
    if (labels) losses[i] = static_cast<float>(std::log(sum) + largest - logits[labels[i]]);
  }
  return {};
}

cnn::Result<bool> Predictor::advance(cnn::Exec& exec, cnn::Model& model, const cnn::Dataset& data, const Key& key) {
  if (!(key == key_)) {
    key_ = key;
    done_ = 0;
    classes_ = model.output_shape().back();
    losses_.assign(data.size(), 0);
    probabilities_.assign(data.size() * static_cast<std::size_t>(classes_), 0);
  }
  if (done_ < losses_.size()) {
    const std::size_t count = std::min(kSlice, losses_.size() - done_);
    std::vector<const std::uint8_t*> pictures(count);
    for (std::size_t i = 0; i < count; ++i) pictures[i] = data.image(done_ + i);
    const auto predicted = predict_pictures(exec, model, pictures, data.labels.data() + done_, input_,
                                            probabilities_.data() + done_ * static_cast<std::size_t>(classes_),
                                            losses_.data() + done_);
    if (!predicted) return predicted.error();
    done_ += count;
  }
  return done_ == losses_.size();
}

int Predictor::predicted(std::size_t i) const {
  const auto row = probabilities(i);
  return static_cast<int>(std::max_element(row.begin(), row.end()) - row.begin());
}

}  // namespace playground
