#include "core/inspect/embedding.h"

#include <algorithm>
#include <cmath>

#include "core/base/eigen.h"
#include "core/base/random.h"
#include "core/inspect/slices.h"
#include "core/training/metrics.h"

namespace cnn {
namespace {

using Vectors = std::vector<std::vector<double>>;
constexpr std::size_t kAxes = 2;  // of the displayed plane

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// Gram-Schmidt, applied twice because once is not enough for nearly parallel vectors. A vector that depends
/// linearly on the earlier ones becomes 0.
void make_orthonormal(Vectors& vectors) {
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const double before = std::sqrt(dot(vectors[i], vectors[i]));
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t j = 0; j < i; ++j) {
        const double share = dot(vectors[i], vectors[j]);
        for (std::size_t k = 0; k < vectors[i].size(); ++k) vectors[i][k] -= share * vectors[j][k];
      }
    }
    const double length = std::sqrt(dot(vectors[i], vectors[i]));
    const double factor = length > 1e-12 * before && length > 0 ? 1 / length : 0;
    for (double& value : vectors[i]) value *= factor;
  }
}

/// Covariance times each vector:
///   sum over the rows of (row - mean) * ((row - mean) . vector) / n
Vectors covariance_times(const Vectors& vectors, std::span<const float> rows, std::size_t n,
                         const std::vector<double>& mean) {
  const std::size_t d = mean.size();
  Vectors result(vectors.size(), std::vector<double>(d, 0.0));
  std::vector<double> row(d);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < d; ++k) row[k] = static_cast<double>(rows[i * d + k]) - mean[k];
    for (std::size_t v = 0; v < vectors.size(); ++v) {
      const double along = dot(row, vectors[v]) / static_cast<double>(n);
      for (std::size_t k = 0; k < d; ++k) result[v][k] += along * row[k];
    }
  }
  return result;
}

/// Rotates the vectors within their span so that the covariance becomes diagonal; returns the diagonal.
std::vector<double> diagonalize(Vectors& vectors, const Vectors& images) {
  const std::size_t m = vectors.size();
  std::vector<double> small(m * m);
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b)
      small[a * m + b] = (dot(vectors[a], images[b]) + dot(vectors[b], images[a])) / 2;
  }
  const Eigen found = eigen(std::move(small), m);
  Vectors rotated(m, std::vector<double>(vectors[0].size(), 0.0));
  for (std::size_t a = 0; a < m; ++a) {
    for (std::size_t b = 0; b < m; ++b) {
      const double share = found.vectors[a * m + b];
      for (std::size_t k = 0; k < rotated[a].size(); ++k) rotated[a][k] += share * vectors[b][k];
    }
  }
  vectors = std::move(rotated);
  return found.values;
}

}  // namespace

AxesSearch::AxesSearch(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count)
    : rows_(rows), n_(n), count_(count), mean_(d, 0.0) {
  for (std::size_t i = 0; i < n * d; ++i)
    mean_[i % d] += static_cast<double>(rows[i]) / static_cast<double>(n);
  for (const double mean : mean_) rounding_ += 1e-28 * mean * mean;
  for (std::size_t i = 0; i < n * d; ++i) {
    const double off = static_cast<double>(rows[i]) - mean_[i % d];
    total_ += off * off / static_cast<double>(n);
  }
  // Each round, the error shrinks by the ratio of the first variance left out to the last one wanted.
  constexpr std::size_t spare = 6;
  vectors_.assign(std::min(count + spare, d), std::vector<double>(d));
  RandomStream random(1, RandomPurpose::initialize);
  for (auto& vector : vectors_) {
    for (double& value : vector) value = static_cast<double>(random.normal());
  }
  make_orthonormal(vectors_);
  variances_.assign(vectors_.size(), 0.0);
}

void AxesSearch::step() {
  constexpr int most_rounds = 60;
  Vectors images = covariance_times(vectors_, rows_, n_, mean_);
  const std::vector<double> now = diagonalize(vectors_, images);
  double change = 0;
  for (std::size_t a = 0; a < std::min(count_, now.size()); ++a) change += std::fabs(now[a] - variances_[a]);
  variances_ = now;
  done_ = (round_ > 0 && change <= 1e-12 * total_) || round_ + 1 == most_rounds;
  ++round_;
  if (done_) return;
  vectors_ = std::move(images);
  make_orthonormal(vectors_);
}

PrincipalAxes AxesSearch::axes() const {
  PrincipalAxes result;
  result.mean = mean_;
  for (std::size_t a = 0; a < count_; ++a) {
    std::vector<double> axis(mean_.size(), 0.0);
    if (a < vectors_.size()) axis = vectors_[a];
    const auto largest = std::max_element(axis.begin(), axis.end(),
                                          [](double x, double y) { return std::fabs(x) < std::fabs(y); });
    const double sign = largest != axis.end() && *largest < 0 ? -1 : 1;
    for (const double value : axis) result.axes.push_back(sign * value);
    result.shares.push_back(
        a < variances_.size() && total_ > rounding_ ? std::max(variances_[a], 0.0) / total_ : 0);
  }
  return result;
}

PrincipalAxes principal_axes(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count) {
  AxesSearch search(rows, n, d, count);
  while (!search.done()) search.step();
  return search.axes();
}

int last_hidden_layer(const Model& model) {
  const int last = last_learning_layer(model);
  return last < 0 || model.layer_inputs(last).empty() ? -1 : model.layer_inputs(last)[0];
}

Embedding::Embedding(const Dataset& data, const Model& model, std::size_t wanted)
    : data_(data), layer_(last_hidden_layer(model)), width_(count(model.layer_shape(layer_))) {
  const std::size_t fits = std::max<std::size_t>(2, most_numbers / width_);
  const std::size_t pictures = std::min({wanted, fits, data.size()});
  for (std::size_t i = 0; i < pictures; ++i)
    indices_.push_back(static_cast<std::uint32_t>(static_cast<std::uint64_t>(i) * data.size() / pictures));
}

Result<void> Embedding::step(Exec& exec, Observer& observer) {
  if (search_) {
    search_->step();
    return {};
  }
  const Model& model = observer.model();
  const std::size_t n = std::min(static_cast<std::size_t>(slice_pictures(model)), indices_.size() - next_);
  batch_.assemble(exec, data_, std::span(indices_).subspan(next_, n));
  const auto outputs = observer.keep_all(exec, batch_.x(), batch_.rows());
  if (!outputs) return outputs.error();
  const int classes = model.output_shape().back();
  for (std::size_t i = 0; i < n; ++i)
    predicted_.push_back(argmax(*outputs + i * static_cast<std::size_t>(classes), classes));
  const std::span<const float> hidden = observer.output(layer_);
  rows_.insert(rows_.end(), hidden.begin(), hidden.end());
  next_ += n;
  if (next_ == indices_.size()) search_.emplace(rows_, next_, width_, kAxes);
  return {};
}

Embedding::Points Embedding::points() const {
  const std::size_t n = rows_.size() / width_;
  const PrincipalAxes principal = search_->axes();
  Points points;
  points.shares = principal.shares;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t axis = 0; axis < kAxes; ++axis) {
      double along = 0;
      for (std::size_t k = 0; k < width_; ++k) {
        along += (static_cast<double>(rows_[i * width_ + k]) - principal.mean[k]) *
                 principal.axes[axis * width_ + k];
      }
      points.places.push_back(static_cast<float>(along));
    }
  }
  return points;
}

}  // namespace cnn
