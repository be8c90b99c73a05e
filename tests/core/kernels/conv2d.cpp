#include "core/kernels/conv2d.h"

#include <string>

#include "core/kernels/conv2d_reference.h"
#include "core/kernels/size.h"
#include "tests/core/kernels/arrays.h"

namespace cnn::test {
namespace {

struct Case {
  std::string why;
  Conv2DShape shape;
};

constexpr Conv2DShape same3(int batch, int side, int channels, int filters) {
  return {batch, side, side, channels, filters, 3, 3, 1, 1, 1, 1, side, side};
}

const Case kCases[] = {
    {"one number", {1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1}},
    {"the tutorial's first layer, small", same3(2, 9, 3, 32)},
    {"the tutorial's second layer, small", same3(3, 12, 32, 32)},
    {"full Winograd tiles only", {1, 10, 10, 16, 16, 3, 3, 1, 1, 0, 0, 8, 8}},
    {"map of odd size", same3(1, 7, 16, 40)},
    {"map of one cell, padding all around", same3(2, 1, 5, 6)},
    {"map of 3x3 with many channels", same3(1, 3, 64, 64)},
    {"tiles of four and three outputs, several images in a block", same3(5, 7, 24, 32)},
    {"narrow tiles of two rows and one column", {3, 6, 9, 8, 16, 3, 3, 1, 1, 1, 1, 6, 9}},
    {"narrow tiles of one row and two columns", {3, 5, 2, 16, 8, 3, 3, 1, 1, 1, 1, 5, 2}},
    {"33 filters, 5 channels", same3(1, 8, 5, 33)},
    {"output of one row, valid", {1, 3, 11, 4, 4, 3, 3, 1, 1, 0, 0, 1, 9}},
    {"rows and columns differ", {2, 6, 13, 8, 12, 3, 3, 1, 1, 1, 1, 6, 13}},
    {"stride 2 on an odd input, same", {1, 7, 9, 3, 8, 3, 3, 2, 2, 1, 1, 4, 5}},
    {"5x5 same", {1, 8, 8, 6, 7, 5, 5, 1, 1, 2, 2, 8, 8}},
    {"1x1", {2, 5, 5, 17, 19, 1, 1, 1, 1, 0, 0, 5, 5}},
    {"kernel wider than the input", {1, 2, 2, 3, 3, 5, 5, 1, 1, 2, 2, 2, 2}},
    {"sum longer than one block of depth", {1, 4, 4, 70, 9, 3, 2, 1, 1, 1, 0, 4, 4}},
    {"more than eight images: pieces of several images", same3(11, 4, 4, 4)},
    {"empty batch", same3(0, 4, 4, 4)},
};

/// x, kernel, bias, dy, the reference's results in double, and the same sums of absolute values.
struct Problem {
  Conv2DShape s;
  bool depthwise, relu;
  Walled x, kernel, bias, dy;
  std::vector<double> y, dx, dkernel, dbias, y_size, dx_size, dkernel_size, dbias_size;

