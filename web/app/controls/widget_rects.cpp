#include "web/app/controls/widget_rects.h"

#include <algorithm>
#include <map>
#include <utility>

#include "imgui_internal.h"

namespace playground {
namespace {

struct Marked {
  Widget widget;
  int frame, order;
};
std::map<std::string, Marked, std::less<>>& marks() {
  static std::map<std::string, Marked, std::less<>> all;
  return all;
}

int next_order = 0;  ///< of the frame, like the marks

bool on_screen(const Marked& marked) {
  const ImVec4 rect = marked.widget.seen();
  return marked.frame == ImGui::GetFrameCount() && rect.z > 0 && rect.w > 0;
}

void add_mark(Widget widget) {
  const ImGuiWindow* window = ImGui::GetCurrentWindowRead();
  if (window->SkipItems) return;  // a hidden window draws no items
  widget.clip_low = ImGui::GetWindowDrawList()->GetClipRectMin();
  widget.clip_high = ImGui::GetWindowDrawList()->GetClipRectMax();
  widget.window = window->ID;
  std::string name = widget.name;
  marks().insert_or_assign(std::move(name), Marked{std::move(widget), ImGui::GetFrameCount(), next_order++});
}

}  // namespace

ImVec4 Widget::seen() const {
  const ImVec2 from(std::max(low.x, clip_low.x), std::max(low.y, clip_low.y));
  return ImVec4(from.x, from.y, std::min(high.x, clip_high.x) - from.x,
                std::min(high.y, clip_high.y) - from.y);
}

bool Widget::tab_stop() const {
  constexpr int kNone = ImGuiItemFlags_NoTabStop | ImGuiItemFlags_NoNav | ImGuiItemFlags_Disabled;
  return item != 0 && (flags & kNone) == 0;
}

void WidgetRects::begin_frame() {
  const int now = ImGui::GetFrameCount();
  next_order = 0;
  std::erase_if(marks(), [now](const auto& entry) {
    return entry.second.frame < now - 1 || entry.second.frame >= now;  // the latter: of another context
  });
}

void WidgetRects::mark(std::string_view name, std::string_view text) {
  add_mark({.name = std::string(name),
            .text = std::string(text),
            .low = ImGui::GetItemRectMin(),
            .high = ImGui::GetItemRectMax(),
            .clip_low = {},
            .clip_high = {},
            .item = ImGui::GetItemID(),
            .flags = static_cast<int>(ImGui::GetItemFlags())});
}

void WidgetRects::mark(std::string_view name, ImVec2 low, ImVec2 high, std::string_view text) {
  add_mark({.name = std::string(name),
            .text = std::string(text),
            .low = low,
            .high = high,
            .clip_low = {},
            .clip_high = {}});
}

std::string WidgetRects::text(std::string_view name) {
  const auto found = marks().find(name);
  return found == marks().end() || !on_screen(found->second) ? "" : found->second.widget.text;
}

std::optional<ImVec4> WidgetRects::find(std::string_view name) {
  const auto found = marks().find(name);
  if (found == marks().end() || !on_screen(found->second)) return {};
  return found->second.widget.seen();
}

std::vector<std::string> WidgetRects::names() {
  std::vector<std::string> all;
  for (const auto& [name, marked] : marks())
    if (on_screen(marked)) all.push_back(name);
  return all;
}

std::vector<Widget> WidgetRects::all() {
  std::vector<const Marked*> drawn;
  for (const auto& [name, marked] : marks())
    if (marked.frame == ImGui::GetFrameCount()) drawn.push_back(&marked);
  std::sort(drawn.begin(), drawn.end(), [](const Marked* a, const Marked* b) { return a->order < b->order; });
  std::vector<Widget> all;
  for (const Marked* marked : drawn) all.push_back(marked->widget);
  return all;
}

std::optional<ImVec4> WidgetRects::find_text(std::string_view text) {
  std::optional<ImVec4> first;
  for (const auto& [name, marked] : marks()) {
    if (!on_screen(marked) || marked.widget.text != text) continue;
    const ImVec4 rect = marked.widget.seen();
    if (!first || rect.y < first->y) first = rect;
  }
  return first;
}

}  // namespace playground
