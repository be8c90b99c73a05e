// The function train() of a PyTorch program, in the order of core/training/trainer.cpp.
#include "core/formats/pytorch_training.h"

#include <algorithm>

#include "core/formats/python_text.h"
#include "core/formats/python_training.h"

namespace cnn {
namespace {

constexpr std::string_view kWhiten = R"(

def whiten(conv, x):
    """Makes the kernels the principal directions of the pictures' patches, and their negatives."""
    n = conv.out_channels // 2
    moments, patches = 0, 0
    for part in x.split(100):
        p = F.unfold(part, conv.kernel_size).transpose(1, 2).reshape(-1, conv.weight[0].numel()).double()
        moments, patches = moments + p.T @ p, patches + len(p)
    values, vectors = torch.linalg.eigh(moments / patches)  # ascending
    kernels = (vectors / (values + 5e-4).sqrt()).T.flip(0)[:n].float().view(n, *conv.weight.shape[1:])
    conv.weight.data.copy_(torch.cat([kernels, -kernels]))
)";

constexpr std::string_view kAdapt = R"(

@torch.no_grad()
def adapt(network, images):
    """Computes what does not learn from the first pictures, one layer after the other."""
    network.eval()
    for layer in @LAYERS@:
        inputs = []
        hook = layer.register_forward_pre_hook(lambda layer, arguments: inputs.append(arguments[0].cpu()))
        for x in images[:5000].split(100):
            network(x.to(device) / 255)
        hook.remove()
        x = torch.cat(inputs)
@DO@)";

constexpr std::string_view kNormalize = R"(axes = (0, 2, 3) if x.dim() == 4 else 0
@INDENT@layer.mean.copy_(x.double().mean(axes).view_as(layer.mean))
@INDENT@layer.variance.copy_(x.double().var(axes, unbiased=False).view_as(layer.variance))
)";

std::string adapt_function(const TorchTraining& t) {
  bool whitens = false, normalizes = false;
  std::string layers;
  for (const std::string& name : t.network.adapted)
    layers += (layers.empty() ? "network." : ", network.") + name;
  for (int i = 0; i < t.model.layer_count(); ++i) {
    const Layer& layer = t.model.layer(i);
    if (layer.sum_count(t.model.layer_inputs(i).empty()
                            ? t.model.layer_shape(i)
                            : t.model.layer_shape(t.model.layer_inputs(i)[0])) == 0)
      continue;
    (layer.class_name() == "Normalization" ? normalizes : whitens) = true;
  }
  const auto indented = [](std::string_view spaces) {
    return replaced(std::string(kNormalize), "@INDENT@", spaces);
  };
  std::string work = whitens && normalizes ? "        if isinstance(layer, nn.Conv2d):\n            "
                                             "whiten(layer, x)\n        else:\n            " +
                                                 indented("            ")
                     : whitens ? "        whiten(layer, x)\n"
                               : "        " + indented("        ");
  const std::string text = replaced(std::string(kAdapt), "@LAYERS@", "[" + layers + "]");
  return (whitens ? std::string(kWhiten) : "") + replaced(text, "@DO@", work);
}

