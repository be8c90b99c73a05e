// The list of keys.
#pragma once

namespace playground {

/// Opens when `open` is set and clears it.
void draw_help(bool& open);

}  // namespace playground
