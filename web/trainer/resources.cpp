#include "web/trainer/resources.h"

#include <utility>

namespace playground::trainer {

Resources::Resources(Host of, Outbox::Send send)
    : host(std::move(of)), outbox(std::move(send)), exec(host.threads) {}

}  // namespace playground::trainer
