// Rates of the kernels, native and WASM: one line for each operation and shape, with kernel set, threads and
// the share of the multiply-and-add peak measured in the same run. Reports only; it never passes or fails.
//   bench_kernels [--set NAME] [--threads N] [--batch N] [--only TEXT] [--algorithm NAME] [--least 1]

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/kernels/conv2d.h"
#include "core/kernels/elementwise.h"
#include "core/kernels/gemm.h"
#include "core/kernels/kernel_set.h"
#include "core/kernels/optimizer_step.h"
#include "core/kernels/pooling.h"
#include "core/kernels/size.h"
#include "core/run/exec.h"

namespace {

using namespace cnn;

struct Options {
  std::string set, only, algorithm = "automatic";
  int threads = 1, batch = 32;
  bool least = false;
};

std::vector<float> random_floats(std::size_t n, float zeros = 0) {
  std::vector<float> x(n);
  RandomStream stream(n, RandomPurpose::test);
  for (float& value : x) value = stream.uniform() < zeros ? 0 : stream.uniform(-1, 1);
  return x;
}

/// Seconds of one call, from 31 measurements of about 6 ms after a warm-up of 0.1 s: the median or, with
/// `least`, the minimum, which load on the machine affects less.
template <class Body>
double seconds_of(bool least, Body body) {
  using Clock = std::chrono::steady_clock;
  const auto time = [&](int calls) {
    const auto start = Clock::now();
    for (int i = 0; i < calls; ++i) body();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  double once = 1, spent = 0;
  while (spent < 0.1) {
    const double seconds = time(1);
    spent += seconds;
    once = std::max(1e-6, std::min(once, seconds));
  }
  const int calls = std::max(1, static_cast<int>(0.006 / once));
  std::array<double, 31> samples;
  for (double& sample : samples) sample = time(calls) / calls;
  std::sort(samples.begin(), samples.end());
  return samples[least ? 0 : samples.size() / 2];
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        set_(options.set.empty() ? kernel_sets().front() : find_kernel_set(options.set)),
        exec_(set_ ? *set_ : *kernel_sets().front(), options.threads) {
    float sink = 0;
    const double flops = exec_.kernels().peak(1, &sink) * 10000;
    peak_ = flops / seconds_of(options_.least, [&] { exec_.kernels().peak(10000, &sink); }) * 1e-9;
    std::printf("peak %s: %.1f GFLOP/s a thread (sink %g)\n", exec_.kernels().name, peak_,
                static_cast<double>(sink));
    for (const ConvAlgorithm a : conv_algorithms())
      if (name_of(a) == options.algorithm) algorithm_ = a;
  }
  bool usable() const { return set_ != nullptr; }

  template <class Body>
  void line(const std::string& what, double flops, double items, Body body) {
    if (what.find(options_.only) == std::string::npos) return;
    const double seconds = seconds_of(options_.least, body);
    std::printf("%-56s %s %d thread%s: %8.2f us an image, %7.1f GFLOP/s, %3.0f %% of peak\n", what.c_str(),
                exec_.kernels().name, options_.threads, options_.threads == 1 ? "" : "s",
                seconds / items * 1e6, flops / seconds * 1e-9,
                100 * flops / seconds * 1e-9 / peak_ / options_.threads);
    std::fflush(stdout);
  }

  /// relu: fused into the forward pass; the backward pass masks dy by y.
  void conv(const char* name, int side, int channels, int filters, int kernel = 3, float zeros = 0,
            bool relu = true) {
    const int batch = options_.batch, pad = kernel / 2;
    const Conv2DShape s{batch, side, side, channels, filters, kernel, kernel, 1, 1, pad, pad, side, side};
    const auto x = random_floats(size(batch * side * side * channels));
    const auto w = random_floats(size(kernel * kernel * channels * filters)),
               bias = random_floats(size(filters));
    const auto dy = random_floats(size(batch * side * side * filters), zeros);
    std::vector<float> y(dy.size()), dx(x.size()), dw(w.size()), db(bias.size());
    const double flops = 2.0 * batch * side * side * kernel * kernel * channels * filters;
    char shape[80];
    std::snprintf(shape, sizeof shape, " [%d,%d,%d,%d]->%d", batch, side, side, channels, filters);
    const std::string title = std::string(name) + shape;
    line(title + " forward", flops, batch,
         [&] { conv2d_forward(exec_, s, x.data(), w.data(), bias.data(), {relu}, y.data(), algorithm_); });
    const float* mask = relu ? y.data() : nullptr;
    line(title + " input gradient", flops, batch, [&] {
      conv2d_backward(exec_, s,
                      {.x = x.data(), .kernel = w.data(), .dy = dy.data(), .y = mask, .dx = dx.data()},
                      algorithm_);
    });
    line(title + " kernel gradient", flops, batch, [&] {
      conv2d_backward(exec_, s,
                      {.x = x.data(),
                       .kernel = w.data(),
                       .dy = dy.data(),
                       .y = mask,
                       .dkernel = dw.data(),
                       .dbias = db.data()},
                      algorithm_);
    });
    line(title + " both gradients", 2 * flops, batch, [&] {
      conv2d_backward(exec_, s,
                      {.x = x.data(),
                       .kernel = w.data(),
                       .dy = dy.data(),
                       .y = mask,
                       .dx = dx.data(),
                       .dkernel = dw.data(),
                       .dbias = db.data()},
                      algorithm_);
    });
  }

  void product(const char* name, Gemm g) {
    const auto a = random_floats(size(g.m * g.k)), b = random_floats(size(g.k * g.n));
    std::vector<float> c(size(g.m * g.n));
    g.a = a.data(), g.b = b.data(), g.c = c.data();
    char title[80];
    std::snprintf(title, sizeof title, "%s [%d,%d]x[%d,%d]", name, g.m, g.k, g.k, g.n);
    line(title, 2.0 * g.m * g.n * g.k, options_.batch, [&] { gemm(exec_, g); });
  }

  void tutorial_step();
  int batch() const { return options_.batch; }

 private:
  Options options_;
  const KernelSet* set_;
  Exec exec_;
  double peak_ = 1;
  ConvAlgorithm algorithm_ = ConvAlgorithm::automatic;
};

/// One training step of the tutorial's network as kernel calls, part by part. Their sum is an upper bound on
/// the speed of a model.
void Bench::tutorial_step() {
  const int n = options_.batch;
  const Conv2DShape first{n, 32, 32, 3, 32, 3, 3, 1, 1, 1, 1, 32, 32},
      second{n, 32, 32, 32, 32, 3, 3, 1, 1, 1, 1, 32, 32};
  const Pool2DShape pool{n, 32, 32, 32, 2, 2, 2, 2, 0, 0, 16, 16};
  const std::size_t map = size(n) * 32 * 32 * 32, pooled = map / 4, hidden = size(n) * 128;
  const std::vector<float> x = random_floats(size(n) * 32 * 32 * 3);
  std::vector<float> w1 = random_floats(27 * 32), b1(32), w2 = random_floats(288 * 32), b2(32);
  std::vector<float> w3 = random_floats(8192 * 128), b3(128), w4 = random_floats(1280), b4(10);
  for (float& w : w2) w *= 0.1f;
  for (float& w : w3) w *= 0.02f;
  std::vector<float> y1(map), y2(map), p2(pooled), y3(hidden), y4(size(n) * 10),
      d4 = random_floats(size(n) * 10, 0);
  std::vector<float> d3(hidden), dp(pooled), d2(map), d1(map);
  std::vector<float> g1(w1.size() + 32), g2(w2.size() + 32), g3(128), g4(w4.size() + 10);
  std::vector<float> m(w3.size()), v(w3.size(), 1.0f);
  std::vector<std::uint8_t> winners(pooled), mask(pooled);
  const AdamStep step{.step_size = 1e-6f};
  struct Part {
    const char* name;
    double flops;
    std::function<void()> run;
  };
  const double conv1 = 2.0 * n * 1024 * 27 * 32, conv2 = 2.0 * n * 1024 * 288 * 32,
               dense = 2.0 * n * 8192 * 128;
  const Part parts[] = {
      {"conv2d forward", conv1,
       [&] { conv2d_forward(exec_, first, x.data(), w1.data(), b1.data(), {true}, y1.data()); }},
      {"conv2d_1 forward", conv2,
       [&] { conv2d_forward(exec_, second, y1.data(), w2.data(), b2.data(), {true}, y2.data()); }},
      {"max_pooling2d forward", 0,
       [&] { max_pooling2d_forward(exec_, pool, y2.data(), p2.data(), winners.data()); }},
      {"dropout forward", 0,
       [&] {
         dropout_forward(exec_, 0.5f, RandomStream(1, RandomPurpose::dropout), pooled, p2.data(), p2.data(),
                         mask.data());
       }},
      {"dense forward", dense,
       [&] {
         gemm(exec_, {.m = n,
                      .n = 128,
                      .k = 8192,
                      .a = p2.data(),
                      .b = w3.data(),
                      .bias = b3.data(),
                      .fused = {.relu = true},
                      .c = y3.data()});
       }},
      {"dense_1 forward", 0,
       [&] {
         gemm(exec_,
              {.m = n, .n = 10, .k = 128, .a = y3.data(), .b = w4.data(), .bias = b4.data(), .c = y4.data()});
       }},
      {"dense_1 backward", 0,
       [&] {
         dense_backward(exec_, {.batch = n,
                                .inputs = 128,
                                .units = 10,
                                .x = y3.data(),
                                .kernel = w4.data(),
                                .dy = d4.data(),
                                .dx = d3.data(),
                                .dkernel = g4.data(),
                                .dbias = g4.data() + w4.size()});
       }},
      {"dense backward and Adam", 2 * dense,
       [&] {
         dense_backward_adam(exec_,
                             {.batch = n,
                              .inputs = 8192,
                              .units = 128,
                              .x = p2.data(),
                              .dy = d3.data(),
                              .y = y3.data(),
                              .dx = dp.data(),
                              .dbias = g3.data(),
                              .w = w3.data(),
                              .m = m.data(),
                              .v = v.data()},
                             step);
       }},
      {"dropout backward", 0,
       [&] { dropout_backward(exec_, 0.5f, pooled, dp.data(), mask.data(), dp.data()); }},
      {"max_pooling2d backward", 0,
       [&] { max_pooling2d_backward(exec_, pool, dp.data(), winners.data(), d2.data()); }},
      {"conv2d_1 backward", 2 * conv2,
       [&] {
         conv2d_backward(exec_, second,
                         {.x = y1.data(),
                          .kernel = w2.data(),
                          .dy = d2.data(),
                          .y = y2.data(),
                          .dx = d1.data(),
                          .dkernel = g2.data(),
                          .dbias = g2.data() + w2.size()});
       }},
      {"conv2d backward", conv1,
       [&] {
         conv2d_backward(exec_, first,
                         {.x = x.data(),
                          .kernel = w1.data(),
                          .dy = d1.data(),
                          .y = y1.data(),
                          .dkernel = g1.data(),
                          .dbias = g1.data() + w1.size()});
       }},
  };
  for (const Part& part : parts) line(std::string("step: ") + part.name, part.flops, n, part.run);
  double flops = 0;
  for (const Part& part : parts) flops += part.flops;
  const auto all = [&] {
    for (const Part& part : parts) part.run();
  };
  if (std::string("whole step").find(options_.only) == std::string::npos) return;
  const double seconds = seconds_of(options_.least, all);
  std::printf("whole step, batch %d, %s, %d threads: %.0f images/s, %.1f GFLOP/s\n", n, exec_.kernels().name,
              options_.threads, n / seconds, flops / seconds * 1e-9);
  const double forward = seconds_of(options_.least, [&] {
    for (int i : {0, 1, 2, 4, 5}) parts[i].run();
  });
  std::printf("forward, batch %d, %s, %d threads: %.0f images/s\n", n, exec_.kernels().name, options_.threads,
              n / forward);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i], value = argv[i + 1];
    if (name == "--set") options.set = value;
    if (name == "--only") options.only = value;
    if (name == "--algorithm") options.algorithm = value;
    if (name == "--threads") options.threads = std::atoi(value.c_str());
    if (name == "--least") options.least = value == "1";
    if (name == "--batch") options.batch = std::atoi(value.c_str());
  }
  Bench bench(options);
  if (!bench.usable())
    return std::fprintf(stderr, "kernel set \"%s\" is not available here\n", options.set.c_str()), 2;
  bench.tutorial_step();
  const int n = bench.batch();
  bench.product("dense forward", {.m = n, .n = 128, .k = 8192});
  bench.product("dense input gradient", {.m = n, .n = 8192, .k = 128, .b_transposed = true});
  bench.product("dense kernel gradient", {.m = 8192, .n = 128, .k = n, .a_transposed = true});
  bench.product("square", {.m = 256, .n = 256, .k = 256});
  bench.conv("conv2d", 32, 3, 32);
  bench.conv("conv2d_1", 32, 32, 32);
  bench.conv("conv2d_1, zeros in dy", 32, 32, 32, 3, 0.875f);
  bench.conv("vgg_bn", 16, 64, 64);
  bench.conv("vgg_bn", 8, 128, 128);
  bench.conv("small map", 7, 128, 128);
  bench.conv("5x5", 16, 32, 32, 5);
  bench.conv("1x1", 16, 64, 64, 1);
  // The layers of the speedrun recipe. Some get a sparse dy from pooling, the others a dense one from batch
  // normalization.
  bench.conv("speedrun conv2d_1", 31, 24, 64, 3, 0.766f, false);
  bench.conv("speedrun conv2d_2", 15, 64, 64, 3, 0, false);
  bench.conv("speedrun conv2d_3", 15, 64, 256, 3, 0.782f, false);
  bench.conv("speedrun conv2d_4", 7, 256, 256, 3, 0, false);
  bench.conv("speedrun conv2d_5", 7, 256, 256, 3, 0.816f, false);
  bench.conv("speedrun conv2d_6", 3, 256, 256, 3, 0, false);
  return 0;
}
