#include "web/trainer/inspection.h"

#include <algorithm>

#include "core/inspect/heat_maps.h"
#include "core/inspect/walkthrough.h"
#include "core/training/metrics.h"
#include "web/trainer/inspection_question.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

std::vector<int> map_sizes(const cnn::HeatMap& map) { return {map.rows, map.columns}; }

/// Null if the layer has no sliding kernel.
const cnn::Parameter* kernel_of(const cnn::Model& model, int layer) {
  for (const cnn::Parameter& parameter : model.parameters()) {
    if (parameter.layer == layer && parameter.shape.rank() == 4) return &parameter;
  }
  return nullptr;
}

std::string_view word(cnn::Reach::Rule rule) {
  constexpr std::string_view kWords[] = {"own", "weights", "largest", "mean", "sum"};
  return kWords[static_cast<std::size_t>(rule)];
}

Json field_json(const cnn::ReceptiveField& field) {
  return Json::object({{"size", Json::array({field.size_rows, field.size_columns})},
                       {"jump", Json::array({field.jump_rows, field.jump_columns})},
                       {"start", Json::array({field.start_row, field.start_column})},
                       {"whole", field.whole}});
}

}  // namespace

struct Inspection::Kind {
  std::string_view what;
  Answer (Inspection::*answer)(Question&);
  bool of_a_picture;
};

std::span<const Inspection::Kind> Inspection::kinds() {
  static constexpr Kind kKinds[] = {
      {"maps", &Inspection::maps, true},
      {"layers", &Inspection::layers, false},
      {"filters", &Inspection::filters, false},
      {"unit", &Inspection::unit, true},
      {"grad_cam", &Inspection::grad_cam, true},
      {"occlusion", &Inspection::occlusion, true},
      {"top", &Inspection::top_pictures, false},
      {"pca", &Inspection::embedding, false},
      {"histograms", &Inspection::histograms, false},
      {"saliency", &Inspection::saliency, true},
  };
  return kKinds;
}

void Inspection::forget() {
  observer_.reset();
  version_ = -1;
  shown_.clear();
  samples_ = Json::array();
  sampled_version_ = -1;
}

Result<void> Inspection::follow(const Subject& subject) {
  if (observer_ && version_ == subject.model_version) return {};
  if (!observer_) {
    Result<cnn::Observer> made = cnn::Observer::make(subject.model);
    if (!made) return made.error();
    observer_ = std::move(*made);
  } else {
    observer_->take_weights(subject.model);
  }
  version_ = subject.model_version;
  shown_.clear();
  return {};
}

/// Runs the model on the requested picture, unless the observer already has it, and adds the prediction to
/// the reply.
Result<void> Inspection::look(Question& question) {
  Result<Buffer> picture = question.picture();
  if (!picture) return picture.error();
  if (*picture != shown_) {
    std::vector<float> x;
    for (const std::uint8_t byte : *picture) x.push_back(static_cast<float>(byte) * (1.0f / 255));
    shown_.clear();
    if (auto looked = observer_->look(question.exec(), x); !looked) return looked;
    shown_ = std::move(*picture);
  }
  const std::vector<float> probabilities = observer_->probabilities(question.exec());
  question.tell("predicted", cnn::argmax(probabilities.data(), static_cast<int>(probabilities.size())));
  question.tell("probabilities", numbers(probabilities));
  return {};
}

Inspection::Answer Inspection::answer(const Subject& subject, const Request& request) {
  Question question(subject, request);
  const std::string what = question.args.text("what");
  const auto known = kinds();
  const auto kind =
      std::find_if(known.begin(), known.end(), [&](const Kind& one) { return one.what == what; });
  if (kind == known.end()) return {Error{"bad_argument", "inspect: there is no kind " + what + ".", {}}};
  if (auto followed = follow(subject); !followed) return {followed.error()};
  question.tell("what", what);
  if (kind->of_a_picture) {
    if (auto looked = look(question); !looked) return {looked.error()};
  }
  return (this->*kind->answer)(question);
}

Inspection::Answer Inspection::layers(Question& question) {
  const cnn::Model& model = question.model();
  const std::vector<cnn::ReceptiveField> fields = cnn::receptive_fields(model);
  Json list = Json::array();
  for (int layer = 0; layer < model.layer_count(); ++layer) {
    Json inputs = Json::array(), shape = Json::array();
    for (const int input : model.layer_inputs(layer)) inputs.push_back(input);
    for (const int size : model.layer_shape(layer)) shape.push_back(size);
    const bool alone = model.layer_inputs(layer).size() == 1;
    const cnn::Reach reach =
        alone ? model.layer(layer).reach(model.layer_shape(model.layer_inputs(layer)[0])) : cnn::Reach{};
    list.push_back(Json::object({{"index", layer},
                                 {"name", model.layer(layer).name},
                                 {"class_name", model.layer(layer).class_name()},
                                 {"shape", std::move(shape)},
                                 {"inputs", std::move(inputs)},
                                 {"has_activation", observer_->has_activation(layer)},
                                 {"has_filters", kernel_of(model, layer) != nullptr},
                                 {"rule", word(reach.rule)},
                                 {"receptive_field", field_json(fields[static_cast<std::size_t>(layer)])}}));
  }
  question.tell("layers", std::move(list));
  const int last = cnn::last_map_layer(model);
  question.tell("grad_cam_layer", last < 0 ? Json() : Json(last));
  return question.done();
}

