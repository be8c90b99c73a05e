#include "core/base/json.h"

#include <algorithm>
#include <clocale>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace cnn {
namespace {

/// strtod and snprintf follow the locale, whose decimal point may be a comma.
std::string decimal_point() {
  const char* point = std::localeconv()->decimal_point;
  return point && *point ? point : ".";
}

void write_string(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          constexpr char hex[] = "0123456789abcdef";
          out += "\\u00";
          out += hex[c >> 4];
          out += hex[c & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void write(std::string& out, const Json& value, int indent, int depth) {
  const auto new_line = [&](int levels) {
    if (indent == 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent * levels), ' ');
  };
  if (const bool* flag = value.boolean()) {
    out += *flag ? "true" : "false";
  } else if (const double* number = value.number()) {
    out += to_text(*number);
  } else if (const std::string* text = value.string()) {
    write_string(out, *text);
  } else if (const Json::Array* elements = value.elements()) {
    out += '[';
    for (std::size_t i = 0; i < elements->size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write(out, (*elements)[i], indent, depth + 1);
    }
    if (!elements->empty()) new_line(depth);
    out += ']';
  } else if (const Json::Object* members = value.members()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i > 0) out += ',';
      new_line(depth + 1);
      write_string(out, (*members)[i].first);
      out += indent == 0 ? ":" : ": ";
      write(out, (*members)[i].second, indent, depth + 1);
    }
    if (!members->empty()) new_line(depth);
    out += '}';
  } else {
    out += "null";
  }
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  const Object* object = members();
  if (!object) return nullptr;
  for (const Member& member : *object) {
    if (member.first == key) return &member.second;
  }
  return nullptr;
}

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

Json& Json::operator[](std::string_view key) {
  if (Json* found = find(key)) return *found;
  if (!members()) value_ = Object();
  members()->emplace_back(std::string(key), Json());
  return members()->back().second;
}

void Json::erase(std::string_view key) {
  if (Object* object = members()) {
    object->erase(
        std::remove_if(object->begin(), object->end(), [&](const Member& m) { return m.first == key; }),
        object->end());
  }
}

void Json::push_back(Json value) {
  if (!elements()) value_ = Array();
  elements()->push_back(std::move(value));
}

std::string_view Json::kind() const {
  constexpr std::string_view kinds[] = {"null", "a boolean", "a number", "a string", "a list", "an object"};
  return kinds[value_.index()];
}

std::string Json::dump(int indent) const {
  std::string out;
  write(out, *this, indent, 0);
  return out;
}

std::string to_text(double number) {
  if (!std::isfinite(number)) return "null";
  char text[40];
  constexpr double exact = 9007199254740992.0;  // 2^53: whole numbers up to here get no exponent
  if (std::floor(number) == number && std::fabs(number) <= exact) {
    std::snprintf(text, sizeof text, "%.0f", number);
    return text;
  }
  const std::string point = decimal_point();
  for (int digits = 15;; ++digits) {  // 15 never show noise, 17 always round-trip
    std::snprintf(text, sizeof text, "%.*g", digits, number);
    std::string result = text;
    if (const auto at = result.find(point); point != "." && at != std::string::npos) {
      result.erase(at, point.size()).insert(at, 1, '.');
    }
    if (digits == 17 || from_text(result) == number) return result;
  }
}

double from_text(std::string text) {
  const std::string point = decimal_point();
  const auto dot = text.find('.');
  if (point != "." && dot != std::string::npos) text.replace(dot, 1, point);
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace cnn
