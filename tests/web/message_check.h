#pragma once
/// Checks every message that a test sends or receives against web/protocol.json; what does not fit fails the
/// test.
#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/training/fit_options.h"
#include "doctest/doctest.h"
#include "web/protocol_table.h"

namespace message_check {

using cnn::Json;

/// The first way in which messages do not fit; empty: they do.
class Checker {
 public:
  /// sections: where a request's type may be declared, and an event's.
  Checker(std::vector<std::string_view> requests, std::vector<std::string_view> events)
      : request_sections_(std::move(requests)), event_sections_(std::move(events)) {}

  /// Requests that are answered without an error must fit; what a test sends on purpose may not.
  void asked(double id, std::string_view type, const Json& args, std::size_t payloads) {
    open_[id] = {std::string(type), args, payloads};
  }
  std::string came(const Json& header, std::size_t payloads) {
    const Json* id = header.find("id");
    return id && id->number() ? reply(*id->number(), header, payloads) : event(header, payloads);
  }
  /// For the side that sends requests only as the table has them.
  std::string request(std::string_view type, const Json& args, std::size_t payloads) const {
    const Json* entry = find(request_sections_, type);
    if (!entry) return "\"" + std::string(type) + "\" is not a request";
    Json copy = args;
    if (auto fits = table().check_args(type, *entry, copy); !fits) return fits.error().message;
    if (auto fits = table().check_payloads(type, *entry, "payloads", args, payloads); !fits)
      return fits.error().message;
    return unknown(type, *entry, args);
  }

 private:
  struct Open {
    std::string type;
    Json args;
    std::size_t payloads;
  };
  static const playground::ProtocolTable& table() { return playground::ProtocolTable::of_this_build(); }
  static const Json* find(const std::vector<std::string_view>& sections, std::string_view name) {
    for (const std::string_view section : sections)
      if (const Json* entry = table().find(section, name)) return entry;
    return nullptr;
  }
  // `more` fields are described by the core.
  static std::string unknown(std::string_view subject, const Json& entry, const Json& args) {
    if (playground::word_in(entry, "more").empty() || !args.members()) return {};
    std::set<std::string> known;
    const Json fields = cnn::describe_fit_options();
    for (const Json& field : *fields.elements()) known.insert(*field.find("name")->string());
    for (const auto& [name, value] : *args.members())
      if (known.count(name) == 0 && !entry.find("args")->find(name))
        return std::string(subject) + ": " + name + " is in neither the table nor fit_fields";
    return {};
  }
  std::string reply(double id, const Json& header, std::size_t payloads) {
    const auto asked = open_.find(id);
    if (asked == open_.end()) return "a reply to no request: " + header.dump();
    const Open open = std::move(asked->second);
    open_.erase(asked);
    const Json* entry = find(request_sections_, open.type);
    if (const Json* error = header.find("error")) return failure(open.type, entry, *error);
    if (!entry) return open.type + ": not a request, but answered";
    if (const std::string misfit = request(open.type, open.args, open.payloads); !misfit.empty())
      return misfit;
    const Json* args = header.find("args");
    const std::string subject = "reply to " + open.type;
    if (!args) return subject + ": no args";
    if (auto fits = table().check_reply(subject, *entry, *args); !fits) return fits.error().message;
    auto fits = table().check_payloads(subject, *entry, "reply_payloads", *args, payloads);
    return fits ? "" : fits.error().message;
  }
  /// Whether the page forwards requests: they may fail with its codes (`codes`) instead of the trainer's.
  bool through_page() const { return request_sections_.size() > 1; }
  std::string failure(const std::string& type, const Json* entry, const Json& error) const {
    const std::string_view code = playground::word_in(error, "code");
    if (playground::word_in(error, "message").empty()) return type + ": an error without a message";
    if (!table().find("codes", code)) return type + ": unknown code " + std::string(code);
    const Json* errors = entry ? entry->find("errors") : nullptr;
    if (!errors) return entry || code == "bad_message" ? "" : type + ": unknown, but " + std::string(code);
    for (const Json& one : *errors->elements())
      if (*one.string() == code) return {};
    if (through_page() && table().find("codes", code)->string()->starts_with("From the page")) return {};
    return type + ": " + std::string(code) + " is not among its errors: " + error.dump();
  }
  std::string event(const Json& header, std::size_t payloads) const {
    const std::string type(playground::word_in(header, "type"));
    const Json* entry = find(event_sections_, type);
    if (!entry) return "\"" + type + "\" is not an event: " + header.dump();
    const Json* args = header.find("args");
    Json copy = args ? *args : Json();
    if (auto fits = table().check_args("event " + type, *entry, copy); !fits) return fits.error().message;
    if (auto fits = table().check_payloads("event " + type, *entry, "payloads", copy, payloads); !fits)
      return fits.error().message;
    return unknown("event " + type, *entry, copy);
  }

