#include "web/app/requests/own_picture.h"

#include <cstring>
#include <utility>

#include "web/app/requests/failure.h"
#include "web/app/state/messages.h"

namespace playground {

void OwnPictureRequests::take(const std::string& from) {
  state_.recognized.camera = from == "camera";
  Json args;
  args["from"] = from;
  mail_.ask("picture", std::move(args), [this, from](const AppReply& reply) {
    if (reply.ok()) return;
    if (from == "camera") state_.recognized.camera = false;
    show_failure(state_, reply);
  });
}

bool OwnPictureRequests::on_picture(const Event& event) {
  if (event.payloads.empty()) return false;
  const bool live = flag_in(event.args, "live");
  if (live && !state_.recognized.camera) return false;  // a frame sent before the camera was turned off
  state_.recognized.transparent = flag_in(event.args, "transparent");
  const auto size = [&](const char* key) { return static_cast<int>(number_in(event.args, key)); };
  return state_.own.assign(size("width"), size("height"), event.payloads[0],
                           event.payloads.size() > 1 ? event.payloads[1] : std::span<const std::uint8_t>());
}

void OwnPictureRequests::forget() {
  ++void_before_;
  state_.recognized.said = {-1, -1, -1, {}};
  weights_changed();
}

void OwnPictureRequests::follow(bool on_screen) {
  Recognized& own = state_.recognized;
  if (!on_screen) {
    if (own.camera) take("nothing");
    return;
  }
  const int version = state_.own.version();
  if (own.seen_version != version) {
    own.seen_version = version;
    own.seen.assign(state_.own.seen());
  }
  if (own.waiting || own.asked_version == version || state_.model.empty()) return;
  own.waiting = true;
  own.asked_version = version;
  const std::vector<std::uint8_t>& seen = state_.own.seen();
  const Payload payload{seen.data(), static_cast<std::uint32_t>(seen.size())};
  const auto handler = [this, edition = void_before_](const AppReply& reply) {
    Recognized& own = state_.recognized;
    own.waiting = false;
    if (edition != void_before_) return;
    own.said = {-1, -1, -1, {}};
    if (!reply.ok()) return show_failure(state_, reply);
    if (reply.payloads.empty()) return;
    own.said.probabilities.resize(reply.payloads[0].size() / sizeof(float));
    std::memcpy(own.said.probabilities.data(), reply.payloads[0].data(),
                own.said.probabilities.size() * sizeof(float));
  };
  mail_.ask("predict", {}, handler, {&payload, 1});
}

}  // namespace playground