Inspection::Answer Inspection::maps(Question& question) {
  const Result<int> layer = question.layer();
  if (!layer) return {layer.error()};
  const cnn::Shape& shape = observer_->model().layer_shape(*layer);
  question.tell("layer", observer_->model().layer(*layer).name);
  question.add("after", sizes(shape), observer_->output(*layer));
  if (observer_->has_activation(*layer))
    question.add("before", sizes(shape), observer_->before_activation(question.exec(), *layer));
  return question.done();
}

Inspection::Answer Inspection::filters(Question& question) {
  const Result<int> layer = question.layer();
  if (!layer) return {layer.error()};
  const cnn::Model& model = observer_->model();
  const cnn::Parameter* kernel = kernel_of(model, *layer);
  if (!kernel) {
    return {Error{"bad_argument",
                  "inspect: " + model.layer(*layer).name +
                      " has no filters; choose a layer with a sliding kernel, such as Conv2D.",
                  *layer}};
  }
  question.tell("layer", model.layer(*layer).name);
  question.add("filters", sizes(kernel->shape), kernel->value);
  return question.done();
}

Inspection::Answer Inspection::unit(Question& question) {
  const Result<int> layer = question.layer();
  if (!layer) return {layer.error()};
  cnn::Unit unit;
  unit.row = question.args.integer("row");
  unit.column = question.args.integer("column");
  unit.channel = question.args.integer("channel");
  const Result<cnn::Walkthrough> walk = cnn::walk_through(question.exec(), *observer_, *layer, unit);
  if (!walk) return {Error{walk.error().code, "inspect: " + walk.error().message + ".", walk.error().layer}};
  const cnn::Model& model = observer_->model();
  question.tell("layer", model.layer(*layer).name);
  question.tell("input", model.layer(walk->input).name);
  question.tell("rule", word(walk->rule));
  question.tell("row", unit.row);
  question.tell("column", unit.column);
  question.tell("channel", unit.channel);
  question.tell("window", to_json(walk->window));
  question.tell("first_channel", walk->first_channel);
  question.tell("receptive_field", to_json(cnn::receptive_field(model, *layer, unit)));
  question.tell("channel_sums", numbers(walk->channel_sums));
  question.tell("bias", walk->bias ? Json(*walk->bias) : Json());
  question.tell("before", walk->before);
  question.tell("after", walk->after);
  question.tell("output", static_cast<double>(walk->output));
  const std::vector<int> shape{walk->window.height, walk->window.width, walk->channels};
  question.add("values", shape, walk->values);
  if (!walk->weights.empty()) {
    question.add("weights", shape, walk->weights);
    question.add("products", shape, std::vector<float>(walk->products.begin(), walk->products.end()));
  }
  return question.done();
}

Inspection::Answer Inspection::grad_cam(Question& question) {
  const Result<int> layer = question.layer_or(cnn::last_map_layer(question.model()));
  if (!layer) return {layer.error()};
  if (*layer < 0)
    return {Error{
        "bad_argument", "inspect: Grad-CAM needs a layer whose output is maps; this model has none.", {}}};
  const Result<int> chosen = question.chosen_class();
  if (!chosen) return {chosen.error()};
  const Result<cnn::HeatMap> map = cnn::grad_cam(question.exec(), *observer_, *layer, *chosen);
  if (!map) return {Error{map.error().code, "inspect: " + map.error().message + ".", map.error().layer}};
  question.tell("layer", observer_->model().layer(*layer).name);
  question.tell("class", *chosen);
  question.add("map", map_sizes(*map), map->values);
  return question.done();
}

Inspection::Answer Inspection::saliency(Question& question) {
  const Result<int> chosen = question.chosen_class();
  if (!chosen) return {chosen.error()};
  const std::vector<float> gradient = cnn::input_gradient(question.exec(), *observer_, *chosen);
  const cnn::Shape& picture = observer_->model().input_shape();
  const cnn::HeatMap map = cnn::saliency(cnn::grid(picture), gradient);
  question.tell("class", *chosen);
  question.add("map", map_sizes(map), map.values);
  question.add("gradient", sizes(picture), gradient);
  return question.done();
}

}  // namespace playground::trainer
