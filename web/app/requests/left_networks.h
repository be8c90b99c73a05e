#pragma once
/// Trained networks that another one replaced, with their weights: undo brings back both.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class LeftNetworks {
 public:
  LeftNetworks(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  /// Keeps the network in use if it is trained, then calls `then`: also if there was nothing to keep,
  /// or no room.
  void keep(std::function<void()> then);
  /// Whether there is room for the network in use,
  /// with the two numbers per weight that an optimizer may have.
  bool has_room() const;
  /// Its weights were given up on purpose.
  void forget(const Json& config);
  bool has(const Json& config) const { return find(config) != nullptr; }
  /// Imports the kept network into the trainer; its reply is that of `import`.
  void bring_back(const Json& config, Mailbox::Handler then);

 private:
  struct Left {
    Json config;
    std::vector<std::string> names;
    std::vector<std::vector<std::uint8_t>> files;
  };
  const Left* find(const Json& config) const;

  AppState& state_;
  Mailbox& mail_;
  std::vector<Left> left_;  ///< the newest first
};

}  // namespace playground
