#include "web/app/controls/wrapping.h"

#include <algorithm>
#include <iterator>

#include "imgui.h"

namespace playground {
namespace {

/// What follows a number on the same line.
constexpr std::string_view kUnits[] = {"%", "×", "B",  "kB", "MB",  "GB", "k",
                                       "M", "G", "ms", "µs", "min", "h",  "s"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

float width_of(std::string_view text) {
  return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x;
}

/// Bytes of the characters that fit, at least one character.
std::size_t fitting(std::string_view word, float width) {
  std::size_t end = 0;
  while (end < word.size()) {
    std::size_t next = end + 1;
    while (next < word.size() && (static_cast<unsigned char>(word[next]) & 0xC0) == 0x80) ++next;
    if (end > 0 && width_of(word.substr(0, next)) > width) break;
    end = next;
  }
  return end;
}

}  // namespace

bool may_break(std::string_view text, std::size_t space) {
  std::size_t before = space, after = space + 1;
  while (before > 0 && text[before - 1] == '*') --before;
  while (after < text.size() && text[after] == '*') ++after;
  std::string_view next = text.substr(std::min(after, text.size()));
  next = next.substr(0, std::min(next.find_first_of(" \n*.,;:!?)/"), next.size()));
  if (next == "%") return false;  // also after "x" in a formula
  if (text.substr(0, before).ends_with("×")) return next.empty() || !is_digit(next[0]);  // 32 × 32
  if (before == 0 || !is_digit(text[before - 1])) return true;
  return std::find(std::begin(kUnits), std::end(kUnits), next) == std::end(kUnits);
}

std::string wrapped(std::string_view text, float width) {
  std::string lines, line;
  std::size_t at = 0;
  while (at < text.size()) {
    if (text[at] == '\n') {
      lines += line + '\n';
      line.clear();
      ++at;
      continue;
    }
    // A word, with what must stay on its line; the spaces before it belong to it.
    std::size_t begin = at;
    while (begin < text.size() && text[begin] == ' ') ++begin;
    std::size_t end = begin;
    while (end < text.size() && text[end] != '\n' && (text[end] != ' ' || !may_break(text, end))) ++end;
    const std::string_view with_spaces = text.substr(at, end - at);
    std::string_view word = text.substr(begin, end - begin);
    at = end;
    if (width_of(line + std::string(with_spaces)) <= width + 0.5f) {
      line += with_spaces;
      continue;
    }
    if (!line.empty()) {
      lines += line + '\n';
      line.clear();
    }
    while (width_of(word) > width + 0.5f) {
      const std::size_t part = fitting(word, width);
      if (part == word.size()) break;
      lines += std::string(word.substr(0, part)) + '\n';
      word.remove_prefix(part);
    }
    line = word;
  }
  return lines + line;
}

void wrapped_text(std::string_view text, float width) {
  const float room = ImGui::GetContentRegionAvail().x;
  const std::string lines = wrapped(text, std::max(1.0f, width > 0 ? std::min(width, room) : room));
  ImGui::TextUnformatted(lines.data(), lines.data() + lines.size());
}

}  // namespace playground