/// Lines of one function, by indent.
class Lines {
 public:
  void operator()(int level, const std::string& line) {
    text_ += std::string(static_cast<std::size_t>(4 * level), ' ') + line + "\n";
  }
  void paste(const std::string& text) { text_ += text; }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

void begin(const TorchTraining& t, Lines& line) {
  const Optimizer& optimizer = *t.fit.optimizer;
  line(0, "\n\ndef train(network, images, labels" +
              std::string(t.fit.validate ? ", test_images, test_labels" : "") + "):");
  if (t.fit.validation_split > 0) {
    line(1, "count = int(len(images) * (1 - VALIDATION_SPLIT))");
    if (t.fit.validate) line(1, "test_images, test_labels = images[count:], labels[count:]  # held out");
    line(1, "images, labels = images[:count], labels[:count]");
  }
  if (!t.network.adapted.empty()) line(1, "adapt(network, images)");
  line(1, "model = network if WORLD_SIZE == 1 else nn.parallel.DistributedDataParallel(network)");
  line.paste(torch_optimizer(t));
  if (optimizer.use_ema) {
    line(1, "averaged = torch.optim.swa_utils.AveragedModel(");
    line(2, "network, avg_fn=lambda mean, value, steps: EMA_MOMENTUM * mean + (1 - EMA_MOMENTUM) * value)");
  }
  if (optimizer.lookahead_steps > 0)
    line(1, "slow = {name: value.clone() for name, value in network.state_dict().items()}");
  if (!t.augmentation.empty())
    line.paste(python_list("    augment = nn.Sequential(", t.augmentation, ")", 8));
  if (t.alternates)
    line(1, "sides = torch.randint(2, (len(images), 2), generator=torch.Generator().manual_seed(SEED))");
  if (t.fit.shuffle) line(1, "order = torch.Generator().manual_seed(SEED)");
  if (changes_rate(t.fit)) line(1, "rate = LEARNING_RATE");
}

/// The network whose weights are evaluated and returned.
std::string result_of(const TorchTraining& t) {
  return t.fit.optimizer->use_ema ? "averaged.module" : "network";
}

bool counts_steps(const TorchTraining& t) {
  return t.fit.optimizer->class_name().starts_with("Adam") || t.fit.optimizer->lookahead_steps > 0;
}

std::string look_ahead(const Optimizer& optimizer) {
  std::string decay = python_number(optimizer.lookahead_decay);
  if (optimizer.lookahead_power != 0) {
    decay += " * min(1, (epoch + done / count) / EPOCHS)";
    if (optimizer.lookahead_power != 1) decay += " ** " + python_number(optimizer.lookahead_power);
  }
  return decay;
}

void update(const TorchTraining& t, Lines& line) {
  const Optimizer& optimizer = *t.fit.optimizer;
  if (optimizer.clipnorm) {
    line(3, "for p in network.parameters():");
    line(4, "nn.utils.clip_grad_norm_(p, " + python_number(*optimizer.clipnorm) + ")");
  }
  if (optimizer.global_clipnorm)
    line(3,
         "nn.utils.clip_grad_norm_(network.parameters(), " + python_number(*optimizer.global_clipnorm) + ")");
  const auto& groups = t.fit.parameter_groups;
  if (std::any_of(groups.begin(), groups.end(),
                  [](const ParameterGroup& group) { return group.frozen_after.has_value(); })) {
    line(3, "for group in optimizer.param_groups:");
    line(4, "if epoch >= group.get(\"frozen_after\", EPOCHS):");
    line(5, "for p in group[\"params\"]:");
    line(6, "p.grad = None  # it no longer changes");
  }
  const bool adam = optimizer.class_name().starts_with("Adam");
  if (counts_steps(t)) line(3, "step += 1");
  if (changes_rate(t.fit) || adam) line(3, "for group in optimizer.param_groups:");
  if (changes_rate(t.fit)) {
    const bool factors = torch_optimizer(t).find("\"factor\"") != std::string::npos;
    line(4, std::string("group[\"lr\"] = rate") + (factors ? " * group[\"factor\"]" : "") +
                (is_scheduled(t.fit) ? " * schedule(epoch + (done + len(batch) / 2) / count)" : ""));
  }
  if (adam) {
    const auto& own = static_cast<const Adam&>(optimizer);
    line(4, "group[\"eps\"] = EPSILON / math.sqrt(1 - " + python_number(own.beta_2) +
                "**step)  # Keras adds it to the uncorrected root");
  }
  line(3, "optimizer.step()");
  if (optimizer.use_ema) line(3, "averaged.update_parameters(network)");
}

void steps(const TorchTraining& t, Lines& line) {
  const Optimizer& optimizer = *t.fit.optimizer;
  const bool sum = t.fit.loss->reduction == Reduction::sum;
  if (counts_steps(t)) line(1, "step = 0");
  line(1, t.partial() ? "for epoch in range(math.ceil(EPOCHS)):" : "for epoch in range(EPOCHS):");
  line(2, "network.train()");
  for (const std::string& name : t.network.frozen_norms) line(2, "network." + name + ".eval()  # frozen");
  line(2, "done, count = 0, len(images)" +
              std::string(t.fit.drop_remainder ? " // BATCH_SIZE * BATCH_SIZE" : ""));
  line(2, "sums = torch.zeros(3, dtype=torch.double)  # loss, correct, pictures");
  line(2, std::string("for batch in batches(len(images)") + (t.fit.shuffle ? ", order):" : "):"));
  line(3, "mine = batch[RANK::WORLD_SIZE]  # several processes share a batch");
  line(3, "x, y = images[mine].to(device) / 255, labels[mine].to(device)");
  if (t.alternates) line(3, "AlternatingFlip.mirrored = (sides[mine] + epoch) % 2 == 1");
  if (!t.augmentation.empty()) line(3, "x = augment(x)");
  line(3, "outputs = model(x)");
  line(3, std::string("loss = loss_of(outputs, y)") + (t.penalizes() && !sum ? " + penalty(network)" : ""));
  line(3, "optimizer.zero_grad()");
  if (sum) {
    line(3, std::string("(WORLD_SIZE * len(y) * loss") + (t.penalizes() ? " + penalty(network)" : "") +
                ").backward()  # the sum over the batch");
    if (t.penalizes()) line(3, "loss = loss + penalty(network)");
  } else {
    line(3, "loss.backward()");
  }
  update(t, line);
  line(3, "done += len(batch)");
  if (optimizer.lookahead_steps > 0) {
    line(3, "if step % " + std::to_string(optimizer.lookahead_steps) + " == 0:");
    line(4, "look_ahead(network, slow, " + look_ahead(optimizer) + ")");
  }
  line(3, "correct = (outputs.argmax(1) == y).sum().item()");
  line(3, "sums += torch.tensor([loss.item() * len(y), correct, len(y)], dtype=torch.double)");
  line(3, "progress(epoch, done, count, *(sums[:2] / sums[2]))");
  if (t.partial()) {
    line(3, "if done >= (EPOCHS - epoch) * count - 1e-6:");
    line(4, "break");
  }
  if (optimizer.lookahead_steps > 0) {
    line(2, t.partial() ? "if epoch + 1 >= EPOCHS:" : "if epoch + 1 == EPOCHS:");
    line(3, "look_ahead(network, slow, 1)  # the slow weights are the result");
  }
  const auto callbacks = callbacks_of(t.fit);
  if (std::any_of(callbacks.begin(), callbacks.end(), [](const auto& callback) {
        return callback->monitor == Monitor::loss || callback->monitor == Monitor::accuracy;
      })) {
    line(2, "if WORLD_SIZE > 1:");
    line(3, "sums = sums.to(device)");
    line(3, "torch.distributed.all_reduce(sums)  # each process has seen its share");
  }
}

/// Validation, callbacks, the end.
void epoch_end(const TorchTraining& t, Lines& line) {
  const auto callbacks = callbacks_of(t.fit);
  if (t.fit.validate) {
    line(2, "val_loss, val_accuracy, _ = evaluate(" + result_of(t) + ", test_images, test_labels)");
    line(2, "if RANK == 0:");
    line(3, "print(f\"  val_loss {val_loss:.4f}  val_accuracy {val_accuracy:.4f}\")");
  } else {
    line(2, "if RANK == 0:");
    line(3, "print()");
  }
  bool stops = false, restores = false;
  for (std::size_t i = 0; i < callbacks.size(); ++i) {
    const Callback& callback = *callbacks[i];
    const std::string own = "monitors[" + std::to_string(i) + "]";
    constexpr std::string_view values[] = {"val_loss", "-val_accuracy", "(sums[0] / sums[2]).item()",
                                           "-(sums[1] / sums[2]).item()"};
    const std::string_view value = values[static_cast<std::size_t>(callback.monitor)];
    const auto of = [&](std::string_view text) {
      return replaced(replaced(std::string(text), "@VALUE@", value), "@", own);
    };
    if (callback.class_name() == "EarlyStopping") {
      const auto& stopping = static_cast<const EarlyStopping&>(callback);
      line(2, "# EarlyStopping");
      int level = 2;
      if (stopping.start_from_epoch > 0)
        line(level++, "if epoch >= " + std::to_string(stopping.start_from_epoch) + ":");
      line(level, of("@.wait += 1"));
      const std::string enough = of("@.wait >= ") + std::to_string(stopping.patience) + " and epoch > 0:";
      if (stopping.restore_best_weights) {
        line(level, of("if @.improved(@VALUE@):"));
        line(level + 1, "best = copy.deepcopy(" + result_of(t) + ".state_dict())");
      }
      line(level, of(stopping.restore_best_weights ? "elif " : "if not @.improved(@VALUE@) and ") + enough);
      line(level + 1, "stop = True");
      stops = true, restores = restores || stopping.restore_best_weights;
    } else {
      const auto& plateau = static_cast<const ReduceLROnPlateau&>(callback);
      line(2, "# ReduceLROnPlateau");
      if (plateau.cooldown > 0) {
        line(2, of("if @.cooldown > 0:"));
        line(3, of("@.cooldown, @.wait = @.cooldown - 1, 0"));
      }
      line(2, of("if not @.improved(@VALUE@) and @.cooldown == 0:"));
      line(3, of("@.wait += 1"));
      line(3, of("if @.wait >= ") + std::to_string(plateau.patience) + " and rate > " +
                  python_number(plateau.min_lr) + ":");
      line(4,
           "rate = max(" + python_number(plateau.factor) + " * rate, " + python_number(plateau.min_lr) + ")");
      line(4, of("@.cooldown, @.wait = ") + std::to_string(plateau.cooldown) + ", 0");
    }
  }
  if (stops) {
    line(2, "if stop:");
    line(3, "break");
  }
  if (restores) {
    line(1, "if best:");
    line(2, result_of(t) + ".load_state_dict(best)");
  }
  if (t.views() && t.fit.validate) {
    line(1, "if RANK == 0:");
    line(2, "tta = evaluate(" + result_of(t) + ", test_images, test_labels, augmented=True)[1]");
    line(2, "print(f\"val_accuracy with mirrored pictures {tta:.4f}\")");
  }
  line(1, "return " + result_of(t));
}

}  // namespace

