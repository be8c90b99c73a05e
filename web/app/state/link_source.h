#pragma once
/// The data set of a link: a word, an address, or an object with what another page needs to load the same.

#include "core/base/result.h"
#include "web/app/state/facts.h"

namespace playground {

/// How a link names the source of a data set (`source` of web/protocol.json's dataset); null: there is none.
/// The user's own files get kind "files": a link cannot contain them,
/// and whoever opens it gets a message about that.
Json link_source(const Json& source, const std::string& huggingface);
/// Whether the source is allowed in a link. Others are rejected, because anybody can write a link.
cnn::Result<void> check_link_source(const Json& source);

}  // namespace playground
