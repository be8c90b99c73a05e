#pragma once
/// A client of a Session: requests in, replies and events out, with a clock of its own.
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "doctest/doctest.h"
#include "tests/web/message_check.h"
#include "web/trainer/session.h"

namespace session_tests {

using cnn::Json;
using playground::trainer::Buffer;

inline const Json* find(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  return member && !member->is_null() ? member : nullptr;
}
/// -1 if there is none.
inline double number(const Json& object, std::string_view key) {
  const Json* member = find(object, key);
  return member && member->number() ? *member->number() : -1;
}
inline std::string text(const Json& object, std::string_view key) {
  const Json* member = find(object, key);
  return member && member->string() ? *member->string() : std::string();
}
inline bool flag(const Json& object, std::string_view key) {
  const Json* member = find(object, key);
  return member && member->boolean() && *member->boolean();
}
/// Training pictures in a description of a data set.
inline double train_count(const Json& dataset) {
  const Json* train = find(dataset, "train");
  return train ? number(*train, "count") : -1;
}

struct Client {
  struct Sent {
    Json header;
    std::vector<Buffer> payloads;
  };
  double now = 0, per_reading = 20;  // milliseconds; every reading of the clock advances it
  std::vector<Sent> sent;
  int last_id = 0;
  message_check::OfSession protocol;
  playground::trainer::Session session;

  explicit Client(int threads = 1)
      : session({.threads = threads, .milliseconds = [this] { return now += per_reading; }},
                [this](const Json& header, std::vector<Buffer> payloads) {
                  protocol.check(header, payloads.size());
                  sent.push_back({header, std::move(payloads)});
                }) {}

  int ask(const std::string& type, const std::string& args = "{}", const std::vector<Buffer>& payloads = {}) {
    std::vector<playground::Payload> table;
    table.reserve(payloads.size());
    for (const Buffer& payload : payloads)
      table.push_back({payload.data(), static_cast<std::uint32_t>(payload.size())});
    protocol.asked(++last_id, type, args, payloads.size());
    session.receive(
        R"({"id":)" + std::to_string(last_id) + R"(,"type":")" + type + R"(","args":)" + args + "}", table);
    return last_id;
  }
  /// Null if it has not come.
  const Sent* reply(int id) const {
    for (const Sent& one : sent)
      if (find(one.header, "id") && number(one.header, "id") == id) return &one;
    return nullptr;
  }
  bool settled(int id) const { return reply(id) != nullptr; }
  /// Works until that request is answered; the reply's arguments, or the error.
  Json answer(int id, int slices = 2000) {
    for (int i = 0; i < slices && !settled(id); ++i) session.run(2 * per_reading);
    const Sent* came = reply(id);
    if (!came) return {};
    if (const Json* error = find(came->header, "error")) return *error;
    return *came->header.find("args");
  }
  Json now_answered(const std::string& type, const std::string& args = "{}",
                    const std::vector<Buffer>& payloads = {}) {
    return answer(ask(type, args, payloads), 0);
  }
  std::vector<Json> events(std::string_view type) const {
    std::vector<Json> found;
    for (const Sent& one : sent)
      if (text(one.header, "type") == type) found.push_back(*one.header.find("args"));
    return found;
  }
  void work(int slices) {
    for (int i = 0; i < slices; ++i) session.run(2 * per_reading);
  }
};

inline constexpr char kNetwork[] = R"({"config":{"class_name":"Sequential","config":{"layers":[
  {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
  {"class_name":"MaxPooling2D","config":{"pool_size":8}},
  {"class_name":"Flatten","config":{}},
  {"class_name":"Dense","config":{"units":8,"activation":"relu"}},
  {"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}}})";

/// CIFAR-10 records; pixels and labels follow from `first`.
inline Buffer records(std::size_t count, std::size_t first = 0, std::size_t classes = 10) {
  constexpr std::size_t size = 1 + cnn::kImageBytes;
  Buffer bytes(count * size);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const std::size_t picture = first + at / size;
    bytes[at] = static_cast<std::uint8_t>(at % size == 0 ? picture % classes : picture * 7 + at % 31);
  }
  return bytes;
}

}  // namespace session_tests
