// The app's part of the Inside tab: asks for what its view shows, one quick question at a time and those that
// last beside them, and again when the weights changed. Nothing is asked while the tab is not in view.
#include <algorithm>

#include "web/app/app.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kInsideEvery = std::chrono::milliseconds(500);
/// While the network trains, this many times as long as the last answer took: a tenth of the trainer's time
/// for the questions that last, a fifth for the others.
constexpr int kRestAfterLasting = 9, kRestAfterQuick = 4;

/// What is asked of the trainer, the user's own picture included.
std::string asked_text(const InsideQuestion& one) {
  return one.args.dump() + (one.own_version >= 0 ? " own " + std::to_string(one.own_version) : "");
}

}  // namespace

void App::follow_inside() {
  if (ui_.tab != Tab::inside || state_.model.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  const auto waits = [this] {
    const auto all = state_.inside.all();
    return std::any_of(all.begin(), all.end(),
                       [](const InsideAnswer* one) { return one->waiting && !one->lasts; });
  };
  for (const InsideQuestion& one : questions(ui_.inside, inside_state(state_))) {
    InsideAnswer& answer = one.answer;
    const std::string asked = asked_text(one);
    const bool other = asked != answer.question;
    if (answer.waiting) {
      if ((other || answer.halted) && answer.lasts) cancel_inside(answer);
      continue;
    }
    if (answer.halted && !other) continue;
    const bool older = one.follows_weights && answer.weights != state_.inside.weights;
    const auto rest = std::max<std::chrono::steady_clock::duration>(
        kInsideEvery, (one.lasts ? kRestAfterLasting : kRestAfterQuick) * answer.took);
    const bool soon = state_.training.busy() && now - answer.asked < answer.took + rest;
    if (!other && (!older || soon)) continue;
    if (!one.lasts && waits()) continue;
    ask_inside(one, asked);
  }
}

void App::ask_inside(const InsideQuestion& one, const std::string& asked) {
  InsideAnswer& answer = one.answer;
  answer.question = asked;
  answer.what = text_in(one.args, "what");
  answer.weights = state_.inside.weights;
  answer.asked = std::chrono::steady_clock::now();
  answer.waiting = true;
  answer.lasts = one.lasts;
  answer.halted = false;
  answer.share = 0;
  std::vector<Payload> payloads;
  if (one.own_version >= 0) payloads.push_back({state_.own.seen().data(), kPictureBytes});
  answer.request = mail_.ask(
      one.type, one.args, [&answer](const Reply& reply) { answer.take(reply); }, payloads);
}

void App::cancel_inside(InsideAnswer& answer) {
  if (answer.request == 0) return;  // it was, and the reply is on its way
  Json args;
  args["id"] = answer.request;
  answer.request = 0;
  mail_.ask("cancel", std::move(args), {});
}

/// How far a question that lasts is.
void App::on_inspecting(const Json& args) {
  const std::string what = text_in(args, "what");
  for (InsideAnswer* answer : state_.inside.all())
    if (answer->waiting && answer->what == what) answer->share = number_in(args, "share");
}

}  // namespace playground
