#include "web/app/controls/tab_stops.h"

#include <algorithm>

#include "imgui_internal.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widget_rects.h"

namespace playground {
namespace {

Leave leave = Leave::no;
/// Place of the focused widget among those of its page, for the case that it vanishes.
std::ptrdiff_t place = 0;
/// The focused widget is scrolled into view for some frames:
/// what is above it may change its height by the scrolling.
ImGuiID settling = 0;
int frames_to_settle = 0;
constexpr int kSettles = 3;

ImGuiWindow* window_of(const Widget& w) { return ImGui::FindWindowByID(w.window); }

void scroll_to(const Widget& w) {
  ImGui::ScrollToRectEx(window_of(w), ImRect(w.low, w.high),
                        ImGuiScrollFlags_KeepVisibleEdgeX | ImGuiScrollFlags_KeepVisibleEdgeY);
}

/// The widgets of the page or popup that has the focus, in the order drawn.
std::vector<Widget> items_of(const ImGuiWindow* root) {
  std::vector<Widget> all = WidgetRects::all();
  std::erase_if(all, [root](const Widget& w) {
    const ImGuiWindow* window = w.item != 0 ? window_of(w) : nullptr;
    return window == nullptr || (root != nullptr && window->RootWindow != root);
  });
  const auto same = [](const Widget& a, const Widget& b) { return a.item == b.item; };  // it has two names
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

void focus(const Widget& w) {
  ImGuiWindow* window = window_of(w);
  const ImRect rect(w.low, w.high);
  ImGui::SetNavWindow(window);
  ImGui::SetNavID(w.item, ImGuiNavLayer_Main, window->NavRootFocusScopeId,
                  ImGui::WindowRectAbsToRel(window, rect));
  scroll_to(w);
  ImGui::SetNavCursorVisible(true);
}

bool any_stop(const std::vector<Widget>& items, std::ptrdiff_t from, std::ptrdiff_t to) {
  return std::any_of(items.begin() + from, items.begin() + to, [](const Widget& w) { return w.tab_stop(); });
}

/// Around the visible part of the focused widget, above everything: no panel's edge cuts it.
void draw_ring(const Widget& w) {
  const ImVec4 seen = w.seen();
  if (seen.z <= 0 || seen.w <= 0) return;
  const ImVec2 display = ImGui::GetIO().DisplaySize;
  const float thick = 0.14f * em(), gap = thick;
  const ImVec2 low(std::max(seen.x - gap, thick / 2), std::max(seen.y - gap, thick / 2));
  const ImVec2 high(std::min(seen.x + seen.z + gap, display.x - thick / 2),
                    std::min(seen.y + seen.w + gap, display.y - thick / 2));
  ImGui::GetForegroundDrawList()->AddRect(low, high, palette().focus, ImGui::GetStyle().FrameRounding + gap,
                                          0, thick);
}

}  // namespace

void TabStops::end_frame() {
  leave = Leave::no;
  ImGuiContext& g = *ImGui::GetCurrentContext();
  if (g.NavWindow == nullptr || g.NavId == 0 || !g.NavCursorVisible) return;
  const bool popup = !g.OpenPopupStack.empty();
  const std::vector<Widget> items = items_of(g.NavWindow->RootWindow);
  const auto focused =
      std::find_if(items.begin(), items.end(), [&g](const Widget& w) { return w.item == g.NavId; });
  if (focused == items.end()) {
    if (g.NavIdIsAlive || popup || items.empty()) return;
    auto near = items.begin() + std::clamp<std::ptrdiff_t>(place, 0, std::ssize(items) - 1);
    while (near != items.begin() && !near->tab_stop()) --near;
    return focus(*near);
  }
  place = focused - items.begin();
  if (settling != focused->item) settling = focused->item, frames_to_settle = kSettles;
  if (frames_to_settle > 0) --frames_to_settle, scroll_to(*focused);
  draw_ring(*focused);
  const bool tabbing = g.NavMoveSubmitted && (g.NavMoveFlags & ImGuiNavMoveFlags_IsTabbing) != 0 &&
                       (g.NavMoveFlags & ImGuiNavMoveFlags_FocusApi) == 0;
  if (!tabbing || popup || g.NavTabbingDir == 0) return;
  const bool forward = g.NavTabbingDir > 0;
  if (forward ? any_stop(items, place + 1, std::ssize(items)) : any_stop(items, 0, place)) return;
  leave = forward ? Leave::forward : Leave::backward;
  ImGui::NavMoveRequestCancel();
  ImGui::SetNavCursorVisible(false);
}

Leave TabStops::leaves() { return leave; }

void TabStops::enter(bool from_behind) {
  ImGuiContext& g = *ImGui::GetCurrentContext();
  const ImGuiWindow* root = g.OpenPopupStack.empty() || g.OpenPopupStack.back().Window == nullptr
                                ? ImGui::FindWindowByName("playground")
                                : g.OpenPopupStack.back().Window;
  std::vector<Widget> items = items_of(root);
  std::erase_if(items, [](const Widget& w) { return !w.tab_stop(); });
  if (!items.empty()) focus(from_behind ? items.back() : items.front());
}

}  // namespace playground
