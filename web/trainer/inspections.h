#pragma once
/// Answers `inspect` requests, in jobs if they take a while, and samples distributions during a training.

#include <string_view>

#include "web/trainer/inspection.h"
#include "web/trainer/jobs.h"
#include "web/trainer/resources.h"

namespace playground::trainer {

class Inspections {
 public:
  Inspections(Resources& resources, Jobs& jobs) : resources_(resources), jobs_(jobs) {}

  Handled inspect(const Request&);
  /// Before a step or at the end of an epoch of a training.
  void sample(bool epoch_ended);
  /// The model is replaced, or its weights are drawn again.
  void forget() { inspection_.forget(); }

 private:
  Inspection::Subject subject() const;
  void tell_progress(std::string_view what, double share);

  Resources& resources_;
  Jobs& jobs_;
  Inspection inspection_;
  double last_event_ = 0;  // milliseconds
};

}  // namespace playground::trainer
