#pragma once
/// Links: sharing the workbench or a chapter, and reading a link against this playground's catalog.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"
#include "web/app/state/share.h"

namespace playground {

/// Puts a link to the current model and data with these settings into the address bar and on the clipboard.
void share_workbench(AppState& state, Mailbox& mail, const Json& fit);
void share_chapter(AppState& state, Mailbox& mail, const std::string& name);
/// Loads a link's data set, unless it is loaded: the page asks the user before it downloads one from
/// elsewhere.
void load_of_link(AppState& state, Mailbox& mail, const Json& source,
                  std::function<void(const AppReply&)> then);
/// What a link asks for; nothing, and a notice that says why, if it is not valid.
std::optional<Shared> read_link(AppState& state, std::string_view hash);

}  // namespace playground
