#include "web/trainer/measurement.h"

#include <memory>
#include <utility>

#include "core/datasets/samples.h"
#include "core/model/presets.h"
#include "core/training/fit_options.h"
#include "core/training/trainer.h"

namespace playground::trainer {

using cnn::Json;
using cnn::Result;

namespace {

constexpr double kTraining = 1500, kEvaluating = 500;  // milliseconds, after a first step as warm-up
/// The fixed cost of a step (optimizer, Winograd's kernels) must weigh as little as with 1,024.
constexpr int kPictures = 256, kBatch = 128;

struct Measurement {
  cnn::DatasetPair data = cnn::draw_samples({.seed = 1, .train = kPictures, .test = kPictures});
  std::unique_ptr<cnn::Model> model;
  std::unique_ptr<cnn::Trainer> trainer;
  std::unique_ptr<cnn::Evaluator> evaluator;
  cnn::SparseCategoricalCrossentropy loss;
  bool warm = false;
  double trained_for = 0, evaluated_for = 0;
  std::size_t trained = 0, evaluated = 0;

  Result<void> prepare(const std::string& preset, cnn::Exec& exec) {
    const Result<Json> config = cnn::preset(preset);
    if (!config) return config.error();
    Result<cnn::Model> made = cnn::Model::from_config(*config);
    if (!made) return made.error();
    model = std::make_unique<cnn::Model>(std::move(*made));
    Json fit = cnn::preset_fit(preset);
    fit["batch_size"] = kBatch;
    fit["epochs"] = 1000;  // the clock ends it earlier
    fit["learning_rate"] = 0;
    fit["validate"] = false;
    Result<cnn::FitOptions> options = cnn::FitOptions::from_json(fit);
    if (!options) return options.error();
    model->initialize(1);
    auto trainer_made = cnn::Trainer::make(*model, data.train, nullptr, std::move(*options), exec);
    if (!trainer_made) return trainer_made.error();
    trainer = std::move(*trainer_made);
    return {};
  }
  Result<void> step(cnn::Exec& exec, const std::function<double()>& now) {
    const double start = now();
    if (trained_for < kTraining) {
      if (auto stepped = trainer->step(); !stepped) return stepped.error();
      if (!std::exchange(warm, true)) return {};
      trained += kBatch;
      trained_for += now() - start;
      return {};
    }
    if (!evaluator || evaluator->done())
      evaluator = std::make_unique<cnn::Evaluator>(*model, data.test, 0, data.test.size(), loss);
    const std::size_t before = evaluator->evaluated();
    if (auto stepped = evaluator->step(exec); !stepped) return stepped;
    evaluated += evaluator->evaluated() - before;
    evaluated_for += now() - start;
    return {};
  }
};

}  // namespace

Result<Job> measure(const Request& request, Resources& resources) {
  auto work = std::make_shared<Measurement>();
  if (auto prepared = work->prepare(Args(request).text("preset"), resources.exec); !prepared)
    return prepared.error();
  return Job{request.id, "", [&resources, work]() -> Handled {
               cnn::Exec& exec = resources.exec;
               if (auto stepped = work->step(exec, resources.host.milliseconds); !stepped)
                 return stepped.error();
               if (work->evaluated_for < kEvaluating) return Later{};
               Reply reply;
               reply.args["trained_per_second"] =
                   static_cast<double>(work->trained) / work->trained_for * 1000;
               reply.args["evaluated_per_second"] =
                   static_cast<double>(work->evaluated) / work->evaluated_for * 1000;
               reply.args["threads"] = exec.pool().threads();
               return reply;
             }};
}

}  // namespace playground::trainer
