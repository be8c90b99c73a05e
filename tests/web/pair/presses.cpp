// Random presses, keys, text, drags, window sizes and messages on the app connected to the session.
// Properties: no crash, no assertion, no NaN coordinates, and once everything is idle every request has
// exactly one reply and the app shows the session's state. A failure prints its seed. More sequences,
// also under sanitizers:
// SEQUENCES=5000 SEED=1 build/sanitize/tests/pair_tests -tc="presses*"
#include <algorithm>
#include <random>

#include "tests/web/pair/pair.h"
#include "tests/web/trainer/many.h"
#include "web/app/controls/touch.h"

TEST_SUITE_BEGIN("web/presses");

using namespace pair_tests;
using playground::Touch;
using session_tests::Many;

namespace {

constexpr int kActs = 40;

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int below(int n) { return n > 0 ? static_cast<int>(random_() % static_cast<unsigned>(n)) : 0; }
  int between(int low, int high) { return low + below(high - low + 1); }
  bool one_in(int n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }

 private:
  std::mt19937 random_;
};

class Visitor {
 public:
  Visitor(unsigned seed, int threads)
      : dice_(seed), pair_(ImVec2(1280, 800), threads), crowded_(dice_.one_in(3)) {
    pair_.app.ui().training.fit["epochs"] = dice_.between(1, 40);
    pair_.app.ui().training.fit["batch_size"] = dice_.between(1, 30);
    if (!dice_.one_in(4)) {
      pair_.page.load(dice_.one_in(3) ? "cifar10" : "sample");
      pair_.settle(100);
    }
    if (crowded_) {  // the windows in which the app once failed, with curves and a training
      resize();
      act("train", [this] { press("train"); });
    }
  }

  void run() {
    for (int i = 0; i < kActs && ok(); ++i) act();
    // Everything comes to its end: a training is stopped, a load continues.
    mouse_up();
    for (int i = 0; i < 20 && ok(); ++i) {
      pair_.page.script("stop");
      if (pair_.settle(400) && !pair_.app.state().training.running()) break;
    }
  }

  /// What must hold when all is quiet.
  void check() {
    const playground::AppState& state = pair_.app.state();
    CHECK(wrong_ == "");
    CHECK(pair_.page.wrong() == "");
    for (const auto& [id, type] : pair_.page.unanswered()) FAIL_CHECK("no reply to ", type);
    CHECK(pair_.page.idle());
    CHECK_FALSE(state.starting);
    CHECK_FALSE(state.loading.running);
    CHECK_FALSE(state.gallery_waiting);
    CHECK_FALSE(state.measured.running);
    CHECK_FALSE(state.recognized.waiting);
    CHECK(playground::read_state(pair_.page.state()) == state.training.state);
    CHECK(state.data.train.count == std::max(0.0, session_tests::train_count(pair_.page.ask("dataset"))));
    if (!pair_.page.model().is_null()) CHECK(state.model.config == *pair_.page.model().find("config"));
  }
  std::string log() const { return pair_.page.log; }
  /// Whether those acts led to something worth testing.
  std::map<std::string, int>& asked() { return pair_.page.asked; }

 private:
  bool ok() const { return wrong_.empty() && pair_.page.wrong().empty(); }

  template <class Do>
  void act(const std::string& what, Do what_to_do) {
    pair_.page.log += what + "\n";
    what_to_do();
  }

  /// A frame, the messages that come before the next one, and what the page draws.
  void frame() {
    pair_.frame();
    pinch();
    check_drawn();
    if (late_ > 0) {  // nothing arrives for a while, then all of it
      --late_;
      while (pair_.page.take()) continue;
      pair_.page.work(1);
      return;
    }
    if (dice_.one_in(12)) late_ = dice_.below(12);
    if (dice_.one_in(3)) return pair_.pump(dice_.between(1, 6));
    for (int i = dice_.below(3); i > 0; --i) pair_.page.take();
    pair_.page.work(dice_.between(1, 4));
    for (int i = dice_.below(4); i > 0; --i) pair_.deliver();
  }

  /// A pinch that no widget took changes the size of the text, as in main.cpp.
  void pinch() {
    const float factor = Touch::take_pinch();
    if (factor == 1) return;
    float& zoom = pair_.app.ui().zoom;
    zoom = std::clamp(std::round(10 * zoom * factor) / 10, 0.8f, 2.5f);
    pair_.apply_theme();
  }

