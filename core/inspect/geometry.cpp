#include "core/inspect/geometry.h"

#include <algorithm>
#include <cstdint>

namespace cnn {
namespace {

constexpr int kMost = 1 << 16;  // strides multiply, so a deep chain of layers would overflow

int capped(std::int64_t size) { return static_cast<int>(std::min<std::int64_t>(size, kMost)); }

/// Updates one axis for one layer.
void pass(int window, int stride, int before, int& size, int& jump, double& start) {
  size = capped(size + static_cast<std::int64_t>(window - 1) * jump);
  start += ((window - 1) / 2.0 - before) * jump;
  jump = capped(static_cast<std::int64_t>(jump) * stride);
}

ReceptiveField larger(const ReceptiveField& a, const ReceptiveField& b) {
  if (a.whole || b.whole) return a.whole ? a : b;
  return b.size_rows > a.size_rows ? b : a;
}

/// Cells first .. last along one axis.
struct Interval {
  int first = 0, last = -1;
  bool empty() const { return last < first; }
  void include(const Interval& other) {
    if (other.empty()) return;
    if (empty()) {
      *this = other;
    } else {
      first = std::min(first, other.first);
      last = std::max(last, other.last);
    }
  }
};

Interval before_layer(const Interval& cells, int window, int stride, int before, int size) {
  return {std::max(0, cells.first * stride - before),
          std::min(size - 1, cells.last * stride - before + window - 1)};
}

struct Cells {
  Interval rows, columns;
};

}  // namespace

std::vector<ReceptiveField> receptive_fields(const Model& model) {
  std::vector<ReceptiveField> fields(static_cast<std::size_t>(model.layer_count()));
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    const std::span<const int> inputs = model.layer_inputs(layer);
    if (inputs.empty()) continue;
    ReceptiveField field = fields[static_cast<std::size_t>(inputs[0])];
    for (const int input : inputs.subspan(1)) field = larger(field, fields[static_cast<std::size_t>(input)]);
    const Reach reach = model.layer(layer).reach(model.layer_shape(inputs[0]));
    field.whole = field.whole || reach.whole;
    pass(reach.window.height, reach.stride.height, reach.before.height, field.size_rows, field.jump_rows,
         field.start_row);
    pass(reach.window.width, reach.stride.width, reach.before.width, field.size_columns, field.jump_columns,
         field.start_column);
    fields[static_cast<std::size_t>(layer)] = field;
  }
  return fields;
}

Rect receptive_field(const Model& model, int layer, Unit unit) {
  // Trace the unit back through layers that pass every number on unchanged.
  while (model.layer_inputs(layer).size() == 1 && model.layer(layer).is_identity(false)) {
    const int input = model.layer_inputs(layer)[0];
    const Grid from = grid(model.layer_shape(input)), to = grid(model.layer_shape(layer));
    const auto place = static_cast<int>(index_of(to, unit));
    unit = {place / (from.columns * from.channels), place / from.channels % from.columns,
            place % from.channels};
    layer = input;
  }
  std::vector<Cells> seen(static_cast<std::size_t>(layer) + 1);
  seen.back() = {{unit.row, unit.row}, {unit.column, unit.column}};
  for (int at = layer; at >= 0; --at) {
    const Cells cells = seen[static_cast<std::size_t>(at)];
    if (cells.rows.empty() || cells.columns.empty()) continue;
    const std::span<const int> inputs = model.layer_inputs(at);
    if (inputs.empty())
      return {cells.rows.first, cells.columns.first, cells.rows.last - cells.rows.first + 1,
              cells.columns.last - cells.columns.first + 1};
    for (const int input : inputs) {
      const Shape& shape = model.layer_shape(input);
      const Grid size = grid(shape);
      const Reach reach = model.layer(at).reach(shape);
      Cells& into = seen[static_cast<std::size_t>(input)];
      if (reach.whole) {
        into = {{0, size.rows - 1}, {0, size.columns - 1}};
        continue;
      }
      into.rows.include(
          before_layer(cells.rows, reach.window.height, reach.stride.height, reach.before.height, size.rows));
      into.columns.include(before_layer(cells.columns, reach.window.width, reach.stride.width,
                                        reach.before.width, size.columns));
    }
  }
  return {};
}

}  // namespace cnn
