// The session's data requests.
#include "core/training/augmented.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {
constexpr int kMostDraws = 64;
}  // namespace

void Session::data_changed() {
  drop_jobs("The data set was replaced meanwhile.");
  resources_.outbox.event("dataset", resources_.data.describe());
}

Handled Session::load_sample(const Request& request) {
  if (auto free = training_.need_none("loading other data"); !free) return free.error();
  auto loaded = resources_.data.load_sample(request);
  if (loaded) data_changed();
  return loaded;
}

Handled Session::load_begin(const Request& request) {
  if (auto free = training_.need_none("loading other data"); !free) return free.error();
  const int before = resources_.data.version();
  auto begun = resources_.data.load_begin(request);
  if (resources_.data.version() != before) data_changed();  // a joined load stays as far as it has arrived
  return begun;
}

Handled Session::load_chunk(const Request& request) { return resources_.data.load_chunk(request); }

Handled Session::load_images(const Request& request) { return resources_.data.load_images(request); }

Handled Session::load_join(const Request& request) {
  if (auto free = training_.need_none("loading other data"); !free) return free.error();
  if (auto joined = resources_.data.load_join(request); !joined) return joined.error();
  data_changed();
  return Reply{resources_.data.describe(), {}};
}

Handled Session::load_end(const Request& request) {
  if (auto ended = resources_.data.load_end(request); !ended) return ended.error();
  data_changed();
  return Reply{resources_.data.describe(), {}};
}

Handled Session::load_abort(const Request& request) {
  const int before = resources_.data.version();
  resources_.data.load_abort(request);
  if (resources_.data.version() != before) data_changed();
  return Reply{};
}

Handled Session::dataset(const Request&) { return Reply{resources_.data.describe(), {}}; }
Handled Session::pictures(const Request& request) { return resources_.data.pictures(request); }
Handled Session::records(const Request& request) { return resources_.data.records(request); }

Handled Session::augmented(const Request& request) {
  Args args(request);
  const Result<Split> which = split_argument(args, "train");
  if (!which) return which.error();
  const cnn::Dataset& data = resources_.data.split(*which);
  const int index = args.integer("index"), count = args.integer("count", 8, 1, kMostDraws);
  const std::uint64_t seed = args.seed("seed", 1), step = args.seed("step", 0);
  if (args.failed()) return args.error();
  if (static_cast<std::size_t>(index) >= data.size()) {
    return Error{"bad_argument",
                 "augmented: index " + std::to_string(index) + "; this split has " +
                     std::to_string(data.size()) + " pictures.",
                 {}};
  }
  const Json* layers = args.find("augmentation");
  auto drawn = cnn::augmented(*resources_.exec, data, static_cast<std::size_t>(index),
                              layers ? *layers : Json::array(),
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
