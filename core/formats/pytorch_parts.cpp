// What the layers of a PyTorch program share: arrays in PyTorch's order, activations, initial values, and the
// functions and classes that the program defines for itself.
#include <cmath>

#include "core/formats/python_text.h"
#include "core/formats/pytorch_layer.h"

namespace cnn {

void TorchLayer::array(std::size_t index, std::string_view suffix, std::span<const int> axes,
                       std::vector<std::int64_t> shape) {
  const Parameter& parameter = parameters[index];
  TorchArray made{name + (suffix.empty() ? "" : "." + std::string(suffix)), {}, {}};
  std::size_t steps[Shape::max_rank] = {}, step = 1, sizes[Shape::max_rank] = {1, 1, 1, 1};
  for (int axis = parameter.shape.rank() - 1; axis >= 0; --axis) {
    steps[axis] = step;
    step *= static_cast<std::size_t>(parameter.shape[axis]);
  }
  // Padded with axes of one number in front, so that four loops fit all.
  std::size_t strides[Shape::max_rank] = {};
  const std::size_t first = Shape::max_rank - axes.size();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    made.shape.push_back(parameter.shape[axes[i]]);
    sizes[first + i] = static_cast<std::size_t>(parameter.shape[axes[i]]);
    strides[first + i] = steps[axes[i]];
  }
  made.values.reserve(parameter.value.size());
  for (std::size_t a = 0; a < sizes[0]; ++a)
    for (std::size_t b = 0; b < sizes[1]; ++b)
      for (std::size_t c = 0; c < sizes[2]; ++c)
        for (std::size_t d = 0; d < sizes[3]; ++d)
          made.values.push_back(
              parameter.value[a * strides[0] + b * strides[1] + c * strides[2] + d * strides[3]]);
  if (!shape.empty()) made.shape = std::move(shape);
  names.resize(std::max(names.size(), index + 1));
  names[index] = made.name;
  arrays.push_back(std::move(made));
}

void TorchLayer::constant(std::string_view suffix, int size, float value) {
  arrays.push_back(
      {name + "." + std::string(suffix), {size}, std::vector<float>(static_cast<std::size_t>(size), value)});
}

std::string torch_activation(const ActivationSpec& spec, const std::string& x, bool map) {
  const std::string number = python_number(spec.alpha);
  switch (spec.kind) {
    case Activation::linear:
      return x;
    case Activation::relu:
      return "F.relu(" + x + ")";
    case Activation::sigmoid:
      return "torch.sigmoid(" + x + ")";
    case Activation::tanh:
      return "torch.tanh(" + x + ")";
    case Activation::leaky_relu:
      return "F.leaky_relu(" + x + ", " + number + ")";
    case Activation::elu:
      return "F.elu(" + x + (spec.alpha == 1 ? ")" : ", alpha=" + number + ")");
    case Activation::gelu:
      return "F.gelu(" + x + ")";
    case Activation::gelu_tanh:
      return "F.gelu(" + x + ", approximate=\"tanh\")";
    case Activation::softmax:
      if (spec.whole && map) return "F.softmax(" + x + ".flatten(1), 1).view_as(" + x + ")";
      return "F.softmax(" + x + ", 1)";
    case Activation::silu:
      return "F.silu(" + x + ")";
    case Activation::selu:
      return "F.selu(" + x + ")";
    case Activation::softplus:
      return "F.softplus(" + x + ")";
    case Activation::softsign:
      return "F.softsign(" + x + ")";
    case Activation::relu6:
      return spec.alpha == ActivationSpec::relu6_limit ? "F.relu6(" + x + ")"
                                                       : "torch.clamp(" + x + ", 0, " + number + ")";
    case Activation::mish:
      return "F.mish(" + x + ")";
    case Activation::hard_sigmoid:
      return spec.alpha == ActivationSpec::hard_sigmoid_slope
                 ? "F.hardsigmoid(" + x + ")"
                 : "torch.clamp(" + number + " * " + x + " + 0.5, 0, 1)";
    case Activation::hard_silu:
      return "F.hardswish(" + x + ")";
    case Activation::log_softmax:
      return "F.log_softmax(" + x + ", 1)";
  }
  return x;
}

