// The session's first answer: what runs here, and what there is to choose from.
#include "core/layers/layer.h"
#include "core/model/presets.h"
#include "core/training/callbacks.h"
#include "core/training/fit_options.h"
#include "core/training/losses.h"
#include "core/training/optimizers.h"
#include "core/training/schedules.h"
#include "web/trainer/session.h"

namespace playground::trainer {

using cnn::Json;

namespace {

constexpr std::string_view kAugmentationGroup = "Augmentation";

/// Everything that describes itself, so that the page names none of it.
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

Handled Session::hello(const Request& request) {
  Args args(request);
  use_threads(args.integer("threads", exec_->pool().threads(), 1));
  if (args.failed()) return args.error();
  Reply reply;
  Json& backend = reply.args["backend"] = Json::object();
  backend["variant"] = host_.variant;
  backend["simd"] = host_.simd;
  backend["relaxed_simd"] = host_.relaxed_simd;
  backend["threads"] = exec_->pool().threads();
  backend["isolated"] = host_.isolated;
  backend["kernel_set"] = cnn::name_of(exec_->kernels());
  Json& sets = backend["kernel_sets"] = Json::array();
  for (const cnn::KernelSet* set : cnn::kernel_sets()) sets.push_back(cnn::name_of(*set));
  describe_choices(reply.args);
  return reply;
}

}  // namespace playground::trainer
