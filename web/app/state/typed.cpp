#include "web/app/state/typed.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr const char* kRejected = "rejected";
constexpr std::size_t kLongestNumber = 64;  // bytes of a number

/// Digits and marks of other keyboards as those of ASCII.
struct Same {
  std::uint32_t from, to;  // code points
  char ascii;              // of `from`; the others follow it
};
constexpr Same kSame[] = {
    {0x660, 0x669, '0'},   {0x6F0, 0x6F9, '0'},   {0x966, 0x96F, '0'},    {0xFF10, 0xFF19, '0'},
    {0x2010, 0x2013, '-'}, {0x2212, 0x2212, '-'}, {0xFF0D, 0xFF0D, '-'},  {0xFF0B, 0xFF0B, '+'},
    {0x66B, 0x66B, '.'},   {0xFF0E, 0xFF0E, '.'}, {0x3002, 0x3002, '.'},  {0xFF0C, 0xFF0C, ','},
    {0x3001, 0x3001, ','}, {0x66C, 0x66C, '\''},  {0x2019, 0x2019, '\''}, {0xA0, 0xA0, ' '},
    {0x2009, 0x2009, ' '}, {0x202F, 0x202F, ' '}, {0x3000, 0x3000, ' '},  {0xD7, 0xD7, 'x'},
    {0xFF25, 0xFF25, 'e'}, {0xFF45, 0xFF45, 'e'},
};

/// In ASCII, with '?' for what has no equal there.
std::string ascii_of(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i++]);
    if (lead < 0x80) {
      result += static_cast<char>(lead);
      continue;
    }
    std::uint32_t code = lead >= 0xF0 ? lead & 7u : lead >= 0xE0 ? lead & 15u : lead & 31u;
    while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80)
      code = code << 6 | (static_cast<unsigned char>(text[i++]) & 0x3Fu);
    const auto same = std::find_if(std::begin(kSame), std::end(kSame),
                                   [code](const Same& s) { return code >= s.from && code <= s.to; });
    const bool digit = same != std::end(kSame) && same->ascii == '0';
    result += same == std::end(kSame)
                  ? '?'
                  : static_cast<char>(same->ascii + static_cast<int>(digit ? code - same->from : 0));
  }
  return result;
}

bool digits_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Removes the marks between groups of three digits. Nothing if the groups are others.
std::optional<std::string> without_groups(std::string_view digits, char mark) {
  std::string result;
  for (std::size_t at = 0;;) {
    const std::size_t next = std::min(digits.find(mark, at), digits.size());
    const std::string_view group = digits.substr(at, next - at);
    const bool first = at == 0, only = first && next == digits.size();
    if (!digits_only(group) || (!only && (first ? group.empty() || group.size() > 3 : group.size() != 3)))
      return {};
    result += group;
    if (next == digits.size()) return result;
    at = next + 1;
  }
}

/// Digits before the decimal mark, with at most one kind of mark between groups.
std::optional<std::string> whole_part(std::string_view text) {
  char mark = 0;
  for (const char c : text)
    if (c == ',' || c == '.' || c == ' ' || c == '\'') {
      if (mark != 0 && mark != c) return {};
      mark = c;
    }
  return without_groups(text, mark == 0 ? ',' : mark);
}

/// Where the decimal mark is; npos: none.
std::size_t decimal_mark(std::string_view text, bool whole) {
  const std::size_t last = text.find_last_of(".,");
  if (last == text.npos) return last;
  const bool other = text.find(text[last] == '.' ? ',' : '.') != text.npos;
  if (other) return last;
  if (text.find(text[last]) != last) return text.npos;  // a repeated mark separates groups of digits
  const bool group = whole && text.size() - last == 4 && last >= 1 && last <= 3 && text[0] != '0';
  return group ? text.npos : last;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool in_bounds(const Field& field, double value) { return clamped(field, value) == value; }

Json reject(const Field& field, std::string_view text) {
  return rejected_value(field.name, trimmed(text), accepts_text(field));
}

bool means_nothing(const Field& field, std::string_view text) {
  return field.optional && (text.empty() || text == empty_text(field));
}

}  // namespace