  void check_drawn() {
    for (const ImDrawList* list : ImGui::GetDrawData()->CmdLists)
      for (const ImDrawVert& vertex : list->VtxBuffer)
        if (!std::isfinite(vertex.pos.x) || !std::isfinite(vertex.pos.y)) {
          wrong_ = std::string("a place that is no number in ") + list->_OwnerName;
          return;
        }
    for (const std::string& name : WidgetRects::names()) {
      const std::string text = WidgetRects::text(name);
      for (const char* bad : {"nan", "inf"})
        if (text.find(bad) == 0 || text.find(std::string(" ") + bad + " ") != std::string::npos ||
            text.find(std::string(bad) + " %") != std::string::npos)
          wrong_ = std::string(name).append(" shows ").append(text);
    }
  }

  void mouse_up() {
    for (int button = 0; button < 3; ++button) ImGui::GetIO().AddMouseButtonEvent(button, false);
    frame();
  }
  ImVec2 anywhere() {
    const ImVec2 size = ImGui::GetIO().DisplaySize;
    return ImVec2(static_cast<float>(dice_.between(-5, static_cast<int>(size.x) + 5)),
                  static_cast<float>(dice_.between(-5, static_cast<int>(size.y) + 5)));
  }
  void press_at(ImVec2 at) {
    ImGuiIO& io = ImGui::GetIO();
    io.AddMousePosEvent(at.x, at.y);
    frame();
    for (int times = dice_.one_in(8) ? 2 : 1; times > 0; --times) {
      io.AddMouseButtonEvent(0, true);
      frame();
      io.AddMouseButtonEvent(0, false);
      frame();
    }
    frame();
  }
  void press(const std::string& name) {
    if (const auto rect = WidgetRects::find(name))
      press_at(ImVec2(rect->x + rect->z / 2, rect->y + rect->w / 2));
  }

  void press_any() {
    const std::vector<std::string> names = WidgetRects::names();
    if (names.empty()) return frame();
    const std::string name = dice_.of(names);
    act("press " + name, [&] { press(name); });
    if (ImGui::GetIO().WantTextInput && dice_.one_in(2)) type();
  }

  void press_known() {
    static const std::vector<std::string> kNames{
        "train",        "train",           "pause",       "resume",         "step",
        "stop",         "reset",           "reset/yes",   "tab/curves",     "tab/curves",
        "tab/matrix",   "tab/inside",      "tab/runs",    "tab/learn",      "tab/pictures",
        "tab/data",     "tab/predictions", "tab/profile", "tab/model",      "model/menu",
        "model/undo",   "model/redo",      "model/use",   "tab/training",   "curves/save",
        "curves/norms", "curves/more",     "curves/log",  "theme",          "share",
        "help",         "notice/close",    "learn/next",  "learn/previous", "save/loss.svg",
        "copy/history", "run/csv"};
    const std::string name = dice_.of(kNames);
    act("press " + name, [&] { press(name); });
  }

  void type() {
    static const std::vector<std::string> kTexts{
        "12",       "0",
        "-3",       "1e9",
        "1000000",  "NaN",
        "Infinity", "0.5",  // in capitals: in small letters the app would have computed them
        "",         "é…",
        "x y z",    "99999999999999999999999999999999999999999999999999999999999999999999999"};
    const std::string& text = dice_.of(kTexts);
    act("type " + text, [&] {
      ImGui::GetIO().AddInputCharactersUTF8(text.c_str());
      frame();
      tap(dice_.one_in(2) ? ImGuiKey_Enter : ImGuiKey_Tab, 0);
    });
  }

  void tap(ImGuiKey key, int modifiers) {
    ImGuiIO& io = ImGui::GetIO();
    for (const ImGuiKey modifier : {ImGuiMod_Ctrl, ImGuiMod_Shift, ImGuiMod_Alt})
      if (modifiers & modifier) io.AddKeyEvent(modifier, true);
    io.AddKeyEvent(key, true);
    for (int i = dice_.one_in(6) ? 30 : 1; i > 0; --i) frame();  // held: it repeats
    io.AddKeyEvent(key, false);
    for (const ImGuiKey modifier : {ImGuiMod_Ctrl, ImGuiMod_Shift, ImGuiMod_Alt})
      if (modifiers & modifier) io.AddKeyEvent(modifier, false);
    frame();
  }
  void key() {
    static const std::vector<ImGuiKey> kKeys{
        ImGuiKey_Space,     ImGuiKey_Enter,      ImGuiKey_Tab,     ImGuiKey_Tab,       ImGuiKey_Escape,
        ImGuiKey_LeftArrow, ImGuiKey_RightArrow, ImGuiKey_UpArrow, ImGuiKey_DownArrow, ImGuiKey_PageDown,
        ImGuiKey_PageUp,    ImGuiKey_Home,       ImGuiKey_End,     ImGuiKey_Delete,    ImGuiKey_Backspace,
        ImGuiKey_R,         ImGuiKey_S,          ImGuiKey_Z,       ImGuiKey_Y,         ImGuiKey_V,
        ImGuiKey_A,         ImGuiKey_C,          ImGuiKey_X,       ImGuiKey_Slash,     ImGuiKey_1,
        ImGuiKey_2,         ImGuiKey_3,          ImGuiKey_4,       ImGuiKey_5,         ImGuiKey_6,
        ImGuiKey_7,         ImGuiKey_8,          ImGuiKey_LeftAlt, ImGuiKey_Menu,      ImGuiKey_F1};
    const ImGuiKey key = dice_.of(kKeys);
    const int modifiers = (dice_.one_in(4) ? static_cast<int>(ImGuiMod_Ctrl) : 0) |
                          (dice_.one_in(5) ? static_cast<int>(ImGuiMod_Shift) : 0) |
                          (dice_.one_in(15) ? static_cast<int>(ImGuiMod_Alt) : 0);
    act("key " + std::string(ImGui::GetKeyName(key)) + " " + std::to_string(modifiers),
        [&] { tap(key, modifiers); });
  }