std::string torch_initializer(const ParameterSpec& spec, const std::string& target, TorchLayer& layer) {
  using Kind = Initializer::Kind;
  using Mode = Initializer::Mode;
  using Distribution = Initializer::Distribution;
  const Initializer& own = spec.initializer;
  if (own.kind == Kind::zeros) return "nn.init.zeros_(" + target + ")";
  if (own.kind == Kind::ones) return "nn.init.ones_(" + target + ")";
  if (own.kind != Kind::variance_scaling) {
    const std::string limit = python_number(1 / std::sqrt(std::max(1.0, spec.fan.in)));
    if (own.kind == Kind::dirac && spec.shape.rank() == 4) {
      layer.helpers.insert(TorchHelper::dirac);
      return "dirac(" + target + ", " + limit + ")";
    }
    return "nn.init.uniform_(" + target + ", -" + limit + ", " + limit + ")";
  }
  // PyTorch counts the fans of a convolution with groups in its own way.
  const bool same_fans = spec.name == "kernel" || spec.name == "pointwise_kernel";
  const bool uniform = own.distribution == Distribution::uniform;
  if (same_fans && uniform && own.mode == Mode::fan_avg && own.scale == 1)
    return "nn.init.xavier_uniform_(" + target + ")";
  if (same_fans && uniform && own.mode == Mode::fan_in && (own.scale == 1 || own.scale == 2))
    return "nn.init.kaiming_uniform_(" + target +
           ", nonlinearity=" + (own.scale == 1 ? "\"linear\")" : "\"relu\")");
  if (same_fans && own.distribution == Distribution::truncated_normal && own.mode == Mode::fan_in) {
    layer.helpers.insert(TorchHelper::truncated_normal);
    return "truncated_normal(" + target + ", " + python_number(own.scale) + ")";
  }
  const double size = own.mode == Mode::fan_in    ? spec.fan.in
                      : own.mode == Mode::fan_out ? spec.fan.out
                                                  : (spec.fan.in + spec.fan.out) / 2;
  const double deviation = std::sqrt(own.scale / std::max(1.0, size));
  if (uniform) {
    const std::string limit = python_number(std::sqrt(3.0) * deviation);
    return "nn.init.uniform_(" + target + ", -" + limit + ", " + limit + ")";
  }
  if (own.distribution == Distribution::untruncated_normal)
    return "nn.init.normal_(" + target + ", std=" + python_number(deviation) + ")";
  const double whole = deviation / 0.87962566103423978;  // of the distribution before it is cut off
  return "nn.init.trunc_normal_(" + target + ", std=" + python_number(whole) + ", a=-" +
         python_number(2 * whole) + ", b=" + python_number(2 * whole) + ")";
}

std::string text_of(TorchHelper helper) {
  switch (helper) {
    case TorchHelper::truncated_normal:
      return R"(
def truncated_normal(weight, scale):
    """Keras's he_normal (scale 2) and lecun_normal (1): cut off at two standard deviations."""
    std = math.sqrt(scale / weight[0].numel()) / 0.87962566103423978
    nn.init.trunc_normal_(weight, std=std, a=-2 * std, b=2 * std)
)";
    case TorchHelper::dirac:
      return R"(
def dirac(weight, limit):
    """The first filters copy a channel each; the others begin as PyTorch's do."""
    nn.init.uniform_(weight, -limit, limit)
    nn.init.dirac_(weight.data[:weight.shape[1]])
)";
    case TorchHelper::reflect:
      return R"(
def reflect(index, size):  # c b a | a b c | c b a
    index = index % (2 * size)
    return torch.where(index < size, index, 2 * size - 1 - index)
)";
    case TorchHelper::mirror:
      return R"(
def mirror(index, size):  # c b | a b c | b a
    index = index % max(1, 2 * size - 2)
    return torch.where(index < size, index, 2 * size - 2 - index)
)";
    case TorchHelper::nearest:
      return R"(
