#pragma once
/// What computation runs on: a kernel set, threads and scratch memory. Every driver takes an Exec.

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/run/profile.h"
#include "core/run/thread_pool.h"

namespace cnn {

/// One instruction set's kernels; opaque here, defined in core/kernels/kernel_set.h.
struct KernelSet;

/// The sets that this build contains and this machine can run, best first, "scalar" last.
std::span<const KernelSet* const> kernel_sets();
std::string_view name_of(const KernelSet&);
/// Null if this machine or build cannot run it.
const KernelSet* find_kernel_set(std::string_view name);

/// Memory that drivers borrow for the duration of a call. It is retained, so that only the first steps
/// allocate. Blocks are 64-byte aligned and uninitialized.
class Scratch {
 public:
  /// Its destructor returns everything borrowed since its construction. Frames nest.
  class Frame {
   public:
    explicit Frame(Scratch& scratch) : scratch_(scratch), mark_(scratch.used_) {}
    ~Frame() { scratch_.give_back(mark_); }
    Frame(const Frame&) = delete;
    Frame& operator=(const Frame&) = delete;
    float* floats(std::size_t count) { return static_cast<float*>(scratch_.borrow(count * sizeof(float))); }
    void* bytes(std::size_t count) { return scratch_.borrow(count); }

   private:
    Scratch& scratch_;
    std::size_t mark_;
  };
  std::size_t capacity() const { return capacity_; }

 private:
  struct Free {
    void operator()(std::byte* block) const;
  };
  using Block = std::unique_ptr<std::byte[], Free>;
  static Block allocate(std::size_t bytes);
  void* borrow(std::size_t bytes);
  void give_back(std::size_t mark);

  Block main_;                  // everything fits here after the first steps
  std::size_t capacity_ = 0;    // of main_
  std::size_t used_ = 0;        // borrowed now, including spilled blocks
  std::size_t most_used_ = 0;   // largest used_ so far; main_ grows to it
  std::vector<Block> spilled_;  // blocks that did not fit main_; freed when nothing is borrowed
};

class Exec {
 public:
  Exec(const KernelSet& kernels, int threads) : kernels_(&kernels), pool_(threads) {}
  /// With the best kernel set.
  explicit Exec(int threads = 1) : Exec(*kernel_sets().front(), threads) {}

  const KernelSet& kernels() const { return *kernels_; }
  ThreadPool& pool() { return pool_; }
  Scratch& scratch() { return scratch_; }

  Profile* profile = nullptr;  ///< set while measuring; drivers add their operations to it
  void count_flops(double flops) {
    if (profile) profile->running_flops += flops;
  }

 private:
  const KernelSet* kernels_;
  ThreadPool pool_;
  Scratch scratch_;
};

}  // namespace cnn
