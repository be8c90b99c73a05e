#include "web/app/requests/edited_network.h"

#include <utility>

#include "web/app/state/messages.h"

namespace playground {

void EditedNetwork::check(const Json& config, std::function<void()> then) {
  checked_last_ = config;
  if (const std::optional<Rejected> wrong = first_rejected(config)) {
    refuse(config, *wrong);
    if (then) then();
    return;
  }
  Json args;
  args["config"] = config;
  mail_.ask("check", std::move(args), [this, config, then = std::move(then)](const AppReply& reply) {
    if (!(checked_last_ == config)) return;  // edited again meanwhile
    read_check(config, reply);
    if (then) then();
  });
}

/// What a field does not accept does not reach the trainer.
void EditedNetwork::refuse(const Json& config, const Rejected& wrong) {
  state_.checked.error = complaint(wrong);
  state_.checked.error_layer = -1;
  state_.checked.config = config;
  for (int i = 0; i < network_.count(); ++i)
    if (first_rejected(*network_.layer(i))) {
      state_.checked.error_layer = i;
      state_.checked.error = network_.name(i) + ": " + complaint(wrong);
      break;
    }
}

void EditedNetwork::read_check(const Json& config, const AppReply& reply) {
  state_.checked.error = reply.ok() ? "" : reply.message;
  state_.checked.error_layer = reply.ok() ? -1 : reply.layer;
  state_.checked.config = config;
  if (!reply.ok()) return;
  state_.checked.model = read_model(reply.args);
  if (network_.config() == config && state_.checked.model.config.members() != nullptr)
    network_.adopt(state_.checked.model.config);
  state_.checked.config = network_.config();
}

void EditedNetwork::begin_build(const Json* config) {
  building_.reset();
  if (config != nullptr) building_ = *config;
}

void EditedNetwork::on_model() {
  const Json& config = state_.model.config;
  if (network_.count() == 0) {
    network_.set(config);
    return;
  }
  if (!building_) {
    network_.set(config, true);
    return;
  }
  if (network_.config() == *building_)
    network_.adopt(config);
  else if (!(network_.config() == config))
    check(network_.config());  // edits made meanwhile stay
}

}  // namespace playground