def nearest(index, size):  # a a a | a b c | c c c
    return index.clamp(0, size - 1)
)";
    case TorchHelper::wrap:
      return R"(
def wrap(index, size):  # a b c | a b c | a b c
    return index % size
)";
    case TorchHelper::random_flip:
      return R"(
class RandomFlip(nn.Module):
    """Mirrors each picture with probability 1/2 along each axis."""

    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        if self.training:
            for axis in self.axes:
                mirrored = torch.rand(len(x), 1, 1, 1, device=x.device) < 0.5
                x = torch.where(mirrored, x.flip(axis), x)
        return x
)";
    case TorchHelper::alternating_flip:
      return R"(
class AlternatingFlip(nn.Module):
    """Shows each picture's other side in every other epoch; which one comes first is random."""

    mirrored = None  # bool [N, 2], set for each batch: whether it is mirrored along axis 2 and along axis 3

    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        if self.training:
            for axis in self.axes:
                x = torch.where(self.mirrored[:, axis - 2, None, None, None].to(x.device), x.flip(axis), x)
        return x
)";
    case TorchHelper::random_translation:
      return R"(
class RandomTranslation(nn.Module):
    """Moves each picture by up to `rows` and `columns` pixels; `fill` says what fills the border."""

    def __init__(self, rows, columns, fill):
        super().__init__()
        self.rows, self.columns, self.fill = rows, columns, fill

    def forward(self, x):
        if not self.training:
            return x
        n, _, height, width = x.shape
        down = torch.randint(-self.rows, self.rows + 1, (n, 1), device=x.device)
        right = torch.randint(-self.columns, self.columns + 1, (n, 1), device=x.device)
        rows = self.fill(torch.arange(height, device=x.device) - down, height)
        columns = self.fill(torch.arange(width, device=x.device) - right, width)
        picture = torch.arange(n, device=x.device)[:, None, None]
        return x.permute(0, 2, 3, 1)[picture, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)
)";
    case TorchHelper::random_shift:
      return R"(
class RandomShift(nn.Module):
    """Moves each picture by up to `rows` and `columns` pixels; the border becomes `value`."""

    def __init__(self, rows, columns, value):
        super().__init__()
        self.rows, self.columns, self.value = rows, columns, value

    def forward(self, x):
        if not self.training:
            return x
        n, _, height, width = x.shape
        x = F.pad(x, (self.columns, self.columns, self.rows, self.rows), value=self.value)
        down = torch.randint(2 * self.rows + 1, (n, 1), device=x.device)
        right = torch.randint(2 * self.columns + 1, (n, 1), device=x.device)
        rows = torch.arange(height, device=x.device) + down
        columns = torch.arange(width, device=x.device) + right
        picture = torch.arange(n, device=x.device)[:, None, None]
        return x.permute(0, 2, 3, 1)[picture, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)
)";
    case TorchHelper::random_cutout:
      return R"(
class RandomCutout(nn.Module):
    """Covers a rectangle of `height` x `width` pixels, whose center is anywhere in the picture."""

    def __init__(self, height, width, value):
        super().__init__()
        self.height, self.width, self.value = height, width, value

    def forward(self, x):
        if not self.training:
            return x
        n, _, height, width = x.shape
        rows = torch.arange(height, device=x.device) - torch.randint(height, (n, 1), device=x.device)
        columns = torch.arange(width, device=x.device) - torch.randint(width, (n, 1), device=x.device)
        rows, columns = rows + self.height // 2, columns + self.width // 2
        inside = ((rows >= 0) & (rows < self.height))[:, :, None]
        inside = inside & ((columns >= 0) & (columns < self.width))[:, None]
        return x.masked_fill(inside[:, None], self.value)
)";
    case TorchHelper::normalization:
      return R"(
class Normalization(nn.Module):
    """Keras's: subtracts each channel's mean and divides by its standard deviation."""

    def __init__(self, mean, variance, shape):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(shape))
        self.register_buffer("variance", torch.tensor(variance).view(shape))

    def forward(self, x):
        return (x - self.mean) / self.variance.sqrt().clamp(min=1e-7)
)";
  }
  return "";
}

}  // namespace cnn
