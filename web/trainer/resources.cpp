#include "web/trainer/resources.h"

#include <algorithm>
#include <utility>

namespace playground::trainer {

Resources::Resources(Host of, Outbox::Send send) : host(std::move(of)), outbox(std::move(send)) {
  use_threads(host.threads);
}

void Resources::use_threads(int threads) {
  threads = std::clamp(threads, 1, host.threads);
  if (!exec || exec->pool().threads() != threads) exec = std::make_unique<cnn::Exec>(threads);
}

}  // namespace playground::trainer
