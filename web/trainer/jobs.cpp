#include "web/trainer/jobs.h"

#include <algorithm>

namespace playground::trainer {

using cnn::Error;

void Jobs::run_slice() {
  Handled handled = jobs_.front().work();
  if (handled.later()) return;
  const std::optional<double> id = jobs_.front().id;
  jobs_.pop_front();
  outbox_.reply(id, std::move(handled));
}

void Jobs::cancel(double id) {
  const auto job = std::find_if(jobs_.begin(), jobs_.end(), [&](const Job& one) { return one.id == id; });
  if (job == jobs_.end()) return;
  jobs_.erase(job);
  outbox_.reply(id, Error{"cancelled", "The call was canceled.", {}});
}

void Jobs::drop(const std::string& why) {
  while (!jobs_.empty()) {
    const std::optional<double> id = jobs_.front().id;
    jobs_.pop_front();
    outbox_.reply(id, Error{"cancelled", why, {}});
  }
}

}  // namespace playground::trainer
