#include "web/trainer/session.h"

#include <algorithm>
#include <utility>

#include "web/trainer/description.h"
#include "web/trainer/measurement.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

std::span<const Session::Handler> Session::handlers() {
  static constexpr Handler kHandlers[] = {
      {"hello", own<&Session::hello>},
      {"measure", own<&Session::measure>},
      {"load_sample", own<&Session::load_sample>},
      {"load_begin", own<&Session::load_begin>},
      {"load_chunk", own<&Session::load_chunk>},
      {"load_images", own<&Session::load_images>},
      {"load_join", own<&Session::load_join>},
      {"load_end", own<&Session::load_end>},
      {"load_abort", own<&Session::load_abort>},
      {"dataset", own<&Session::dataset>},
      {"pictures", own<&Session::pictures>},
      {"augmented", own<&Session::augmented>},
      {"records", own<&Session::records>},
      {"build", own<&Session::build>},
      {"summary", own<&Session::summary>},
      {"check", own<&Session::check>},
      {"export", own<&Session::export_model>},
      {"import", own<&Session::import_model>},
      {"input_range", own<&Session::input_range>},
      {"schedule", [](Session&, const Request& request) { return schedule(request); }},
      {"fit", of<&Session::training_, &TrainingRun::fit>},
      {"pause", of<&Session::training_, &TrainingRun::pause>},
      {"resume", of<&Session::training_, &TrainingRun::resume>},
      {"step", of<&Session::training_, &TrainingRun::step>},
      {"stop", of<&Session::training_, &TrainingRun::stop>},
      {"set", of<&Session::training_, &TrainingRun::set>},
      {"profile", of<&Session::training_, &TrainingRun::profile>},
      {"cancel", own<&Session::cancel>},
      {"evaluate", of<&Session::evaluations_, &Evaluations::evaluate>},
      {"predict", of<&Session::evaluations_, &Evaluations::predict>},
      {"predictions", of<&Session::evaluations_, &Evaluations::predictions>},
      {"inspect", of<&Session::inspections_, &Inspections::inspect>},
  };
  return kHandlers;
}

Session::Session(Host host, Outbox::Send send)
    : resources_(std::move(host), std::move(send)),
      jobs_(resources_.outbox),
      inspections_(resources_, jobs_),
      training_(resources_, inspections_, [this] { training_ended(); }),
      evaluations_(resources_, jobs_, training_) {
  // The state that is read when a reply arrives must be the state after the call.
  resources_.outbox.before_replies([this] { tell_state(); });
}

void Session::receive(std::string_view json, std::span<const Payload> payloads) {
  const Outbox& outbox = resources_.outbox;
  Request request;
  Result<Json> header = cnn::parse_json(json);
  if (!header || !header->members()) {
    const std::string why = header ? "it is not an object" : header.error().message;
    return outbox.reply({}, Error{"bad_message", "The message's header cannot be read: " + why + ".", {}});
  }
  if (const Json* id = header->find("id"); id && id->number()) request.id = *id->number();
  const Json* type = header->find("type");
  if (!type || !type->string())
    return outbox.reply(request.id, Error{"bad_message", "The message has no type.", {}});
  request.type = *type->string();
  if (Json* args = header->find("args"); args && !args->is_null()) request.args = std::move(*args);
  if (!request.args.is_null() && !request.args.members()) {
    return outbox.reply(request.id, Error{"bad_message",
                                          request.type + ": args is " + std::string(request.args.kind()) +
                                              "; expected an object.",
                                          {}});
  }
  for (const Payload& payload : payloads) request.payloads.emplace_back(payload.data, payload.size);
  const auto known = handlers();
  const auto handler =
      std::find_if(known.begin(), known.end(), [&](const Handler& one) { return one.type == request.type; });
  if (handler == known.end()) {
    return outbox.reply(
        request.id, Error{"bad_message", "\"" + request.type + "\" is not a request of the trainer.", {}});
  }
  if (auto admitted = admit(request); !admitted) return outbox.reply(request.id, admitted.error());
  outbox.reply(request.id, handler->handle(*this, request));
  tell_state();
}

bool Session::run(double milliseconds) {
  const auto& clock = resources_.host.milliseconds;
  const double until = clock() + milliseconds;
  while (!jobs_.empty() && clock() < until) {
    const double start = clock();
    const bool beside_training = jobs_.first().beside_training;
    jobs_.run_slice();
    if (beside_training && training_.running()) {  // for as long as the slice took
      const double now = clock();
      training_.train(now + (now - start));
    }
  }
  if (jobs_.empty() && training_.running()) training_.train(until);
  tell_state();
  return !jobs_.empty() || training_.running();
}

std::string Session::state() const {
  if (!jobs_.empty() && !jobs_.first().state.empty()) return jobs_.first().state;
  if (training_.exists()) return std::string(training_.state());
  const DataStore& data = resources_.data;
  if (data.empty()) return data.loading() ? "loading" : "empty";
  return resources_.model ? "ready" : "empty";
}

void Session::tell_state() {
  std::string now = state();
  const int epoch = training_.epoch();
  if (now == told_state_ && epoch == told_epoch_) return;
  told_state_ = std::move(now);
  told_epoch_ = epoch;
  resources_.outbox.event("state", Json::object({{"state", told_state_}, {"epoch", epoch}}));
}

void Session::training_ended() {
  const int before = resources_.data.version();
  data_changed(resources_.data.adopt(), before);
  tell_state();
}

void Session::drop_jobs(const std::string& why) {
  evaluations_.forget();
  inspections_.forget();
  jobs_.drop(why);
}

Handled Session::hello(const Request& request) {
  cnn::ThreadPool& pool = resources_.exec.pool();
  pool.use(Args(request).integer("threads", pool.threads()));
  return Reply{describe_trainer(resources_), {}};
}

Handled Session::measure(const Request& request) {
  auto job = trainer::measure(request, resources_);
  if (!job) return job.error();
  jobs_.add(std::move(*job));
  return Later{};
}

Handled Session::cancel(const Request& request) {
  const double id = *request.args.find("id")->number();
  training_.cancel(id);
  jobs_.cancel(id);
  return Later{};
}

}  // namespace playground::trainer
