// What a link holds, from the address bar or from a chapter: made, and set up.
#include "web/app/app.h"
#include "web/app/state/share.h"

namespace playground {

void App::share() {
  const Shared shared{state_.data.source, ui_.builder.preset, state_.model.config, ui_.training.fit, ""};
  Json args;
  args["hash"] = share_hash(shared, state_.catalog);
  mail_.ask("share", std::move(args), [this](const Reply& reply) {
    if (!reply.ok()) return fail(reply);
    state_.notice = Notice{
        "The link is in the address bar and on the clipboard. It holds the network, the settings and the "
        "seed; no weights.",
        false};
  });
}

void App::open_link(const std::string& hash) {
  const cnn::Result<Shared> shared = read_hash(hash, state_.catalog);
  if (!shared) {
    state_.notice = Notice{shared.error().message};
    return build({}, [] {});
  }
  if (!shared->learn.empty()) {
    ui_.tab = Tab::learn;
    if (!ui_.learn.go_to(shared->learn))
      state_.notice = Notice{"The link wants the chapter \"" + shared->learn.substr(0, 40) +
                             "\", which this playground does not have."};
  }
  apply(*shared);
}

void App::set_up(const std::string& hash, bool then_train) {
  const cnn::Result<Shared> shared = read_hash(hash, state_.catalog);
  if (!shared) {
    state_.notice = Notice{shared.error().message};
    return;
  }
  // Otherwise the network being edited would count as an edit of the new one, and be built in its place.
  if (!shared->config.is_null()) ui_.builder.network.set(shared->config, true);
  apply(*shared, then_train);
}

void App::apply(const Shared& shared, bool then_train) {
  ui_.training.fit = shared.fit;
  ask_schedule();
  Json args;
  if (!shared.preset.empty())
    args["preset"] = shared.preset;
  else if (!shared.config.is_null())
    args["config"] = shared.config;
  build(std::move(args), [this, then_train] {
    if (then_train) train(false);
  });
  if (!shared.data.empty() && state_.data.empty()) load(shared.data, [] {});
}

}  // namespace playground
