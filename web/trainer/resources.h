#pragma once
/// What the parts of a session share: the host, the outbox, the threads, the data set and the model.

#include <functional>
#include <string>

#include "core/run/exec.h"
#include "web/trainer/data_store.h"
#include "web/trainer/held_model.h"
#include "web/trainer/outbox.h"

namespace playground::trainer {

/// The worker's host, as `hello` describes it.
struct Host {
  std::string variant = "native";
  bool simd = false, relaxed_simd = false, isolated = false;
  int threads = 1;  ///< at most
  std::function<double()> milliseconds;
};

struct Resources {
  Resources(Host host, Outbox::Send send);

  Host host;
  Outbox outbox;
  /// With all threads of the host, for the whole session: trainings and jobs refer to it. A request for fewer
  /// threads limits how many are used (ThreadPool::use).
  cnn::Exec exec;
  DataStore data;
  HeldModel model;
};

}  // namespace playground::trainer
