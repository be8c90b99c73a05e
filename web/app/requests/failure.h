#pragma once
/// Requests whose success needs no handling, and what the user sees of a failure.

#include <string_view>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

/// Shows the error as a notice. Canceling a request is not an error.
void show_failure(AppState& state, const AppReply& reply);
/// Sends a request of which only a failure is reported.
void send_request(AppState& state, Mailbox& mail, std::string_view type, Json args = {});

}  // namespace playground
