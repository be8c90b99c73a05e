// The functions of a PyTorch program that its training calls: loss, learning rate, evaluation, callbacks.
#include <algorithm>
#include <cmath>

#include "core/formats/python_text.h"
#include "core/formats/python_training.h"
#include "core/formats/pytorch_training.h"
#include "core/training/evaluation.h"

namespace cnn {
namespace {

constexpr std::string_view kBatches = R"(

def batches(count, generator):
    """The indices of each step's pictures."""
@ORDER@    for batch in order.split(BATCH_SIZE):
        if len(batch) >= @LEAST@:
            yield batch
)";

constexpr std::string_view kEvaluate = R"(

@torch.no_grad()
def evaluate(network, images, labels@PARAMETER@):
    """Mean loss, accuracy, and the confusion matrix: a row for each true class."""
    network.eval()
    classes, loss = len(CLASSES), 0.0
    matrix = torch.zeros(classes, classes, dtype=torch.long)
    for x, y in zip(images.split(500), labels.split(500)):
        outputs = @OUTPUTS@
        loss += loss_of(outputs, y.to(device)).item() * len(y)
        matrix += torch.bincount(classes * y + outputs.argmax(1).cpu(), minlength=classes**2).view_as(matrix)
    return loss / len(images)@PENALTY@, matrix.trace().item() / len(images), matrix
)";

constexpr std::string_view kProgress = R"(

def progress(epoch, done, count, loss, accuracy):
    if RANK == 0 and (done == count or done // BATCH_SIZE % 50 == 0):
        place = f"epoch {epoch + 1}/{@EPOCHS@}  {done}/{count}"
        print(f"\r{place}  loss {loss:.4f}  accuracy {accuracy:.4f}", end="", flush=True)
)";

constexpr std::string_view kMonitor = R"(

class Monitor:
    """Whether a number, of which less is better, still falls by more than min_delta."""

    def __init__(self, min_delta):
        self.min_delta, self.best = min_delta, math.inf
        self.wait = self.cooldown = 0  # epochs

    def improved(self, value):
        if not value + self.min_delta < self.best:
            return False
        self.best, self.wait = value, 0
        return True
)";

constexpr std::string_view kMirror = R"(

def views(network, x):
    """The mean outputs for each picture and its mirror image."""
    return (network(x) + network(x.flip(3))) / 2
)";

constexpr std::string_view kMirrorTranslate = R"(

def views(network, x):
    """The mean outputs for each picture, the picture moved by a pixel either way, and their mirror images."""
    wide = F.pad(x, (1, 1, 1, 1), mode="reflect")
    moved = wide[:, :, :-2, :-2], wide[:, :, 2:, 2:]
    return (0.25 * (network(x) + network(x.flip(3)))
            + 0.125 * sum(network(view) + network(view.flip(3)) for view in moved))
)";

std::string penalty_function(const TorchTraining& t) {
  std::vector<std::string> terms;
  const std::span<const Parameter> parameters = t.model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& p = parameters[i];
    if (p.regularizer.none() || !p.trainable || p.gradient.empty()) continue;
    const std::string array = torch_attribute("network", t.network.names[i]);
    if (p.regularizer.l1 != 0)
      terms.push_back(python_number(p.regularizer.l1) + " * " + array + ".abs().sum()");
    if (p.regularizer.l2 != 0)
      terms.push_back(python_number(p.regularizer.l2) + " * " + array + ".square().sum()");
  }
  return "\n\ndef penalty(network):\n    \"\"\"Keeps weights small: part of the loss.\"\"\"\n" +
         python_list("    return sum([", terms, "])", 8);
}

std::string loss_function(const TorchTraining& t) {
  const double smoothing = static_cast<const SparseCategoricalCrossentropy&>(*t.fit.loss).label_smoothing;
  std::string text = "\n\ndef loss_of(outputs, labels):\n";
  if (outputs_are_logits(t.model, *t.fit.loss)) {
    return text + "    return F.cross_entropy(outputs, labels" +
           (smoothing > 0 ? ", label_smoothing=" + python_number(smoothing) : "") + ")\n";
  }
  text += "    log = outputs.clamp(1e-7, 1 - 1e-7).log()  # probabilities, clipped as in Keras\n";
  if (smoothing == 0) return text + "    return F.nll_loss(log, labels)\n";
  const std::string s = python_number(smoothing);
  return text + "    return (1 - " + s + ") * F.nll_loss(log, labels) - " + s + " * log.mean()\n";
}

}  // namespace

