// The command `cnn bench`.
#include <chrono>
#include <cstdint>
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
    {"seconds", "N", "Seconds for each of the two measurements. Default: 5"},
    kThreads,
    kKernels,
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Measured {
  std::int64_t images = 0;
  double seconds = 0;
};

/// Calls work(), which returns the number of images it processed, until `duration` seconds have passed.
template <class Work>
Result<Measured> measure(double duration, Work work) {
  const Clock::time_point start = Clock::now();
  Measured measured;
  while (measured.seconds < duration) {
    const Result<int> images = work();
    if (!images) return images.error();
    measured.images += *images;
    measured.seconds = seconds_since(start);
  }
  return measured;
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
  options->epochs = 100000;  // the clock ends the run
  const DatasetPair data = draw_samples({.seed = 1, .train = 2000, .test = 500});
  const int batch_size = options->batch_size;
  auto trainer = Trainer::make(loaded->model, data.train, nullptr, std::move(*options), **exec);
  if (!trainer) return trainer.error();

  const auto train_for = [&](double duration) -> Result<Measured> {
    return measure(duration, [&]() -> Result<int> {
      if (auto step = (*trainer)->step(); !step) return step.error();
      return batch_size;
    });
  };
  if (auto warm = train_for(0.5); !warm) return warm.error();
  const auto trained = train_for(*seconds);
  if (!trained) return trained.error();
  std::printf("%s, kernels %s, %d threads, batch size %d\n", loaded->model.name().c_str(),
              std::string(name_of((*exec)->kernels())).c_str(), (*exec)->pool().threads(), batch_size);
  std::printf("training:  %8.0f images/s\n", static_cast<double>(trained->images) / trained->seconds);

  Profile profile;
  (*exec)->profile = &profile;
  const auto profiled = train_for(*seconds / 2.0);
  if (!profiled) return profiled.error();
  (*exec)->profile = nullptr;

  const SparseCategoricalCrossentropy loss;
  const auto evaluated = measure(*seconds / 2.0, [&]() -> Result<int> {
    if (auto result = evaluate(loaded->model, data.test, loss, **exec); !result) return result.error();
    return static_cast<int>(data.test.size());
  });
  if (!evaluated) return evaluated.error();
  std::printf("inference: %8.0f images/s\n\n", static_cast<double>(evaluated->images) / evaluated->seconds);
  print(profile, loaded->model, static_cast<double>(profiled->images));
  return {};
}

}  // namespace

const Command bench_command{
    "bench", "Measures how fast a network trains on this machine, and which layers take the time.", kOptions,
    true, &bench};

}  // namespace cnn::cli