  std::vector<std::string_view> request_sections_, event_sections_;
  std::map<double, Open> open_;
};

/// Between a test and a session.
struct OfSession : Checker {
  OfSession() : Checker({"requests"}, {"events"}) {}
  void check(const Json& header, std::size_t payloads) {
    const std::string misfit = came(header, payloads);
    CHECK_MESSAGE(misfit.empty(), misfit);
  }
  void asked(double id, std::string_view type, const std::string& args, std::size_t payloads) {
    const auto json = cnn::parse_json(args);
    Checker::asked(id, type, json ? *json : Json(), payloads);
  }
};

/// Messages of a fake trainer: a test writes the fields that it is about, and the others that the table
/// requires are added. Wrong fields stay, for the check.
class Completer {
 public:
  static void header(const std::string& asked, Json& header) {
    Json* args = header.find("args");
    if (!args) return;
    const bool reply = header.find("id");
    const std::string name = reply ? asked : std::string(playground::word_in(header, "type"));
    for (const char* section : {"requests", "page_requests", "events", "page_events"}) {
      const Json* entry = table().find(section, name);
      const bool of_requests = std::string(section).find("requests") != std::string::npos;
      if (!entry || of_requests != reply) continue;
      const Json* declared = entry->find(reply ? "reply" : "args");
      if (const Json* kinds = entry->find("kinds"))
        declared = kinds->find(playground::word_in(*args, "what"))->find("reply");
      if (!declared) return;
      if (declared->string()) return value(*declared->string(), Json(), *args);
      return fields(reply ? *declared : *entry, *args);
    }
  }

 private:
  static const playground::ProtocolTable& table() { return playground::ProtocolTable::of_this_build(); }
  static bool flag(const Json& field, const char* key) {
    const Json* member = field.find(key);
    return member && member->boolean() && *member->boolean();
  }
  static void fields(const Json& declared, Json& object) {
    if (!object.members()) return;
    if (const Json* base = table().find("types", playground::word_in(declared, "extends")))
      fields(*base, object);
    for (const char* list : {"args", "fields"}) {
      const Json* known = declared.find(list);
      if (!known || !known->members()) continue;
      for (const auto& [name, field] : *known->members()) {
        Json* member = object.find(name);
        if (!member && (flag(field, "optional") || field.find("default"))) continue;
        if (!member) member = &(object[name] = Json());
        value(playground::word_in(field, "type"), field, *member);
      }
    }
  }
  static std::string_view chosen(std::string_view types, const Json& given) {
    for (std::size_t at = 0; at < types.size();) {
      const std::size_t end = std::min(types.find(" | ", at), types.size());
      const std::string_view one = types.substr(at, end - at);
      if (knows_all(one, given)) return one;
      at = end + 3;
    }
    return types.substr(0, types.find(" | "));
  }
  static bool knows_all(std::string_view type, const Json& given) {
    const Json* declared = table().find("types", type);
    if (!declared || !given.members()) return !declared && !given.members();
    for (const auto& [name, member] : *given.members()) {
      bool known = false;
      for (const Json* one = declared; one && !known;
           one = table().find("types", playground::word_in(*one, "extends")))
        known = one->find("fields") && one->find("fields")->find(name);
      if (!known) return false;
    }
    return true;
  }
  static void value(std::string_view types, const Json& field, Json& value) {
    const std::string_view type = chosen(types, value);
    const Json* declared = table().find("types", type);
    if (type.back() == ']') {
      const std::size_t open = type.rfind('[');
      const std::string_view of = type.substr(0, open);
      const std::string length(type.substr(open + 1, type.size() - open - 2));
      if (value.is_null()) value = Json::array(Json::Array(length.empty() ? 0 : std::stoul(length)));
      if (value.elements())
        for (Json& element : *value.elements()) Completer::value(of, field, element);
    } else if (declared) {
      if (value.is_null() && !declared->find("tuple")) value = Json::object();
      fields(*declared, value);
    } else if (value.is_null() && types.find("null") == std::string_view::npos) {
      const Json *min = field.find("min"), *choices = field.find("choices");
      if (type == "string") value = choices ? (*choices->elements())[0] : Json("");
      if (type == "bool") value = false;
      if (type == "object") value = Json::object();
      if (type == "int" || type == "int64" || type == "number") value = min ? *min : Json(0);
    }
  }
};

}  // namespace message_check
