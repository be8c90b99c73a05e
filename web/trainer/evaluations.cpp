#include "web/trainer/evaluations.h"

#include <algorithm>
#include <memory>

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

std::string_view name_of(Split split) { return split == Split::train ? "train" : "test"; }

/// The pictures of a `predict` request, and their probabilities.
struct PredictWork {
  std::shared_ptr<cnn::Model> model;
  cnn::Dataset pictures;
  cnn::SparseCategoricalCrossentropy loss;
  std::vector<float> probabilities;
  std::unique_ptr<cnn::Evaluator> evaluator;
};

}  // namespace

Handled Evaluations::evaluate(const Request& request) {
  const Split which = split_argument(Args(request));
  if (auto fits = cnn::check_fits(*resources_.model, resources_.data.split(which)); !fits)
    return fits.error();
  jobs_.add({request.id, "evaluating", [this, of = subject(which)]() mutable -> Handled {
               const Result<bool> done = advance(of);
               if (!done) return done.error();
               if (!*done) return Later{};
               Json args = cnn::to_json(predictions_.evaluation(), of.data->split(of.split).class_names);
               args["split"] = name_of(of.split);
               args["epoch"] = resources_.model.epochs_trained();
               args["step"] = resources_.model.steps_trained();
               return Reply{std::move(args), {}};
             }});
  return Later{};
}

Handled Evaluations::predictions(const Request& request) {
  const Args args(request);
  const Split which = split_argument(args);
  const Wanted wanted = Wanted::read(args);
  if (auto fits = cnn::check_fits(*resources_.model, resources_.data.split(which)); !fits)
    return fits.error();
  const bool test = which == Split::test;
  if (test && (training_.running() ||
               training_.validated().present(resources_.data.version(), resources_.model.version())))
    return validated_page(wanted);
  jobs_.add({request.id, "", [this, of = subject(which), test, wanted]() mutable -> Handled {
               if (test && training_.running()) return validated_page(wanted);  // resumed meanwhile
               const Result<bool> done = advance(of);
               if (!done) return done.error();
               if (!*done) return Later{};
               Reply reply = prediction_page(wanted, predictions_.table(), of.data->split(of.split));
               reply.args["split"] = name_of(of.split);
               reply.args["epoch"] = resources_.model.epochs_trained();
               return reply;
             }});
  return Later{};
}

/// The last validation's predictions, so that a training need not wait; no items before the first validation.
Reply Evaluations::validated_page(const Wanted& wanted) const {
  const bool there = training_.validated().there(resources_.data.version());
  Reply reply = prediction_page(wanted, there ? training_.validated().table() : PredictionTable(),
                                resources_.data.test());
  reply.args["split"] = name_of(Split::test);
  reply.args["epoch"] = there ? training_.validated().epoch() : 0;
  return reply;
}

Predictions::Subject Evaluations::subject(Split which) const {
  return {resources_.model.hold(), resources_.data.share(), which};
}

Result<bool> Evaluations::advance(Predictions::Subject& subject) {
  subject.model_version = resources_.model.version();
  if (subject.data_version < 0) subject.data_version = subject.data->version;
  return predictions_.advance(resources_.exec, subject);
}

Handled Evaluations::predict(const Request& request) {
  if (request.payloads[0].empty() || request.payloads[0].size() % cnn::kImageBytes != 0) {
    return Error{"bad_argument", "predict: expected pictures as bytes [n, 32, 32, 3], 3072 for each.", {}};
  }
  const std::size_t count = request.payloads[0].size() / cnn::kImageBytes;
  const auto classes = static_cast<std::size_t>(resources_.model->output_shape().back());
  auto work = std::make_shared<PredictWork>();
  work->model = resources_.model.hold();
  work->pictures.class_names.resize(classes);
  // The true class is not known; the loss that is computed along with the rest goes unused.
  auto added = cnn::append_pictures(work->pictures, request.payloads[0], Buffer(count, 0));
  if (!added) return added.error();
  work->probabilities.resize(count * classes);
  work->evaluator = std::make_unique<cnn::Evaluator>(
      *work->model, work->pictures, 0, count, work->loss,
      [to = work->probabilities.data(), classes](std::size_t first, int rows, const float* probabilities) {
        std::copy(probabilities, probabilities + static_cast<std::size_t>(rows) * classes,
                  to + first * classes);
      });
  jobs_.add({request.id, "", [this, work, count, classes]() -> Handled {
               if (auto stepped = work->evaluator->step(resources_.exec); !stepped) return stepped.error();
               if (!work->evaluator->done()) return Later{};
               Reply reply;
               reply.args["n"] = count;
               reply.args["classes"] = classes;
               reply.payloads.push_back(to_buffer(std::span<const float>(work->probabilities)));
               return reply;
             }});
  return Later{};
}

}  // namespace playground::trainer
