#pragma once
/// The whole configuration as a link: #v=1&data=sample&preset=tutorial&fit={'batch_size':32}, or with more
/// about the data: &data={'kind':'sample','seed':3,'train':100,'test':20} (link_source.h). People can read
/// and write such links; they are checked. JSON has single quotes there, which need no escaping in addresses.
/// Defaults are left out.

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "web/app/state/facts.h"

namespace playground {

struct Shared {
  Json data;                  ///< source of the pictures (link_source.h); null: those already loaded
  std::string preset;         ///< name of a preset; empty: `config` applies
  Json config;                ///< the model's configuration; null with a preset
  Json fit = Json::object();  ///< the preset's own if the link has none
  std::string learn;          ///< a chapter to open; a link may hold nothing else
  bool has_fit = false;       ///< the link contains settings
};

/// Without the "#".
std::string share_hash(const Shared& shared, const Catalog& catalog);
/// The content of a link, with or without "#", not yet checked against the catalog.
cnn::Result<Shared> parse_hash(std::string_view hash);
/// The same, checked: the preset exists, and the settings are known fields with values of the right type.
/// Errors say what is wrong and what is expected. Whether the network is valid is up to the trainer.
cnn::Result<Shared> read_hash(std::string_view hash, const Catalog& catalog);

}  // namespace playground
