// The session's answers about the inside of the model.
#include <memory>

#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Json;

namespace {
constexpr double kTellInterval = 100;  // milliseconds
}  // namespace

Inspection::Subject Session::inspected() const {
  return {*exec_, *model_, model_version_, epochs_trained_, steps_trained_, data_};
}

Handled Session::inspect(const Request& request) {
  if (auto there = need_model(); !there) return there.error();
  Inspection::Answer answer = inspection_.answer(inspected(), request);
  if (!answer.slice) return std::move(answer.now);
  const Json* what = request.args.find("what");
  const auto work = [this, what = what ? *what->string() : "", answer = std::move(answer)] {
    Handled handled = answer.slice(*exec_);
    if (handled.later()) tell_inspecting(what, answer.share());
    return handled;
  };
  jobs_.push_back({request.id, "", work, true});
  return Later{};
}

void Session::tell_inspecting(std::string_view what, double share) {
  const double now = host_.milliseconds();
  if (now - told_inspecting_ < kTellInterval) return;
  told_inspecting_ = now;
  event("inspecting", Json::object({{"what", what}, {"share", share}}));
}

}  // namespace playground::trainer
