#pragma once
/// What the parts of a session share: the host, the way out, the threads, the data set and the model.

#include <functional>
#include <memory>
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
  /// Not more than the host has.
  void use_threads(int threads);

  Host host;
  Outbox outbox;
  std::unique_ptr<cnn::Exec> exec;
  DataStore data;
  HeldModel model;
};

}  // namespace playground::trainer
