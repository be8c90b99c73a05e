#pragma once
/// Keeps the network being edited and the trainer's model in step.

#include <functional>
#include <optional>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"
#include "web/app/state/network.h"
#include "web/app/state/typed.h"

namespace playground {

class EditedNetwork {
 public:
  EditedNetwork(Network& network, AppState& state, Mailbox& mail)
      : network_(network), state_(state), mail_(mail) {}

  /// Asks the trainer what it thinks of a configuration, without building it;
  /// `then` runs once the answer is known.
  void check(const Json& config, std::function<void()> then = {});
  /// The configuration of a build that the app requests; null for a preset.
  void begin_build(const Json* config);
  void end_build() { building_.reset(); }
  /// state.model is new. It replaces the network being edited, if the app did not request it.
  void on_model();

 private:
  void refuse(const Json& config, const Rejected& wrong);
  void read_check(const Json& config, const AppReply& reply);

  Network& network_;
  AppState& state_;
  Mailbox& mail_;
  std::optional<Json> building_;  ///< the configuration of a requested build
  Json checked_last_;             ///< replies about earlier configurations are ignored
};

}  // namespace playground
