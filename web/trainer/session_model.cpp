// The session's answers about the model and about what there is to choose from.
#include "core/model/presets.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr int kImageSide = static_cast<int>(cnn::kImageSide);
constexpr int kImageChannels = static_cast<int>(cnn::kImageChannels);

Json to_json(const cnn::Shape& shape) {
  Json sizes = Json::array();
  for (const int size : shape) sizes.push_back(size);
  return sizes;
}

Result<cnn::Model> make_model(const Json& config) {
  Result<cnn::Model> model = cnn::Model::from_config(config);
  if (!model) return model.error();
  if (auto usable = check_shapes(*model); !usable) return usable.error();
  return model;
}

Result<Json> config_argument(const Request& request) {
  Args args(request);
  const Json* config = args.find("config");
  if (config) return *config;
  const std::string name = args.text("preset");
  if (args.failed()) {
    return Error{"bad_argument", "build: expected a preset's name or a configuration.", {}};
  }
  return cnn::preset(name);
}

}  // namespace

Json describe_model(const cnn::Model& model) {
  Json description = Json::object();
  description["config"] = model.config();
  description["name"] = model.name();
  description["input_shape"] = to_json(model.input_shape());
  description["classes"] = model.output_shape().back();
  description["summary"] = cnn::to_json(model.summary());
  return description;
}

Result<void> check_shapes(const cnn::Model& model) {
  const cnn::Shape& in = model.input_shape();
  if (!(in == cnn::Shape{kImageSide, kImageSide, kImageChannels})) {
    return Error{"bad_config",
                 "The model's input is " + cnn::to_string(in) + "; the pictures here are (32, 32, 3).",
                 {}};
  }
  const cnn::Shape& out = model.output_shape();
  if (out.rank() != 1 || out.back() < 2) {
    return Error{"bad_config",
                 "The model's output is " + cnn::to_string(out) +
                     "; expected one number for each class, so end with Flatten or a global pooling and "
                     "Dense with as many units as there are classes.",
                 {}};
  }
  return {};
}

void Session::use_model(cnn::Model model, bool fresh) {
  drop_jobs("The model was replaced meanwhile.");
  model_ = std::move(model);
  fresh_ = fresh;
  validated_.forget();
  notes_ = {};
  state_names_.clear();
  state_.clear();
  ++model_version_;
  epochs_trained_ = 0;
  steps_trained_ = 0;
  clear_profile();
}

Handled Session::build(const Request& request) {
  if (auto free = need_no_training("building another model"); !free) return free.error();
  Args args(request);
  const std::uint64_t seed = args.seed("seed", 1);
  if (args.failed()) return args.error();
  const Result<Json> config = config_argument(request);
  if (!config) return config.error();
  Result<cnn::Model> model = make_model(*config);
  if (!model) return model.error();
  model->initialize(seed);
  use_model(std::move(*model), true);
  Json description = describe_model(*model_);
  event("model", description);
  return Reply{std::move(description), {}};
}

Handled Session::summary(const Request&) {
  if (auto there = need_model(); !there) return there.error();
  return Reply{cnn::to_json(model_->summary()), {}};
}

Handled Session::check(const Request& request) {
  const Result<Json> config = config_argument(request);
  if (!config) return config.error();
  const Result<cnn::Model> model = make_model(*config);
  if (!model) return model.error();
  return Reply{describe_model(*model), {}};
}

}  // namespace playground::trainer
