#include <algorithm>
#include <cmath>

#include "core/base/json.h"

namespace cnn {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, unsigned code) {
  const auto byte = [&](unsigned bits) { out += static_cast<char>(bits); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// Length of the UTF-8 sequence at the start of text; 0 if it is invalid (overlong, a surrogate).
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = at(0);
  const std::size_t length = first < 0x80       ? 1
                             : first >> 5 == 6  ? 2
                             : first >> 4 == 14 ? 3
                             : first >> 3 == 30 ? 4
                                                : 0;
  if (length == 0 || length > text.size()) return 0;
  unsigned code = length == 1 ? first : first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (at(i) >> 6 != 2) return 0;
    code = code << 6 | (at(i) & 0x3F);
  }
  constexpr unsigned smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < smallest[length] || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return 0;
  return length;
}

class Parser {
 public:
  Parser(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  Result<Json> document() {
    Json value;
    if (!read(value, 0)) return failure();
    skip_space();
    if (at_ < text_.size()) {
      fail("expected the end of the text");
      return failure();
    }
    return value;
  }

 private:
  Error failure() const { return {"bad_json", "JSON, byte " + std::to_string(failed_at_) + ": " + reason_}; }
  bool fail(std::string reason) {
    failed_at_ = at_;
    reason_ = std::move(reason);
    return false;
  }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool read(Json& out, int depth) {
    skip_space();
    if (at_ >= text_.size()) return fail("the text ends where a value was expected");
    if (depth >= limits_.max_depth) {
      return fail("nested deeper than " + std::to_string(limits_.max_depth) + " levels");
    }
    switch (text_[at_]) {
      case '{':
        return read_object(out, depth);
      case '[':
        return read_array(out, depth);
      case '"': {
        std::string text;
        if (!read_string(text)) return false;
        out = Json(std::move(text));
        return true;
      }
      default:
        break;
    }
    if (take_word("null")) {
      out = Json();
    } else if (take_word("true")) {
      out = Json(true);
    } else if (take_word("false")) {
      out = Json(false);
    } else {
      return read_number(out);
    }
    return true;
  }

  bool read_array(Json& out, int depth) {
    ++at_;
    Json::Array values;
    skip_space();
    if (!take(']')) {
      do {
        values.emplace_back();
        if (!read(values.back(), depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return fail("expected \",\" or \"]\"");
    }
    out = Json(std::move(values));
    return true;
  }

  bool read_object(Json& out, int depth) {
    ++at_;
    Json::Object members;
    skip_space();
    if (!take('}')) {
      do {
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '"') return fail("expected a key in quotes");
        members.emplace_back();
        if (!read_string(members.back().first)) return false;
        skip_space();
        if (!take(':')) return fail("expected \":\"");
        if (!read(members.back().second, depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return fail("expected \",\" or \"}\"");
    }
    std::vector<std::string_view> keys;
    for (const Json::Member& member : members) keys.push_back(member.first);
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) return fail("the key \"" + std::string(*twice) + "\" appears twice");
    out = Json(std::move(members));
    return true;
  }

  bool read_hex4(unsigned& code) {
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = at_ < text_.size() ? text_[at_] : '\0';
      const int digit = is_digit(c)            ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return fail("expected four hexadecimal digits after \\u");
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return true;
  }

  bool read_escape(std::string& out) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    constexpr std::string_view escapes = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const auto which = escapes.find(c); c != '\0' && which != std::string_view::npos) {
      ++at_;
      out += meanings[which];
      return true;
    }
    if (c != 'u') return fail("unknown escape after \\");
    ++at_;
    unsigned code = 0;
    if (!read_hex4(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && take_word("\\u")) {
      unsigned low = 0;
      if (!read_hex4(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return fail("half of a surrogate pair is missing");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xD800 && code < 0xE000) {
      return fail("half of a surrogate pair is missing");
    }
    append_utf8(out, code);
    return true;
  }

  bool read_string(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        ++at_;
        if (!read_escape(out)) return false;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        return fail("control character in a string; write it as \\u00..");
      const std::size_t length = utf8_length(text_.substr(at_));
      if (length == 0) return fail("the text is not UTF-8");
      out.append(text_, at_, length);
      at_ += length;
    }
    return fail("the string is not closed");
  }

  bool read_number(Json& out) {
    const std::size_t begin = at_;
    const auto digits = [&] {
      const std::size_t first = at_;
      while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
      return at_ - first;
    };
    take('-');
    const bool zero = at_ < text_.size() && text_[at_] == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) {
      at_ = begin;
      return fail("expected a value");
    }
    if (take('.') && digits() == 0) return fail("expected a digit after the point");
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (digits() == 0) return fail("expected a digit in the exponent");
    }
    const double number = from_text(std::string(text_.substr(begin, at_ - begin)));
    if (!std::isfinite(number)) return fail("the number is too large for a double");
    out = Json(number);
    return true;
  }

  std::string_view text_;
  const JsonLimits& limits_;
  std::size_t at_ = 0;
  std::size_t failed_at_ = 0;
  std::string reason_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return Error{"bad_json", "JSON: longer than " + std::to_string(limits.max_bytes) + " bytes"};
  }
  return Parser(text, limits).document();
}

}  // namespace cnn
