#include "web/trainer/outbox.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;

void Outbox::reply(std::optional<double> id, Handled handled) const {
  if (!id || handled.later()) return;
  before_replies_();
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

void Outbox::event(std::string_view type, Json args, std::vector<Buffer> payloads) const {
  send_(Json::object({{"type", type}, {"args", std::move(args)}}), std::move(payloads));
}

}  // namespace playground::trainer
