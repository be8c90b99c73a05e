#include "web/app/controls/drawn_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>

#include "imgui_internal.h"

namespace playground {
namespace {

constexpr float kWidestSpace = 0.7f;  // em; what is further away is another text
constexpr float kSame = 0.6f;         // pixels: the same place, but for rounding

struct Glyph {
  const ImFontGlyph* drawn;
  float size;  ///< of the font at which it was rasterized
};

/// By the corner in the texture.
struct CornerHash {
  std::size_t operator()(const std::pair<float, float>& corner) const {
    return std::hash<float>()(corner.first) * 31 + std::hash<float>()(corner.second);
  }
};
using Glyphs = std::unordered_map<std::pair<float, float>, Glyph, CornerHash>;

Glyphs all_glyphs() {
  Glyphs glyphs;
  ImFontAtlasBuilder* builder = ImGui::GetIO().Fonts->Builder;
  if (builder == nullptr) return glyphs;
  for (int i = 0; i < builder->BakedPool.Size; ++i) {
    const ImFontBaked& baked = builder->BakedPool[i];
    if (baked.WantDestroy) continue;
    for (const ImFontGlyph& glyph : baked.Glyphs)
      if (glyph.Visible) glyphs.insert_or_assign({glyph.U0, glyph.V0}, Glyph{&glyph, baked.Size});
  }
  return glyphs;
}

/// The window that a list of triangles belongs to; nothing for what is drawn behind or before all windows.
const ImGuiWindow* window_of(const ImDrawList* list) {
  for (const ImGuiWindow* window : ImGui::GetCurrentContext()->Windows)
    if (window->DrawList == list) return window;
  return nullptr;
}

/// A popup or tooltip lies over the window there.
bool covered(const ImGuiWindow* window, ImVec2 at) {
  if (window == nullptr) return false;
  bool above = false;
  for (const ImGuiWindow* other : ImGui::GetCurrentContext()->Windows) {
    if (other == window)
      above = true;
    else if (above && other->Active && !other->Hidden && other->RootWindow != window->RootWindow &&
             other->Rect().Contains(at))
      return true;
  }
  return false;
}

class Reader {
 public:
  void read(const ImDrawList& list) {
    window_ = window_of(&list);
    for (const ImDrawCmd& command : list.CmdBuffer) {
      end_line();
      if (command.UserCallback != nullptr) continue;
      for (unsigned i = 0; i + 3 <= command.ElemCount;) i += read_triangles(list, command, i);
    }
    end_line();
  }
  std::vector<DrawnText> lines;

 private:
  /// How many indices were read.
  unsigned read_triangles(const ImDrawList& list, const ImDrawCmd& command, unsigned at) {
    const ImDrawIdx* index = list.IdxBuffer.Data + command.IdxOffset + at;
    const ImDrawVert* corners = list.VtxBuffer.Data + command.VtxOffset;
    const ImDrawVert& first = corners[index[0]];
    const auto found = glyphs_.find({first.uv.x, first.uv.y});
    const bool whole = at + 6 <= command.ElemCount && index[3] == index[0] && index[5] == index[0] + 3;
    if (found == glyphs_.end() || !whole || first.pos.y != corners[index[1]].pos.y) {
      end_line();
      return 3;
    }
    add(found->second, first.pos, corners[index[2]].pos, command.ClipRect);
    return 6;
  }

  void add(const Glyph& glyph, ImVec2 low, ImVec2 high, ImVec4 clip) {
    const ImFontGlyph& drawn = *glyph.drawn;
    const ImVec2 middle((low.x + high.x) / 2, (low.y + high.y) / 2);
    if (middle.x < clip.x || middle.x > clip.z || middle.y < clip.y || middle.y > clip.w ||
        covered(window_, middle))
      return;
    const float scale = (high.x - low.x) / (drawn.X1 - drawn.X0), size = glyph.size * scale;
    const ImVec2 pen(low.x - drawn.X0 * scale, low.y - drawn.Y0 * scale);
    const float gap = pen.x - pen_;
    const bool goes_on =
        line_ && std::abs(line_->low.y - pen.y) < kSame && gap > -kSame && gap < kWidestSpace * size;
    if (!goes_on) {
      end_line();
      line_ = DrawnText{{}, pen, ImVec2(high.x, pen.y + size)};
    } else if (gap > kSame) {
      line_->text += ' ';
    }
    char bytes[5];
    ImTextCharToUtf8(bytes, drawn.Codepoint);
    line_->text += bytes;
    line_->high.x = std::max(line_->high.x, high.x);
    pen_ = pen.x + drawn.AdvanceX * scale;
  }

  void end_line() {
    if (line_) lines.push_back(*std::exchange(line_, {}));
  }

  const Glyphs glyphs_ = all_glyphs();
  const ImGuiWindow* window_ = nullptr;
  std::optional<DrawnText> line_;
  float pen_ = 0;  ///< where the next glyph is drawn, without a space
};

}  // namespace

std::vector<DrawnText> drawn_text() {
  Reader reader;
  if (const ImDrawData* data = ImGui::GetDrawData(); data != nullptr && data->Valid)
    for (const ImDrawList* list : data->CmdLists) reader.read(*list);
  return std::move(reader.lines);
}

}  // namespace playground
