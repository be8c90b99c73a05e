// Trainer: saving and resuming.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/training/trainer.h"

namespace cnn {
namespace {

constexpr double kLargestCount = 9007199254740992.0;  // 2^53: whole numbers up to here are exact in JSON

Error incomplete(std::string_view what) {
  return Error{"bad_model_file", "the saved training is damaged: " + std::string(what)};
}

bool is_true(const Json& json, std::string_view name) {
  const Json* value = json.find(name);
  return value && value->boolean() && *value->boolean();
}

/// Reads numbers from an object and remembers the first that is missing or out of range.
class Numbers {
 public:
  explicit Numbers(const Json& json) : json_(json) {}

  template <class Whole>
  void whole(std::string_view name, Whole& to, double most = kLargestCount) {
    const double* value = find(name);
    if (!value || !(*value >= 0 && *value <= most && std::floor(*value) == *value)) return note(name);
    to = static_cast<Whole>(*value);
  }
  void real(std::string_view name, double& to) {
    const double* value = find(name);
    if (!value || !(*value >= 0)) return note(name);
    to = *value;
  }
  const std::string& missing() const { return missing_; }

 private:
  const double* find(std::string_view name) const {
    const Json* value = json_.find(name);
    return value ? value->number() : nullptr;
  }
  void note(std::string_view name) {
    if (missing_.empty()) missing_ = name;
  }
  const Json& json_;
  std::string missing_;
};

}  // namespace

std::vector<NamedArray> Trainer::state_arrays() {
  std::vector<NamedArray> arrays;
  const std::span<const std::string_view> slot_names = options_.optimizer->slots();
  const std::span<Parameter> parameters = model_.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = "/" + parameters[i].name;
    Slots& slots = slots_[i];
    for (std::size_t a = 0; a < slots.arrays.size(); ++a) {
      arrays.push_back({"optimizer/" + std::string(slot_names[a]) + name, slots.arrays[a]});
    }
    kept_.append_arrays(i, arrays);
  }
  return arrays;
}

TrainerState Trainer::save() {
  TrainerState state;
  Json& json = state.json;
  json["options"] = options_.to_json();
  json["epoch"] = epoch_;
  json["step"] = sums_.steps;
  json["position"] = sums_.images;
  json["epoch_images"] = epoch_images_;
  json["global_step"] = global_step_;
  json["learning_rate"] = learning_rate_;
  json["step_learning_rate"] = step_learning_rate_;
  json["loss_sum"] = sums_.loss;
  json["correct"] = sums_.correct;
  json["batch_loss"] = batch_loss_;
  json["batch_accuracy"] = batch_accuracy_;
  json["epoch_seconds"] = sums_.seconds;
  json["train_seconds"] = sums_.train_seconds;
  json["phase"] = static_cast<int>(phase_);
  json["ending"] = static_cast<int>(ending_);
  json["average_in_model"] = kept_.average_in_model();
  json["has_best"] = kept_.has_best();
  json["history"] = Json::array();
  for (const HistoryRow& row : history_) json["history"].push_back(to_json(row));
  json["callbacks"] = Json::array();
  for (const auto& callback : callbacks_) json["callbacks"].push_back(callback->state());
  state.arrays = state_arrays();
  return state;
}

Result<void> Trainer::restore_numbers(const Json& json) {
  Numbers numbers(json);
  int phase = 0, ending = 0;
  numbers.whole("epoch", epoch_, 1e6);
  numbers.whole("step", sums_.steps, 2e9);
  numbers.whole("position", sums_.images, 4e9);
  numbers.whole("epoch_images", epoch_images_, 4e9);
  numbers.whole("global_step", global_step_);
  numbers.real("learning_rate", learning_rate_);
  numbers.real("step_learning_rate", step_learning_rate_);
  numbers.real("loss_sum", sums_.loss);
  numbers.whole("correct", sums_.correct);
  numbers.real("batch_loss", batch_loss_);
  numbers.real("batch_accuracy", batch_accuracy_);
  numbers.real("epoch_seconds", sums_.seconds);
  numbers.real("train_seconds", sums_.train_seconds);
  numbers.whole("phase", phase, static_cast<double>(Phase::finished));
  numbers.whole("ending", ending, static_cast<double>(Ending::diverged));
  if (!numbers.missing().empty()) return incomplete(numbers.missing() + " is missing or out of range");
  if (epoch_images_ > train_.size() || sums_.images > epoch_images_) {
    return Error{"bad_data", "the saved training was in the middle of an epoch of " +
                                 std::to_string(epoch_images_) + " pictures, but the data set has " +
                                 std::to_string(train_.size()) + "; load the same data set"};
  }
  if (static_cast<Phase>(phase) == Phase::validating && sums_.images == 0)
    return incomplete("it validates an epoch without pictures");
  phase_ = static_cast<Phase>(phase);
  ending_ = static_cast<Ending>(ending);

  const Json* history = json.find("history");
  if (!history || !history->elements()) return incomplete("history is missing");
  history_.clear();
  for (const Json& entry : *history->elements()) {
    const auto row = history_row_from_json(entry);
    if (!row) return incomplete(row.error().message);
    history_.push_back(*row);
  }
  const Json* callbacks = json.find("callbacks");
  if (!callbacks || !callbacks->elements()) return incomplete("callbacks is missing");
  // The state of other callbacks would not fit.
  for (std::size_t i = 0; callbacks->elements()->size() == callbacks_.size() && i < callbacks_.size(); ++i) {
    if (auto set = callbacks_[i]->set_state((*callbacks->elements())[i]); !set) return set;
  }
  return {};
}

Result<void> Trainer::restore(const TrainerState& state) {
  if (auto numbers = restore_numbers(state.json); !numbers) return numbers;
  kept_.begin_restore(is_true(state.json, "average_in_model"), is_true(state.json, "has_best"));
  for (const NamedArray& to : state_arrays()) {
    const auto from = std::find_if(state.arrays.begin(), state.arrays.end(),
                                   [&to](const NamedArray& array) { return array.name == to.name; });
    if (from == state.arrays.end()) return incomplete(to.name + " is missing");
    if (from->values.size() != to.values.size()) {
      return incomplete(to.name + " has " + std::to_string(from->values.size()) + " numbers, not " +
                        std::to_string(to.values.size()));
    }
    std::copy(from->values.begin(), from->values.end(), to.values.begin());
  }
  order_.clear();
  evaluator_.reset();
  const Json* before = state.json.find("options");
  const Json* epochs_before = before ? before->find("epochs") : nullptr;
  const bool more = epochs_before && epochs_before->number() && options_.epochs > *epochs_before->number();
  if (phase_ == Phase::finished && (more || ending_ == Ending::stopped) && epoch_ < options_.epochs) {
    ending_ = Ending::none;
    phase_ = Phase::training;
    // Stopped during validation:
    if (sums_.images > 0 && sums_.images >= epoch_end()) phase_ = Phase::validating;
  }
  if (phase_ == Phase::validating && !validates()) {
    phase_ = Phase::training;
    kept_.use_average(false);
    end_epoch();
  }
  if (phase_ != Phase::finished && epoch_ >= options_.epochs) finish(Ending::finished);
  if (phase_ == Phase::training) kept_.use_average(false);
  return {};
}

}  // namespace cnn
