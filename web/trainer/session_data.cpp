// The session's answers about data.
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
  drop_jobs("The data were replaced meanwhile.");
  event("dataset", data_.describe());
}

Handled Session::load_sample(const Request& request) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  auto loaded = data_.load_sample(request);
  if (loaded) data_changed();
  return loaded;
}

Handled Session::load_begin(const Request& request) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  const int before = data_.version();
  auto begun = data_.load_begin(request);
  if (data_.version() != before) data_changed();  // of a load that had joined, what arrived stays
  return begun;
}

Handled Session::load_chunk(const Request& request) { return data_.load_chunk(request); }

Handled Session::load_images(const Request& request) { return data_.load_images(request); }

Handled Session::load_join(const Request& request) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  if (auto joined = data_.load_join(request); !joined) return joined.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Handled Session::load_end(const Request& request) {
  if (auto ended = data_.load_end(request); !ended) return ended.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Handled Session::load_abort(const Request& request) {
  const int before = data_.version();
  data_.load_abort(request);
  if (data_.version() != before) data_changed();
  return Reply{};
}

Handled Session::dataset(const Request&) { return Reply{data_.describe(), {}}; }
Handled Session::pictures(const Request& request) { return data_.pictures(request); }
Handled Session::augmented(const Request& request) {
  Args args(request);
  const Result<Split> which = split_argument(args, "train");
  if (!which) return which.error();
  const cnn::Dataset& data = data_.split(*which);
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
  auto drawn = cnn::augmented(*exec_, data, static_cast<std::size_t>(index), layers ? *layers : Json::array(),
                              model_ ? &*model_ : nullptr, count, seed, step);
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

Handled Session::records(const Request& request) { return data_.records(request); }

}  // namespace playground::trainer
