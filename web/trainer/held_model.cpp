#include "web/trainer/held_model.h"

#include <algorithm>
#include <utility>

namespace playground::trainer {

using cnn::Json;
using cnn::Result;

namespace {

/// Whether that has the form of DataStore::identity: a file may hold anything there.
bool tells_data(const Json& data) {
  constexpr std::size_t kLongest = 1 << 14;
  const Json *label = data.find("label"), *source = data.find("source"),
             *fingerprint = data.find("fingerprint");
  return label && label->string() && source && source->members() && (!fingerprint || fingerprint->string()) &&
         data.dump().size() < kLongest;
}

}  // namespace

void HeldModel::replace(cnn::Model model, bool fresh) {
  model_ = std::make_shared<cnn::Model>(std::move(model));
  fresh_ = fresh;
  notes_ = {};
  state_names_.clear();
  state_.clear();
  ++version_;
  epochs_trained_ = 0;
  steps_trained_ = 0;
}

void HeldModel::replace(cnn::LoadedModel loaded) {
  replace(std::move(loaded.model), false);
  notes_ = std::move(loaded.notes);
  if (!tells_data(notes_.data)) notes_.data = {};
  state_names_ = std::move(loaded.state_names);
  state_ = std::move(loaded.state);
  if (const Json::Array* rows = notes_.history.elements()) epochs_trained_ = static_cast<int>(rows->size());
  constexpr double kMostSteps = 9e15;  // whole numbers are exact up to there
  const Json* steps = notes_.training.find("global_step");
  if (steps && steps->number() && *steps->number() >= 0 && *steps->number() < kMostSteps)
    steps_trained_ = static_cast<std::int64_t>(*steps->number());
}

int HeldModel::epochs_planned() const {
  constexpr double kMostEpochs = 1e9;
  const Json* planned = notes_.fit.find("epochs");  // from a file: any number
  if (!planned || !planned->number() || !(*planned->number() < kMostEpochs)) return epochs_trained_;
  return std::max(epochs_trained_, static_cast<int>(std::max(0.0, *planned->number())));
}

void HeldModel::draw_weights(std::uint64_t seed) {
  model_->initialize(seed);
  ++version_;
}

Result<void> HeldModel::set_input_range(cnn::InputRange range) {
  Result<cnn::Model> made = cnn::Model::from_config(model_->config());
  if (!made) return made.error();
  const std::span<const cnn::Parameter> from = std::as_const(*model_).parameters();
  const std::span<cnn::Parameter> to = made->parameters();
  for (std::size_t i = 0; i < to.size(); ++i)
    std::copy(from[i].value.begin(), from[i].value.end(), to[i].value.begin());
  made->set_input_range(range);
  model_ = std::make_shared<cnn::Model>(std::move(*made));
  ++version_;
  return {};
}

void HeldModel::count_steps(std::int64_t total) {
  ++version_;
  steps_trained_ = total;
}

cnn::ModelNotes HeldModel::export_notes(const cnn::Trainer* running,
                                        const std::vector<std::string>& class_names) const {
  cnn::ModelNotes notes = notes_;
  if (notes.class_names.empty()) notes.class_names = class_names;
  if (running) {
    notes.history = cnn::to_json(running->history());
    notes.fit = running->options().to_json();
  }
  notes.training = {};
  return notes;
}

std::vector<cnn::StateArray> HeldModel::state_arrays() const {
  std::vector<cnn::StateArray> arrays;
  for (std::size_t i = 0; i < state_.size(); ++i) arrays.push_back({state_names_[i], state_[i]});
  return arrays;
}

Buffer HeldModel::checkpoint(cnn::Trainer* running, const std::vector<std::string>& class_names) const {
  cnn::ModelNotes notes = export_notes(running, class_names);
  if (!running) {
    notes.training = notes_.training;
    return cnn::save_checkpoint(*model_, notes, state_arrays());
  }
  cnn::TrainerState state = running->save();
  notes.training = std::move(state.json);
  std::vector<cnn::StateArray> arrays;
  for (const cnn::NamedArray& array : state.arrays) arrays.push_back({array.name, array.values});
  return cnn::save_checkpoint(*model_, notes, arrays);
}

void HeldModel::keep_training(cnn::Trainer& ended) {
  std::vector<std::string> class_names = std::move(notes_.class_names);
  Json data = std::move(notes_.data);
  notes_ = {};
  notes_.class_names = std::move(class_names);
  notes_.data = std::move(data);
  notes_.history = cnn::to_json(ended.history());
  notes_.fit = ended.options().to_json();
  state_names_.clear();
  state_.clear();
  if (ended.ending() == cnn::Ending::diverged) return;
  cnn::TrainerState state = ended.save();
  notes_.training = std::move(state.json);
  for (const cnn::NamedArray& array : state.arrays) {
    state_names_.push_back(array.name);
    state_.emplace_back(array.values.begin(), array.values.end());
  }
}

Result<void> HeldModel::continue_training(cnn::Trainer& trainer) {
  cnn::TrainerState state;
  state.json = notes_.training;
  for (std::size_t i = 0; i < state_.size(); ++i) state.arrays.push_back({state_names_[i], state_[i]});
  return trainer.restore(state);
}

}  // namespace playground::trainer
