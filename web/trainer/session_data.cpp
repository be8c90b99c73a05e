// The session's data requests.
#include "core/training/augmented.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

/// before: the version of the data set in use before the request.
void Session::data_changed(DataChange change, int before) {
  if (change == DataChange::replaced) drop_jobs("The data set was replaced in the meantime.");
  if (resources_.data.version() != before) resources_.outbox.event("dataset", resources_.data.describe());
}

/// The reply to a load that is complete.
Handled Session::loaded(const Result<DataChange>& change, int before) {
  if (!change) return change.error();
  data_changed(*change, before);
  Reply reply{resources_.data.describe_loaded(), {}};
  if (*change == DataChange::waits) reply.args["waits"] = true;
  return reply;
}

Handled Session::load_sample(const Request& request) {
  const int before = resources_.data.version();
  return loaded(resources_.data.load_sample(request), before);
}

Handled Session::load_begin(const Request& request) {
  const int before = resources_.data.version();
  auto begun = resources_.data.load_begin(request);
  data_changed(DataChange::grown, before);  // a joined load stays as far as it has arrived
  return begun;
}

Handled Session::load_chunk(const Request& request) { return resources_.data.load_chunk(request); }

Handled Session::load_images(const Request& request) { return resources_.data.load_images(request); }

Handled Session::load_join(const Request&) {
  const int before = resources_.data.version();
  const auto change = resources_.data.load_join();
  if (change && *change == DataChange::waits) return Reply{Json::object({{"waits", true}}), {}};
  return loaded(change, before);
}

Handled Session::load_end(const Request& request) {
  const int before = resources_.data.version();
  return loaded(resources_.data.load_end(request), before);
}

Handled Session::load_abort(const Request& request) {
  const int before = resources_.data.version();
  resources_.data.load_abort(request);
  data_changed(DataChange::grown, before);
  return Reply{};
}

Handled Session::dataset(const Request&) { return Reply{resources_.data.describe(), {}}; }
Handled Session::pictures(const Request& request) { return resources_.data.pictures(request); }
Handled Session::records(const Request& request) { return resources_.data.records(request); }

Handled Session::augmented(const Request& request) {
  const Args args(request);
  const cnn::Dataset& data = resources_.data.split(split_argument(args));
  const int index = args.integer("index"), count = args.integer("count");
  const std::uint64_t seed = args.seed("seed"), step = args.seed("step");
  if (static_cast<std::size_t>(index) >= data.size()) {
    return Error{"bad_argument",
                 "augmented: index " + std::to_string(index) + "; this split has " +
                     std::to_string(data.size()) + " pictures.",
                 {}};
  }
  const Json* layers = args.find("augmentation");
  auto drawn =
      cnn::augmented(resources_.exec, data, static_cast<std::size_t>(index), layers ? *layers : Json::array(),
                     resources_.model ? &*resources_.model : nullptr, count, seed, step);
  if (!drawn) return drawn.error();
  Reply reply;
  reply.args["index"] = index;
  reply.args["label"] = data.labels[static_cast<std::size_t>(index)];
  Json& names = reply.args["layers"] = Json::array();
  for (const std::string& name : drawn->layers) names.push_back(name);
  Buffer pixels;
  append_interleaved(data, static_cast<std::size_t>(index), pixels);
  pixels.insert(pixels.end(), drawn->pictures.begin(), drawn->pictures.end());
  reply.payloads.push_back(std::move(pixels));
  return reply;
}

}  // namespace playground::trainer
