#include "core/layers/multiply.h"

#include <algorithm>

#include "core/layers/onnx_graph.h"
#include "core/run/exec.h"

namespace cnn {
namespace {

/// One number for each channel, of an output that has more cells.
bool is_by_channel(const Shape& x) { return x.rank() == 1 || (x.rank() == 3 && x[0] == 1 && x[1] == 1); }

/// The numbers of one image's input: full, or one for each channel.
struct Factor {
  const float* x;
  bool by_channel;
  float at(std::size_t i, std::size_t channels) const { return x[by_channel ? i % channels : i]; }
};

}  // namespace

Result<Shape> Multiply::joined_shape(std::span<const Shape> xs) const {
  const auto larger = [](const Shape& a, const Shape& b) {
    return count(a) < count(b) || (count(a) == count(b) && a.rank() < b.rank());
  };
  const Shape y = *std::max_element(xs.begin(), xs.end(), larger);
  for (const Shape& x : xs) {
    if (x != y && !(is_by_channel(x) && y.rank() > 0 && x.back() == y.back())) {
      return Error{"bad_config",
                   "its inputs must have the same shape, or one number for each channel, but they are " +
                       to_string(y) + " and " + to_string(x)};
    }
  }
  return y;
}

void Multiply::forward(const Forward& f) const {
  const std::size_t n = count(*f.y_shape);
  const auto channels = static_cast<std::size_t>(f.y_shape->back());
  f.exec.pool().parallel_for(f.batch, [&](int image, int) {
    float* y = f.y + static_cast<std::size_t>(image) * n;
    for (std::size_t k = 0; k < f.xs.size(); ++k) {
      const std::size_t size = count(f.x_shapes[k]);
      const Factor factor{f.xs[k] + static_cast<std::size_t>(image) * size, size != n};
      for (std::size_t i = 0; i < n; ++i) y[i] = (k == 0 ? 1.0f : y[i]) * factor.at(i, channels);
    }
  });
}

void Multiply::backward(const Backward& b) const {
  const std::size_t n = count(*b.y_shape);
  const auto channels = static_cast<std::size_t>(b.y_shape->back());
  b.exec.pool().parallel_for(b.batch, [&](int image, int) {
    const auto at = static_cast<std::size_t>(image);
    for (std::size_t k = 0; k < b.xs.size(); ++k) {
      if (!b.dxs[k]) continue;
      const std::size_t size = count(b.x_shapes[k]);
      float* dx = b.dxs[k] + at * size;
      std::fill_n(dx, size, 0.0f);
      for (std::size_t i = 0; i < n; ++i) {
        float product = b.dy[at * n + i];
        for (std::size_t other = 0; other < b.xs.size(); ++other) {
          const std::size_t others = count(b.x_shapes[other]);
          if (other != k) product *= Factor{b.xs[other] + at * others, others != n}.at(i, channels);
        }
        dx[size == n ? i : i % channels] += product;
      }
    }
  });
}

Result<void> Multiply::onnx(OnnxGraph& graph) const {
  std::string y;
  const bool maps = graph.y_shape().rank() == 3;
  for (std::size_t i = 0; i < graph.xs().size(); ++i) {
    std::string x = graph.x(i);
    if (maps && graph.x_shape(i).rank() == 1)  // [N, C] to [N, C, 1, 1]
      x = graph.add("Unsqueeze", {x, graph.constant("axes", std::vector<std::int64_t>{2, 3})});
    y = i == 0 ? x : graph.add("Mul", {y, x});
  }
  graph.give(y);
  return {};
}

}  // namespace cnn
