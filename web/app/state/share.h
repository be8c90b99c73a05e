// The whole configuration as a link: #v=1&data=sample&preset=tutorial&fit={'batch_size':32}. Readable, so
// that people write their own; what they write is checked. JSON stands in single quotes there, which
// addresses leave alone. Defaults are left out.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "web/app/state/facts.h"

namespace playground {

struct Shared {
  std::string data;           ///< source of the pictures; empty: whatever is there
  std::string preset;         ///< a preset's name, or empty and `config`
  Json config;                ///< the whole configuration; null with a preset
  Json fit = Json::object();  ///< a link with a preset and without settings means the preset's own
  std::string learn;          ///< a chapter to open; a link may hold nothing else
  bool says_fit = false;      ///< the link has settings of its own
};

/// Without the "#".
std::string share_hash(const Shared& shared, const Catalog& catalog);
/// What a link holds, with or without "#", not yet compared with what this playground has.
cnn::Result<Shared> parse_hash(std::string_view hash);
/// The same, checked. Errors say what is wrong and what would do. The fit settings are known fields with
/// values of the right kind; whether the network fits is the trainer's to say.
cnn::Result<Shared> read_hash(std::string_view hash, const Catalog& catalog);

}  // namespace playground
