#include "web/app/requests/failure.h"

#include <utility>

namespace playground {

void show_failure(AppState& state, const AppReply& reply) {
  if (reply.code == "cancelled") return;
  state.notice = Notice{reply.message.empty() ? "That did not work (" + reply.code + ")." : reply.message};
}

void send_request(AppState& state, Mailbox& mail, std::string_view type, Json args) {
  mail.ask(type, std::move(args), [&state](const AppReply& reply) {
    if (!reply.ok()) show_failure(state, reply);
  });
}

}  // namespace playground
