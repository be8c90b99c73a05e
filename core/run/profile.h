#pragma once
/// Where the time of a step goes: seconds and floating-point operations of each layer and pass. When off, it
/// costs one null check per driver call.

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

namespace cnn {

enum class Pass { forward, backward, update };

/// Sums since the last clear(). The model numbers the layers; the optimizer uses the number after the last
/// layer.
class Profile {
 public:
  struct Entry {
    double seconds = 0;
    double flops = 0;  ///< multiplications and additions, counted as for direct convolution
    std::int64_t calls = 0;
  };
  void clear() { entries_.clear(); }
  int layers() const { return static_cast<int>(entries_.size()); }
  const Entry& entry(int layer, Pass pass) const {
    return entries_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(pass)];
  }
  void add(int layer, Pass pass, double seconds, double flops) {
    if (layer >= layers()) entries_.resize(static_cast<std::size_t>(layer) + 1);
    Entry& entry = entries_[static_cast<std::size_t>(layer)][static_cast<std::size_t>(pass)];
    entry.seconds += seconds;
    entry.flops += flops;
    ++entry.calls;
  }
  double running_flops = 0;  ///< drivers add here; ProfileScope takes the difference

 private:
  std::vector<std::array<Entry, 3>> entries_;
};

/// Adds the time and operations of a scope to one layer and pass; does nothing if `profile` is null.
class ProfileScope {
 public:
  ProfileScope(Profile* profile, int layer, Pass pass) : profile_(profile), layer_(layer), pass_(pass) {
    if (!profile_) return;
    flops_ = profile_->running_flops;
    start_ = std::chrono::steady_clock::now();
  }
  ~ProfileScope() {
    if (!profile_) return;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start_;
    profile_->add(layer_, pass_, seconds.count(), profile_->running_flops - flops_);
  }
  ProfileScope(const ProfileScope&) = delete;
  ProfileScope& operator=(const ProfileScope&) = delete;

 private:
  Profile* profile_;
  int layer_;
  Pass pass_;
  double flops_ = 0;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace cnn
