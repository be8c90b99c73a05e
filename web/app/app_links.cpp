// What a link sets up: network, settings, data, a chapter.
#include <optional>
#include <utility>

#include "web/app/app.h"
#include "web/app/requests/links.h"
#include "web/app/state/messages.h"

namespace playground {

void App::begin_with(const std::string& hash) {
  const std::optional<Shared> shared = read_link(state_, hash);
  if (!shared) return;
  if (!shared->learn.empty()) go_to_chapter(shared->learn);
  apply(*shared);
}

void App::go_to_chapter(const std::string& name) {
  ui_.tab = Tab::learn;
  if (!ui_.learn.go_to(name))
    state_.notice = Notice{"The link names the chapter \"" + name.substr(0, 40) +
                           "\", which this playground does not have."};
}

void App::open_link(const action::OpenLink& wanted) {
  if (replacing()) return;
  const std::optional<Shared> shared = read_link(state_, wanted.hash);
  if (!shared) return;
  if (!shared->learn.empty()) go_to_chapter(shared->learn);
  const bool network = !shared->preset.empty() || !shared->config.is_null();
  if (!network && !shared->learn.empty()) return;
  action::OpenLink yes = wanted;
  yes.answered = true;
  if (asks_before_weights_are_lost(wanted.answered || !network, "Set it up", yes)) return;
  if (shared->learn.empty()) ui_.tab = Tab::curves;
  if (!network) return apply(*shared, wanted.train);
  when_stopped([this, shared = *shared, train = wanted.train, about = wanted.about] {
    left_.keep([this, shared, train, about] {
      // Without this, the network being edited would count as an edit of the new one and be built instead.
      if (!shared.config.is_null()) ui_.builder.network.set(shared.config, true);
      apply(shared, train);
      if (!about.empty()) state_.notice = Notice{"Set up: " + about + " Press Train to start.", false};
    });
  });
}

void App::apply(const Shared& shared, bool then_train) {
  ui_.training.fit = shared.fit;
  ask_schedule();
  Json args;
  if (!shared.preset.empty())
    args["preset"] = shared.preset;
  else if (!shared.config.is_null())
    args["config"] = shared.config;
  const auto then = [this, then_train] {
    if (then_train) train(false);
  };
  if (args.is_null() && !state_.model.empty())
    then();
  else
    build(std::move(args), then);
  if (shared.data.is_null()) return;
  load_of_link(state_, mail_, shared.data, [this](const AppReply& reply) {
    if (!reply.ok()) return fail(reply);
    if (state_.data.empty()) on_dataset(reply.args);  // the event may have come first
  });
}

}  // namespace playground
