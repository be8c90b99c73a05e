#include "core/training/fit_options.h"

#include <iterator>

namespace cnn {
namespace {

constexpr std::string_view kCallbacks = "callbacks", kAugmentation = "augmentation",
                           kGroups = "parameter_groups";

/// Glob matching with * as the only wildcard.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] != '*')
    return !text.empty() && pattern[0] == text[0] && matches(pattern.substr(1), text.substr(1));
  const std::size_t next = pattern.find_first_not_of('*');
  if (next == std::string_view::npos) return true;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (matches(pattern.substr(next), text.substr(at))) return true;
  }
  return false;
}

Result<Json> list_of(const Json& json, std::string_view key) {
  const Json* value = json.find(key);
  if (!value || value->is_null()) return Json::array();
  if (!value->elements()) {
    return Error{"bad_argument",
                 "fit: " + std::string(key) + " must be a list, not " + std::string(value->kind())};
  }
  return *value;
}

}  // namespace

void ParameterGroup::fields(Fields& field) {
  field("parameters", parameters, "Names of parameters; * stands for any characters.");
  field("learning_rate_factor", learning_rate_factor, {.min = 0}, "Factor for their learning rate.");
  field("weight_decay", weight_decay, {.min = 0, .max = 1000}, "Their weight decay; empty: the optimizer's.");
  field("frozen_after", frozen_after, {.min = 0, .empty = "never"},
        "Epochs after which they no longer change; empty: never.");
}

bool ParameterGroup::fits(std::string_view name) const { return matches(parameters, name); }

void FitOptions::fields(Fields& field) {
  field("epochs", epochs, {.min = 0.01, .max = 100000, .step = 1},
        "Passes over the training pictures; the last one may be partial: 9.9.");
  field("batch_size", batch_size, {.min = 1, .max = 100000},
        "Pictures per step; the weights change once per step.");
  field("optimizer", optimizer, "How the weights follow the gradients.");
  field("learning_rate", learning_rate, {.min = 0, .max = 1e6}, "Step size; empty: the optimizer's default.");
  field("schedule", schedule, "How the learning rate changes during training.");
  field("loss", loss, "What training minimizes.");
  field("seed", seed, {.min = 0},
        "The same seed repeats the run exactly: order of the pictures, dropout, augmentation.");
  field("shuffle", shuffle, "Shuffles the pictures in every epoch.");
  field("drop_remainder", drop_remainder,
        "Drops the incomplete last batch of each epoch. With shuffling, different pictures are dropped each "
        "time.");
  field("validate", validate, "Evaluates the model after every epoch on pictures that it is not trained on.");
  field("validation_split", validation_split, {.min = 0, .max = 0.95},
        "Share of the training pictures held out for validation; 0: the test pictures are used.");
  field("test_time_augmentation", test_time_augmentation,
        "Validates once more after the last epoch, with averaged predictions: of each picture and its mirror "
        "image, or also of both shifted by one pixel.");
}

Result<FitOptions> FitOptions::from_json(const Json& json, std::span<const std::string_view> others) {
  FitOptions options;
  std::vector<std::string_view> known(others.begin(), others.end());
  known.insert(known.end(), {kCallbacks, kAugmentation, kGroups});
  const Json object = json.is_null() ? Json::object() : json;
  auto read = read_fields(object, "fit", known, [&options](Fields& field) { options.fields(field); });
  if (!read) return Error{"bad_argument", read.error().message};
  auto callbacks = list_of(object, kCallbacks), augmentation = list_of(object, kAugmentation);
  const auto groups = list_of(object, kGroups);
  for (const auto* list : {&std::as_const(callbacks), &std::as_const(augmentation), &groups}) {
    if (!*list) return list->error();
  }
  options.callbacks = std::move(*callbacks);
  for (const Json& callback : *options.callbacks.elements()) {
    const auto made = Choice<Callback>::read_member(callback);
    if (!made)
      return Error{"bad_argument",
                   "fit: a callback must be " + made.error().message + ", not " + callback.dump()};
  }
  options.augmentation = std::move(*augmentation);
  for (const Json& group : *groups->elements()) {
    ParameterGroup& to = options.parameter_groups.emplace_back();
    auto taken = read_fields(group, "fit: a parameter group", {}, [&to](Fields& field) { to.fields(field); });
    if (!taken) return Error{"bad_argument", taken.error().message};
  }
  const Optimizer& optimizer = *options.optimizer;
  if (optimizer.clipnorm && optimizer.global_clipnorm) {
    return Error{"bad_argument", "fit: the optimizer has clipnorm and global_clipnorm; set only one of them"};
  }
  return options;
}

Json FitOptions::to_json() const {
  Json json = Json::object();
  FitOptions copy = *this;
  write_fields(json, [&copy](Fields& field) { copy.fields(field); });
  if (!callbacks.elements()->empty()) json[kCallbacks] = callbacks;
  if (!augmentation.elements()->empty()) json[kAugmentation] = augmentation;
  for (ParameterGroup group : parameter_groups) {
    Json entry = Json::object();
    write_fields(entry, [&group](Fields& field) { group.fields(field); });
    json[kGroups].push_back(entry);
  }
  return json;
}

Json describe_parameter_group() {
  ParameterGroup defaults;
  return describe_fields([&defaults](Fields& field) { defaults.fields(field); });
}

Json describe_fit_options() {
  FitOptions defaults;
  return describe_fields([&defaults](Fields& field) { defaults.fields(field); });
}

}  // namespace cnn
