// The session's answers about the inside of the model.
#include <memory>

#include "web/trainer/session.h"

namespace playground {

Handled Session::inspect(const Request& request) {
  if (auto there = need_model(); !there) return there.error();
  Inspection::Answer answer =
      inspection_.answer({*exec_, *model_, model_version_, epochs_trained_, data_}, request);
  if (!answer.slice) return std::move(answer.now);
  jobs_.push_back({request.id, "", [this, slice = std::move(answer.slice)] { return slice(*exec_); }});
  return Later{};
}

}  // namespace playground
