#include "web/app/requests/links.h"

#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/link_source.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

void share(AppState& state, Mailbox& mail, std::string hash, const char* done) {
  Json args;
  args["hash"] = std::move(hash);
  mail.ask("share", std::move(args), [&state, done](const AppReply& reply) {
    if (!reply.ok()) return show_failure(state, reply);
    state.notice = Notice{done, false};
  });
}

}  // namespace

void share_workbench(AppState& state, Mailbox& mail, const Json& fit) {
  const Json source = link_source(state.data.source, state.sources.huggingface);
  const bool own = text_in(source, "kind") == "files";
  share(
      state, mail, share_hash({source, state.model.preset, state.model.config, fit, ""}, state.catalog),
      own ? "The link is in the address bar and on the clipboard. It holds the network, the settings and the "
            "seed, but neither weights nor your own pictures; share those separately."
          : "The link is in the address bar and on the clipboard. It holds the network, the settings, the "
            "seed and where the data comes from, but no weights.");
}

void load_of_link(AppState& state, Mailbox& mail, const Json& source,
                  std::function<void(const AppReply&)> then) {
  if (source == link_source(state.data.source, state.sources.huggingface)) return;
  mail.ask("load", Json::object({{"source", source}, {"of_link", true}}), std::move(then));
}

void share_chapter(AppState& state, Mailbox& mail, const std::string& name) {
  share(state, mail, "learn=" + name, "The link to this chapter is in the address bar and on the clipboard.");
}

std::optional<Shared> read_link(AppState& state, std::string_view hash) {
  cnn::Result<Shared> shared = read_hash(hash, state.catalog);
  if (shared) return std::move(*shared);
  state.notice = Notice{shared.error().message, true, true};  // the first network and data are still to come
  return {};
}

}  // namespace playground
