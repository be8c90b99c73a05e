// Which requests the session accepts. web/protocol.json defines it,
// and only this file rejects requests by it.
#include <algorithm>
#include <cassert>

#include "web/protocol_table.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

/// Replaces {request}, {split} and {action}.
std::string filled(std::string_view sentence, const Request& request, const Json& entry, const Args& args) {
  std::string text;
  while (!sentence.empty()) {
    const std::size_t open = std::min(sentence.find('{'), sentence.size());
    text += sentence.substr(0, open);
    const std::size_t close = sentence.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = sentence.substr(open + 1, close - open - 1);
    if (name == "request") text += request.type;
    if (name == "split") text += split_argument(args) == Split::train ? "training" : "test";
    if (name == "action") text += word_in(entry, "action");
    sentence.remove_prefix(close + 1);
  }
  return text;
}

}  // namespace

std::span<const Session::Condition> Session::conditions() {
  using Of = const Session&;
  static constexpr Condition kConditions[] = {
      {"model", [](Of of, const Args&) { return static_cast<bool>(of.resources_.model); }},
      {"pictures",
       [](Of of, const Args& args) { return of.resources_.data.split(split_argument(args)).size() > 0; }},
      {"training_pictures", [](Of of, const Args&) { return of.resources_.data.train().size() > 0; }},
      {"training", [](Of of, const Args&) { return of.training_.exists(); }},
      {"no_training", [](Of of, const Args&) { return !of.training_.exists(); }},
      {"ended_training", [](Of of, const Args&) { return of.resources_.model.can_continue(); }},
      {"same_load", [](Of of, const Args& args) { return of.resources_.data.is_newest_load(args); }},
      {"load", [](Of of, const Args&) { return of.resources_.data.loading(); }},
  };
  return kConditions;
}

std::vector<std::string_view> Session::condition_names() {
  std::vector<std::string_view> names;
  for (const Condition& condition : conditions()) names.push_back(condition.name);
  return names;
}

std::vector<std::string_view> Session::request_types() {
  std::vector<std::string_view> types;
  for (const Handler& handler : handlers()) types.push_back(handler.type);
  return types;
}

/// declared: what has the needs: the request, one of its kinds, or an argument.
Result<void> Session::check_needs(const Json& declared, const Json& entry, const Request& request,
                                  const Json& args) const {
  const Json* needs = declared.find("needs");
  if (!needs || !needs->elements()) return {};
  const Args scope(request.type, args);
  for (const Json& need : *needs->elements()) {
    const auto known = conditions();
    const auto condition = std::find_if(known.begin(), known.end(),
                                        [&](const Condition& one) { return one.name == *need.string(); });
    assert(condition != known.end());  // a test compares the two lists
    if (condition->holds(*this, scope)) continue;
    const Json& about = *ProtocolTable::of_this_build().find("conditions", *need.string());
    return Error{std::string(word_in(about, "otherwise")),
                 filled(word_in(about, "message"), request, entry, scope),
                 {}};
  }
  return {};
}

Result<void> Session::admit(Request& request) const {
  const ProtocolTable& table = ProtocolTable::of_this_build();
  const Json& entry = *table.find("requests", request.type);
  if (auto fits = table.check_args(request.type, entry, request.args); !fits) return fits;
  if (auto fits =
          table.check_payloads(request.type, entry, "payloads", request.args, request.payloads.size());
      !fits)
    return fits;
  if (auto met = check_needs(entry, entry, request, request.args); !met) return met;
  if (const Json* kinds = entry.find("kinds")) {
    const Json* kind = kinds->find(word_in(request.args, word_in(entry, "by")));
    if (auto met = kind ? check_needs(*kind, entry, request, request.args) : Result<void>{}; !met) return met;
  }
  const Json* declared = entry.find("args");
  if (!declared || !declared->members()) return {};
  for (const auto& [name, field] : *declared->members()) {
    const Json* value = request.args.find(name);
    const bool* flag = value ? value->boolean() : nullptr;
    if (!value || value->is_null() || (flag && !*flag)) continue;
    if (auto met = check_needs(field, entry, request, value->members() ? *value : request.args); !met)
      return met;
  }
  return {};
}

}  // namespace playground::trainer