bool TorchTraining::learns() const {
  const auto parameters = model.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const Parameter& p) { return p.trainable && !p.gradient.empty(); });
}

bool TorchTraining::penalizes() const {
  const auto parameters = model.parameters();
  return std::any_of(parameters.begin(), parameters.end(), [](const Parameter& p) {
    return !p.regularizer.none() && p.trainable && !p.gradient.empty();
  });
}

bool TorchTraining::partial() const { return fit.epochs != std::floor(fit.epochs); }

std::string torch_constants(const TorchTraining& t) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value, std::string_view note = "") {
    text += std::string(name) + " = " + value + std::string(note) + "\n";
  };
  const Optimizer& optimizer = *t.fit.optimizer;
  if (!t.learns()) {
    add("SEED", std::to_string(t.fit.seed));
    return text;
  }
  add("EPOCHS", python_number(t.fit.epochs));
  add("BATCH_SIZE", std::to_string(t.fit.batch_size));
  add("LEARNING_RATE", python_number(t.fit.rate()));
  if (optimizer.class_name() == "RMSprop") {
    const auto& own = static_cast<const RmsProp&>(optimizer);
    add("RHO", python_number(own.rho));
    if (own.momentum > 0) add("MOMENTUM", python_number(own.momentum));
    add("EPSILON", python_number(own.epsilon));
  } else if (optimizer.class_name() == "SGD") {
    if (!torch_optimizer_class(t).empty())
      add("MOMENTUM", python_number(static_cast<const Sgd&>(optimizer).momentum));
  } else {
    add("EPSILON", python_number(static_cast<const Adam&>(optimizer).epsilon));
  }
  if (optimizer.use_ema) add("EMA_MOMENTUM", python_number(optimizer.ema_momentum));
  if (t.fit.validation_split > 0) add("VALIDATION_SPLIT", python_number(t.fit.validation_split));
  add("SEED", std::to_string(t.fit.seed));
  return text;
}

std::string torch_functions(const TorchTraining& t) {
  std::string text;
  if (t.penalizes()) text += penalty_function(t);
  text += loss_function(t);
  if (is_scheduled(t.fit)) text += python_schedule(*t.fit.schedule);
  if (t.views()) text += t.fit.test_time_augmentation == Views::mirror ? kMirror : kMirrorTranslate;
  std::string evaluate(kEvaluate);
  evaluate = replaced(evaluate, "@PARAMETER@", t.views() ? ", augmented=False" : "");
  evaluate = replaced(
      evaluate, "@OUTPUTS@",
      t.views() ? "(views(network, x.to(device) / 255) if augmented else network(x.to(device) / 255))"
                : "network(x.to(device) / 255)");
  text += replaced(evaluate, "@PENALTY@", t.penalizes() ? " + penalty(network).item()" : "");
  if (!t.learns()) return text;
  text += replaced(std::string(kProgress), "@EPOCHS@", t.partial() ? "math.ceil(EPOCHS)" : "EPOCHS");
  std::string order = t.fit.shuffle ? "    order = torch.randperm(count, generator=generator)\n"
                                    : "    order = torch.arange(count)\n";
  if (t.fit.drop_remainder) order += "    order = order[:count // BATCH_SIZE * BATCH_SIZE]\n";
  std::string batches = replaced(std::string(kBatches), "@ORDER@", order);
  batches = replaced(batches, "@LEAST@", t.network.needs_two.empty() ? "WORLD_SIZE" : "2 * WORLD_SIZE");
  text += t.fit.shuffle ? batches : replaced(batches, "(count, generator)", "(count)");
  if (!t.fit.callbacks.elements()->empty()) text += kMonitor;
  return text + torch_optimizer_class(t);
}

}  // namespace cnn