  void wheel() {
    ImGuiIO& io = ImGui::GetIO();
    const ImVec2 at = anywhere();
    io.AddMousePosEvent(at.x, at.y);
    for (int i = dice_.between(1, 10); i > 0; --i) {
      io.AddMouseWheelEvent(dice_.one_in(4) ? static_cast<float>(dice_.between(-4, 4)) : 0,
                            static_cast<float>(dice_.between(-4, 4)));
      frame();
    }
  }

  void drag() {
    ImGuiIO& io = ImGui::GetIO();
    ImVec2 from = anywhere();
    const std::vector<std::string> names = WidgetRects::names();
    if (!names.empty() && dice_.one_in(2))
      if (const auto rect = WidgetRects::find(dice_.of(names)))
        from = ImVec2(rect->x + 2, rect->y + rect->w / 2);
    io.AddMousePosEvent(from.x, from.y);
    frame();
    io.AddMouseButtonEvent(dice_.one_in(8) ? 1 : 0, true);
    frame();
    for (int i = dice_.between(1, 6); i > 0; --i) {
      const ImVec2 to = dice_.one_in(3) ? anywhere()
                                        : ImVec2(from.x + static_cast<float>(dice_.between(-30, 30)),
                                                 from.y + static_cast<float>(dice_.between(-90, 90)));
      io.AddMousePosEvent(to.x, to.y);
      frame();
      if (dice_.one_in(4)) surprise();  // in the middle of it
    }
    mouse_up();
  }

  void resize() {
    const int width = dice_.one_in(10)              ? dice_.between(1, 320)
                      : crowded_ || dice_.one_in(3) ? dice_.between(480, 1040)
                                                    : dice_.between(320, 2560);
    const int height = dice_.one_in(4) ? dice_.between(1, 400) : dice_.between(300, 1600);
    act("size " + std::to_string(width) + " x " + std::to_string(height), [&] {
      ImGuiIO& io = ImGui::GetIO();
      io.DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
      const float scale = dice_.of(std::vector<float>{1, 1, 1.25f, 1.5f, 2, 3});
      io.DisplayFramebufferScale = ImVec2(scale, scale);
      pair_.apply_theme();
      frame();
    });
  }

  void look() {
    switch (dice_.below(4)) {
      case 0:
        return act("zoom", [&] {
          Touch::pinch(dice_.of(std::vector<float>{0, 0.1f, 0.7f, 1.3f, 2, 40})), frame();
        });
      case 1:
        return act("touch", [&] {
          Touch::set_coarse(dice_.one_in(2));
          ImGui::GetIO().AddMouseSourceEvent(dice_.one_in(2) ? ImGuiMouseSource_TouchScreen
                                                             : ImGuiMouseSource_Mouse);
          pair_.apply_theme();
          frame();
        });
      case 2:
        return act("focus", [&] {
          ImGui::GetIO().AddFocusEvent(dice_.one_in(2));
          frame();
        });
      default:
        ImGui::GetIO().AddMousePosEvent(-FLT_MAX, -FLT_MAX);
        ImGui::GetIO().DeltaTime = dice_.of(std::vector<float>{0.001f, 1.0f / 60, 0.1f});
        for (int i = dice_.between(1, 30); i > 0; --i) frame();
    }
  }

