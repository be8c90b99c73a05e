#include "web/app/controls/prose.h"

#include <algorithm>

#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/wrapping.h"

namespace playground {
namespace {

constexpr float kLine = 1.45f;    // line height, in multiples of the text size
constexpr float kSmall = 0.72f;   // indices and exponents
constexpr float kRaised = 0.42f;  // of the text size: how far an exponent is raised
constexpr float kLowered = 0.3f;
constexpr float kCell = 5;  // em: a table's columns after the first

enum class Level { line, high, low };

/// Text of one style without spaces.
struct Piece {
  std::string_view text;
  bool strong = false, space_after = false;
  Level level = Level::line;
};

/// Calls `take` with every piece from left to right.
template <class Take>
void split(std::string_view text, Take take) {
  bool strong = false;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '*') {
      strong = !strong;
      ++at;
    } else if ((c == '^' || c == '_') && at + 1 < text.size() && text[at + 1] == '{') {
      const std::size_t end = std::min(text.find('}', at), text.size());
      const bool space = end + 1 < text.size() && text[end + 1] == ' ';
      take(Piece{text.substr(at + 2, end - at - 2), strong, space, c == '^' ? Level::high : Level::low});
      at = end + (space ? 2 : 1);
    } else {
      std::size_t end = at;
      const auto ends = [&](std::size_t i) {
        const bool index = (text[i] == '^' || text[i] == '_') && i + 1 < text.size() && text[i + 1] == '{';
        return text[i] == ' ' || text[i] == '*' || index;
      };
      while (end < text.size() && !ends(end)) ++end;
      const bool space = end < text.size() && text[end] == ' ';
      // A space after the closing star belongs to the strong word.
      const bool later = end + 1 < text.size() && text[end] == '*' && strong && text[end + 1] == ' ';
      take(Piece{text.substr(at, end - at), strong, space || later, Level::line});
      at = end + (space ? 1 : 0);
      if (later) {
        strong = false;
        at = end + 2;
      }
    }
  }
}

/// A table row: the first cell takes the width that the others leave.
void draw_row(const Passage& passage, float width) {
  const float other = kCell * em();
  const std::vector<std::string_view> cells = cells_of(passage);
  const float first = width - static_cast<float>(cells.size() - 1) * other;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  float bottom = corner.y;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const float left = i == 0 ? 0 : first + static_cast<float>(i - 1) * other;
    ImGui::SetCursorScreenPos(ImVec2(corner.x + left, corner.y));
    draw_markup(cells[i], (i == 0 ? first : other) - 0.5f * em(), 1, palette().text);
    bottom = std::max(bottom, ImGui::GetItemRectMax().y);
  }
  ImGui::GetWindowDrawList()->AddLine(ImVec2(corner.x, bottom), ImVec2(corner.x + width, bottom),
                                      palette().line);
  ImGui::SetCursorScreenPos(ImVec2(corner.x, bottom));
  ImGui::Dummy(ImVec2(width, 0));
}

}  // namespace

void draw_markup(std::string_view text, float width, float size, ImU32 color) {
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_size(size);
  const float full = em(), line = kLine * full, space = text_size(" ").x;
  pop_font();
  ImVec2 at = corner;
  // A word and its subscripts and superscripts wrap together.
  std::vector<std::pair<Piece, float>> word;
  float word_width = 0;
  const auto place = [&] {
    if (at.x > corner.x && at.x + word_width > corner.x + width) at = ImVec2(corner.x, at.y + line);
    for (const auto& [piece, piece_width] : word) {
      const float scale = piece.level == Level::line ? size : size * kSmall;
      if (piece.strong)
        push_strong(scale);
      else
        push_size(scale);
      const float shift = piece.level == Level::high  ? -kRaised * full * 0.45f
                          : piece.level == Level::low ? kLowered * full + (full - em()) / 2
                                                      : 0;
      text_at(list, ImVec2(at.x, at.y + (line - full) / 2 + shift), color, piece.text);
      pop_font();
      at.x += piece_width + (piece.space_after ? space : 0);
    }
    word.clear();
    word_width = 0;
  };
  split(text, [&](const Piece& piece) {
    const float scale = piece.level == Level::line ? size : size * kSmall;
    if (piece.strong)
      push_strong(scale);
    else
      push_size(scale);
    const float piece_width = text_size(piece.text).x;
    pop_font();
    word.emplace_back(piece, piece_width);
    word_width += piece_width;
    if (!piece.space_after) return;
    std::size_t end = static_cast<std::size_t>(piece.text.data() - text.data()) + piece.text.size();
    while (end < text.size() && text[end] != ' ') ++end;  // behind the star or bracket that closes the piece
    if (may_break(text, end))
      place();
    else
      word_width += space;
  });
  place();
  ImGui::Dummy(ImVec2(width, at.y + line - corner.y));
}

void draw_formula(std::string_view text, float width) {
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.ChannelsSplit(2);
  list.ChannelsSetCurrent(1);
  ImGui::Dummy(ImVec2(0, 0.05f * em()));
  ImGui::Indent(0.8f * em());
  draw_markup(text, width - 1.6f * em(), 1, palette().text);
  ImGui::Unindent(0.8f * em());
  ImGui::Dummy(ImVec2(0, 0.05f * em()));
  list.ChannelsSetCurrent(0);
  list.AddRectFilled(low, ImVec2(low.x + width, ImGui::GetItemRectMax().y), palette().control,
                     ImGui::GetStyle().FrameRounding);
  list.ChannelsMerge();
}

void draw_passages(std::span<const Passage> passages, float width) {
  width = std::min(width, kMeasure * em());
  for (const Passage& passage : passages) {
    if (passage.kind == Passage::heading) {
      ImGui::Dummy(ImVec2(0, 0.35f * em()));
      draw_markup("*" + std::string(passage.text) + "*", width, 1.07f, palette().text);
    } else if (passage.kind == Passage::formula) {
      draw_formula(passage.text, width);
    } else if (passage.kind == Passage::row) {
      draw_row(passage, width);
      continue;
    } else {
      draw_markup(passage.text, width, 1, palette().text);
    }
    ImGui::Dummy(ImVec2(0, 0.1f * em()));
  }
}

std::vector<std::string_view> cells_of(const Passage& passage) {
  std::vector<std::string_view> cells;
  std::string_view rest = passage.text;
  while (passage.kind == Passage::row && rest.find('|') != std::string_view::npos) {
    cells.push_back(rest.substr(0, rest.find('|')));
    rest.remove_prefix(rest.find('|') + 1);
  }
  cells.push_back(rest);
  return cells;
}

std::vector<StyledText> styled_texts(std::string_view markup) {
  std::vector<StyledText> texts;
  split(markup, [&](const Piece& piece) {
    const char* style = piece.level == Level::high  ? "sup"
                        : piece.level == Level::low ? "sub"
                        : piece.strong              ? "strong"
                                                    : "";
    texts.push_back({style, std::string(piece.text) + (piece.space_after ? " " : "")});
  });
  return texts;
}

}  // namespace playground