std::optional<double> number_from(std::string_view typed, bool whole) {
  if (typed.size() > kLongestNumber) return {};
  const std::string ascii = ascii_of(typed);
  std::string_view text = trimmed(ascii);
  std::string plain;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    if (text[0] == '-') plain = "-";
    text = trimmed(text.substr(1));
  }
  const std::size_t e = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, e), exponent = e == text.npos ? "" : text.substr(e + 1);
  const std::size_t mark = decimal_mark(mantissa, whole && e == text.npos);
  const std::optional<std::string> before = whole_part(mantissa.substr(0, mark));
  const std::string_view after = mark == mantissa.npos ? "" : mantissa.substr(mark + 1);
  if (!before || !digits_only(after) || (before->empty() && after.empty())) return {};
  plain += (before->empty() ? "0" : *before) + "." + (after.empty() ? "0" : std::string(after));
  if (e != text.npos) {
    const bool sign = !exponent.empty() && (exponent[0] == '-' || exponent[0] == '+');
    const std::string_view power = exponent.substr(sign ? 1 : 0);
    if (power.empty() || power.size() > 3 || !digits_only(power)) return {};
    plain += "e" + std::string(exponent);
  }
  const double value = std::strtod(plain.c_str(), nullptr);
  if (!std::isfinite(value)) return {};
  return value;
}

Json value_from(const Field& field, std::string_view text) {
  if (means_nothing(field, trimmed(text))) return nullptr;
  const std::optional<double> value = number_from(text, is_whole(field));
  if (!value || !in_bounds(field, *value) || (is_whole(field) && *value != std::round(*value)))
    return reject(field, text);
  return *value;
}

Json pair_from(const Field& field, std::string_view text) {
  if (means_nothing(field, trimmed(text))) return nullptr;
  std::string ascii = ascii_of(text);
  std::replace_if(
      ascii.begin(), ascii.end(),
      [](char c) { return c == 'x' || c == 'X' || c == '*' || c == ';' || c == ','; }, ' ');
  Json::Array parts;
  for (std::string_view rest = trimmed(ascii); !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    Json part = value_from(field, rest.substr(0, end));
    if (part.number() == nullptr || parts.size() == 2) return reject(field, text);
    parts.push_back(std::move(part));
    rest = trimmed(rest.substr(end));
  }
  if (parts.empty()) return reject(field, text);
  if (parts.size() == 1) parts.push_back(parts[0]);
  return Json(std::move(parts));
}

Json rejected_value(std::string_view field, std::string_view typed, std::string_view accepts) {
  Json json;
  json[kRejected] = Json::object(
      {{"typed", std::string(typed)}, {"field", std::string(field)}, {"accepts", std::string(accepts)}});
  return json;
}

std::string accepts_text(const Field& field) {
  const auto text = [&](double value) {  // 1,000,000 and not 1e+06
    const bool large = std::fabs(value) >= 1000 && value == std::round(value) && std::fabs(value) < 1e15;
    return large ? count_text(value) : value_text(field, value);
  };
  std::string bounds;
  if (field.min && field.max)
    bounds = text(*field.min) + " to " + text(*field.max);
  else if (field.min)
    bounds = "at least " + text(*field.min);
  else if (field.max)
    bounds = "at most " + text(*field.max);
  if (!is_whole(field)) return bounds.empty() ? "a number" : bounds;
  return bounds.empty() ? "a whole number" : "whole, " + bounds;
}

std::optional<Rejected> rejected(const Json& value) {
  const Json* inside = value.find(kRejected);
  if (inside == nullptr || inside->members() == nullptr) return {};
  return Rejected{text_in(*inside, "typed"), text_in(*inside, "field"), text_in(*inside, "accepts")};
}

std::optional<Rejected> first_rejected(const Json& whole) {
  if (std::optional<Rejected> own = rejected(whole)) return own;
  if (const auto* members = whole.members())
    for (const auto& [name, member] : *members)
      if (std::optional<Rejected> inside = first_rejected(member)) return inside;
  if (const Json::Array* elements = whole.elements())
    for (const Json& element : *elements)
      if (std::optional<Rejected> inside = first_rejected(element)) return inside;
  return {};
}

Json accepted_part(const Json& whole) {
  if (!first_rejected(whole)) return whole;
  if (const auto* members = whole.members()) {
    Json kept = Json::object();
    for (const auto& [name, member] : *members)
      if (!rejected(member)) kept[name] = accepted_part(member);
    return kept;
  }
  Json kept = Json::array();
  for (const Json& element : *whole.elements()) kept.push_back(accepted_part(element));
  return kept;
}

std::string complaint(const Rejected& r) {
  return capital(spoken(r.field)) + (r.typed.empty() ? " is empty" : " is " + r.typed) + "; it must be " +
         r.accepts + ".";
}

}  // namespace playground
