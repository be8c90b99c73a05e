#pragma once
/// web/protocol.json, which names every message with its fields, and checks of messages against it.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/json.h"
#include "core/base/result.h"

namespace playground {

/// The file, as it was at build time.
extern const std::string_view kProtocolJson;

/// Every check returns the first misfit: its code, and a message with the name, the value found and what is
/// expected. Subject of the message: the request or event.
class ProtocolTable {
 public:
  explicit ProtocolTable(std::string_view json);
  /// Of kProtocolJson; read once.
  static const ProtocolTable& of_this_build();

  const cnn::Json& json() const { return table_; }
  /// Null if that section (requests, events, page_events, page_requests, conditions, ...) has no such entry.
  const cnn::Json* find(std::string_view section, std::string_view name) const;

  /// entry: of a request or an event. Adds the missing arguments that have a default.
  cnn::Result<void> check_args(std::string_view subject, const cnn::Json& entry, cnn::Json& args) const;
  /// role: payloads or reply_payloads.
  cnn::Result<void> check_payloads(std::string_view subject, const cnn::Json& entry, std::string_view role,
                                   const cnn::Json& args, std::size_t count) const;
  /// Without its payloads.
  cnn::Result<void> check_reply(std::string_view subject, const cnn::Json& entry, cnn::Json args) const;

 private:
  struct Place;
  cnn::Result<void> check_object(const Place& place, const cnn::Json& declared, cnn::Json& value) const;
  cnn::Result<void> check_field(const Place& place, const cnn::Json& field, cnn::Json& value) const;
  cnn::Result<void> check_type(const Place& place, std::string_view type, const cnn::Json& field,
                               cnn::Json& value) const;
  cnn::Result<void> check_either(const Place& place, std::string_view types, const cnn::Json& field,
                                 cnn::Json& value) const;
  cnn::Result<void> check_elements(const Place& place, std::string_view type, const cnn::Json& field,
                                   cnn::Json& value) const;
  cnn::Result<void> check_named(const Place& place, std::string_view type, cnn::Json& value) const;
  /// The declaration of a field; of the object itself, or of what it extends.
  const cnn::Json* field_of(const cnn::Json& declared, std::string_view name) const;
  bool takes_more(const cnn::Json& declared) const;
  std::string names_of(const cnn::Json& declared) const;

  cnn::Json table_;
};

/// The text of a member; empty if there is none.
std::string_view word_in(const cnn::Json& object, std::string_view key);

}  // namespace playground
