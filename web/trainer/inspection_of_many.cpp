// What `inspect` answers about many pictures, or one in many ways.
#include <algorithm>
#include <memory>

#include "core/inspect/embedding.h"
#include "core/inspect/histograms.h"
#include "core/inspect/occlusion.h"
#include "core/inspect/top_pictures.h"
#include "web/trainer/inspection.h"
#include "web/trainer/inspection_question.h"

namespace playground {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr int kBins = 32;
constexpr double kSampleInterval = 1000;  // milliseconds between two epochs' histograms
/// A larger model's copy is made only when somebody looks.
constexpr std::size_t kMostSampledParameters = 16u << 20;
constexpr std::size_t kMostSamples = 64;  // then every second one goes

Json to_json(const cnn::Histogram& of) {
  if (of.counts.empty()) return {};
  Json counts = Json::array();
  for (const int count : of.counts) counts.push_back(count);
  return Json::object({{"low", of.low},
                       {"high", of.high},
                       {"mean", of.mean},
                       {"deviation", of.deviation},
                       {"counts", std::move(counts)}});
}

Json to_json(const cnn::Model& model, int epoch, const std::vector<cnn::LayerHistograms>& layers) {
  Json list = Json::array();
  for (const cnn::LayerHistograms& of : layers) {
    list.push_back(Json::object({{"index", of.layer},
                                 {"name", model.layer(of.layer).name},
                                 {"weights", to_json(of.weights)},
                                 {"gradients", to_json(of.gradients)},
                                 {"activations", to_json(of.activations)},
                                 {"dead", of.dead ? Json(*of.dead) : Json()}}));
  }
  return Json::object({{"epoch", epoch}, {"layers", std::move(list)}});
}

Result<void> need_fitting_pictures(const cnn::Model& model, const cnn::Dataset& data) {
  if (auto there = need_pictures(data); !there) return there;
  return cnn::check_fits(model, data);
}

}  // namespace

Inspection::Slice Inspection::guarded(std::function<Handled(cnn::Exec&)> slice) {
  return [this, version = version_, slice = std::move(slice)](cnn::Exec& exec) -> Handled {
    if (!observer_ || version != version_)
      return Error{"cancelled", "inspect: the weights changed meanwhile; ask again.", {}};
    shown_.clear();
    return slice(exec);
  };
}

Inspection::Answer Inspection::occlusion(Question& question) {
  const Result<int> chosen = question.chosen_class();
  if (!chosen) return {chosen.error()};
  cnn::Occlusion::Options options;
  options.class_index = *chosen;
  options.size = question.args.integer("size", options.size, 1, static_cast<int>(cnn::kImageSide));
  options.stride = question.args.integer("stride", options.stride, 1, static_cast<int>(cnn::kImageSide));
  if (question.args.failed()) return {question.args.error()};
  question.tell("class", options.class_index);
  question.tell("size", options.size);
  question.tell("stride", options.stride);
  auto work = std::make_shared<cnn::Occlusion>(question.model().input_shape(), observer_->picture(), options);
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {Later{}, guarded([this, work, reply](cnn::Exec& exec) -> Handled {
            if (auto stepped = work->step(exec, *observer_); !stepped) return stepped.error();
            if (!work->done()) return Later{};
            add_array(*reply, "map", {work->map().rows, work->map().columns}, work->map().values);
            return std::move(*reply);
          })};
}

