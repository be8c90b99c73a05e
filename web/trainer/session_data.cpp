// The session's answers about data.
#include "web/trainer/session.h"

namespace playground {

using cnn::Json;

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
  return data_.load_begin(request);
}

Handled Session::load_chunk(const Request& request) { return data_.load_chunk(request); }

Handled Session::load_images(const Request& request) { return data_.load_images(request); }

Handled Session::load_join(const Request&) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  if (auto joined = data_.load_join(); !joined) return joined.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Handled Session::load_end(const Request&) {
  if (auto ended = data_.load_end(); !ended) return ended.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Handled Session::load_abort(const Request&) {
  const int before = data_.version();
  data_.load_abort();
  if (data_.version() != before) data_changed();
  return Reply{};
}

Handled Session::dataset(const Request&) { return Reply{data_.describe(), {}}; }
Handled Session::pictures(const Request& request) { return data_.pictures(request); }
Handled Session::records(const Request& request) { return data_.records(request); }

}  // namespace playground
