#pragma once
/// Learning rate schedules. A schedule computes a factor for the optimizer's learning rate from the position
/// in the training. The position is in epochs, so that the batch size can change during training.

#include <span>
#include <string_view>

#include "core/base/choice.h"
#include "core/base/fields.h"

namespace cnn {

class Schedule {
 public:
  static std::span<const Family<Schedule>> types();
  virtual ~Schedule() = default;
  virtual std::string_view class_name() const = 0;
  virtual std::string_view help() const = 0;
  virtual void fields(Fields&) = 0;
  /// epoch: 2.5 is half-way through the third. During warm-up the factor rises linearly.
  double factor(double epoch, double epochs) const;

  double warmup_epochs = 0;

 protected:
  /// `share`: the part of the epochs after warm-up that is done, 0 to 1. `epoch` and `epochs` are counted
  /// from the end of the warm-up.
  virtual double after_warmup(double share, double epoch, double epochs) const = 0;
  void warmup_field(Fields&);
};

/// Always 1.
class Constant final : public Schedule {
 public:
  std::string_view class_name() const override { return "Constant"; }
  std::string_view help() const override { return "A constant learning rate."; }
  void fields(Fields& field) override { warmup_field(field); }

 protected:
  double after_warmup(double, double, double) const override { return 1; }
};

///   drop ^ floor(epoch / every)
class StepDecay final : public Schedule {
 public:
  double every = 10, drop = 0.1;
  std::string_view class_name() const override { return "StepDecay"; }
  std::string_view help() const override {
    return "Multiplies the learning rate by a factor at regular intervals.";
  }
  void fields(Fields&) override;

 protected:
  double after_warmup(double share, double epoch, double epochs) const override;
};

///   (1 - alpha) * (1 + cos(pi * share)) / 2 + alpha
/// (Loshchilov and Hutter 2017; keras.optimizers.schedules.CosineDecay)
class CosineDecay final : public Schedule {
 public:
  double alpha = 0;
  std::string_view class_name() const override { return "CosineDecay"; }
  std::string_view help() const override {
    return "The learning rate falls along half a cosine until the end.";
  }
  void fields(Fields&) override;

 protected:
  double after_warmup(double share, double epoch, double epochs) const override;
};

/// Rises from 1 / start_divisor to 1 along a cosine until peak_at of the training, then falls to
/// 1 / (start_divisor * end_divisor) along another (torch.optim.lr_scheduler.OneCycleLR with its default
/// annealing).
class OneCycle final : public Schedule {
 public:
  double peak_at = 0.3, start_divisor = 25, end_divisor = 1e4;
  std::string_view class_name() const override { return "OneCycle"; }
  std::string_view help() const override {
    return "One rise and one long fall of the learning rate, whose peak can be several times the usual rate.";
  }
  void fields(Fields&) override;

 protected:
  double after_warmup(double share, double epoch, double epochs) const override;
};

/// Rises linearly from `start` to 1 until peak_at of the training, then falls linearly to `end` (the triangle
/// of arXiv 2404.00498; torch's OneCycleLR with linear annealing).
class LinearCycle final : public Schedule {
 public:
  double start = 0.2, peak_at = 0.23, end = 0.07;
  std::string_view class_name() const override { return "LinearCycle"; }
  std::string_view help() const override {
    return "One linear rise and one long linear fall of the learning rate.";
  }
  void fields(Fields&) override;

 protected:
  double after_warmup(double share, double epoch, double epochs) const override;
};

/// Rises and falls linearly between `low` and 1, cycle after cycle (Smith 2017).
class Triangular final : public Schedule {
 public:
  double cycle = 2, low = 0.1;
  std::string_view class_name() const override { return "Triangular"; }
  std::string_view help() const override { return "The learning rate rises and falls linearly, repeatedly."; }
  void fields(Fields&) override;

 protected:
  double after_warmup(double share, double epoch, double epochs) const override;
};

}  // namespace cnn