  static std::size_t kernel_count(const Conv2DShape& s, bool depthwise) {
    return size(s.kernel_h) * size(s.kernel_w) * size(s.filters) * size(depthwise ? 1 : s.channels);
  }
  Problem(const Conv2DShape& shape, bool depthwise_, bool relu_, float zeros = 0)
      : s(shape),
        depthwise(depthwise_),
        relu(relu_),
        x(Walled::random(size(s.batch) * size(s.height) * size(s.width) * size(s.channels), 1)),
        kernel(Walled::random(kernel_count(s, depthwise), 2)),
        bias(Walled::random(size(s.filters), 3)),
        dy(Walled::random(size(s.batch) * size(s.out_height) * size(s.out_width) * size(s.filters), 4,
                          zeros)),
        y(dy.size()),
        dx(x.size()),
        dkernel(kernel.size()),
        dbias(bias.size()),
        y_size(dy.size()),
        dx_size(x.size()),
        dkernel_size(kernel.size()),
        dbias_size(bias.size()) {
    conv2d_for_each_product(s, depthwise, [&](std::size_t out, std::size_t in, std::size_t tap) {
      const double product = static_cast<double>(x[in]) * static_cast<double>(kernel[tap]);
      y[out] += product;
      y_size[out] += std::abs(product);
    });
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double b = static_cast<double>(bias[i % bias.size()]);
      y[i] += b;
      y_size[i] += std::abs(b);
      if (relu) y[i] = std::max(y[i], 0.0);
    }
    const auto gradient = [&](std::size_t out) {
      return relu && !(y[out] > 0) ? 0.0 : static_cast<double>(dy[out]);
    };
    conv2d_for_each_product(s, depthwise, [&](std::size_t out, std::size_t in, std::size_t tap) {
      const double to_x = gradient(out) * static_cast<double>(kernel[tap]);
      const double to_kernel = gradient(out) * static_cast<double>(x[in]);
      dx[in] += to_x;
      dx_size[in] += std::abs(to_x);
      dkernel[tap] += to_kernel;
      dkernel_size[tap] += std::abs(to_kernel);
    });
    for (std::size_t i = 0; i < y.size(); ++i) {
      dbias[i % bias.size()] += gradient(i);
      dbias_size[i % bias.size()] += std::abs(gradient(i));
    }
  }
  Walled reference_y() const {
    Walled array(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) array[i] = static_cast<float>(y[i]);
    return array;
  }
  /// Direct: each sum's own bound. Winograd mixes the sums of a tile, so an element's error can be as large
  /// as the largest one's.
  std::vector<double> tolerances(double terms, const std::vector<double>& magnitudes, double winograd) const {
    double largest = 0;
    for (const double magnitude : magnitudes) largest = std::max(largest, magnitude);
    std::vector<double> all(magnitudes.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i] =
          (winograd > 0 ? winograd * sum_tolerance(terms, largest) : sum_tolerance(terms, magnitudes[i])) +
          1e-37;
    return all;
  }
  double forward_terms() const { return double(s.kernel_h) * s.kernel_w * (depthwise ? 1 : s.channels) + 1; }
  double input_terms() const {
    return double(s.kernel_h) * s.kernel_w * (depthwise ? s.filters / std::max(1, s.channels) : s.filters);
  }
  double kernel_terms() const { return double(s.batch) * s.out_height * s.out_width + 1; }
};

/// Multiples of the bound on a sum of the largest magnitude. Over these cases and all sets direct convolution
/// reaches 0.28, and Winograd, whose transforms multiply by up to 8 and cancel, 0.89. A sparse gradient sums
/// like direct convolution.
constexpr double kWinograd = 2, kSparse = 0.5;

struct Results {
  Walled y, dx, dkernel, dbias;
};

Results compute(Exec& exec, const Problem& p, ConvAlgorithm algorithm) {
  Results r{Walled(p.y.size()), Walled(p.dx.size(), 7), Walled(p.dkernel.size()), Walled(p.dbias.size())};
  const Walled y = p.reference_y();
  const Conv2DBackward backward{p.x.data(),  p.kernel.data(),  p.dy.data(),   p.relu ? y.data() : nullptr,
                                r.dx.data(), r.dkernel.data(), r.dbias.data()};
  if (p.depthwise) {
    depthwise_conv2d_forward(exec, p.s, p.x.data(), p.kernel.data(), p.bias.data(), {p.relu}, r.y.data());
    depthwise_conv2d_backward(exec, p.s, backward);
  } else {
    conv2d_forward(exec, p.s, p.x.data(), p.kernel.data(), p.bias.data(), {p.relu}, r.y.data(), algorithm);
    conv2d_backward(exec, p.s, backward, algorithm);
  }
  CHECK(r.y.walls_stand());
  CHECK(r.dx.walls_stand());
  CHECK(r.dkernel.walls_stand());
  CHECK(r.dbias.walls_stand());
  return r;
}

void check(Exec& exec, const Problem& p, ConvAlgorithm algorithm, double winograd) {
  const Results r = compute(exec, p, algorithm);
  // Only gradients skip zeros; the forward pass is the automatic one.
  const double forward = algorithm == ConvAlgorithm::sparse ? kWinograd : winograd;
  CHECK(worst(r.y, p.y, p.tolerances(p.forward_terms(), p.y_size, forward)) <= 1);
  CHECK(worst(r.dx, p.dx, p.tolerances(p.input_terms(), p.dx_size, winograd)) <= 1);
  CHECK(worst(r.dkernel, p.dkernel, p.tolerances(p.kernel_terms(), p.dkernel_size, winograd)) <= 1);
  CHECK(worst(r.dbias, p.dbias, p.tolerances(p.kernel_terms(), p.dbias_size, winograd)) <= 1);
}

TEST_SUITE_BEGIN("kernels/conv2d");

TEST_CASE("conv2d: direct convolution is within the bound of its sums") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Problem plain(c.shape, false, false), fused(c.shape, false, true);
    for_each_kernel_set([&](Exec& exec) {
      check(exec, plain, ConvAlgorithm::direct, 0);
      check(exec, fused, ConvAlgorithm::direct, 0);
    });
  }
}