std::string torch_train(const TorchTraining& t) {
  const auto callbacks = callbacks_of(t.fit);
  std::string text;
  if (!t.network.adapted.empty()) text += adapt_function(t);
  if (!t.learns()) {
    text += "\n\ndef train(network, images, labels):\n    \"\"\"No layer has weights that learn.\"\"\"\n";
    if (!t.network.adapted.empty()) text += "    adapt(network, images)\n";
    return text + "    return network\n";
  }
  if (t.fit.optimizer->lookahead_steps > 0) {
    text += R"(

def look_ahead(network, slow, decay):
    """Pulls the weights back to a slow average of themselves."""
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            slow[name].lerp_(value, 1 - decay)
            value.copy_(slow[name])
)";
  }
  Lines line;
  begin(t, line);
  if (!callbacks.empty()) {
    std::vector<std::string> monitors;
    bool stops = false, restores = false;
    for (const auto& callback : callbacks) {
      monitors.push_back("Monitor(" + python_number(callback->min_delta) + ")");
      stops = stops || callback->class_name() == "EarlyStopping";
      restores = restores || callback->restores_best_weights();
    }
    line.paste(python_list("    monitors = [", monitors, "]", 8));
    if (restores) line(1, "best = None");
    if (stops) line(1, "stop = False");
  }
  steps(t, line);
  epoch_end(t, line);
  return text + line.take();
}

}  // namespace cnn
