#pragma once
/// The app and the trainer's session in one process, with the page between them: real messages, real widgets.

#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "imgui_internal.h"
#include "tests/web/app/headless.h"
#include "tests/web/pair/page.h"
#include "web/app/app.h"
#include "web/app/state/messages.h"

namespace pair_tests {

using playground::WidgetRects;
using playground::test::HeadlessGui;

struct Pair {
  HeadlessGui gui;
  Page page;
  std::string copied, saved;
  playground::App app;

  explicit Pair(ImVec2 size = ImVec2(1280, 800), int threads = 1) : gui(size), page(threads), app(outside()) {
    // As the page sets it up.
    ImGuiIO& io = ImGui::GetIO();
    io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
    io.ConfigInputTextCursorBlink = false;
    io.ConfigWindowsMoveFromTitleBarOnly = true;
    app.start();
  }

  playground::Outside outside() {
    return {.send = [this](std::string_view json,
                           std::span<const playground::Payload> payloads) { page.send(json, payloads); },
            .copy_text = [this](const std::string& text) { copied = text; },
            .theme_changed = [this] { apply_theme(); },
            .save_picture = [this](const std::string&, const std::string& svg) { saved = svg; },
            .hash = "",
            .most_threads = 4};
  }
  void apply_theme() {
    playground::apply_theme(app.ui().theme == playground::ThemeChoice::dark, std::round(15 * app.ui().zoom));
  }

  void frame() {
    gui.bare_frame([this] { app.frame(); });
  }
  /// Gives the app its oldest message. False: there is none.
  bool deliver() {
    if (page.to_app.empty()) return false;
    const Message message = std::move(page.to_app.front());
    page.to_app.pop_front();
    app.receive(message.json, table(message.payloads));
    return true;
  }
  /// Everything that waits is delivered, and the session works for a while.
  void pump(int readings = 4) {
    while (page.take()) continue;
    page.work(readings);
    while (deliver()) continue;
  }
  /// Frames and messages until that holds. False: it never did.
  bool until(const std::function<bool()>& holds, int rounds = 3000) {
    for (int i = 0; i < rounds; ++i) {
      if (holds()) return true;
      frame();
      pump();
    }
    return holds();
  }
  /// Until nothing happens any more.
  bool settle(int rounds = 3000) {
    int calm = 0;
    return until([&] { return (calm = page.idle() ? calm + 1 : 0) > 3; }, rounds);
  }
  void press(const char* name) {
    frame();
    frame();
    const auto rect = WidgetRects::find(name);
    REQUIRE_MESSAGE(rect, name);
    HeadlessGui::press_at(ImVec2(rect->x + rect->z / 2, rect->y + rect->w / 2), [this] { frame(); });
  }
  playground::RunState state() const { return app.state().training.state; }
};

}  // namespace pair_tests
