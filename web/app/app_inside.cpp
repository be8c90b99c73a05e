// The app's part of the Inside tab: asks for what its view shows, one question at a time, and again when the
// weights changed. Nothing is asked while the tab is not in view.
#include "web/app/app.h"

namespace playground {
namespace {

constexpr auto kInsideEvery = std::chrono::milliseconds(500);

}  // namespace

void App::follow_inside() {
  if (ui_.tab != Tab::inside || known_.model.empty() || mail_.waits_for("inspect")) return;
  const auto now = std::chrono::steady_clock::now();
  for (const InsideQuestion& one : questions(ui_.inside, inside_state(known_))) {
    InsideAnswer& answer = one.answer;
    if (answer.waiting) continue;
    const bool own = one.own_version >= 0;
    const std::string asked = one.args.dump() + (own ? " own " + std::to_string(one.own_version) : "");
    const bool other = asked != answer.question;
    const bool older = one.follows_weights && answer.weights != known_.inside.weights;
    const bool soon = known_.training.busy() && now - answer.asked < kInsideEvery;
    if (!other && (!older || soon)) continue;
    answer.question = asked;
    answer.weights = known_.inside.weights;
    answer.asked = now;
    answer.waiting = true;
    std::vector<Payload> payloads;
    if (own) payloads.push_back({known_.own.seen().data(), kPictureBytes});
    mail_.ask(
        one.type, one.args, [&answer](const Reply& reply) { answer.take(reply); }, payloads);
    if (std::string_view(one.type) == "inspect") return;
  }
}

}  // namespace playground
