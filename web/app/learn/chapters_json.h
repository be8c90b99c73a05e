#pragma once
/// The chapters as JSON, for the text version.

#include "core/base/json.h"

namespace playground {

/// All chapters as [{name, title, lead, text: [{kind, cells: [[[style, text], ...]]}],
/// experiments: [{name, label, help, hash, preset or config, fit}]}]. kind is "words", "heading", "formula"
/// or "row"; style is the name of an HTML element or "". Only rows have more than one cell. An experiment
/// holds its link (hash) and what the link sets.
cnn::Json chapters_as_json();

}  // namespace playground
