// The session's answers about model files, and what is kept of a training so that it can go on.
#include <utility>

#include "core/archives/crc32.h"
#include "core/formats/checkpoint.h"
#include "core/formats/model_files.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr std::string_view kCheckpoint = "checkpoint";
constexpr std::string_view kCheckpointFile = "checkpoint.safetensors";

}  // namespace

/// Weights, configuration and history.
cnn::ModelNotes Session::notes() const {
  cnn::ModelNotes notes = notes_;
  notes.class_names = data_.train().class_names;
  notes.training = {};
  return notes;
}

/// With what the running or the last training needs to go on.
Buffer Session::checkpoint() {
  cnn::ModelNotes notes = this->notes();
  std::vector<cnn::StateArray> arrays;
  if (!trainer_) {
    notes.training = notes_.training;
    for (std::size_t i = 0; i < state_.size(); ++i) arrays.push_back({state_names_[i], state_[i]});
    return cnn::save_checkpoint(*model_, notes, arrays);
  }
  notes.history = history_of(*trainer_);
  notes.fit = trainer_->options().to_json();
  cnn::TrainerState state = trainer_->save();
  notes.training = std::move(state.json);
  for (const cnn::NamedArray& array : state.arrays) arrays.push_back({array.name, array.values});
  return cnn::save_checkpoint(*model_, notes, arrays);
}

Handled Session::export_model(const Request& request) {
  Args args(request);
  const std::string format = args.text("format");
  if (args.failed()) return args.error();
  if (auto there = need_model(); !there) return there.error();
  Reply reply;
  Json& names = reply.args["files"] = Json::array();
  if (format == kCheckpoint) {
    names.push_back(kCheckpointFile);
    reply.payloads.push_back(checkpoint());
    return reply;
  }
  auto files = cnn::export_model(format, *model_, notes());
  if (!files) return files.error();
  for (cnn::ModelFile& file : *files) {
    names.push_back(file.name);
    reply.payloads.push_back(std::move(file.bytes));
  }
  return reply;
}

Handled Session::import_model(const Request& request) {
  if (auto free = need_no_training("importing another model"); !free) return free.error();
  Args args(request);
  const std::vector<std::string> names = args.texts("files");
  const Json* crc = args.find("crc32");
  if (args.failed()) return args.error();
  if (names.empty() || names.size() != request.payloads.size()) {
    return Error{"bad_argument", "import: expected files, each with its name.", {}};
  }
  if (crc && (!crc->number() || *crc->number() != cnn::crc32(0, request.payloads[0]))) {
    return Error{"bad_model_file", names[0] + ": what was kept in the browser is damaged.", {}};
  }
  std::vector<cnn::FileView> files;
  for (std::size_t i = 0; i < names.size(); ++i) files.push_back({names[i], request.payloads[i]});
  auto loaded = cnn::import_model(files);
  if (!loaded) return loaded.error();
  if (auto usable = check_shapes(loaded->model); !usable) return usable.error();
  use_model(std::move(loaded->model), false);
  notes_ = std::move(loaded->notes);
  state_names_ = std::move(loaded->state_names);
  state_ = std::move(loaded->state);
  if (const Json::Array* rows = notes_.history.elements()) epochs_trained_ = static_cast<int>(rows->size());
  Json description = describe_model(*model_);
  description["history"] = notes_.history;
  description["fit"] = notes_.fit;
  description["can_continue"] = !notes_.training.is_null();
  event("model", description);
  return Reply{std::move(description), {}};
}

/// Puts what an imported checkpoint says of its training into a trainer just made.
Result<void> Session::continue_training(cnn::Trainer& trainer) {
  cnn::TrainerState state;
  state.json = notes_.training;
  for (std::size_t i = 0; i < state_.size(); ++i) state.arrays.push_back({state_names_[i], state_[i]});
  return trainer.restore(state);
}

}  // namespace playground::trainer
