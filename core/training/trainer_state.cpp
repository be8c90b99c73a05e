// Saving a training and going on with it.
#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "core/training/trainer.h"

namespace cnn {
namespace {

constexpr double kLargestCount = 9007199254740992.0;  // 2^53: whole numbers are exact in JSON up to here

Error incomplete(std::string_view what) {
  return Error{"bad_model_file", "the saved training is damaged: " + std::string(what)};
}

/// Reads whole numbers and others from one object, noting the first that is missing or out of range.
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
  std::size_t offset = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string name = "/" + parameters[i].name;
    Slots& slots = slots_[i];
    for (std::size_t a = 0; a < slots.arrays.size(); ++a) {
      arrays.push_back({"optimizer/" + std::string(slot_names[a]) + name, slots.arrays[a]});
    }
    if (!slots.slow.empty()) arrays.push_back({"slow" + name, slots.slow});
    if (!slots.average.empty()) arrays.push_back({"average" + name, slots.average});
    const std::size_t size = parameters[i].value.size();
    if (!best_.empty()) arrays.push_back({"best" + name, std::span<float>(best_).subspan(offset, size)});
    offset += size;
  }
  return arrays;
}

TrainerState Trainer::save() {
  TrainerState state;
  Json& json = state.json;
  json["options"] = options_.to_json();
  json["epoch"] = epoch_;
  json["step"] = step_;
  json["position"] = position_;
  json["epoch_images"] = epoch_images_;
  json["global_step"] = global_step_;
  json["learning_rate"] = learning_rate_;
  json["step_learning_rate"] = step_learning_rate_;
  json["loss_sum"] = loss_sum_;
  json["correct"] = correct_;
  json["batch_loss"] = batch_loss_;
  json["batch_accuracy"] = batch_accuracy_;
  json["epoch_seconds"] = epoch_seconds_;
  json["train_seconds"] = train_seconds_;
  json["phase"] = static_cast<int>(phase_);
  json["ending"] = static_cast<int>(ending_);
  json["average_in_model"] = average_in_model_;
  json["has_best"] = !best_.empty();
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
  numbers.whole("step", step_, 2e9);
  numbers.whole("position", position_, 4e9);
  numbers.whole("epoch_images", epoch_images_, 4e9);
  numbers.whole("global_step", global_step_);
  numbers.real("learning_rate", learning_rate_);
  numbers.real("step_learning_rate", step_learning_rate_);
  numbers.real("loss_sum", loss_sum_);
  numbers.whole("correct", correct_);
  numbers.real("batch_loss", batch_loss_);
  numbers.real("batch_accuracy", batch_accuracy_);
  numbers.real("epoch_seconds", epoch_seconds_);
  numbers.real("train_seconds", train_seconds_);
  numbers.whole("phase", phase, static_cast<double>(Phase::finished));
  numbers.whole("ending", ending, static_cast<double>(Ending::diverged));
  if (!numbers.missing().empty()) return incomplete(numbers.missing() + " is missing or wrong");
  if (epoch_images_ > train_.size() || position_ > epoch_images_) {
    return Error{"bad_data", "the saved training was in the middle of an epoch of " +
                                 std::to_string(epoch_images_) + " pictures; the data set has " +
                                 std::to_string(train_.size())};
  }
  if (static_cast<Phase>(phase) == Phase::validating && position_ == 0)
    return incomplete("it validates an epoch without pictures");
  phase_ = static_cast<Phase>(phase);
  ending_ = static_cast<Ending>(ending);
  const Json* average = json.find("average_in_model");
  average_in_model_ = average && average->boolean() && *average->boolean();

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
  // With other callbacks than before there is nothing to remember.
  for (std::size_t i = 0; callbacks->elements()->size() == callbacks_.size() && i < callbacks_.size(); ++i) {
    if (auto set = callbacks_[i]->set_state((*callbacks->elements())[i]); !set) return set;
  }
  return {};
}

Result<void> Trainer::restore(const TrainerState& state) {
  if (auto numbers = restore_numbers(state.json); !numbers) return numbers;
  const Json* has_best = state.json.find("has_best");
  copy_weights(last_good_);
  if (has_best && has_best->boolean() && *has_best->boolean()) best_ = last_good_;
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
    if (position_ > 0 && position_ >= epoch_end()) phase_ = Phase::validating;  // stopped while it validated
  }
  if (phase_ == Phase::validating && !validates()) {
    phase_ = Phase::training;
    use_average(false);
    end_epoch();
  }
  if (phase_ != Phase::finished && epoch_ >= options_.epochs) finish(Ending::finished);
  if (phase_ == Phase::training) use_average(false);
  return {};
}

}  // namespace cnn
