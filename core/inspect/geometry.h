#pragma once
/// core/inspect/geometry.h: which part of the picture a unit can see.
#include <vector>

#include "core/inspect/observer.h"
#include "core/model/model.h"

namespace cnn {

/// Rows top .. top + height - 1 and columns likewise.
struct Rect {
  int top = 0, left = 0, height = 0, width = 0;
  friend bool operator==(const Rect&, const Rect&) = default;
};

/// A layer's receptive field away from the border: how many pixels a unit sees, how many pixels lie between
/// two neighbors' fields, and in which pixel (counted from 0, halves between two) the first unit's field has
/// its center. From layer to layer, with window w, stride s and padding p before it:
///   size += (w - 1) * jump;  start += ((w - 1) / 2 - p) * jump;  jump *= s
/// `whole`: every unit sees everything. Sizes end at 65536. Joins take the largest of their inputs.
struct ReceptiveField {
  int size_rows = 1, size_columns = 1, jump_rows = 1, jump_columns = 1;
  double start_row = 0, start_column = 0;
  bool whole = false;
};
/// One for each layer of the configuration.
std::vector<ReceptiveField> receptive_fields(const Model&);

/// The pixels that this very unit can see: what lies in the padding of any layer on the way is cut off. A
/// unit of a flattened picture is followed to its place.
Rect receptive_field(const Model&, int layer, Unit unit);

}  // namespace cnn
