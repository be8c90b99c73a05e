// The command `cnn train`.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "core/cli/commands.h"
#include "core/cli/files.h"
#include "core/cli/progress_line.h"
#include "core/model/presets.h"
#include "core/training/trainer.h"

namespace cnn::cli {
namespace {

constexpr Option kOptions[] = {
    {"data", "SOURCE",
     "A folder of CIFAR-10 batches, a single batch, cifar-10-binary.tar.gz, or sample[:SEED]. Required."},
    {"model", "SOURCE",
     "A preset, a configuration (.json) or a model (.safetensors, .onnx, model.json). Default: tutorial"},
    {"save", "FILE", "After every epoch, writes the model and the training state to a .safetensors file."},
    {"resume", "FILE", "Continues the training saved in this file. Other options override its settings."},
    {"limit", "N", "Uses only the first N training pictures."},
    {"test-limit", "N", "Uses only the first N test pictures."},
    {"history", "FILE", "After every epoch, writes the history as .csv or .json."},
    {"step-losses", "FILE", "Writes the loss of every mini-batch, one per line."},
    {"fit", "FILE", "A JSON file with the options below; in their names, - is written _."},
    {"report", "", "At the end, prints precision, recall and the confusion matrix of the test pictures."},
    {"quiet", "", "Prints one line per epoch, without progress."},
    kThreads,
    kKernels,
};

std::sig_atomic_t volatile interrupted = 0;

Result<void> save(const std::string& path, const Model& model, Trainer& trainer, const Dataset& data) {
  const TrainerState state = trainer.save();
  ModelNotes notes;
  notes.class_names = data.class_names;
  notes.history = to_json(trainer.history());
  notes.fit = trainer.options().to_json();
  notes.training = state.json;
  std::vector<StateArray> arrays;
  for (const NamedArray& array : state.arrays) arrays.push_back({array.name, array.values});
  return write_file(path, save_checkpoint(model, notes, arrays));
}

Result<void> write_history(const std::string& path, const Trainer& trainer) {
  const bool csv = path.size() > 4 && path.compare(path.size() - 4, 4, ".csv") == 0;
  return write_file(path, csv ? to_csv(trainer.history()) : to_json(trainer.history()).dump(1) + "\n");
}

/// The options of the preset, or of the file to resume from, overridden by the command line.
Result<FitOptions> fit_options(const Arguments& arguments, const ModelNotes& before) {
  Json fit = before.fit.members() ? before.fit : preset_fit(arguments.text("model", "tutorial"));
  for (const auto& [key, value] : *arguments.fit().members()) fit[key] = value;
  return FitOptions::from_json(fit);
}

Result<void> restore(Trainer& trainer, LoadedModel& from, const Arguments& arguments) {
  TrainerState state;
  state.json = from.notes.training;
  for (std::size_t i = 0; i < from.state.size(); ++i)
    state.arrays.push_back({from.state_names[i], from.state[i]});
  if (auto restored = trainer.restore(state); !restored) return restored;
  const Json* rate = arguments.fit().find("learning_rate");
  return rate && rate->number() ? trainer.set_learning_rate(*rate->number()) : Result<void>();
}

Result<void> run_training(const Arguments& arguments, const Model& model, const DatasetPair& data,
                          Trainer& trainer) {
  ProgressLine line(arguments.has("quiet"));
  std::string step_losses;
  while (!trainer.done()) {
    if (interrupted) trainer.stop();
    const auto outcome = trainer.step();
    if (!outcome) {
      line.clear();
      return outcome.error();
    }
    if (outcome->trained && arguments.has("step-losses")) {
      char text[40];
      std::snprintf(text, sizeof text, "%.9g\n", trainer.progress().batch_loss);
      step_losses += text;
    }
    line.show(trainer.progress());
    if (!outcome->epoch_ended) continue;
    line.epoch(trainer.history().back(), trainer.progress().epochs);
    if (arguments.has("save")) {
      if (auto saved = save(arguments.text("save"), model, trainer, data.train); !saved) return saved;
    }
    if (arguments.has("history")) {
      if (auto written = write_history(arguments.text("history"), trainer); !written) return written;
    }
  }
  line.clear();
  if (trainer.ending() == Ending::early_stopping) std::printf("Stopped early: no more progress.\n");
  if (trainer.ending() == Ending::stopped) std::printf("Stopped.\n");
  if (arguments.has("step-losses")) {
    if (auto written = write_file(arguments.text("step-losses"), step_losses); !written) return written;
  }
  return arguments.has("save") ? save(arguments.text("save"), model, trainer, data.train) : Result<void>();
}

Result<void> train(const Arguments& arguments) {
  if (!arguments.has("data"))
    return Error{"bad_argument", "--data is missing; give a folder, an archive, or sample"};
  const auto limit = arguments.whole("limit", 1 << 30, 1, 1 << 30);
  if (!limit) return limit.error();
  const auto test_limit = arguments.whole("test-limit", 1 << 30, 1, 1 << 30);
  if (!test_limit) return test_limit.error();
  auto exec = make_exec(arguments);
  if (!exec) return exec.error();

  const Json* seed_field = arguments.fit().find("seed");
  const double seed =
      seed_field && seed_field->number() && *seed_field->number() >= 0 ? *seed_field->number() : 1;
  const bool resumes = arguments.has("resume");
  auto loaded = load_model(resumes ? arguments.text("resume") : arguments.text("model", "tutorial"),
                           static_cast<std::uint64_t>(seed));
  if (!loaded) return loaded.error();
  if (resumes && !loaded->notes.training.members()) {
    return Error{"bad_argument", arguments.text("resume") +
                                     ": has no training state to resume; give the file as --model instead"};
  }
  auto options = fit_options(arguments, resumes ? loaded->notes : ModelNotes{});
  if (!options) return options.error();
  auto data = load_data(arguments.text("data"));
  if (!data) return data.error();
  shorten(data->train, static_cast<std::size_t>(*limit));
  shorten(data->test, static_cast<std::size_t>(*test_limit));
  std::printf("%s: %zu training and %zu test pictures%s\n", arguments.text("data").c_str(),
              data->train.size(), data->test.size(), data->train.synthetic ? ", synthetic" : "");
  if (!arguments.has("quiet")) std::fputs(loaded->model.summary().text.c_str(), stdout);

  auto trainer = Trainer::make(loaded->model, data->train, &data->test, std::move(*options), **exec);
  if (!trainer) return trainer.error();
  if (resumes) {
    if (auto restored = restore(**trainer, *loaded, arguments); !restored) return restored;
  }
  std::signal(SIGINT, [](int) { interrupted = 1; });  // finishes the step and saves the model
  if (auto trained = run_training(arguments, loaded->model, *data, **trainer); !trained) return trained;
  if (arguments.has("report") && data->test.size() > 0) {
    const auto result = evaluate(loaded->model, data->test, *(*trainer)->options().loss, **exec);
    if (!result) return result.error();
    std::fputs(to_text(*result, data->test.class_names).c_str(), stdout);
  }
  return {};
}

}  // namespace

const Command train_command{"train", "Trains a network and prints Keras-like progress.", kOptions, true,
                            &train};

}  // namespace cnn::cli
