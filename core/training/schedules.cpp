#include "core/training/schedules.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace cnn {
namespace {

/// From `from` to `to` along half a cosine, at `share` of the way.
double anneal(double from, double to, double share) {
  return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0)));
}

}  // namespace

double Schedule::factor(double epoch, double epochs) const {
  const double whole = std::max(epochs - warmup_epochs, 1e-9);
  if (epoch >= warmup_epochs) {
    const double since = epoch - warmup_epochs;
    return after_warmup(std::min(since / whole, 1.0), since, whole);
  }
  return epoch / warmup_epochs * after_warmup(0, 0, whole);
}

void Schedule::warmup_field(Fields& field) {
  field("warmup_epochs", warmup_epochs, {.min = 0},
        "Epochs, possibly a fraction, over which the learning rate first rises from 0.");
}

void StepDecay::fields(Fields& field) {
  field("every", every, {.min = 0.01}, "Epochs from one drop to the next.");
  field("drop", drop, {.min = 0, .max = 1}, "Factor for the learning rate at each drop.");
  warmup_field(field);
}

double StepDecay::after_warmup(double, double epoch, double) const {
  return std::pow(drop, std::floor(epoch / every));
}

void CosineDecay::fields(Fields& field) {
  field("alpha", alpha, {.min = 0, .max = 1}, "Share of the learning rate that remains at the end.");
  warmup_field(field);
}

double CosineDecay::after_warmup(double share, double, double) const { return anneal(1, alpha, share); }

void OneCycle::fields(Fields& field) {
  field("peak_at", peak_at, {.min = 0.01, .max = 0.99},
        "Share of the training at which the learning rate peaks.");
  field("start_divisor", start_divisor, {.min = 1}, "The first rate is the learning rate divided by this.");
  field("end_divisor", end_divisor, {.min = 1}, "The last rate is the first one divided by this.");
}

double OneCycle::after_warmup(double share, double, double) const {
  const double start = 1 / start_divisor;
  return share < peak_at ? anneal(start, 1, share / peak_at)
                         : anneal(1, start / end_divisor, (share - peak_at) / (1 - peak_at));
}

void LinearCycle::fields(Fields& field) {
  field("start", start, {.min = 0, .max = 1}, "Factor of the learning rate at the start.");
  field("peak_at", peak_at, {.min = 0.01, .max = 0.99},
        "Share of the training at which the learning rate peaks.");
  field("end", end, {.min = 0, .max = 1}, "Factor of the learning rate at the end.");
}

double LinearCycle::after_warmup(double share, double, double) const {
  return share < peak_at ? start + (1 - start) * share / peak_at
                         : 1 + (end - 1) * (share - peak_at) / (1 - peak_at);
}

void Triangular::fields(Fields& field) {
  field("cycle", cycle, {.min = 0.01}, "Epochs per rise and fall.");
  field("low", low, {.min = 0, .max = 1}, "The lowest factor.");
  warmup_field(field);
}

double Triangular::after_warmup(double, double epoch, double) const {
  const double place = epoch / cycle - std::floor(epoch / cycle);
  return low + (1 - low) * (1 - std::fabs(2 * place - 1));
}

std::span<const Family<Schedule>> Schedule::types() {
  static const Family<Schedule> all[] = {
      member<Schedule, Constant>("Constant"),       member<Schedule, StepDecay>("StepDecay"),
      member<Schedule, CosineDecay>("CosineDecay"), member<Schedule, OneCycle>("OneCycle"),
      member<Schedule, LinearCycle>("LinearCycle"), member<Schedule, Triangular>("Triangular")};
  return all;
}

}  // namespace cnn
