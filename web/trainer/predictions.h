// What the model says of every picture of a split: worked out in slices, kept as long as neither model nor
// data change.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/training/evaluation.h"
#include "web/trainer/message.h"

namespace playground::trainer {

/// The probabilities of a split's pictures, in their order.
class PredictionTable {
 public:
  void clear(std::size_t pictures, int classes);
  void put(std::size_t first, int rows, const float* probabilities);

  int classes() const { return classes_; }
  std::size_t size() const { return probabilities_.size() / static_cast<std::size_t>(classes_); }
  std::span<const float> probabilities(std::size_t i) const {
    return {probabilities_.data() + i * static_cast<std::size_t>(classes_),
            static_cast<std::size_t>(classes_)};
  }
  int predicted(std::size_t i) const;

 private:
  int classes_ = 1;
  std::vector<float> probabilities_;
};

class Predictions {
 public:
  /// Which split, and which states of model and data.
  struct Key {
    cnn::Split split = cnn::Split::test;
    int model_version = -1, data_version = -1;
    friend bool operator==(const Key&, const Key&) = default;
  };

  /// A slice of the work. True: complete for this key.
  cnn::Result<bool> advance(cnn::Exec& exec, cnn::Model& model, const cnn::Dataset& data, const Key& key);
  /// Nothing of what is held is used again: its model or its data are about to go.
  void forget() { evaluator_.reset(); }

  cnn::Evaluation evaluation() const { return evaluator_->result(); }
  const PredictionTable& table() const { return table_; }

 private:
  Key key_;
  PredictionTable table_;
  cnn::SparseCategoricalCrossentropy loss_;
  std::unique_ptr<cnn::Evaluator> evaluator_;
};

/// What a training's own validation passes said of the test pictures: looking at them costs the training
/// nothing.
class ValidatedPredictions {
 public:
  /// The first slice of a pass comes after this.
  void begin(std::size_t pictures, int classes, int data_version);
  void put(std::size_t first, int rows, const float* probabilities) {
    running_.put(first, rows, probabilities);
  }
  /// The running pass is complete; model_version: of the weights it saw, none if nothing in the model has
  /// them.
  void complete(int epoch, std::optional<int> model_version);
  /// The weights it saw are in the model now, as this version.
  void came_in(int model_version) { model_version_ = model_version; }
  void forget() { epoch_ = 0; }

  bool there(int data_version) const { return epoch_ > 0 && data_version_ == data_version; }
  bool present(int data_version, int model_version) const {
    return there(data_version) && model_version_ == model_version;
  }
  int epoch() const { return epoch_; }
  const PredictionTable& table() const { return complete_; }

 private:
  PredictionTable running_, complete_;
  int running_data_version_ = -1, data_version_ = -1, epoch_ = 0;
  std::optional<int> model_version_;
};

/// What a `predictions` request asks for.
struct Wanted {
  std::string sort = "index";  // confidence: the surest first; loss: the worst first
  bool mistakes = false;
  int actual = -1, predicted = -1, offset = 0, count = 24;

  static cnn::Result<Wanted> read(Args& args);
};

/// The `predictions` reply.
Reply prediction_page(const Wanted& wanted, const PredictionTable& predictions, const cnn::Dataset& data);

}  // namespace playground::trainer
