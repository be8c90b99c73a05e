#include "web/trainer/session.h"

#include <algorithm>
#include <utility>

namespace playground::trainer {
namespace {

using cnn::Error;
using cnn::Json;
using cnn::Result;

}  // namespace

std::span<const Session::Handler> Session::handlers() {
  static constexpr Handler kHandlers[] = {
      {"hello", &Session::hello},
      {"load_sample", &Session::load_sample},
      {"load_begin", &Session::load_begin},
      {"load_chunk", &Session::load_chunk},
      {"load_images", &Session::load_images},
      {"load_join", &Session::load_join},
      {"load_end", &Session::load_end},
      {"load_abort", &Session::load_abort},
      {"dataset", &Session::dataset},
      {"pictures", &Session::pictures},
      {"augmented", &Session::augmented},
      {"records", &Session::records},
      {"build", &Session::build},
      {"summary", &Session::summary},
      {"check", &Session::check},
      {"fit", &Session::fit},
      {"schedule", &Session::schedule},
      {"measure", &Session::measure},
      {"pause", &Session::pause},
      {"resume", &Session::resume},
      {"step", &Session::step},
      {"stop", &Session::stop},
      {"set", &Session::set},
      {"profile", &Session::profile},
      {"cancel", &Session::cancel},
      {"evaluate", &Session::evaluate},
      {"predict", &Session::predict},
      {"predictions", &Session::predictions},
      {"inspect", &Session::inspect},
      {"export", &Session::export_model},
      {"import", &Session::import_model},
  };
  return kHandlers;
}

Session::Session(Host host, Send send) : host_(std::move(host)), send_(std::move(send)) {
  use_threads(host_.threads);
}

void Session::use_threads(int threads) {
  threads = std::clamp(threads, 1, host_.threads);
  if (!exec_ || exec_->pool().threads() != threads) exec_ = std::make_unique<cnn::Exec>(threads);
}

void Session::receive(std::string_view json, std::span<const Payload> payloads) {
  Request request;
  Result<Json> header = cnn::parse_json(json);
  if (!header || !header->members()) {
    const std::string why = header ? "it is no object" : header.error().message;
    return reply({}, Error{"bad_message", "The message's header cannot be read: " + why + ".", {}});
  }
  if (const Json* id = header->find("id"); id && id->number()) request.id = *id->number();
  const Json* type = header->find("type");
  if (!type || !type->string())
    return reply(request.id, Error{"bad_message", "The message has no type.", {}});
  request.type = *type->string();
  if (Json* args = header->find("args"); args && !args->is_null()) request.args = std::move(*args);
  if (!request.args.is_null() && !request.args.members()) {
    return reply(request.id, Error{"bad_message",
                                   request.type + ": args is " + std::string(request.args.kind()) +
                                       "; expected an object.",
                                   {}});
  }
  for (const Payload& payload : payloads) request.payloads.emplace_back(payload.data, payload.size);
  const auto known = handlers();
  const auto handler =
      std::find_if(known.begin(), known.end(), [&](const Handler& one) { return one.type == request.type; });
  if (handler == known.end()) {
    return reply(request.id,
                 Error{"bad_message", "\"" + request.type + "\" is no request the trainer knows.", {}});
  }
  reply(request.id, (this->*handler->handle)(request));
  tell_state();
}

void Session::reply(std::optional<double> id, Handled handled) {
  if (!id || handled.later()) return;
  Json header = Json::object();
  header["id"] = *id;
  if (const Error* error = handled.error()) {
    header["error"] = Json::object({{"code", error->code}, {"message", error->message}});
    if (error->layer) header["error"]["layer"] = *error->layer;
    return send_(header, {});
  }
  header["args"] = std::move(handled.reply()->args);
  send_(header, std::move(handled.reply()->payloads));
}

void Session::event(std::string_view type, Json args) {
  send_(Json::object({{"type", type}, {"args", std::move(args)}}), {});
}

bool Session::run(double milliseconds) {
  const double until = host_.milliseconds() + milliseconds;
  while (!jobs_.empty() && host_.milliseconds() < until) {
    const double start = host_.milliseconds();
    const bool beside_training = jobs_.front().beside_training;
    Handled handled = jobs_.front().work();
    if (!handled.later()) {
      const std::optional<double> id = jobs_.front().id;
      jobs_.pop_front();
      reply(id, std::move(handled));
    }
    if (beside_training && training()) {  // as long as the slice was
      const double now = host_.milliseconds();
      train(now + (now - start));
    }
  }
  if (jobs_.empty() && training()) train(until);
  tell_state();
  return !jobs_.empty() || training();
}

std::string Session::state() const {
  if (!jobs_.empty() && !jobs_.front().state.empty()) return jobs_.front().state;
  if (trainer_) {
    if (paused_) return "paused";
    return trainer_->progress().phase == cnn::Phase::validating ? "validating" : "training";
  }
  if (data_.empty()) return data_.loading() ? "loading" : "empty";
  return model_ ? "ready" : "empty";
}

void Session::tell_state() {
  std::string now = state();
  const int epoch = trainer_ ? trainer_->progress().epoch : epochs_trained_;
  if (now == told_state_ && epoch == told_epoch_) return;
  told_state_ = std::move(now);
  told_epoch_ = epoch;
  event("state", Json::object({{"state", told_state_}, {"epoch", epoch}}));
}

Result<void> Session::need_model() const {
  if (model_) return {};
  return Error{"no_model", "There is no model yet; build one first.", {}};
}

Result<void> Session::need_no_training(std::string_view what) const {
  if (!trainer_) return {};
  return Error{"busy", "A training run is not finished; stop it before " + std::string(what) + ".", {}};
}

Handled Session::cancel(const Request& request) {
  const Json* id = request.args.find("id");
  if (!id || !id->number()) return Error{"bad_message", "cancel: expected the id of a call.", {}};
  if (trainer_ && fit_id_ == *id->number()) {
    trainer_->stop();
    end_training(Error{"cancelled", "Training was cancelled; the weights are kept.", {}});
  }
  const auto job =
      std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) { return one.id == *id->number(); });
  if (job != jobs_.end()) {
    reply(job->id, Error{"cancelled", "The call was cancelled.", {}});
    jobs_.erase(job);
  }
  return Later{};
}

}  // namespace playground::trainer
