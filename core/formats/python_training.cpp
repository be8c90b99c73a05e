#include "core/formats/python_training.h"

#include <algorithm>

#include "core/formats/python_text.h"

namespace cnn {

Result<FitOptions> script_fit(const Json& json) {
  constexpr std::string_view others[] = {"threads", "paused", "continue"};  // how a request runs it
  Result<FitOptions> fit = FitOptions::from_json(json, others);
  if (!fit) return fit;
  for (const auto& callback : callbacks_of(*fit)) {
    const auto monitor = static_cast<std::size_t>(callback->monitor);
    const std::string_view name = names_of(callback->monitor)[monitor];
    if (!fit->validate && name.starts_with("val_"))
      return Error{"bad_argument",
                   "fit: " + std::string(callback->class_name()) + " monitors " + std::string(name) +
                       ", but validation is off; monitor loss or accuracy, or turn validate on"};
  }
  return fit;
}

bool is_scheduled(const FitOptions& fit) {
  return fit.schedule->class_name() != "Constant" || fit.schedule->warmup_epochs > 0;
}

bool changes_rate(const FitOptions& fit) {
  const auto callbacks = callbacks_of(fit);
  return is_scheduled(fit) || std::any_of(callbacks.begin(), callbacks.end(), [](const auto& callback) {
           return callback->class_name() == "ReduceLROnPlateau";
         });
}

std::vector<std::shared_ptr<Callback>> callbacks_of(const FitOptions& fit) {
  std::vector<std::shared_ptr<Callback>> callbacks;
  for (const Json& json : *fit.callbacks.elements()) {
    auto made = Choice<Callback>::read_member(json);  // FitOptions::from_json has checked it
    if (made) callbacks.push_back(std::move(*made));
  }
  return callbacks;
}

std::string python_schedule(const Schedule& schedule) {
  std::string text =
      "\n\ndef schedule(epoch):\n    \"\"\"Factor of the learning rate; epoch 2.5 is half-way through the "
      "third.\"\"\"\n";
  const std::string warmup = python_number(schedule.warmup_epochs);
  const bool warms = schedule.warmup_epochs > 0;
  const std::string since = warms ? "since" : "epoch";
  std::string lines;
  if (warms) lines += "    since = max(epoch - " + warmup + ", 0)\n";
  const auto n = [](double number) { return python_number(number); };
  const std::string whole = warms ? "max(EPOCHS - " + warmup + ", 1e-9)" : "EPOCHS";
  std::string value = "1.0";
  const std::string_view name = schedule.class_name();
  if (name == "StepDecay") {
    const auto& own = static_cast<const StepDecay&>(schedule);
    value = n(own.drop) + " ** math.floor(" + since + " / " + n(own.every) + ")";
  } else if (name == "CosineDecay") {
    const auto& own = static_cast<const CosineDecay&>(schedule);
    value = "(1 + math.cos(math.pi * min(" + since + " / " + whole + ", 1))) / 2";
    if (own.alpha > 0) value = n(own.alpha) + " + " + n(1 - own.alpha) + " * " + value;
  } else if (name == "OneCycle") {
    const auto& own = static_cast<const OneCycle&>(schedule);
    const std::string start = n(1 / own.start_divisor), end = n(1 / own.start_divisor / own.end_divisor);
    lines += "    share = min(epoch / EPOCHS, 1)\n    if share < " + n(own.peak_at) +
             ":\n        return 1 + (" + start + " - 1) * (1 + math.cos(math.pi * share / " + n(own.peak_at) +
             ")) / 2\n";
    value = end + " + (1 - " + end + ") * (1 + math.cos(math.pi * (share - " + n(own.peak_at) + ") / " +
            n(1 - own.peak_at) + ")) / 2";
  } else if (name == "LinearCycle") {
    const auto& own = static_cast<const LinearCycle&>(schedule);
    lines += "    share = min(epoch / EPOCHS, 1)\n    if share < " + n(own.peak_at) + ":\n        return " +
             n(own.start) + " + " + n(1 - own.start) + " * share / " + n(own.peak_at) + "\n";
    value = "1 + (" + n(own.end) + " - 1) * (share - " + n(own.peak_at) + ") / " + n(1 - own.peak_at);
  } else if (name == "Triangular") {
    const auto& own = static_cast<const Triangular&>(schedule);
    lines += "    place = " + since + " / " + n(own.cycle) + " % 1\n";
    value = n(own.low) + " + " + n(1 - own.low) + " * (1 - abs(2 * place - 1))";
  }
  text += lines;
  return text + (warms ? "    factor = " + value + "\n    return factor if epoch >= " + warmup +
                             " else factor * epoch / " + warmup + "\n"
                       : "    return " + value + "\n");
}

}  // namespace cnn
