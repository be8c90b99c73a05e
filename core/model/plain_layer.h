#pragma once
/// Single layers of other programs' configurations: which have a form that does not exist here, and what they
/// become.
#include <string>
#include <string_view>

#include "core/base/json.h"

namespace cnn {

/// A layer of Keras that changes nothing outside training and does not exist here.
bool trains_only(std::string_view class_name);
/// A Reshape whose result is a row: a Flatten. config: null if there is none.
bool is_flatten(std::string_view class_name, const Json* config);
/// A Reshape of a row to maps of one cell.
bool is_cell(std::string_view class_name, const Json* config);
/// An initializer or regularizer that does not exist here.
bool is_unknown_word(const Json::Member& member);

/// Whether a layer's configuration has a form that make_plain() changes.
bool has_own_form(std::string_view class_name, const Json* config);
/// A Rescaling with lists becomes one with numbers or, where they differ, the Normalization that does the
/// same; a Normalization of all channels together one of each. Returns "" or why it cannot.
std::string make_plain(std::string& class_name, Json& config);

/// What to use instead of a layer that does not exist here.
std::string_view instead_of(std::string_view class_name);

}  // namespace cnn
