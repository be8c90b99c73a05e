#pragma once
/// Pictures as the last hidden layer sees them, projected to two dimensions (principal component analysis).

#include <cstddef>
#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

/// Principal axes of rows [n, d], after subtracting their mean.
struct PrincipalAxes {
  std::vector<double> axes;  ///< [count, d], unit vectors by falling variance; the largest entry is positive
  std::vector<double> shares;  ///< of the total variance, by axis
  std::vector<double> mean;    ///< [d]
};
/// Finds principal axes by subspace iteration with a few spare vectors. It starts from a fixed seed, so the
/// same rows give the same axes. The covariance matrix, which may be large, is never built. Each step() reads
/// all rows once; they must remain valid until done().
class AxesSearch {
 public:
  AxesSearch(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count);
  bool done() const { return done_; }
  void step();
  /// After done().
  PrincipalAxes axes() const;

 private:
  std::span<const float> rows_;
  std::size_t n_, count_;
  std::vector<double> mean_, variances_;
  double total_ = 0, rounding_ = 0;  ///< variance; variance that rounding alone gives equal rows
  std::vector<std::vector<double>> vectors_;
  int round_ = 0;
  bool done_ = false;
};
/// Runs all steps at once.
PrincipalAxes principal_axes(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count);

/// The input of the last learning layer: the network's own description of a picture. -1 if there is none.
int last_hidden_layer(const Model&);

class Embedding {
 public:
  static constexpr std::size_t most_numbers = 4u << 20;  ///< activations kept at most
  /// Embeds about `count` pictures, spread evenly over the data set, which must not change until done().
  Embedding(const Dataset&, const Model&, std::size_t count);

  bool done() const { return search_ && search_->done(); }
  /// Processes the next pictures, then the next round of the search for axes. Discards the observer's look().
  Result<void> step(Exec&, Observer&);
  /// Share of the pictures processed so far.
  double share() const { return static_cast<double>(next_) / static_cast<double>(indices_.size()); }
  int layer() const { return layer_; }
  const std::vector<std::uint32_t>& indices() const { return indices_; }
  /// The class each picture is predicted as.
  const std::vector<int>& predicted() const { return predicted_; }

  struct Points {
    std::vector<float> places;   ///< [pictures, 2]
    std::vector<double> shares;  ///< of the variance, along each of the two axes
  };
  /// After done().
  Points points() const;

 private:
  const Dataset& data_;
  int layer_;
  std::size_t width_, next_ = 0;
  std::vector<std::uint32_t> indices_;
  std::vector<int> predicted_;
  std::vector<float> rows_;
  std::optional<AxesSearch> search_;  ///< once all rows are there
  Batch batch_;
};

}  // namespace cnn
