// What the model says of every picture of a split: worked out in slices, kept as long as neither model nor
// data change.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/evaluation.h"
#include "core/json.h"
#include "web/trainer/message.h"

namespace playground {

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
  int classes() const { return classes_; }
  std::size_t size() const { return probabilities_.size() / static_cast<std::size_t>(classes_); }
  std::span<const float> probabilities(std::size_t i) const {
    return {probabilities_.data() + i * static_cast<std::size_t>(classes_),
            static_cast<std::size_t>(classes_)};
  }
  int predicted(std::size_t i) const;

 private:
  Key key_;
  int classes_ = 1;
  cnn::SparseCategoricalCrossentropy loss_;
  std::unique_ptr<cnn::Evaluator> evaluator_;
  std::vector<float> probabilities_;
};

/// What a `predictions` request asks for.
struct Wanted {
  std::string sort = "index";  // confidence: the surest first; loss: the worst first
  bool mistakes = false;
  int actual = -1, predicted = -1, offset = 0, count = 24;

  static cnn::Result<Wanted> read(Args& args);
};

/// The `predictions` reply.
Reply prediction_page(const Wanted& wanted, const Predictions& predictions, const cnn::Dataset& data);

}  // namespace playground
