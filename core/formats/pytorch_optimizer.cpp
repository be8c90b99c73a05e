// The optimizer of a PyTorch program: PyTorch's where its formula is Keras's, else a class of the program's
// own.
#include <algorithm>

#include "core/formats/python_text.h"
#include "core/formats/python_training.h"
#include "core/formats/pytorch_training.h"

namespace cnn {
namespace {

template <class T>
const T* as(const Optimizer& optimizer, std::string_view name) {
  return optimizer.class_name() == name ? static_cast<const T*>(&optimizer) : nullptr;
}

const Adam* adam_of(const Optimizer& optimizer) {
  return optimizer.class_name() == "Adam" || optimizer.class_name() == "AdamW"
             ? static_cast<const Adam*>(&optimizer)
             : nullptr;
}

bool decays(const TorchTraining& t) {
  if (t.fit.optimizer->weight_decay.value_or(0) > 0) return true;
  return std::any_of(t.fit.parameter_groups.begin(), t.fit.parameter_groups.end(),
                     [](const ParameterGroup& group) { return group.weight_decay.value_or(0) > 0; });
}

/// Whether torch.optim.SGD computes the same: the velocity there sums up gradients, and decay is one of them.
bool is_torch_sgd(const TorchTraining& t, const Sgd& sgd) {
  if (sgd.form == Sgd::Form::pytorch || sgd.momentum == 0) return true;
  return !changes_rate(t.fit) && !decays(t);
}

constexpr std::string_view kStep = R"(
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
)";

constexpr std::string_view kInit = R"(
    def __init__(self, params, lr, weight_decay=0.0):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay})
)";

std::string sgd_class(const Sgd& sgd, bool decay) {
  std::string text =
      "\n\nclass SGD(torch.optim.Optimizer):\n    \"\"\"Keras's: the velocity sums up steps, each with the "
      "learning rate of its "
      "time.\"\"\"\n" +
      std::string(kInit) + std::string(kStep);
  text += "                velocity = self.state[p].setdefault(\"velocity\", torch.zeros_like(p))\n";
  text += "                velocity.mul_(MOMENTUM).sub_(group[\"lr\"] * p.grad)\n";
  if (decay) text += "                p.mul_(1 - group[\"lr\"] * group[\"weight_decay\"])\n";
  text += sgd.nesterov ? "                p.add_(MOMENTUM * velocity - group[\"lr\"] * p.grad)\n"
                       : "                p.add_(velocity)\n";
  return text;
}

std::string rmsprop_class(const RmsProp& rmsprop, bool decay) {
  std::string text =
      "\n\nclass RMSprop(torch.optim.Optimizer):\n    \"\"\"Keras's: epsilon is inside the root.\"\"\"\n" +
      std::string(kInit) + std::string(kStep);
  text += "                square = self.state[p].setdefault(\"square\", torch.zeros_like(p))\n";
  text += "                square.mul_(RHO).addcmul_(p.grad, p.grad, value=1 - RHO)\n";
  text += "                move = group[\"lr\"] * p.grad / (square + EPSILON).sqrt()\n";
  if (rmsprop.momentum > 0)
    text +=
        "                move = self.state[p].setdefault(\"velocity\", "
        "torch.zeros_like(p)).mul_(MOMENTUM).add_(move)\n";
  if (decay) text += "                p.mul_(1 - group[\"lr\"] * group[\"weight_decay\"])\n";
  return text + "                p.sub_(move)\n";
}

/// The parameters of each group, by the first pattern that fits; the last list is of all others.
std::vector<std::vector<std::string>> grouped(const TorchTraining& t) {
  std::vector<std::vector<std::string>> lists(t.fit.parameter_groups.size() + 1);
  const std::span<const Parameter> parameters = t.model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!parameters[i].trainable || parameters[i].gradient.empty()) continue;
    std::size_t group = 0;
    while (group < t.fit.parameter_groups.size() && !t.fit.parameter_groups[group].fits(parameters[i].name))
      ++group;
    lists[group].push_back(torch_attribute("network", t.network.names[i]));
  }
  return lists;
}

}  // namespace

std::string torch_optimizer_class(const TorchTraining& t) {
  const Optimizer& optimizer = *t.fit.optimizer;
  if (const auto* sgd = as<Sgd>(optimizer, "SGD"); sgd && !is_torch_sgd(t, *sgd))
    return sgd_class(*sgd, decays(t));
  if (const auto* rmsprop = as<RmsProp>(optimizer, "RMSprop")) return rmsprop_class(*rmsprop, decays(t));
  return "";
}

std::string torch_optimizer(const TorchTraining& t) {
  const Optimizer& optimizer = *t.fit.optimizer;
  const auto lists = grouped(t);
  const bool decay = decays(t);
  const bool factors =
      std::any_of(t.fit.parameter_groups.begin(), t.fit.parameter_groups.end(),
                  [](const ParameterGroup& group) { return group.learning_rate_factor != 1; });
  std::string text, parameters = "network.parameters()";
  const bool any =
      std::any_of(lists.begin(), lists.end() - 1, [](const auto& list) { return !list.empty(); });
  if (any) {
    parameters = "groups";
    text += "    groups = [\n";
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (lists[i].empty()) continue;
      std::string end = "]";
      const ParameterGroup rest;
      const ParameterGroup& group = i < t.fit.parameter_groups.size() ? t.fit.parameter_groups[i] : rest;
      if (factors) {
        const std::string factor = python_number(group.learning_rate_factor);
        end +=
            ", \"lr\": " + (group.learning_rate_factor == 1 ? "LEARNING_RATE" : factor + " * LEARNING_RATE");
        if (changes_rate(t.fit)) end += ", \"factor\": " + factor;
      }
      if (decay && group.weight_decay) end += ", \"weight_decay\": " + python_number(*group.weight_decay);
      if (group.frozen_after) end += ", \"frozen_after\": " + python_number(*group.frozen_after);
      text += python_list("        {\"params\": [", lists[i], end + "},", 12);
    }
    text += "    ]\n";
  }
  std::string call;
  if (const Adam* adam = adam_of(optimizer)) {
    call =
        std::string(decay ? "torch.optim.AdamW(" : "torch.optim.Adam(") + parameters + ", lr=LEARNING_RATE";
    if (adam->beta_1 != 0.9 || adam->beta_2 != 0.999)
      call += ", betas=(" + python_number(adam->beta_1) + ", " + python_number(adam->beta_2) + ")";
  } else if (const auto* sgd = as<Sgd>(optimizer, "SGD")) {
    const bool own = !is_torch_sgd(t, *sgd);
    call = std::string(own ? "SGD(" : "torch.optim.SGD(") + parameters + ", lr=LEARNING_RATE";
    if (!own && sgd->momentum > 0) {
      call += ", momentum=" + python_number(sgd->momentum);
      if (sgd->nesterov) call += ", nesterov=True";
    }
  } else {
    call = "RMSprop(" + parameters + ", lr=LEARNING_RATE";
  }
  if (decay) call += ", weight_decay=" + python_number(optimizer.weight_decay.value_or(0));
  return text + "    optimizer = " + call + ")\n";
}

}  // namespace cnn
