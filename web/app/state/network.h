#pragma once
/// A Keras configuration for editing: layers can be added, moved, copied and removed, with undo. Which layers
/// exist and whether they fit is up to the trainer (the `check` request).

#include <string>
#include <string_view>
#include <vector>

#include "web/app/state/facts.h"

namespace playground {

class Network {
 public:
  static constexpr std::size_t kRemembered = 100;

  /// Replaces the network. Clears the undo history unless `keep_undo`, which makes this one step of undo.
  void set(Json config, bool keep_undo = false);
  /// The same network as the trainer writes it; not a step of undo.
  void adopt(Json config) { config_ = std::move(config); }
  const Json& config() const { return config_; }
  /// Layers may be added, moved and removed. In a network with branches only settings may change.
  bool sequential() const;

  int count() const;
  /// Null outside the list.
  const Json* layer(int index) const;
  std::string class_name(int index) const;
  std::string name(int index) const;
  /// The input layer cannot be moved, copied or removed.
  bool fixed(int index) const;

  // Each is one step of undo. An invalid edit (such as an index outside the list) changes nothing and returns
  // false.
  bool set_field(int index, const std::string& field, Json value);
  /// `settings` are those that the layer has no default for.
  bool insert(int index, std::string_view class_name, Json settings = Json::object());
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

/// How many layers at the beginning of two configurations are the same.
int same_layers(const Json& config, const Json& other);

/// The settings of a layer that differ from its defaults, in short: "32 · 3 × 3 · same · relu".
std::string settings_text(const Type& type, const Json& config);

}  // namespace playground
