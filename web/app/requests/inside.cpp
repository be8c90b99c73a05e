#include "web/app/requests/inside.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kInsideEvery = std::chrono::milliseconds(500);
/// Pause after an answer while the network trains, in multiples of the time it took: long questions get a
/// tenth of the trainer's time, short ones a fifth.
constexpr int kRestAfterLasting = 9, kRestAfterShort = 4;

/// The question as text, the version of the user's own picture included.
std::string question_text(const InsideQuestion& one) {
  return one.args.dump() + (one.own_version >= 0 ? " own " + std::to_string(one.own_version) : "");
}

}  // namespace

bool InsideRequests::waits_for_short() {
  const auto all = state_.inside.all();
  return std::any_of(all.begin(), all.end(),
                     [](const InsideAnswer* one) { return one->waiting && !one->lasts; });
}

void InsideRequests::follow(const std::vector<InsideQuestion>& questions) {
  const auto now = std::chrono::steady_clock::now();
  for (const InsideQuestion& one : questions) {
    InsideAnswer& answer = one.answer;
    const std::string text = question_text(one);
    const bool other = text != answer.question;
    if (answer.waiting) {
      if ((other || answer.halted) && answer.lasts) cancel(answer);
      continue;
    }
    if (answer.halted && !other) continue;
    const bool outdated = one.follows_weights && answer.weights != state_.inside.weights;
    const auto rest = std::max<std::chrono::steady_clock::duration>(
        kInsideEvery, (one.lasts ? kRestAfterLasting : kRestAfterShort) * answer.took);
    const bool too_soon = state_.training.busy() && now - answer.asked < answer.took + rest;
    if (!other && (!outdated || too_soon)) continue;
    if (!one.lasts && waits_for_short()) continue;
    ask(one, text);
  }
}

void InsideRequests::ask(const InsideQuestion& one, const std::string& text) {
  InsideAnswer& answer = one.answer;
  answer.question = text;
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
      one.type, one.args, [&answer](const AppReply& reply) { answer.take(reply); }, payloads);
}

void InsideRequests::cancel(InsideAnswer& answer) {
  if (answer.request == 0) return;  // already canceled; the reply is on its way
  Json args;
  args["id"] = answer.request;
  answer.request = 0;
  mail_.ask("cancel", std::move(args), {});
}

void InsideRequests::on_progress(const Json& args) {
  const std::string what = text_in(args, "what");
  for (InsideAnswer* answer : state_.inside.all())
    if (answer->waiting && answer->what == what) answer->share = number_in(args, "share");
}

}  // namespace playground
