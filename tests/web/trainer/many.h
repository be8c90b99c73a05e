#pragma once
/// The number of random sequences (SEQUENCES) and the first seed (SEED), from the environment. Prints
/// progress if the environment asks for it, to find a seed that crashes or hangs.
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace session_tests {

class Many {
 public:
  explicit Many(unsigned usual)
      : first_(from_environment("SEED", 1)),
        count_(from_environment("SEQUENCES", usual)),
        verbose_(std::getenv("SEQUENCES") != nullptr) {}

  unsigned count() const { return count_; }
  /// Calls `run` with every seed.
  template <class Run>
  void run(Run run) {
    double longest = 0;
    for (unsigned seed = first_; seed < first_ + count_; ++seed) {
      if (verbose_) std::fprintf(stderr, "\rsequence %u", seed);
      const auto start = std::chrono::steady_clock::now();
      run(seed);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      if (!verbose_ || seconds <= longest) continue;
      longest = seconds;
      std::fprintf(stderr, "\rsequence %u took %.1f s, the longest so far\n", seed, seconds);
    }
    if (verbose_) std::fprintf(stderr, "\n");
  }

 private:
  static unsigned from_environment(const char* name, unsigned fallback) {
    const char* text = std::getenv(name);
    return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : fallback;
  }
  unsigned first_, count_;
  bool verbose_;
};

}  // namespace session_tests
