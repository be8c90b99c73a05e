#include "core/kernels/gemm.h"

#include <algorithm>

#include "core/kernels/kernel_set.h"
#include "core/kernels/optimizer_step.h"
#include "tests/core/kernels/arrays.h"

namespace cnn::test {
namespace {

struct Size {
  const char* why;
  int m, n, k;
};
/// Vectors have 1, 4, 8 or 16 lanes and tiles are at most 12 x 32: these sizes are on both sides of every
/// edge.
constexpr Size kSizes[] = {
    {"empty", 0, 0, 0},
    {"no terms: the bias alone", 3, 5, 0},
    {"one number", 1, 1, 1},
    {"below a vector", 2, 3, 5},
    {"a vector and one", 5, 9, 7},
    {"two tiles of sse2 and a remainder", 11, 19, 4},
    {"two tiles of avx512 and a remainder", 27, 67, 33},
    {"the tutorial's last layer", 10, 10, 128},
    {"sum longer than one block of depth", 7, 21, 515},
    {"more rows and columns than one piece", 70, 140, 9},
};

struct Product {
  Size size;
  bool a_transposed, b_transposed, relu, accumulate, with_bias;
  Walled a, b, bias, c;
  std::vector<double> expected, tolerance;
  Product(const Size& s, int options)
      : size(s),
        a_transposed(options & 1),
        b_transposed(options & 2),
        relu(options & 4),
        accumulate(options & 8),
        with_bias(options & 16),
        a(Walled::random(static_cast<std::size_t>(s.m * s.k), 1)),
        b(Walled::random(static_cast<std::size_t>(s.k * s.n), 2)),
        bias(Walled::random(static_cast<std::size_t>(s.n), 3)),
        c(Walled::random(static_cast<std::size_t>(s.m * s.n), 4)) {
    for (int i = 0; i < s.m; ++i)
      for (int j = 0; j < s.n; ++j) {
        double sum = 0, magnitude = 0;
        const auto term = [&](double x) { sum += x, magnitude += std::abs(x); };
        for (int p = 0; p < s.k; ++p)
          term(double(a[static_cast<std::size_t>(a_transposed ? p * s.m + i : i * s.k + p)]) *
               double(b[static_cast<std::size_t>(b_transposed ? j * s.k + p : p * s.n + j)]));
        if (accumulate) term(double(c[static_cast<std::size_t>(i * s.n + j)]));
        if (with_bias) term(double(bias[static_cast<std::size_t>(j)]));
        expected.push_back(relu ? std::max(sum, 0.0) : sum);
        tolerance.push_back(sum_tolerance(s.k + 2, magnitude) + 1e-37);
      }
  }
  Walled compute(Exec& exec) const {
    Walled out = c;
    gemm(exec, {size.m,
                size.n,
                size.k,
                a.data(),
                a_transposed,
                b.data(),
                b_transposed,
                with_bias ? bias.data() : nullptr,
                {relu},
                accumulate,
                out.data()});
    return out;
  }
};

TEST_SUITE_BEGIN("kernels/gemm");

TEST_CASE("gemm: every option and awkward size is within the bound of its sums") {
  for (const Size& size : kSizes)
    for (int options = 0; options < 32; ++options) {
      CAPTURE(size.why);
      CAPTURE(options);
      const Product product(size, options);
      for_each_kernel_set([&](Exec& exec) {
        const Walled c = product.compute(exec);
        CHECK(c.walls_stand());
        CHECK(worst(c, product.expected, product.tolerance) <= 1);
      });
    }
}

TEST_CASE("gemm: 1, 2 and 3 threads give the same bits") {
  for (const Size& size : kSizes)
    for (int options = 0; options < 4; ++options) {
      CAPTURE(size.why);
      const Product product(size, options);
      for (const KernelSet* set : kernel_sets()) {
        Exec one(*set, 1), two(*set, 2), three(*set, 3);
        const Walled expected = product.compute(one);
        CHECK(product.compute(two) == expected);
        CHECK(product.compute(three) == expected);
      }
    }
}

TEST_CASE("gemm: sets that round each term the same way give the same bits") {
  for (const Size& size : kSizes) {
    CAPTURE(size.why);
    const Product product(size, 16);
    for (const KernelSet* set : kernel_sets())
      for (const KernelSet* other : kernel_sets()) {
        if (set->fused_multiply_add != other->fused_multiply_add || name_of(*set) == "relaxed") continue;
        Exec a(*set, 1), b(*other, 1);
        CHECK(product.compute(a) == product.compute(b));
      }
  }
}

TEST_CASE("gemm: NaN passes through relu") {
  const Walled nan(40, std::numeric_limits<float>::quiet_NaN()), one(40, 1);
  for_each_kernel_set([&](Exec& exec) {
    Walled c(40);
    gemm(exec,
         {.m = 1, .n = 40, .k = 1, .a = one.data(), .b = nan.data(), .fused = {.relu = true}, .c = c.data()});
    for (std::size_t i = 0; i < 40; ++i) CHECK(std::isnan(c[i]));
  });
}

TEST_CASE("dense_backward: gradients match their definition") {
  const int batch = 6, inputs = 37, units = 21;
  const Walled x = Walled::random(batch * inputs, 1), w = Walled::random(inputs * units, 2),
               dy = Walled::random(batch * units, 3), y = Walled::random(batch * units, 4, 0.5f);
  const auto gradient = [&](int n, int u) {
    const auto at = static_cast<std::size_t>(n * units + u);
    return y[at] > 0 ? double(dy[at]) : 0.0;
  };
  std::vector<double> dx, dw, db, tx, tw, tb;
  for (int n = 0; n < batch; ++n)
    for (int i = 0; i < inputs; ++i) {
      double sum = 0, magnitude = 0;
      for (int u = 0; u < units; ++u) {
        const double term = gradient(n, u) * double(w[static_cast<std::size_t>(i * units + u)]);
        sum += term, magnitude += std::abs(term);
      }
      dx.push_back(sum), tx.push_back(sum_tolerance(units, magnitude));
    }
  for (int i = 0; i < inputs; ++i)
    for (int u = 0; u < units; ++u) {
      double sum = 1, magnitude = 1;  // += onto 1
      for (int n = 0; n < batch; ++n) {
        const double term = gradient(n, u) * double(x[static_cast<std::size_t>(n * inputs + i)]);
        sum += term, magnitude += std::abs(term);
      }
      dw.push_back(sum), tw.push_back(sum_tolerance(batch + 1, magnitude));
    }
  for (int u = 0; u < units; ++u) {
    double sum = 1, magnitude = 1;
    for (int n = 0; n < batch; ++n) sum += gradient(n, u), magnitude += std::abs(gradient(n, u));
    db.push_back(sum), tb.push_back(sum_tolerance(batch + 1, magnitude));
  }
  for_each_kernel_set([&](Exec& exec) {
    Walled got_x(dx.size()), got_w(dw.size(), 1), got_b(db.size(), 1);
    dense_backward(exec, {batch, inputs, units, x.data(), w.data(), dy.data(), y.data(), got_x.data(),
                          got_w.data(), got_b.data()});
    CHECK(worst(got_x, dx, tx) <= 1);
    CHECK(worst(got_w, dw, tw) <= 1);
    CHECK(worst(got_b, db, tb) <= 1);
    CHECK((got_x.walls_stand() && got_w.walls_stand() && got_b.walls_stand()));
  });
}

TEST_CASE("dense_backward_adam: the same bits as separate gradient and step, with any number of threads") {
  const AdamStep step{.step_size = 0.01f, .weight_decay = 0.001f};
  for (const auto& size : {std::array{3, 70, 19}, std::array{10, 300, 128}, std::array{1, 1, 1}}) {
    const int batch = size[0], inputs = size[1], units = size[2];
    CAPTURE(inputs);
    const auto n = static_cast<std::size_t>(inputs * units);
    const Walled x = Walled::random(static_cast<std::size_t>(batch * inputs), 1),
                 dy = Walled::random(static_cast<std::size_t>(batch * units), 2),
                 y = Walled::random(static_cast<std::size_t>(batch * units), 3, 0.5f),
                 w0 = Walled::random(n, 4), m0 = Walled::random(n, 5);
    for_each_kernel_set([&](Exec& exec) {
      Walled w = w0, m = m0, v(n, 0.5f), dx(x.size()), db(static_cast<std::size_t>(units)), gradient(n);
      dense_backward(exec, {batch, inputs, units, x.data(), w.data(), dy.data(), y.data(), dx.data(),
                            gradient.data(), db.data()});
      adam_update(exec, step, n, w.data(), gradient.data(), m.data(), v.data());
      for (const int threads : {1, 2, 3}) {
        Exec other(exec.kernels(), threads);
        Walled w1 = w0, m1 = m0, v1(n, 0.5f), dx1(x.size()), db1(static_cast<std::size_t>(units));
        dense_backward_adam(other,
                            {batch, inputs, units, x.data(), dy.data(), y.data(), dx1.data(), db1.data(),
                             w1.data(), m1.data(), v1.data()},
                            step);
        CHECK(w1 == w);
        CHECK(m1 == m);
        CHECK(v1 == v);
        CHECK(dx1 == dx);
        CHECK(db1 == db);
        CHECK((w1.walls_stand() && m1.walls_stand() && v1.walls_stand() && dx1.walls_stand() &&
               db1.walls_stand()));
      }
    });
  }
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
