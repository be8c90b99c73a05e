#include "core/formats/fit_weights.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

namespace cnn {
namespace {

/// What an array is to its layer.
enum class Role { kernel, bias, gamma, beta, mean, variance, other };

struct Word {
  std::string_view word;
  Role role;
};
constexpr Word kWords[] = {{"kernel", Role::kernel},
                           {"depthwise_kernel", Role::kernel},
                           {"weight", Role::kernel},
                           {"w", Role::kernel},
                           {"bias", Role::bias},
                           {"b", Role::bias},
                           {"gamma", Role::gamma},
                           {"scale", Role::gamma},
                           {"beta", Role::beta},
                           {"offset", Role::beta},
                           {"moving_mean", Role::mean},
                           {"running_mean", Role::mean},
                           {"mean", Role::mean},
                           {"moving_variance", Role::variance},
                           {"running_var", Role::variance},
                           {"variance", Role::variance},
                           {"var", Role::variance}};

Role role_of(std::string_view word) {
  for (const Word& known : kWords) {
    if (known.word == word) return known.role;
  }
  return Role::other;
}

/// The arrays under one name.
struct Group {
  std::string name;
  bool from_pytorch = false;  ///< its kernel is a "weight": the output comes first
  std::map<Role, const TensorView*> arrays;
  bool used = false;
};

/// The layer's arrays, and how they lie in a file.
struct Target {
  int layer = 0;
  std::vector<Parameter*> parameters;
  std::optional<Shape> maps;  ///< of a dense layer: the maps before the Flatten that it reads
};

std::vector<Group> groups_of(std::span<const TensorView> tensors, std::vector<std::string>& unused) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> index;
  for (const TensorView& tensor : tensors) {
    std::string name = tensor.name;
    if (const std::size_t colon = name.rfind(':'); colon != std::string::npos) name.resize(colon);
    const std::size_t end = name.find_last_of("/.");
    const std::string word = end == std::string::npos ? name : name.substr(end + 1);
    const Role role = role_of(word);
    if (word == "num_batches_tracked") continue;
    if (role == Role::other) {
      unused.push_back(tensor.name);
      continue;
    }
    const std::string before = end == std::string::npos ? "" : name.substr(0, end);
    const auto [found, added] = index.emplace(before, groups.size());
    if (added) groups.push_back({before, false, {}, false});
    Group& group = groups[found->second];
    group.arrays[role] = &tensor;
    if (word == "weight") group.from_pytorch = true;
  }
  for (Group& group : groups) {
    // PyTorch calls the factors and shifts of a normalization weight and bias, too.
    const auto kernel = group.arrays.find(Role::kernel);
    if (kernel == group.arrays.end() || kernel->second->shape.size() != 1) continue;
    group.arrays[Role::gamma] = kernel->second;
    group.arrays.erase(Role::kernel);
    if (const auto bias = group.arrays.find(Role::bias); bias != group.arrays.end()) {
      group.arrays[Role::beta] = bias->second;
      group.arrays.erase(Role::bias);
    }
  }
  return groups;
}

std::string_view last_part(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::vector<Target> targets_of(Model& model) {
  std::vector<Target> targets;
  for (Parameter& parameter : model.parameters()) {
    if (targets.empty() || targets.back().layer != parameter.layer)
      targets.push_back({parameter.layer, {}, {}});
    targets.back().parameters.push_back(&parameter);
  }
  for (Target& target : targets) {
    if (target.parameters[0]->shape.rank() != 2) continue;
    int before = target.layer;
    // Back over what keeps the row as it is, to a layer that made the row of maps.
    while (!model.layer_inputs(before).empty()) {
      const int input = model.layer_inputs(before)[0];
      if (before != target.layer && model.layer_shape(input).rank() == 3) {
        const Shape& maps = model.layer_shape(input);
        if (count(maps) == count(model.layer_shape(before))) target.maps = maps;
        break;
      }
      const std::span<const int> inputs = model.layer_inputs(input);
      if (inputs.size() != 1 || count(model.layer_shape(inputs[0])) != count(model.layer_shape(input)) ||
          !model.layer(input).params(model.layer_shape(inputs[0])).empty())
        break;
      before = input;
    }
  }
  return targets;
}

std::vector<std::int64_t> sizes_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

/// The shape that the parameter has in such a file.
std::vector<std::int64_t> stored_shape(const Parameter& parameter, Role role, bool from_pytorch) {
  std::vector<std::int64_t> s = sizes_of(parameter.shape);
  if (role != Role::kernel || !from_pytorch) return s;
  if (s.size() == 2) return {s[1], s[0]};
  if (s.size() != 4) return s;
  if (last_part(parameter.name) == "depthwise_kernel") return {s[2] * s[3], 1, s[0], s[1]};
  return {s[3], s[2], s[0], s[1]};
}

bool fits(const Target& target, const Group& group) {
  for (const Parameter* parameter : target.parameters) {
    const Role role = role_of(last_part(parameter->name));
    const auto found = group.arrays.find(role);
    if (found == group.arrays.end() ||
        found->second->shape != stored_shape(*parameter, role, group.from_pytorch))
      return false;
  }
  return group.arrays.size() == target.parameters.size();
}

/// Copies a kernel whose outputs come first.
void turn(const std::vector<float>& from, Parameter& to, const std::optional<Shape>& maps) {
  const Shape& s = to.shape;
  const auto at = [](int i) { return static_cast<std::size_t>(i); };
  if (s.rank() == 2) {
    const std::size_t inputs = at(s[0]), units = at(s[1]);
    for (std::size_t i = 0; i < inputs; ++i) {
      std::size_t stored = i;
      // Ours is [height, width, channels], the file's [channels, height, width].
      if (maps && inputs == count(*maps)) {
        const std::size_t channels = at((*maps)[2]), cells = inputs / channels;
        stored = i % channels * cells + i / channels;
      }
      for (std::size_t u = 0; u < units; ++u) to.value[i * units + u] = from[u * inputs + stored];
    }
    return;
  }
  const std::size_t height = at(s[0]), width = at(s[1]), in = at(s[2]), out = at(s[3]);
  const bool depthwise = last_part(to.name) == "depthwise_kernel";
  for (std::size_t h = 0; h < height; ++h) {
    for (std::size_t w = 0; w < width; ++w) {
      for (std::size_t i = 0; i < in; ++i) {
        for (std::size_t o = 0; o < out; ++o) {
          const std::size_t row =
              depthwise ? i * out + o : o * in + i;  // depthwise: one input for each output
          to.value[((h * width + w) * in + i) * out + o] = from[(row * height + h) * width + w];
        }
      }
    }
  }
}

Result<void> copy(const Target& target, const Group& group, std::string_view subject) {
  for (Parameter* parameter : target.parameters) {
    const Role role = role_of(last_part(parameter->name));
    const TensorView& tensor = *group.arrays.at(role);
    std::vector<float> values(tensor.count());
    copy_floats(tensor, values);
    if (!all_finite(values)) {
      return Error{"bad_model_file",
                   std::string(subject) + ": \"" + tensor.name +
                       "\" holds numbers that are infinite or not a number; the weights are corrupt."};
    }
    if (role == Role::kernel && group.from_pytorch && parameter->shape.rank() > 1)
      turn(values, *parameter, target.maps);
    else
      std::copy(values.begin(), values.end(), parameter->value.begin());
  }
  return {};
}

/// Whether a name ends in the layer's, as a whole part.
bool is_named(const Group& group, const std::string& layer) {
  if (!group.name.ends_with(layer)) return false;
  const std::size_t before = group.name.size() - layer.size();
  return before == 0 || group.name[before - 1] == '/' || group.name[before - 1] == '.';
}

/// For each target, the first unused group that fits and that `may` accepts; null if there is none.
template <class May>
std::vector<Group*> choose(const std::vector<Target>& targets, std::vector<Group>& groups, May may) {
  std::vector<Group*> chosen;
  std::vector<char> used(groups.size(), 0);
  for (const Target& target : targets) {
    chosen.push_back(nullptr);
    for (std::size_t g = 0; g < groups.size() && !chosen.back(); ++g) {
      if (used[g] || !may(target, groups[g]) || !fits(target, groups[g])) continue;
      chosen.back() = &groups[g], used[g] = 1;
    }
  }
  return chosen;
}

std::ptrdiff_t found(const std::vector<Group*>& chosen) {
  return static_cast<std::ptrdiff_t>(chosen.size()) - std::count(chosen.begin(), chosen.end(), nullptr);
}

/// "layer2.0" before "layer10.0": numbers in names count as numbers.
bool natural_less(std::string_view a, std::string_view b) {
  const auto digit = [](std::string_view text, std::size_t i) {
    return i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0;
  };
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    if (digit(a, i) && digit(b, j)) {
      std::size_t end_i = i, end_j = j;
      while (digit(a, end_i)) ++end_i;
      while (digit(b, end_j)) ++end_j;
      std::string_view x = a.substr(i, end_i - i), y = b.substr(j, end_j - j);
      while (x.size() > 1 && x[0] == '0') x.remove_prefix(1);
      while (y.size() > 1 && y[0] == '0') y.remove_prefix(1);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
      i = end_i, j = end_j;
    } else if (a[i] != b[j]) {
      return a[i] < b[j];
    } else {
      ++i, ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

bool is_counted(std::string_view rest) {
  while (!rest.empty() && (std::isdigit(static_cast<unsigned char>(rest[0])) != 0)) rest.remove_prefix(1);
  return rest.empty() || rest[0] == '.' || rest[0] == '/';
}

/// Whether the names say which of the two comes first: they differ first in a number,
/// as in conv2d and conv2d_1.
bool names_tell_order(std::string_view a, std::string_view b) {
  std::size_t same = 0;
  while (same < a.size() && same < b.size() && a[same] == b[same]) ++same;
  a.remove_prefix(same), b.remove_prefix(same);
  if (a.starts_with('_')) a.remove_prefix(1);
  if (b.starts_with('_')) b.remove_prefix(1);
  return is_counted(a) && is_counted(b);
}

/// Targets whose assignment is ambiguous: another group fits equally well,
/// and neither names nor numbering decide.
std::vector<bool> guesses(const std::vector<Target>& targets, const std::vector<Group*>& chosen,
                          const std::vector<Group>& groups) {
  std::vector<bool> guessed(targets.size());
  for (std::size_t t = 0; t < targets.size(); ++t) {
    if (!chosen[t]) continue;
    for (const Group& other : groups) {
      if (&other != chosen[t] && fits(targets[t], other) && !names_tell_order(chosen[t]->name, other.name))
        guessed[t] = true;
    }
  }
  return guessed;
}

std::string list_of(const std::vector<std::string>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i > 0 ? ", " : "") + names[i];
  if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
  return text;
}

/// "its weights fit 3 of 8 layers"
std::string share_of(const Fit& fit) {
  return std::to_string(fit.loaded.size()) + " of " + std::to_string(fit.loaded.size() + fit.missing.size()) +
         " layers";
}

std::string text_of(const Fit& fit) {
  std::string text = fit.missing.empty() ? "All layers got weights from the file."
                                         : "Only " + share_of(fit) + " got weights from the file; not " +
                                               list_of(fit.missing) + ".";
  if (!fit.guessed.empty()) {
    text += " Matched by order, because the names do not match: " + list_of(fit.guessed) +
            ". Compare a prediction with the original model's.";
  }
  return text;
}

}  // namespace

Json to_json(const Fit& fit) {
  Json json;
  for (const auto& [key, list] : {std::pair("loaded", &fit.loaded), std::pair("unused", &fit.unused),
                                  std::pair("missing", &fit.missing)}) {
    json[key] = Json::array(Json::Array(list->begin(), list->end()));
  }
  json["text"] = text_of(fit);
  return json;
}

Result<Fit> fit_weights(Model& model, std::span<const TensorView> tensors, std::string_view subject,
                        Share share) {
  Fit fit;
  std::vector<Group> groups = groups_of(tensors, fit.unused);
  if (std::is_sorted(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return a.name < b.name; })) {
    std::stable_sort(groups.begin(), groups.end(),
                     [](const Group& a, const Group& b) { return natural_less(a.name, b.name); });
  }
  const std::vector<Target> targets = targets_of(model);
  // Keras numbers layers across a whole session, so equal names may denote different layers: names decide
  // only if they match at least as many layers as the order does.
  std::vector<Group*> chosen = choose(targets, groups, [&](const Target& target, const Group& group) {
    return is_named(group, model.layer(target.layer).name);
  });
  std::vector<Group*> in_order = choose(targets, groups, [](const Target&, const Group&) { return true; });
  std::vector<bool> guessed(targets.size());
  if (found(in_order) > found(chosen)) {
    chosen = std::move(in_order);
    guessed = guesses(targets, chosen, groups);
  }
  for (Group* group : chosen) {
    if (group) group->used = true;
  }
  for (std::size_t t = 0; t < targets.size(); ++t) {
    const std::string& layer = model.layer(targets[t].layer).name;
    if (!chosen[t]) {
      fit.missing.push_back(layer);
      continue;
    }
    if (Result<void> copied = copy(targets[t], *chosen[t], subject); !copied) return copied.error();
    if (guessed[t]) fit.guessed.push_back(layer);
    fit.loaded.push_back((chosen[t]->name.empty() ? "the arrays" : chosen[t]->name) + " -> " + layer);
  }
  for (const Group& group : groups) {
    if (group.used) continue;
    for (const auto& [role, tensor] : group.arrays) fit.unused.push_back(tensor->name);
  }
  if (share == Share::half && !fit.loaded.empty() && fit.loaded.size() < fit.missing.size()) {
    return Error{
        "bad_model_file",
        std::string(subject) + ": its weights fit only " + share_of(fit) + " of the network (" +
            list_of(fit.loaded) +
            "), so they belong to another one. Build that network first; or, to take just these, choose "
            "\"Weights from a file\" in the network's menu, in a script {into: 'model'}."};
  }
  if (!fit.loaded.empty()) return fit;
  std::string message = std::string(subject) + ": no array fits a layer of the current network";
  if (!tensors.empty() && !targets.empty()) {
    const Parameter& first = *targets[0].parameters[0];
    message += "; the file begins with \"" + tensors[0].name + "\" " + to_string(tensors[0].shape) +
               ", the network with \"" + first.name + "\" " + to_string(first.shape);
  }
  return Error{"bad_model_file", message + ". Build the network that the file belongs to first."};
}

}  // namespace cnn
