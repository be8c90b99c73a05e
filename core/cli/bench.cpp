// cnn bench
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "core/cli/commands.h"
#include "core/cli/files.h"
#include "core/datasets/samples.h"
#include "core/run/profile.h"
#include "core/training/trainer.h"

namespace cnn::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Option kOptions[] = {
    {"model", "SOURCE",
     "A preset, a configuration (.json) or a model (.safetensors, .onnx, model.json). Default: tutorial"},
    {"seconds", "N", "How long each of the two measurements runs. Default: 5"},
    kThreads,
    kKernels,
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void print(const Profile& profile, const Model& model, double images) {
  std::printf("%-26s %29s %29s %10s\n%-26s %10s %10s %7s %10s %10s %7s %10s\n", "", "forward", "backward",
              "update", "layer", "us/image", "GFLOP/s", "share", "us/image", "GFLOP/s", "share", "us/image");
  double all = 0;
  constexpr Pass passes[] = {Pass::forward, Pass::backward, Pass::update};
  for (int layer = 0; layer < profile.layers(); ++layer) {
    for (const Pass pass : passes) all += profile.entry(layer, pass).seconds;
  }
  for (int layer = 0; layer < profile.layers(); ++layer) {
    double sum = 0;
    for (const Pass pass : passes) sum += profile.entry(layer, pass).seconds;
    if (sum == 0) continue;
    std::printf("%-26s", layer < model.layer_count() ? model.layer(layer).name.c_str() : "optimizer");
    for (const Pass pass : {Pass::forward, Pass::backward}) {
      const Profile::Entry& e = profile.entry(layer, pass);
      std::printf(" %10.2f %10.1f %6.1f%%", 1e6 * e.seconds / images,
                  e.seconds > 0 ? e.flops / e.seconds / 1e9 : 0, 100 * e.seconds / all);
    }
    std::printf(" %10.2f\n", 1e6 * profile.entry(layer, Pass::update).seconds / images);
  }
}

Result<void> bench(const Arguments& arguments) {
  auto exec = make_exec(arguments);
  if (!exec) return exec.error();
  const auto seconds = arguments.whole("seconds", 5, 1, 600);
  if (!seconds) return seconds.error();
  auto loaded = load_model(arguments.text("model", "tutorial"), 1);
  if (!loaded) return loaded.error();
  auto options = FitOptions::from_json(arguments.fit());
  if (!options) return options.error();
  options->epochs = 100000;  // the clock ends it
  const DatasetPair data = draw_samples({.seed = 1, .train = 2000, .test = 500});
  const int batch_size = options->batch_size;
  auto trainer = Trainer::make(loaded->model, data.train, nullptr, std::move(*options), **exec);
  if (!trainer) return trainer.error();

  const auto train_for = [&](double duration, double& images) -> Result<double> {
    const Clock::time_point start = Clock::now();
    double spent = 0;
    for (images = 0; spent < duration; images += batch_size, spent = seconds_since(start)) {
      if (auto step = (*trainer)->step(); !step) return step.error();
    }
    return spent;
  };
  double images = 0;
  if (auto warm = train_for(0.5, images); !warm) return warm.error();
  const auto spent = train_for(*seconds, images);
  if (!spent) return spent.error();
  std::printf("%s, kernels %s, %d threads, batch size %d\n", loaded->model.name().c_str(),
              std::string(name_of((*exec)->kernels())).c_str(), (*exec)->pool().threads(), batch_size);
  std::printf("training:  %8.0f images/s\n", images / *spent);

  Profile profile;
  (*exec)->profile = &profile;
  double profiled = 0;
  if (auto again = train_for(*seconds / 2.0, profiled); !again) return again.error();
  (*exec)->profile = nullptr;

  const SparseCategoricalCrossentropy loss;
  const Clock::time_point start = Clock::now();
  double evaluated = 0, took = 0;
  for (; took < *seconds / 2.0;
       took = seconds_since(start), evaluated += static_cast<double>(data.test.size())) {
    if (auto result = evaluate(loaded->model, data.test, loss, **exec); !result) return result.error();
  }
  std::printf("inference: %8.0f images/s\n\n", evaluated / took);
  print(profile, loaded->model, profiled);
  return {};
}

}  // namespace

const Command bench_command{"bench", "How fast a network trains here, and where the time goes.", kOptions,
                            true, &bench};

}  // namespace cnn::cli
