// The multiply-and-add peak of one thread, for each kernel set that this machine can run: lines of "set
// GFLOP/s", the best of a few measurements of about 40 ms. ./tests/bench runs it natively and in Chromium.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "core/kernels/kernel_set.h"
#include "core/run/exec.h"

namespace {

/// Floating-point operations per second, measured over that many rounds.
double rate(const cnn::KernelSet& set, int rounds) {
  float sink = 0;
  const auto start = std::chrono::steady_clock::now();
  const double operations = set.peak(rounds, &sink);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  return operations / std::max(seconds.count(), 1e-9);
}

}  // namespace

int main() {
  for (const cnn::KernelSet* set : cnn::kernel_sets()) {
    float sink = 0;
    constexpr int kFirstRounds = 10000;
    const double operations_a_round = set->peak(1, &sink);
    const int rounds = std::max(1, static_cast<int>(0.04 * rate(*set, kFirstRounds) / operations_a_round));
    double best = 0;
    for (int i = 0; i < 7; ++i) best = std::max(best, rate(*set, rounds));
    std::printf("%s %.1f\n", set->name, best * 1e-9);
  }
}
