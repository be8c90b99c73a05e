#include "web/app/requests/links.h"

#include <utility>

#include "web/app/requests/failure.h"

namespace playground {
namespace {

void share(AppState& state, Mailbox& mail, std::string hash, const char* done) {
  Json args;
  args["hash"] = std::move(hash);
  mail.ask("share", std::move(args), [&state, done](const Reply& reply) {
    if (!reply.ok()) return show_failure(state, reply);
    state.notice = Notice{done, false};
  });
}

}  // namespace

void share_workbench(AppState& state, Mailbox& mail, const std::string& preset, const Json& fit) {
  share(state, mail, share_hash({state.data.source, preset, state.model.config, fit, ""}, state.catalog),
        "The link is in the address bar and on the clipboard. It holds the network, the settings and the "
        "seed; no weights.");
}

void share_chapter(AppState& state, Mailbox& mail, const std::string& name) {
  share(state, mail, "learn=" + name, "The link to this chapter is in the address bar and on the clipboard.");
}

std::optional<Shared> read_link(AppState& state, std::string_view hash) {
  cnn::Result<Shared> shared = read_hash(hash, state.catalog);
  if (shared) return std::move(*shared);
  state.notice = Notice{shared.error().message};
  return {};
}

}  // namespace playground
