#include "core/kernels/pooling.h"

#include <algorithm>
#include <cstring>

#include "core/kernels/size.h"
#include "tests/core/kernels/arrays.h"

namespace cnn::test {
namespace {

struct Case {
  const char* why;
  Pool2DShape shape;
};
constexpr Case kCases[] = {
    {"the tutorial's layer, small", {2, 8, 8, 32, 2, 2, 2, 2, 0, 0, 4, 4}},
    {"an incomplete border is dropped", {1, 5, 7, 5, 2, 2, 2, 2, 0, 0, 2, 3}},
    {"the same border is padded", {1, 5, 7, 17, 2, 2, 2, 2, 0, 0, 3, 4}},
    {"windows overlap, padding on all sides", {1, 6, 6, 3, 3, 3, 1, 1, 1, 1, 6, 6}},
    {"windows leave cells out", {1, 9, 9, 4, 2, 2, 3, 3, 0, 0, 3, 3}},
    {"whole image", {3, 4, 4, 19, 4, 4, 1, 1, 0, 0, 1, 1}},
    {"largest window", {1, 16, 16, 1, 16, 16, 1, 1, 0, 0, 1, 1}},
    {"one cell", {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1}},
};

/// body(output index, input index, index in the window)
template <class Body>
void for_each_cell(const Pool2DShape& s, Body body) {
  for (int n = 0; n < s.batch; ++n)
    for (int i = 0; i < s.out_height; ++i)
      for (int j = 0; j < s.out_width; ++j)
        for (int c = 0; c < s.channels; ++c)
          for (int u = 0; u < s.pool_h; ++u)
            for (int v = 0; v < s.pool_w; ++v) {
              const int p = i * s.stride_h - s.pad_top + u, q = j * s.stride_w - s.pad_left + v;
              if (p < 0 || q < 0 || p >= s.height || q >= s.width) continue;
              body(size(((n * s.out_height + i) * s.out_width + j) * s.channels + c),
                   size(((n * s.height + p) * s.width + q) * s.channels + c), u * s.pool_w + v);
            }
}
std::size_t in_size(const Pool2DShape& s) { return size(s.batch * s.height * s.width * s.channels); }
std::size_t out_size(const Pool2DShape& s) { return size(s.batch * s.out_height * s.out_width * s.channels); }

TEST_SUITE_BEGIN("kernels/pooling");

TEST_CASE("max_pooling2d: values, winners and gradient match the definition") {
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const Pool2DShape& s = c.shape;
    Walled x = Walled::random(in_size(s), 1, 0.5f);  // zeros make ties
    if (x.size() > 40) x[37] = std::nanf("");
    const Walled dy = Walled::random(out_size(s), 2);
    std::vector<float> y(out_size(s));
    std::vector<int> place(out_size(s), -1);
    std::vector<std::size_t> from(out_size(s));
    for_each_cell(s, [&](std::size_t out, std::size_t in, int at) {
      const bool better = place[out] < 0 || x[in] > y[out] || (std::isnan(x[in]) && !std::isnan(y[out]));
      if (better) y[out] = x[in], place[out] = at, from[out] = in;
    });
    std::vector<double> dx(in_size(s)), tolerance(in_size(s));
    for (std::size_t i = 0; i < y.size(); ++i) {
      dx[from[i]] += double(dy[i]);
      tolerance[from[i]] += 1e-6 * std::abs(double(dy[i]));
    }
    for_each_kernel_set([&](Exec& exec) {
      Walled got(y.size()), got_dx(x.size(), 5);
      std::vector<std::uint8_t> winners(y.size() + 1, 77);
      max_pooling2d_forward(exec, s, x.data(), got.data(), winners.data());
      std::size_t wrong = 0;
      for (std::size_t i = 0; i < y.size(); ++i)
        wrong += winners[i] != place[i] || !(got[i] == y[i] || (std::isnan(got[i]) && std::isnan(y[i])));
      CHECK(wrong == 0);
      CHECK(winners[y.size()] == 77);
      max_pooling2d_backward(exec, s, dy.data(), winners.data(), got_dx.data());
      CHECK(worst(got_dx, dx, tolerance) <= 1);
      CHECK((got.walls_stand() && got_dx.walls_stand()));
      Walled without(y.size());
      max_pooling2d_forward(exec, s, x.data(), without.data(), nullptr);
      CHECK(std::memcmp(without.data(), got.data(), y.size() * sizeof(float)) == 0);
    });
  }
}

TEST_CASE("mean_pooling2d: average counts only cells inside, sum adds them, gradients are transposes") {
  for (const Case& c : kCases)
    for (const PoolMean mean : {PoolMean::average, PoolMean::sum}) {
      CAPTURE(c.why);
      const Pool2DShape& s = c.shape;
      const Walled x = Walled::random(in_size(s), 1), dy = Walled::random(out_size(s), 2);
      std::vector<double> y(out_size(s)), y_size(out_size(s)), cells(out_size(s)), dx(in_size(s)),
          dx_size(in_size(s));
      for_each_cell(s, [&](std::size_t out, std::size_t in, int) {
        y[out] += double(x[in]);
        y_size[out] += std::abs(double(x[in]));
        ++cells[out];
      });
      const auto divisor = [&](std::size_t i) { return mean == PoolMean::average ? cells[i] : 1.0; };
      for_each_cell(s, [&](std::size_t out, std::size_t in, int) {
        dx[in] += double(dy[out]) / divisor(out);
        dx_size[in] += std::abs(double(dy[out]) / divisor(out));
      });
      for (std::size_t i = 0; i < y.size(); ++i)
        y[i] /= divisor(i), y_size[i] = sum_tolerance(cells[i] + 1, y_size[i] / divisor(i));
      for (std::size_t i = 0; i < dx.size(); ++i)
        dx_size[i] = sum_tolerance(s.pool_h * s.pool_w + 1, dx_size[i]);
      for_each_kernel_set([&](Exec& exec) {
        Walled got(y.size()), got_dx(x.size(), 5);
        mean_pooling2d_forward(exec, s, mean, x.data(), got.data());
        mean_pooling2d_backward(exec, s, mean, dy.data(), got_dx.data());
        CHECK(worst(got, y, y_size) <= 1);
        CHECK(worst(got_dx, dx, dx_size) <= 1);
        CHECK((got.walls_stand() && got_dx.walls_stand()));
      });
    }
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
