// The native core as one side of ./tests/bench: reads requests as lines of JSON from standard input and
// writes answers to standard output.
//   bench_native FIXTURE_FOLDER THREADS

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/datasets/cifar10.h"
#include "core/datasets/samples.h"
#include "core/formats/checkpoint.h"
#include "core/model/presets.h"
#include "core/model/profile_report.h"
#include "core/run/exec.h"
#include "core/training/evaluation.h"
#include "core/training/trainer.h"

namespace {

using namespace cnn;

constexpr int kKeptBatches = 6;  // the same as in steps.js
constexpr int kSettlingSteps = 2;

Result<std::vector<std::uint8_t>> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{"bad_argument", path + " cannot be opened", {}};
  return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {});
}

Result<Dataset> read_pictures(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return bytes.error();
  Cifar10Loader loader;
  if (auto begun = loader.begin_file("data_batch_1.bin"); !begun) return begun.error();
  if (auto taken = loader.write(*bytes); !taken) return taken.error();
  if (auto ended = loader.end_file(); !ended) return ended.error();
  auto pair = loader.finish();
  if (!pair) return pair.error();
  return std::move(pair->train);
}

std::string text_of(const Json& request, std::string_view key) {
  const Json* value = request.find(key);
  return value && value->string() ? *value->string() : std::string();
}
double number_of(const Json& request, std::string_view key, double fallback) {
  const Json* value = request.find(key);
  return value && value->number() ? *value->number() : fallback;
}

class Side {
 public:
  Side(std::string folder, Dataset pictures, int threads)
      : folder_(std::move(folder)), pictures_(std::move(pictures)), exec_(*kernel_sets().front(), threads) {}

  Result<Json> answer(const Json& request) {
    const std::string what = text_of(request, "do");
    if (what == "open") {
      Json versions;
      versions["versions"]["kernels"] = name_of(exec_.kernels());
      return versions;
    }
    if (what == "config") return config(text_of(request, "name"));
    if (what == "losses") return losses(request);
    if (what == "slice")
      return text_of(request, "mode") == "train" ? train_slice(request) : forward_slice(request);
    if (what == "profile") return profile(request);
    if (what == "samples") return samples(request);
    return Error{"bad_argument", "unknown request \"" + what + "\"", {}};
  }

 private:
  using Clock = std::chrono::steady_clock;

  /// A preset's configuration with every default written out.
  static Result<Json> config(const std::string& name) {
    const auto known = preset(name);
    if (!known) return known.error();
    const auto model = Model::from_config(*known);
    if (!model) return model.error();
    return model->config();
  }

  Result<LoadedModel> load(const Json& request, std::string_view config_key) const {
    const auto bytes = read_file(folder_ + "/" + text_of(request, "weights"));
    if (!bytes) return bytes.error();
    return load_checkpoint(*bytes, request.find(config_key));
  }

  static Result<FitOptions> fit_options(const Json& request, bool shuffle) {
    Json fit = Json::object();
    fit["batch_size"] = number_of(request, "batch", 32);
    fit["epochs"] = 10000;  // timed() stops earlier
    fit["shuffle"] = shuffle;
    fit["validate"] = false;
    if (const Json* optimizer = request.find("optimizer")) fit["optimizer"] = *optimizer;
    return FitOptions::from_json(fit);
  }

  Result<Json> losses(const Json& request) {
    auto loaded = load(request, "checked");
    if (!loaded) return loaded.error();
    auto options = fit_options(request, false);
    if (!options) return options.error();
    auto trainer = Trainer::make(loaded->model, pictures_, nullptr, std::move(*options), exec_);
    if (!trainer) return trainer.error();
    Json answer;
    for (int step = 0; step < kKeptBatches; ++step) {
      if (auto outcome = (*trainer)->step(); !outcome) return outcome.error();
      answer["losses"].push_back((*trainer)->progress().batch_loss);
    }
    return answer;
  }

