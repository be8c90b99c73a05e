#include "web/trainer/inspections.h"

#include <string>
#include <utility>

namespace playground::trainer {

using cnn::Json;

namespace {
constexpr double kEventInterval = 100;  // milliseconds
}  // namespace

Inspection::Subject Inspections::subject() const {
  const HeldModel& model = resources_.model;
  return {resources_.exec,        *model, model.version(), model.epochs_trained(), model.steps_trained(),
          resources_.data.share()};
}

Handled Inspections::inspect(const Request& request) {
  Inspection::Answer answer = inspection_.answer(subject(), request);
  if (!answer.slice) return std::move(answer.now);
  const auto work = [this, what = Args(request).text("what"), answer = std::move(answer)] {
    Handled handled = answer.slice(resources_.exec);
    if (handled.later()) tell_progress(what, answer.share());
    return handled;
  };
  jobs_.add({request.id, "", work, true});
  return Later{};
}

void Inspections::sample(bool epoch_ended) {
  inspection_.sample(subject(), epoch_ended, resources_.host.milliseconds);
}

void Inspections::tell_progress(std::string_view what, double share) {
  const double now = resources_.host.milliseconds();
  if (now - last_event_ < kEventInterval) return;
  last_event_ = now;
  resources_.outbox.event("inspecting", Json::object({{"what", what}, {"share", share}}));
}

}  // namespace playground::trainer
