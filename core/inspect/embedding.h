#pragma once
/// core/inspect/embedding.h: pictures as the last hidden layer sees them, in two dimensions (principal
/// component analysis).
#include <cstddef>
#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "core/training/evaluation.h"

namespace cnn {

/// Principal axes of rows [n, d], the rows' mean taken off.
struct PrincipalAxes {
  std::vector<double> axes;  ///< [count, d], unit vectors by falling variance; the largest entry is positive
  std::vector<double> shares;  ///< of the whole variance, by axis
  std::vector<double> mean;    ///< [d]
};
/// Subspace iteration with a few vectors more than wanted, started from a fixed seed: the covariance matrix,
/// which may be large, is never made. The same rows give the same axes. In rounds, each of which reads all
/// rows once; they must stay where they are until done().
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
  double total_ = 0, rounding_ = 0;  ///< variance, and what rounding makes of equal rows, which is none
  std::vector<std::vector<double>> vectors_;
  int round_ = 0;
  bool done_ = false;
};
/// All rounds at once.
PrincipalAxes principal_axes(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count);

/// What the last layer that learns reads: the network's own description of a picture. -1 where there is none.
int last_hidden_layer(const Model&);

class Embedding {
 public:
  static constexpr std::size_t most_numbers = 4u << 20;  ///< of activations kept
  /// About `count` pictures, spread evenly over the data set, which must stay as it is until done().
  Embedding(const Dataset&, const Model&, std::size_t count);

  bool done() const { return search_ && search_->done(); }
  /// The next pictures, then the next round of the search for the axes. What the observer looked at is lost.
  Result<void> step(Exec&, Observer&);
  /// Of the pictures that were looked at.
  double share() const { return static_cast<double>(next_) / static_cast<double>(indices_.size()); }
  int layer() const { return layer_; }
  const std::vector<std::uint32_t>& indices() const { return indices_; }
  /// What the network takes each for.
  const std::vector<int>& predicted() const { return predicted_; }

  struct Points {
    std::vector<float> places;   ///< [pictures, 2]
    std::vector<double> shares;  ///< of the variance that each of the two axes holds
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
