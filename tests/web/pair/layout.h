#pragma once
/// What may not be on a screen: widgets on each other, widgets cut by what does not scroll, targets too small
/// for a finger. Looks at the rectangles of the last frame.

#include <algorithm>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "imgui_internal.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widget_rects.h"

namespace pair_tests {

using playground::Widget;

struct Finding {
  std::string what, detail;
};

class Layout {
 public:
  /// `least`: of targets, in pixels; 0: any size will do.
  explicit Layout(float least) : least_(least), widgets_(playground::WidgetRects::all()) {}

  std::vector<Finding> findings() {
    cut_windows();
    for (const Widget& w : widgets_) cut(w), small(w);
    overlaps();
    return std::move(found_);
  }

  static std::string text(float low, float high) {
    return std::to_string(std::lround(low)) + ".." + std::to_string(std::lround(high));
  }
  static const ImGuiWindow* window_of(const Widget& w) { return ImGui::FindWindowByID(w.window); }

 private:
  static constexpr float kSlack = 1.5f;  // rounding to pixels

  static constexpr const char* kAlong[] = {" across", " down"};

  struct Span {
    float low, high;
  };

  void say(const std::string& what, const std::string& detail = {}) {
    if (said_.insert(what).second) found_.push_back({what, detail});
  }

  /// What one can scroll into view of a window, along an axis.
  static Span reachable(const ImGuiWindow& window, int axis) {
    constexpr ImGuiWindowFlags kFixed = ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse;
    const bool scrolls = (window.Flags & kFixed) != kFixed &&
                         (axis == 1 || (window.Flags & ImGuiWindowFlags_HorizontalScrollbar) != 0);
    Span span{window.InnerRect.Min[axis], window.InnerRect.Max[axis]};
    if (!scrolls) return span;
    return {span.low - window.Scroll[axis], span.high + window.ScrollMax[axis] - window.Scroll[axis]};
  }

  void cut_windows() {
    for (const ImGuiWindow* window : ImGui::GetCurrentContext()->Windows) {
      if (!window->WasActive || window->Hidden || (window->Flags & ImGuiWindowFlags_Tooltip) != 0) continue;
      const ImGuiWindow* parent =
          (window->Flags & ImGuiWindowFlags_ChildWindow) != 0 && (window->Flags & ImGuiWindowFlags_Popup) == 0
              ? window->ParentWindow
              : nullptr;
      for (const int axis : {0, 1}) {
        const float low = window->Pos[axis], high = low + window->Size[axis];
        const Span room =
            parent != nullptr ? reachable(*parent, axis) : Span{0, ImGui::GetIO().DisplaySize[axis]};
        if (low < room.low - kSlack || high > room.high + kSlack)
          say(std::string("panel ") + window->Name + " is cut" + kAlong[axis],
              text(low, high) + " in " + text(room.low, room.high));
      }
    }
  }

  void cut(const Widget& w) {
    const ImGuiWindow* window = window_of(w);
    if (window == nullptr || (window->Flags & ImGuiWindowFlags_Tooltip) != 0) return;
    for (const int axis : {0, 1}) {
      Span room = reachable(*window, axis);
      // A part of the window, such as a table's column, does not scroll by itself.
      const float clip_low = w.clip_low[axis], clip_high = w.clip_high[axis];
      if (clip_low > window->ClipRect.Min[axis] + kSlack &&
          clip_low > window->InnerClipRect.Min[axis] + kSlack)
        room.low = std::max(room.low, clip_low);
      if (clip_high < window->ClipRect.Max[axis] - kSlack &&
          clip_high < window->InnerClipRect.Max[axis] - kSlack)
        room.high = std::min(room.high, clip_high);
      if (w.low[axis] < room.low - kSlack || w.high[axis] > room.high + kSlack)
        say(w.name + " is cut" + kAlong[axis],
            text(w.low[axis], w.high[axis]) + " in " + text(room.low, room.high));
    }
  }

  void small(const Widget& w) {
    if (w.item == 0 || least_ <= 0) return;
    const float width = w.high.x - w.low.x, height = w.high.y - w.low.y;
    if (width < least_ - 0.5f || height < least_ - 0.5f)
      say(w.name + " is too small for a finger",
          std::to_string(std::lround(width)) + " x " + std::to_string(std::lround(height)));
  }

  static bool over(ImVec2 a_low, ImVec2 a_high, ImVec2 b_low, ImVec2 b_high) {
    return std::min(a_high.x, b_high.x) - std::max(a_low.x, b_low.x) > kSlack &&
           std::min(a_high.y, b_high.y) - std::max(a_low.y, b_low.y) > kSlack;
  }

  void overlaps() {
    std::vector<const Widget*> items;
    for (const Widget& w : widgets_)
      if (w.item != 0 && window_of(w) != nullptr) items.push_back(&w);
    for (std::size_t i = 0; i < items.size(); ++i)
      for (std::size_t j = i + 1; j < items.size(); ++j) {
        const Widget &a = *items[i], &b = *items[j];
        if (a.item == b.item || ((a.flags | b.flags) & ImGuiItemFlags_AllowOverlap) != 0) continue;
        if (window_of(a)->RootWindow != window_of(b)->RootWindow) continue;
        if (!over(a.low, a.high, b.low, b.high)) continue;
        if (a.window != b.window && !both_seen(a.seen(), b.seen())) continue;
        say(a.name + " and " + b.name + " overlap");
      }
  }
  static bool both_seen(ImVec4 a, ImVec4 b) {
    return over(ImVec2(a.x, a.y), ImVec2(a.x + a.z, a.y + a.w), ImVec2(b.x, b.y),
                ImVec2(b.x + b.z, b.y + b.w));
  }

  float least_;
  std::vector<Widget> widgets_;
  std::vector<Finding> found_;
  std::set<std::string> said_;
};

}  // namespace pair_tests
