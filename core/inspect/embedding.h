#pragma once
/// core/inspect/embedding.h: pictures as the last hidden layer sees them, in two dimensions (principal
/// component analysis).
#include <cstddef>
#include <vector>

#include "core/evaluation.h"
#include "core/inspect/observer.h"

namespace cnn {

/// Principal axes of rows [n, d], the rows' mean taken off.
struct PrincipalAxes {
  std::vector<double> axes;  ///< [count, d], unit vectors by falling variance; the largest entry is positive
  std::vector<double> shares;  ///< of the whole variance, by axis
  std::vector<double> mean;    ///< [d]
};
/// Subspace iteration with a few vectors more than wanted, started from a fixed seed: the covariance matrix,
/// which may be large, is never made. The same rows give the same axes.
PrincipalAxes principal_axes(std::span<const float> rows, std::size_t n, std::size_t d, std::size_t count);

/// What the last layer that learns reads: the network's own description of a picture. -1 where there is none.
int last_hidden_layer(const Model&);

class Embedding {
 public:
  static constexpr std::size_t most_numbers = 4u << 20;  ///< of activations kept
  /// About `count` pictures, spread evenly over the data set, which must stay as it is until done().
  Embedding(const Dataset&, const Model&, std::size_t count);

  bool done() const { return next_ == indices_.size(); }
  /// The next pictures. What the observer looked at is lost.
  Result<void> step(Exec&, Observer&);
  int layer() const { return layer_; }
  const std::vector<std::uint32_t>& indices() const { return indices_; }
  /// What the network takes each for.
  const std::vector<int>& predicted() const { return predicted_; }

  struct Points {
    std::vector<float> places;   ///< [pictures, 2]
    std::vector<double> shares;  ///< of the variance that each of the two axes holds
  };
  Points points() const;

 private:
  const Dataset& data_;
  int layer_;
  std::size_t width_, next_ = 0;
  std::vector<std::uint32_t> indices_;
  std::vector<int> predicted_;
  std::vector<float> rows_;
  Batch batch_;
};

}  // namespace cnn