  /// What a script, the trainer or the page does meanwhile.
  void surprise() {
    switch (dice_.below(9)) {
      case 0:
        return pair_.page.script("fit", R"({"epochs":)" + std::to_string(dice_.between(1, 30)) +
                                            R"(,"batch_size":10,"learning_rate":)" +
                                            dice_.of(std::vector<std::string>{"0.01", "1000000"}) + "}");
      case 1:
        return pair_.page.script(
            dice_.of(std::vector<std::string>{"pause", "resume", "stop", "step", "hello"}));
      case 2:
        return pair_.page.script("set", dice_.one_in(2) ? R"({"learning_rate":1e6})" : R"({"batch_size":3})");
      case 3:
        return pair_.page.load(
            dice_.of(std::vector<std::string>{"sample", "cifar10", "https://example.org/x"}));
      case 4:
        return pair_.page.import_checkpoint();
      case 5:
        return dice_.one_in(3) ? act("crash", [this] { pair_.page.crash(); }) : frame();
      case 6:
        return pair_.page.script("build", dice_.one_in(2) ? kShort : kBroken);
      case 7:
        return act("link", [this] {
          pair_.app.carry_out(playground::action::OpenLink{
              dice_.of(
                  std::vector<std::string>{"preset=tutorial_small", "learn=convolution", "%%", "preset=x"}),
              dice_.one_in(2)});
        });
      default:
        return history();
    }
  }
  static constexpr char kShort[] = R"({"config":{"class_name":"Sequential","config":{"layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"GlobalAveragePooling2D","config":{}},{"class_name":"Dense","config":{"units":10}}]}}})";
  static constexpr char kBroken[] = R"({"config":{"class_name":"Sequential","config":{"layers":[]}}})";

  /// Events of a long training, or of one that diverges, as a session sends them.
  void history() {
    const bool many = dice_.one_in(2);
    const double start = dice_.one_in(2) ? last_step_ : 0;
    pair_.page.log += many ? "long history\n" : "some history\n";
    last_step_ = start;
    for (int i = many ? dice_.between(20, 300) : 3; i > 0; --i) {
      std::string points;
      for (int k = 0; k < 64; ++k) {
        last_step_ += many ? dice_.between(1, 50) : 1;
        const char* loss = dice_.one_in(30)   ? "null"
                           : dice_.one_in(30) ? "1e30"
                           : dice_.one_in(30) ? "0"
                                              : "1.5";
        points += (k > 0 ? ",[" : "[") + std::to_string(last_step_) + "," + loss + "," +
                  (dice_.one_in(40) ? "1" : "0.3") + "]";
      }
      const int epoch = 1 + static_cast<int>(last_step_ / 1000);
      pair_.page.event(
          "step",
          R"({"epoch":)" + std::to_string(epoch) + R"(,"epochs":100000,"step":)" +
              std::to_string(std::fmod(last_step_, 1000)) +
              R"(,"steps_per_epoch":1000,"loss":1,"accuracy":0.2,"images_per_second":1e5,"eta_seconds":1e9,)"
              R"("learning_rate":1e-30,"global_step":)" +
              std::to_string(last_step_) + R"(,"points":[)" + points +
              R"(],"norms":[["conv2d",1e-9,1e20],["dense",0,1]]})");
      if (dice_.one_in(4))
        pair_.page.event("epoch",
                         R"({"epoch":)" + std::to_string(epoch) + R"(,"loss":1e30,"accuracy":0,"val_loss":)" +
                             dice_.of(std::vector<std::string>{"1e-30", "2", "null"}) +
                             R"(,"val_accuracy":0.1,"learning_rate":0,"seconds":1e9,"images_per_second":0})");
    }
  }

  void act() {
    switch (dice_.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return press_any();
      case 5:
      case 6:
        return press_known();
      case 7:
        return act("press anywhere", [this] { press_at(anywhere()); });
      case 8:
      case 9:
        return key();
      case 10:
        return act("wheel", [this] { wheel(); });
      case 11:
        return act("drag", [this] { drag(); });
      case 12:
        return resize();
      case 13:
        return ImGui::GetIO().WantTextInput ? type() : look();
      default:
        return dice_.one_in(3) ? surprise() : look();
    }
  }

  Dice dice_;
  Pair pair_;
  bool crowded_;
  int late_ = 0;
  double last_step_ = 0;
  std::string wrong_;
};

}  // namespace

TEST_CASE("presses: random input causes no failure, and app and session agree once idle") {
  Many many(30);
  std::map<std::string, int> asked;
  many.run([&](unsigned seed) {
    Visitor visitor(seed, static_cast<int>(1 + seed % 2));
    visitor.run();
    CAPTURE(seed);
    CAPTURE(visitor.log());
    visitor.check();
    for (const auto& [type, times] : visitor.asked()) asked[type] += times;
  });
  if (many.count() < 30) return;
  for (const char* type : {"fit", "pause", "stop", "build", "check", "load", "predict", "predictions",
                           "pictures", "inspect", "schedule", "sources"}) {
    CAPTURE(std::string(type));
    CHECK(asked[type] > 0);
  }
}

TEST_SUITE_END();
