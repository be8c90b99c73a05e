// A Keras configuration as something one edits: its list of layers, moved, added, copied, removed and undone.
// What the layers are and whether they fit is the trainer's to say (the `check` request).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

/// "MaxPooling2D" as "max_pooling2d", Keras's way.
std::string snake_case(std::string_view class_name);

class Network {
 public:
  static constexpr std::size_t kRemembered = 100;

  /// A new starting point; what was undone and done before is forgotten unless `keep_undo`.
  void set(Json config, bool keep_undo = false);
  /// The same network as the trainer writes it; no step of undo.
  void adopt(Json config) { config_ = std::move(config); }
  const Json& config() const { return config_; }
  /// Layers may be added, moved and removed; in a network that branches only settings change.
  bool sequential() const;

  int count() const;
  /// Null outside of the list.
  const Json* layer(int index) const;
  std::string class_name(int index) const;
  std::string name(int index) const;
  /// The input is where it is.
  bool fixed(int index) const;

  // Each is one step of undo. What makes no sense (a place outside the list) changes nothing and gives false.
  bool set_field(int index, const std::string& field, Json value);
  bool insert(int index, std::string_view class_name);
  bool duplicate(int index);
  bool remove(int index);
  bool move(int from, int to);

  bool can_undo() const { return !undone_from_.empty(); }
  bool can_redo() const { return !redo_.empty(); }
  bool undo();
  bool redo();

 private:
  Json::Array* layers();
  const Json::Array* layers() const;
  std::string free_name(std::string_view base) const;
  void remember();

  Json config_;
  std::vector<Json> undone_from_, redo_;
};

/// The settings of a layer that are not its defaults, in few words: "32 · 3 × 3 · same · relu".
std::string settings_text(const Type& type, const Json& config);

}  // namespace playground
