#pragma once
/// The bar at the top: reset, train or pause, step, stop, and the progress and speed of training.

#include "web/app/state/actions.h"
#include "web/app/state/facts.h"

namespace playground {

struct TransportPanel {
  bool confirm_reset = false;
};

struct TransportState {
  const Training& training;
  const LoadProgress& loading;
  bool has_data = false, has_history = false;
  bool starting = false;                  ///< Train was pressed; data or model are still loading
  const HistoryRow* validated = nullptr;  ///< the last epoch that ended; null: none
};

/// The buttons. `for_metrics`: the width that a narrow page's main button leaves to the figures beside it.
UiRequest draw(TransportPanel& ui, const TransportState& state, bool narrow, float for_metrics = 0);
/// The figures of the training, as many as there is room for.
void draw_metrics(const TransportState& state, float room);

/// "epoch 3 of 10, step 412 of 5,000", for the bar and the screen reader.
std::string progress_words(const Training& training);

}  // namespace playground
