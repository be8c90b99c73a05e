#pragma once
/// Answers `evaluate`, `predict` and `predictions` requests.

#include <string_view>

#include "web/trainer/jobs.h"
#include "web/trainer/predictions.h"
#include "web/trainer/resources.h"
#include "web/trainer/training_run.h"

namespace playground::trainer {

class Evaluations {
 public:
  Evaluations(Resources& resources, Jobs& jobs, const TrainingRun& training)
      : resources_(resources), jobs_(jobs), training_(training) {}

  Handled evaluate(const Request&);
  Handled predict(const Request&);
  Handled predictions(const Request&);
  /// The model or the data set is replaced.
  void forget() { predictions_.forget(); }

 private:
  Predictions::Subject subject(Split which) const;
  /// A slice of a job that holds its data set; false: there are more. The pictures that were there at the
  /// first slice count, whatever arrives meanwhile.
  cnn::Result<bool> advance(Predictions::Subject& subject);
  Reply validated_page(const Wanted& wanted) const;

  Resources& resources_;
  Jobs& jobs_;
  const TrainingRun& training_;
  Predictions predictions_;
};

}  // namespace playground::trainer
