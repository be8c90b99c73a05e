// The session's answers about data.
#include "web/trainer/session.h"

namespace playground {

using cnn::Json;

namespace {

cnn::Result<std::optional<Reply>> later_or(cnn::Result<Reply> result) {
  if (!result) return result.error();
  return std::optional<Reply>(std::move(*result));
}

}  // namespace

void Session::data_changed() {
  if (training_) training_->use_data(data_.train(), data_.test());
  event("dataset", data_.describe());
}

Session::Handled Session::load_sample(const Request& request) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  auto loaded = data_.load_sample(request);
  if (loaded) data_changed();
  return later_or(std::move(loaded));
}

Session::Handled Session::load_begin(const Request& request) {
  if (auto free = need_no_training("loading other data"); !free) return free.error();
  return later_or(data_.load_begin(request));
}

Session::Handled Session::load_chunk(const Request& request) {
  auto written = data_.load_chunk(request);
  if (training_) training_->use_data(data_.train(), data_.test());
  return later_or(std::move(written));
}

Session::Handled Session::load_images(const Request& request) {
  auto written = data_.load_images(request);
  if (training_) training_->use_data(data_.train(), data_.test());
  return later_or(std::move(written));
}

Session::Handled Session::load_join(const Request&) {
  if (auto joined = data_.load_join(); !joined) return joined.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Session::Handled Session::load_end(const Request&) {
  if (auto ended = data_.load_end(); !ended) return ended.error();
  data_changed();
  return Reply{data_.describe(), {}};
}

Session::Handled Session::load_abort(const Request&) {
  const int before = data_.version();
  data_.load_abort();
  if (data_.version() != before) data_changed();
  return Reply{};
}

Session::Handled Session::dataset(const Request&) { return Reply{data_.describe(), {}}; }
Session::Handled Session::pictures(const Request& request) { return later_or(data_.pictures(request)); }
Session::Handled Session::records(const Request& request) { return later_or(data_.records(request)); }

}  // namespace playground
