#include "web/app/requests/speed.h"

#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kProfileEvery = std::chrono::milliseconds(1000);

}  // namespace

void SpeedRequests::follow_profile() {
  const auto now = std::chrono::steady_clock::now();
  if (!profile_stale_ || mail_.waits_for("profile") || now - profile_asked_ <= kProfileEvery) return;
  profile_stale_ = false;
  profile_asked_ = now;
  mail_.ask("profile", {}, [this](const AppReply& reply) {
    if (reply.ok()) state_.profile = read_profile(reply.args);
  });
}

void SpeedRequests::measure(const std::string& preset) {
  if (state_.measured.running) return;
  state_.measured = {};
  state_.measured.preset = preset;
  state_.measured.running = true;
  Json args;
  args["preset"] = preset;
  mail_.ask("measure", std::move(args), [this](const AppReply& reply) {
    state_.measured.running = false;
    if (!reply.ok()) return show_failure(state_, reply);
    state_.measured.trained_per_second = number_in(reply.args, "trained_per_second");
    state_.measured.evaluated_per_second = number_in(reply.args, "evaluated_per_second");
    state_.measured.threads = static_cast<int>(number_in(reply.args, "threads", 1));
  });
}

}  // namespace playground
