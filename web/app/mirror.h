// The page in words and tables, for people who cannot see a canvas. The page turns it into HTML
// (shell/site/mirror.js).
#pragma once

#include <string>

#include "web/app/workbench.h"

namespace playground {

/// {status, notice, buttons: [{command, label}], tables: [{title, columns[], rows[][]}]}; every cell is text.
Json mirror_content(const Known& known);
/// Differs exactly when the content is worth telling anew. Steps are not: `moment` counts tens of seconds.
std::string mirror_key(const Known& known, long moment);

}  // namespace playground
