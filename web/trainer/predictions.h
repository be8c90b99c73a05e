#pragma once
/// The model's predictions for every picture of a split: computed in slices, kept while neither the model nor
/// the data change.

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/training/evaluation.h"
#include "web/trainer/data_store.h"
#include "web/trainer/message.h"

namespace playground::trainer {

/// Probabilities of the first pictures of a split, in order, as far as computed.
class PredictionTable {
 public:
  void clear(int classes);
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
  /// The model and pictures of a prediction, kept alive while it runs.
  struct Subject {
    std::shared_ptr<cnn::Model> model;
    SharedData data;
    cnn::Split split = cnn::Split::test;
    int model_version = -1, data_version = -1;
    friend bool operator==(const Subject&, const Subject&) = default;
  };

  /// Computes one slice, from the start if the subject has changed. True: complete.
  cnn::Result<bool> advance(cnn::Exec& exec, const Subject& subject);
  /// The model or the data set is about to be replaced.
  void forget() { evaluator_.reset(), subject_ = {}; }

  cnn::Evaluation evaluation() const { return evaluator_->result(); }
  const PredictionTable& table() const { return table_; }

 private:
  Subject subject_;
  PredictionTable table_;
  cnn::SparseCategoricalCrossentropy loss_;
  std::unique_ptr<cnn::Evaluator> evaluator_;
};

/// The test pictures' predictions from a training's own validation, at no extra cost.
class ValidatedPredictions {
 public:
  /// Before the first slice of a validation pass.
  void begin(int classes, int data_version);
  void put(std::size_t first, int rows, const float* probabilities) {
    running_.put(first, rows, probabilities);
  }
  /// The pass is complete. model_version: of the validated weights; none if the model does not hold them
  /// (averaged weights).
  void complete(int epoch, std::optional<int> model_version);
  /// The model now holds the validated weights, as this version.
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

/// The arguments of a `predictions` request.
struct Wanted {
  std::string sort;  // index; confidence: most confident first; loss: highest first
  bool mistakes = false;
  bool classes = false;  // of all that match, the predicted and the true class alone
  int actual = -1, predicted = -1, offset = 0, count = 0;

  static Wanted read(const Args& args);
};

/// The `predictions` reply.
Reply prediction_page(const Wanted& wanted, const PredictionTable& predictions, const cnn::Dataset& data);

}  // namespace playground::trainer
