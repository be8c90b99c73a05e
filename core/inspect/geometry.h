#pragma once
/// Which part of the picture a unit can see.

#include <vector>

#include "core/inspect/observer.h"
#include "core/model/model.h"

namespace cnn {

/// Rows top .. top + height - 1, columns left .. left + width - 1.
struct Rect {
  int top = 0, left = 0, height = 0, width = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

/// A layer's receptive field away from the border:
///   size   pixels a unit sees
///   jump   pixels between the fields of two neighbors
///   start  center of the first unit's field, in pixels from 0 (x.5: between two pixels)
///   whole  every unit sees the whole picture
/// A layer with window w, stride s and padding p before the first cell changes them in this order:
///   size  += (w - 1) * jump
///   start += ((w - 1) / 2 - p) * jump
///   jump  *= s
/// Sizes are capped at 65536. A join takes the largest of its inputs.
struct ReceptiveField {
  int size_rows = 1, size_columns = 1, jump_rows = 1, jump_columns = 1;
  double start_row = 0, start_column = 0;
  bool whole = false;
};
/// One per layer of the configuration.
std::vector<ReceptiveField> receptive_fields(const Model&);

/// The pixels that this unit can see, without the padding of any layer on the way. A unit of a flattened
/// picture is traced back to its place.
Rect receptive_field(const Model&, int layer, Unit unit);

}  // namespace cnn
