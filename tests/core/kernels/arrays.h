#pragma once
/// Shared by the kernel tests: misaligned arrays between walls of NaN, random numbers, bounds on float
/// errors.

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/base/random.h"
#include "core/run/exec.h"
#include "doctest/doctest.h"

namespace cnn::test {

/// `count` floats at a misaligned address, with NaN before and after: reads outside yield NaN, and
/// walls_stand() detects writes outside.
class Walled {
 public:
  explicit Walled(std::size_t count, float value = 0) : count_(count), all_(count + 2 * kWall, wall()) {
    for (std::size_t i = 0; i < count; ++i) data()[i] = value;
  }
  /// Normally distributed numbers; each is replaced by 0 with probability `zeros`.
  static Walled random(std::size_t count, std::uint64_t seed, float zeros = 0) {
    Walled array(count);
    RandomStream stream(seed, RandomPurpose::test);
    for (std::size_t i = 0; i < count; ++i) {
      const float value = stream.normal();
      array[i] = stream.uniform() < zeros ? 0 : value;
    }
    return array;
  }
  float* data() { return all_.data() + kWall; }
  const float* data() const { return all_.data() + kWall; }
  float& operator[](std::size_t i) { return data()[i]; }
  float operator[](std::size_t i) const { return data()[i]; }
  std::size_t size() const { return count_; }
  bool walls_stand() const {
    for (std::size_t i = 0; i < kWall; ++i)
      if (!std::isnan(all_[i]) || !std::isnan(all_[kWall + count_ + i])) return false;
    return true;
  }
  bool operator==(const Walled& other) const {
    for (std::size_t i = 0; i < count_; ++i)
      if (!(data()[i] == other.data()[i])) return false;
    return count_ == other.count_;
  }

 private:
  static constexpr std::size_t kWall = 17;
  static float wall() { return std::numeric_limits<float>::quiet_NaN(); }
  std::size_t count_;
  std::vector<float> all_;
};

/// Bound on the float error of a sum of k products in any order: k + 1 roundings per term, each at most
/// 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 3.1). magnitude: the sum of the products'
/// absolute values, in double.
inline double sum_tolerance(double k, double magnitude) {
  const double g = (k + 1) * 0x1p-24;
  return g / (1 - g) * magnitude;
}

/// The largest |actual - expected| / tolerance; NaN counts as infinite.
inline double worst(const Walled& actual, const std::vector<double>& expected,
                    const std::vector<double>& tolerance) {
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = std::abs(static_cast<double>(actual[i]) - expected[i]);
    const double ratio = error == 0 ? 0 : error / tolerance[i];
    if (!(ratio <= largest)) largest = std::isnan(ratio) ? std::numeric_limits<double>::infinity() : ratio;
  }
  return largest;
}

/// body(exec) for every kernel set that this machine can run.
template <class Body>
void for_each_kernel_set(Body body) {
  for (const KernelSet* set : kernel_sets()) {
    const std::string name(name_of(*set));
    CAPTURE(name);
    Exec exec(*set, 1);
    body(exec);
  }
}

}  // namespace cnn::test