Inspection::Answer Inspection::top_pictures(Question& question) {
  const Result<int> layer = question.layer();
  if (!layer) return {layer.error()};
  const Result<Split> which = split_argument(question.args, "test");
  if (!which) return {which.error()};
  const int channels = cnn::grid(question.model().layer_shape(*layer)).channels;
  const int channel = question.args.integer("channel", {}, 0, channels - 1);
  const int count = question.args.integer("count", 16, 1, 64);
  if (question.args.failed()) return {question.args.error()};
  const cnn::Dataset& data = question.subject.data.split(*which);
  if (auto there = need_fitting_pictures(question.model(), data); !there) return {there.error()};
  question.tell("layer", question.model().layer(*layer).name);
  question.tell("channel", channel);
  auto work = std::make_shared<cnn::TopPictures>(data, *layer, channel, static_cast<std::size_t>(count));
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {
      Later{}, guarded([this, work, reply, layer = *layer, &data](cnn::Exec& exec) -> Handled {
        if (auto stepped = work->step(exec, *observer_); !stepped) return stepped.error();
        if (!work->done()) return Later{};
        Json& items = reply->args["items"] = Json::array();
        Buffer pixels;
        for (const cnn::TopPicture& picture : work->best()) {
          append_interleaved(data, picture.index, pixels);
          items.push_back(Json::object(
              {{"index", picture.index},
               {"label", data.labels[picture.index]},
               {"value", static_cast<double>(picture.value)},
               {"row", picture.unit.row},
               {"column", picture.unit.column},
               {"receptive_field", to_json(cnn::receptive_field(observer_->model(), layer, picture.unit))}}));
        }
        add_pictures(*reply, std::move(pixels));
        return std::move(*reply);
      })};
}

Inspection::Answer Inspection::embedding(Question& question) {
  const Result<Split> which = split_argument(question.args, "test");
  if (!which) return {which.error()};
  const int count = question.args.integer("count", 500, 2, 2000);
  if (question.args.failed()) return {question.args.error()};
  const cnn::Dataset& data = question.subject.data.split(*which);
  if (auto there = need_fitting_pictures(question.model(), data); !there) return {there.error()};
  if (cnn::last_hidden_layer(question.model()) < 0)
    return {
        Error{"bad_argument", "inspect: no layer of this model learns, so none is the last hidden one.", {}}};
  auto work = std::make_shared<cnn::Embedding>(data, question.model(), static_cast<std::size_t>(count));
  question.tell("layer", question.model().layer(work->layer()).name);
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {Later{}, guarded([this, work, reply, &data](cnn::Exec& exec) -> Handled {
            if (!work->done()) {
              if (auto stepped = work->step(exec, *observer_); !stepped) return stepped.error();
              return Later{};
            }
            const cnn::Embedding::Points points = work->points();
            Json indices = Json::array(), labels = Json::array(), predicted = Json::array();
            Buffer pixels;
            for (const std::uint32_t index : work->indices()) {
              indices.push_back(index);
              labels.push_back(data.labels[index]);
              append_interleaved(data, index, pixels);
            }
            for (const int guess : work->predicted()) predicted.push_back(guess);
            reply->args["shares"] = numbers(points.shares);
            reply->args["indices"] = std::move(indices);
            reply->args["labels"] = std::move(labels);
            reply->args["predicted"] = std::move(predicted);
            add_array(*reply, "points", {static_cast<int>(points.places.size() / 2), 2}, points.places);
            add_pictures(*reply, std::move(pixels));
            return std::move(*reply);
          })};
}

Inspection::Answer Inspection::histograms(Question& question) {
  const cnn::Dataset& data = question.subject.data.train();
  if (auto there = need_fitting_pictures(question.model(), data); !there) return {there.error()};
  shown_.clear();
  const auto now = cnn::layer_histograms(question.exec(), *observer_, data, kBins);
  if (!now) return {now.error()};
  Json samples = samples_;
  samples.push_back(to_json(observer_->model(), question.subject.epoch, *now));
  question.tell("samples", std::move(samples));
  return question.done();
}

void Inspection::sample(const Subject& subject, double milliseconds) {
  if (!samples_.elements()->empty() && milliseconds - last_sample_ < kSampleInterval) return;
  std::size_t parameters = 0;
  for (const cnn::Parameter& parameter : subject.model.parameters()) parameters += parameter.value.size();
  if (parameters > kMostSampledParameters) return;
  last_sample_ = milliseconds;
  // Nobody waits for an answer; where there is no memory for a copy the training goes on without.
  if (!follow(subject)) return;
  shown_.clear();
  const auto layers = cnn::layer_histograms(subject.exec, *observer_, subject.data.train(), kBins);
  if (!layers) return;
  Json::Array& list = *samples_.elements();
  if (list.size() >= kMostSamples) {
    Json::Array fewer;
    for (std::size_t i = 0; i < list.size(); i += 2) fewer.push_back(std::move(list[i]));
    list = std::move(fewer);
  }
  list.push_back(to_json(observer_->model(), subject.epoch, *layers));
}

}  // namespace playground
