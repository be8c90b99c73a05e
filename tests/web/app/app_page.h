#pragma once
/// A page that records the app's requests and replies as a test says, in messages of web/protocol.json: a
/// test writes the fields it is about, and the others are added.

#include <string>
#include <string_view>
#include <vector>

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "tests/web/message_check.h"
#include "web/app/app.h"
#include "web/app/state/messages.h"

namespace playground::test {

struct Page {
  struct Sent {
    int id;
    std::string type;
    Json args;
  };
  HeadlessGui gui;
  std::vector<Sent> sent;
  message_check::Checker protocol{{"requests", "page_requests"}, {"events", "page_events"}};
  App app{Outside{
      .send =
          [this](std::string_view json, std::span<const Payload> payloads) {
            const auto message = cnn::parse_json(json);
            REQUIRE(message);
            const std::string type = text_in(*message, "type");
            const std::string misfit = protocol.request(type, *message->find("args"), payloads.size());
            CHECK_MESSAGE(misfit.empty(), misfit);
            protocol.asked(number_in(*message, "id"), type, *message->find("args"), payloads.size());
            sent.push_back({static_cast<int>(number_in(*message, "id")), text_in(*message, "type"),
                            *message->find("args")});
          },
      .copy_text = [](const std::string&) {},
      .theme_changed = [] {},
      .save_picture = [](const std::string&, const std::string&) {},
      .hash = "",
      .most_threads = 1}};

  void frame() {
    gui.bare_frame([this] { app.frame(); });
  }
  /// A message of the page or the trainer.
  void receive(const std::string& json, std::span<const Payload> payloads = {}) {
    auto header = cnn::parse_json(json);
    REQUIRE_MESSAGE(header, json);
    std::string asked;
    for (const Sent& one : sent)
      if (header->find("id") && one.id == static_cast<int>(number_in(*header, "id"))) asked = one.type;
    message_check::Completer::header(asked, *header);
    const std::string misfit = protocol.came(*header, payloads.size());
    CHECK_MESSAGE(misfit.empty(), misfit);
    app.receive(header->dump(), payloads);
  }
  void event(const char* type, const char* args) {
    receive(std::string(R"({"type":")") + type + R"(","args":)" + args + "}");
  }
  /// The newest request of a type.
  const Sent* last(std::string_view type) const {
    for (auto it = sent.rbegin(); it != sent.rend(); ++it)
      if (it->type == type) return &*it;
    return nullptr;
  }
  void reply(std::string_view type, const char* args) {
    const Sent* request = last(type);
    REQUIRE(request);
    receive(R"({"id":)" + std::to_string(request->id) + R"(,"args":)" + args + "}");
  }
  void refuse(std::string_view type, const char* message, const std::string& code = "bad_data") {
    const Sent* request = last(type);
    REQUIRE(request);
    receive(R"({"id":)" + std::to_string(request->id) + R"(,"error":{"code":")" + code + R"(","message":")" +
            message + R"("}})");
  }
  void press(const char* name) {
    frame();
    frame();
    const auto rect = WidgetRects::find(name);
    REQUIRE_MESSAGE(rect, name);
    HeadlessGui::press_at(ImVec2(rect->x + rect->z / 2, rect->y + rect->w / 2), [this] { frame(); });
  }
};

inline constexpr char kDataset[] =
    R"({"source":{"kind":"sample","name":"Sample pictures","seed":7,"train":2000,"test":500},
  "label":"Sample pictures","fingerprint":"0a1b2c3d","complete":true,"synthetic":true,"class_names":["cat","dog"],
  "train":{"count":2000,"per_class":[1000,1000]},"test":{"count":500}})";
inline constexpr char kModel[] = R"({"config":{"class_name":"Sequential","config":{"layers":[]}},"classes":2,
  "summary":{"rows":[{"name":"dense","class_name":"Dense","output_shape":[2],"parameters":6146}],"total":6146}})";

/// Started, with a model and data.
struct Started : Page {
  Started() {
    app.start();
    event("model", kModel);
    event("dataset", kDataset);
  }
};

/// With data and a model, as after the start of the page.
struct Ready : Page {
  Ready() {
    event("dataset", kDataset);
    event("model", kModel);
  }
  /// Presses Train; the training makes one epoch and finishes.
  void train() {
    press("train");
    event(
        "step",
        R"({"epoch":1,"epochs":1,"step":40,"steps_per_epoch":40,"loss":2,"accuracy":0.2,"global_step":40,"points":[[40,2,0.2]]})");
    event("epoch", R"({"epoch":1,"loss":2,"accuracy":0.3})");
    event("state", R"({"state":"ready","epoch":1})");
    reply("fit", R"({"history":[],"stopped":"finished"})");
  }
};

}  // namespace playground::test
