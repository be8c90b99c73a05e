#pragma once
/// Requests for predictions on the test pictures: the gallery's page and the calibration.

#include "web/app/state/app_state.h"
#include "web/app/state/mailbox.h"

namespace playground {

class PredictionRequests {
 public:
  PredictionRequests(AppState& state, Mailbox& mail) : state_(state), mail_(mail) {}

  void gallery_changed() { gallery_stale_ = classes_stale_ = true; }
  void calibration_changed() { calibration_stale_ = true; }

  /// The gallery on screen is outdated, and no request for it is on its way.
  bool gallery_due() const { return state_.trained && gallery_stale_ && !state_.gallery_waiting; }
  /// `filter` holds sort, mistakes, actual, predicted and page; see `predictions` in web/protocol.json.
  void ask_gallery(Json filter);
  /// The same of the predicted classes of all test pictures.
  bool classes_due() const { return state_.trained && classes_stale_ && !state_.classes.waiting; }
  void ask_classes();
  /// The calibration on screen is outdated, and there are test predictions to compute it from.
  bool calibration_due() const { return calibration_stale_ && state_.evaluation.split == "test"; }
  void ask_calibration();

 private:
  void read_calibration(const Json& args);

  AppState& state_;
  Mailbox& mail_;
  bool gallery_stale_ = true, classes_stale_ = true, calibration_stale_ = true;
};

}  // namespace playground
