// The session's answers about what the model says of pictures.
#include <algorithm>
#include <memory>

#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

std::string_view name_of(Split split) { return split == Split::train ? "train" : "test"; }

/// Pictures that came with a request, and what becomes of them.
struct PredictWork {
  cnn::Dataset pictures;
  cnn::SparseCategoricalCrossentropy loss;
  std::vector<float> probabilities;
  std::unique_ptr<cnn::Evaluator> evaluator;
};

}  // namespace

Result<void> Session::need_split(std::string_view what, Split which) const {
  if (auto there = need_model(); !there) return there;
  if (data_.split(which).size() == 0) {
    return Error{"no_data",
                 std::string(what) + ": there are no " +
                     std::string(which == Split::train ? "training" : "test") + " pictures; load data first.",
                 {}};
  }
  return cnn::check_fits(*model_, data_.split(which));
}

Handled Session::evaluate(const Request& request) {
  Args args(request);
  const Result<Split> which = split_argument(args, "test");
  if (!which) return which.error();
  if (auto there = need_split("evaluate", *which); !there) return there.error();
  jobs_.push_back({request.id, "evaluating", [this, which = *which]() -> Handled {
                     const Result<bool> done = advance_predictions(which);
                     if (!done) return done.error();
                     if (!*done) return Later{};
                     Json args = cnn::to_json(predictions_.evaluation(), data_.split(which).class_names);
                     args["split"] = name_of(which);
                     args["epoch"] = epochs_trained_;
                     args["step"] = steps_trained_;
                     return Reply{std::move(args), {}};
                   }});
  return Later{};
}

Handled Session::predictions(const Request& request) {
  Args args(request);
  const Result<Split> which = split_argument(args, "test");
  if (!which) return which.error();
  const Result<Wanted> wanted = Wanted::read(args);
  if (!wanted) return wanted.error();
  if (auto there = need_split("predictions", *which); !there) return there.error();
  const bool test = *which == Split::test;
  if (test && (training() || validated_.present(data_.version(), model_version_)))
    return validated_page(*wanted);
  jobs_.push_back({request.id, "", [this, which = *which, test, wanted = *wanted]() -> Handled {
                     if (test && training()) return validated_page(wanted);  // resumed meanwhile
                     const Result<bool> done = advance_predictions(which);
                     if (!done) return done.error();
                     if (!*done) return Later{};
                     Reply reply = prediction_page(wanted, predictions_.table(), data_.split(which));
                     reply.args["split"] = name_of(which);
                     reply.args["epoch"] = epochs_trained_;
                     return reply;
                   }});
  return Later{};
}

/// What the last validation said, so that a training goes on meanwhile; no items before the first one.
Reply Session::validated_page(const Wanted& wanted) const {
  const bool there = validated_.there(data_.version());
  Reply reply = prediction_page(wanted, there ? validated_.table() : PredictionTable(), data_.test());
  reply.args["split"] = name_of(Split::test);
  reply.args["epoch"] = there ? validated_.epoch() : 0;
  return reply;
}

Result<bool> Session::advance_predictions(Split which) {
  return predictions_.advance(*exec_, *model_, data_.split(which), {which, model_version_, data_.version()});
}

Handled Session::predict(const Request& request) {
  if (auto there = need_model(); !there) return there.error();
  if (request.payloads.size() != 1 || request.payloads[0].empty() ||
      request.payloads[0].size() % cnn::kImageBytes != 0) {
    return Error{"bad_argument", "predict: expected pictures as bytes [n, 32, 32, 3], 3072 for each.", {}};
  }
  const std::size_t count = request.payloads[0].size() / cnn::kImageBytes;
  const auto classes = static_cast<std::size_t>(model_->output_shape().back());
  auto work = std::make_shared<PredictWork>();
  work->pictures.class_names.resize(classes);
  // The true class is not known; the loss that is computed along with the rest goes unused.
  auto added = cnn::append_pictures(work->pictures, request.payloads[0], Buffer(count, 0));
  if (!added) return added.error();
  work->probabilities.resize(count * classes);
  work->evaluator = std::make_unique<cnn::Evaluator>(
      *model_, work->pictures, 0, count, work->loss,
      [to = work->probabilities.data(), classes](std::size_t first, int rows, const float* probabilities) {
        std::copy(probabilities, probabilities + static_cast<std::size_t>(rows) * classes,
                  to + first * classes);
      });
  jobs_.push_back({request.id, "", [this, work, count, classes]() -> Handled {
                     if (auto stepped = work->evaluator->step(*exec_); !stepped) return stepped.error();
                     if (!work->evaluator->done()) return Later{};
                     Reply reply;
                     reply.args["n"] = count;
                     reply.args["classes"] = classes;
                     reply.payloads.push_back(to_buffer(std::span<const float>(work->probabilities)));
                     return reply;
                   }});
  return Later{};
}

void Session::drop_jobs(const std::string& why) {
  predictions_.forget();
  inspection_.forget();
  while (!jobs_.empty()) {
    const std::optional<double> id = jobs_.front().id;
    jobs_.pop_front();
    reply(id, Error{"cancelled", why, {}});
  }
}

}  // namespace playground::trainer
