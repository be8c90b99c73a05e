#include "web/app/requests/kept_runs.h"

#include <utility>

#include "web/app/state/kept_run.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr auto kKeepEvery = std::chrono::milliseconds(2000);

}  // namespace

void KeptRuns::ask() {
  mail_.ask("kept_runs", {}, [this](const AppReply& reply) {
    if (!reply.ok()) return;  // nothing is kept here, which the page has said
    std::vector<Run> runs;
    for (const Json& kept : list_in(reply.args, "runs"))
      if (std::optional<Run> run = run_of(text_in(kept, "run"))) {
        run->key = text_in(kept, "key");
        runs.push_back(std::move(*run));
      }
    recorder_.add_kept(std::move(runs));
  });
}

void KeptRuns::keep(int id) {
  const Run* run = recorder_.find(id);
  if (run == nullptr) return;
  if (mail_.waits_for("keep_run")) {  // whose reply has the key
    again_ = true;
    return;
  }
  std::string text = kept_text(*run);
  if (text.empty()) return;
  kept_ = std::chrono::steady_clock::now();
  mail_.ask("keep_run", Json::object({{"key", run->key}, {"run", std::move(text)}}),
            [this, id](const AppReply& reply) {
              if (reply.ok()) recorder_.set_key(id, text_in(reply.args, "key"));
              if (std::exchange(again_, false)) keep_current();
            });
}

void KeptRuns::keep_current() {
  if (const Run* run = current_run(state_.runs); run != nullptr) keep(run->id);
}

void KeptRuns::keep_current_if_due() {
  if (std::chrono::steady_clock::now() - kept_ > kKeepEvery) keep_current();
}

void KeptRuns::forget(int id) {
  const Run* run = recorder_.find(id);
  if (run != nullptr && !run->key.empty())
    mail_.ask("forget_run", Json::object({{"key", run->key}}), [](const AppReply&) {});
}

}  // namespace playground