TEST_CASE("conv2d: Winograd is within a stated multiple of direct convolution's bound") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Problem plain(c.shape, false, false), fused(c.shape, false, true);
    for_each_kernel_set([&](Exec& exec) {
      for (const Problem* problem : {&plain, &fused}) {
        check(exec, *problem, ConvAlgorithm::winograd, kWinograd);
        check(exec, *problem, ConvAlgorithm::automatic, kWinograd);
      }
    });
  }
}

TEST_CASE(
    "conv2d: at the tutorial's second layer Winograd's error is a small multiple of direct convolution's") {
  const Problem p(same3(1, 32, 32, 32), false, false);
  // Root mean square errors against double, as multiples of direct convolution's. Measured: 5 in the forward
  // pass, at most 11 in the gradients, which direct convolution sums in shorter chains.
  const auto error = [](const Walled& actual, const std::vector<double>& expected) {
    double sum = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
      sum += std::pow(static_cast<double>(actual[i]) - expected[i], 2);
    return std::sqrt(sum);
  };
  for_each_kernel_set([&](Exec& exec) {
    const Results direct = compute(exec, p, ConvAlgorithm::direct);
    constexpr double multiple = 16;
    const Results r = compute(exec, p, ConvAlgorithm::winograd);
    CHECK(error(r.y, p.y) <= multiple * error(direct.y, p.y));
    CHECK(error(r.dx, p.dx) <= multiple * error(direct.dx, p.dx));
    CHECK(error(r.dkernel, p.dkernel) <= multiple * error(direct.dkernel, p.dkernel));
  });
}

TEST_CASE(
    "conv2d: gradients that skip zeros are within the bound of their sums, also with dense images between "
    "sparse ones") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    Problem sparse(c.shape, false, false, 0.9f), fused(c.shape, false, true, 0.9f);
    for_each_kernel_set([&](Exec& exec) {
      check(exec, sparse, ConvAlgorithm::sparse, kSparse);
      check(exec, fused, ConvAlgorithm::sparse, kSparse);
      check(exec, fused, ConvAlgorithm::automatic, kWinograd);
    });
  }
}

TEST_CASE("depthwise_conv2d: within the bound of its sums, with one and several filters per channel") {
  for (const Case& c : kCases)
    for (const int multiplier : {1, 2, 5}) {
      CAPTURE(c.why);
      CAPTURE(multiplier);
      Conv2DShape shape = c.shape;
      shape.filters = shape.channels * multiplier;
      const Problem problem(shape, true, multiplier == 2);
      for_each_kernel_set([&](Exec& exec) { check(exec, problem, ConvAlgorithm::automatic, 0); });
    }
}

TEST_CASE("conv2d: 1, 2 and 3 threads give the same bits") {
  for (const Case& c : kCases)
    for (const ConvAlgorithm algorithm : conv_algorithms()) {
      CAPTURE(c.why);
      const std::string name(name_of(algorithm));
      CAPTURE(name);
      const Problem problem(c.shape, false, true, 0.9f);
      for (const KernelSet* set : kernel_sets()) {
        Exec one(*set, 1), two(*set, 2), three(*set, 3);
        const Results expected = compute(one, problem, algorithm);
        for (Exec* exec : {&two, &three}) {
          const Results r = compute(*exec, problem, algorithm);
          CHECK(r.y == expected.y);
          CHECK(r.dx == expected.dx);
          CHECK(r.dkernel == expected.dkernel);
          CHECK(r.dbias == expected.dbias);
        }
      }
    }
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
