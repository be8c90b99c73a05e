#pragma once
/// How drivers split arrays into pieces. Piece sizes depend on the problem alone, never on the threads.

#include <algorithm>
#include <cstddef>

#include "core/run/exec.h"

namespace cnn {

constexpr int divide_up(int a, int b) { return (a + b - 1) / b; }

/// Begin of piece `piece` when 0 .. count-1 is split into `pieces` nearly equal pieces. The larger ones come
/// first, so that no thread starts a large one when the others are nearly done.
inline int piece_begin(int count, int pieces, int piece) {
  return count / pieces * piece + std::min(piece, count % pieces);
}

/// body(first row, count) over rows, `step` at a time.
template <class Body>
void for_each_row_piece(Exec& exec, int rows, int step, Body body) {
  exec.pool().parallel_for(divide_up(rows, step),
                           [&](int piece, int) { body(piece * step, std::min(step, rows - piece * step)); });
}

/// body(begin, count) over an array, in pieces large enough to be worth distributing (64 kB of floats).
template <class Body>
void for_each_piece(Exec& exec, std::size_t n, Body body) {
  constexpr std::size_t kPiece = 16384;
  const int pieces = static_cast<int>((n + kPiece - 1) / kPiece);
  exec.pool().parallel_for(pieces, [&](int piece, int) {
    const std::size_t begin = static_cast<std::size_t>(piece) * kPiece;
    body(begin, std::min(kPiece, n - begin));
  });
}

}  // namespace cnn
