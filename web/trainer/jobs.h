#pragma once
/// Calls that take more than one slice, in the order of their requests.

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "web/trainer/message.h"
#include "web/trainer/outbox.h"

namespace playground::trainer {

/// Training waits for a job, which therefore sees one state of the model. A job with its own copy of the
/// model takes turns with training instead.
struct Job {
  std::optional<double> id;
  std::string state;              ///< reported while it runs; empty: not reported
  std::function<Handled()> work;  ///< one slice; a reply or an error ends the job
  bool beside_training = false;
};

class Jobs {
 public:
  explicit Jobs(const Outbox& outbox) : outbox_(outbox) {}

  void add(Job job) { jobs_.push_back(std::move(job)); }
  bool empty() const { return jobs_.empty(); }
  /// Only if there is one.
  const Job& first() const { return jobs_.front(); }
  /// Works on the first job for one slice, and replies when that ends it.
  void run_slice();
  void cancel(double id);
  /// Cancels all jobs; `why` is the sentence in their replies.
  void drop(const std::string& why);

 private:
  const Outbox& outbox_;
  std::deque<Job> jobs_;
};

}  // namespace playground::trainer
