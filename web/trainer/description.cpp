#include "web/trainer/description.h"

#include "core/layers/layer.h"
#include "core/model/presets.h"
#include "core/training/callbacks.h"
#include "core/training/fit_options.h"
#include "core/training/losses.h"
#include "core/training/optimizers.h"
#include "core/training/schedules.h"

namespace playground::trainer {

using cnn::Json;

namespace {

constexpr std::string_view kAugmentationGroup = "Augmentation";

/// All layers, optimizers and so on as they describe themselves; the page has no list of its own.
void describe_choices(Json& args) {
  args["layer_types"] = cnn::describe_layer_types();
  args["optimizers"] = cnn::describe_family<cnn::Optimizer>();
  args["schedules"] = cnn::describe_family<cnn::Schedule>();
  args["losses"] = cnn::describe_family<cnn::Loss>();
  args["callbacks"] = cnn::describe_family<cnn::Callback>();
  Json& augmentations = args["augmentations"] = Json::array();
  for (const Json& layer : *args["layer_types"].elements()) {
    const Json* group = layer.find("group");
    if (group && group->string() && *group->string() == kAugmentationGroup) augmentations.push_back(layer);
  }
  Json& presets = args["presets"] = Json::array();
  for (const cnn::Preset& preset : cnn::presets()) {
    presets.push_back(Json::object({{"name", preset.name},
                                    {"title", preset.title},
                                    {"help", preset.help},
                                    {"fit", cnn::preset_fit(preset.name)}}));
  }
  args["fit_fields"] = cnn::describe_fit_options();
  args["group_fields"] = cnn::describe_parameter_group();
}

}  // namespace

Json describe_trainer(Resources& resources) {
  const Host& host = resources.host;
  Json args = Json::object();
  Json& backend = args["backend"] = Json::object();
  backend["variant"] = host.variant;
  backend["simd"] = host.simd;
  backend["relaxed_simd"] = host.relaxed_simd;
  backend["threads"] = resources.exec.pool().threads();
  backend["isolated"] = host.isolated;
  backend["kernel_set"] = cnn::name_of(resources.exec.kernels());
  Json& sets = backend["kernel_sets"] = Json::array();
  for (const cnn::KernelSet* set : cnn::kernel_sets()) sets.push_back(cnn::name_of(*set));
  describe_choices(args);
  return args;
}

}  // namespace playground::trainer