  /// Calls `one` until the requested seconds have passed.
  template <class Step>
  static Result<Json> timed(const Json& request, Step one) {
    const int settling = static_cast<int>(number_of(request, "settle", kSettlingSteps));
    for (int step = 0; step < settling; ++step)
      if (Result<void> done = one(); !done) return done.error();
    const double wanted = number_of(request, "seconds", 1);
    const Clock::time_point start = Clock::now();
    std::chrono::duration<double> spent{};
    double steps = 0;
    do {
      if (Result<void> done = one(); !done) return done.error();
      ++steps;
      spent = Clock::now() - start;
    } while (spent.count() < wanted);
    Json answer;
    answer["images"] = steps * number_of(request, "batch", 32);
    answer["seconds"] = spent.count();
    return answer;
  }

  Result<Json> train_slice(const Json& request) {
    auto loaded = load(request, "config");
    if (!loaded) return loaded.error();
    auto options = fit_options(request, true);
    if (!options) return options.error();
    auto trainer = Trainer::make(loaded->model, pictures_, nullptr, std::move(*options), exec_);
    if (!trainer) return trainer.error();
    return timed(request, [&trainer]() -> Result<void> {
      auto outcome = (*trainer)->step();
      return outcome ? Result<void>() : outcome.error();
    });
  }

  /// Where a training step's time goes: microseconds and operations per image for each layer and pass.
  Result<Json> profile(const Json& request) {
    auto loaded = load(request, "config");
    if (!loaded) return loaded.error();
    auto options = fit_options(request, true);
    if (!options) return options.error();
    auto trainer = Trainer::make(loaded->model, pictures_, nullptr, std::move(*options), exec_);
    if (!trainer) return trainer.error();
    Profile profile;
    int settling = static_cast<int>(number_of(request, "settle", kSettlingSteps));
    const auto measured = timed(request, [&]() -> Result<void> {
      exec_.profile = settling-- > 0 ? nullptr : &profile;
      auto outcome = (*trainer)->step();
      return outcome ? Result<void>() : outcome.error();
    });
    exec_.profile = nullptr;
    if (!measured) return measured.error();
    const double images = number_of(*measured, "images", 1);
    Json answer;
    answer["images_per_second"] = images / number_of(*measured, "seconds", 1);
    answer["layers"] = to_json(profile, loaded->model, images);
    return answer;
  }

  Result<Json> samples(const Json& request) {
    const auto start = Clock::now();
    draw_samples({.seed = 1, .train = static_cast<int>(number_of(request, "count", 1)), .test = 0});
    Json answer;
    answer["seconds"] = std::chrono::duration<double>(Clock::now() - start).count();
    return answer;
  }

  Result<Json> forward_slice(const Json& request) {
    auto loaded = load(request, "config");
    if (!loaded) return loaded.error();
    const int size = static_cast<int>(number_of(request, "batch", 32));
    if (auto planned = loaded->model.reserve(size, false); !planned) return planned.error();
    std::vector<Batch> batches(kKeptBatches);
    std::vector<std::uint32_t> indices(static_cast<std::size_t>(size));
    for (std::size_t i = 0; i < batches.size(); ++i) {
      std::iota(indices.begin(), indices.end(), static_cast<std::uint32_t>(i * indices.size()));
      batches[i].assemble(exec_, pictures_, indices);
    }
    std::size_t step = 0;
    return timed(request, [&]() -> Result<void> {
      const float* y = loaded->model.forward(exec_, batches[step++ % batches.size()].x(), size);
      if (!y || !std::isfinite(y[0])) return Error{"diverged", "the output is not a finite number", {}};
      return {};
    });
  }

  std::string folder_;
  Dataset pictures_;
  Exec exec_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench_native FIXTURE_FOLDER THREADS\n";
    return 2;
  }
  const std::string folder = argv[1];
  auto pictures = read_pictures(folder + "/pictures.bin");
  if (!pictures) {
    std::cerr << pictures.error().message << '\n';
    return 1;
  }
  Side side(folder, std::move(*pictures), std::max(1, std::atoi(argv[2])));
  for (std::string line; std::getline(std::cin, line);) {
    const auto request = parse_json(line);
    const auto answer = request ? side.answer(*request) : Result<Json>(request.error());
    Json reply;
    if (answer)
      reply["result"] = *answer;
    else
      reply["error"] = answer.error().message;
    std::cout << reply.dump() << std::endl;
  }
}
