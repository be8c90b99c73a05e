// The `inspect` answers that look at many pictures, or at one picture many times, and the sampled histograms.
#include <algorithm>
#include <memory>

#include "core/inspect/embedding.h"
#include "core/inspect/histograms.h"
#include "core/inspect/occlusion.h"
#include "core/inspect/top_pictures.h"
#include "web/trainer/inspection.h"
#include "web/trainer/inspection_question.h"

namespace playground::trainer {

using cnn::Error;
using cnn::Json;
using cnn::Result;

namespace {

constexpr int kBins = 32;
constexpr double kSampleInterval = 1000;  // milliseconds between two samples, at least
constexpr double kSampleRest = 100;       // times the duration of the last one, within an epoch
/// A larger model is copied only for a request.
constexpr std::size_t kMostSampledParameters = 16u << 20;
constexpr std::size_t kMostSamples = 64;  // then every second one is dropped

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

Json to_json(const cnn::Model& model, int epoch, std::int64_t step,
             const std::vector<cnn::LayerHistograms>& layers) {
  Json list = Json::array();
  for (const cnn::LayerHistograms& of : layers) {
    list.push_back(Json::object({{"index", of.layer},
                                 {"name", model.layer(of.layer).name},
                                 {"weights", to_json(of.weights)},
                                 {"gradients", to_json(of.gradients)},
                                 {"activations", to_json(of.activations)},
                                 {"dead", of.dead ? Json(*of.dead) : Json()}}));
  }
  return Json::object({{"epoch", epoch}, {"step", step}, {"layers", std::move(list)}});
}

/// A copy for the duration of a request, while the model continues to learn.
Result<std::shared_ptr<cnn::Observer>> copy_of(const cnn::Model& model) {
  Result<cnn::Observer> made = cnn::Observer::make(model);
  if (!made) return made.error();
  return std::make_shared<cnn::Observer>(std::move(*made));
}

}  // namespace

Inspection::Answer Inspection::occlusion(Question& question) {
  const Result<int> chosen = question.chosen_class();
  if (!chosen) return {chosen.error()};
  cnn::Occlusion::Options options;
  options.class_index = *chosen;
  options.size = question.args.integer("size", options.size);
  options.stride = question.args.integer("stride", options.stride);
  question.tell("class", options.class_index);
  question.tell("size", options.size);
  question.tell("stride", options.stride);
  const auto eye = copy_of(question.model());
  if (!eye) return {eye.error()};
  auto work = std::make_shared<cnn::Occlusion>(question.model().input_shape(), observer_->picture(), options);
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {Later{},
          [work, reply, eye = *eye](cnn::Exec& exec) -> Handled {
            if (auto stepped = work->step(exec, *eye); !stepped) return stepped.error();
            if (!work->done()) return Later{};
            add_array(*reply, "map", {work->map().rows, work->map().columns}, work->map().values);
            return std::move(*reply);
          },
          [work] { return work->share(); }};
}

Inspection::Answer Inspection::top_pictures(Question& question) {
  const Result<int> layer = question.layer();
  if (!layer) return {layer.error()};
  const int channels = cnn::grid(question.model().layer_shape(*layer)).channels;
  const Result<int> channel = question.args.within("channel", 0, channels - 1);
  if (!channel) return {channel.error()};
  const Result<int> count = question.args.within("count", 1, 64, 16);
  if (!count) return {count.error()};
  const cnn::Dataset& data = question.subject.data->split(split_argument(question.args));
  if (auto fits = cnn::check_fits(question.model(), data); !fits) return {fits.error()};
  question.tell("layer", question.model().layer(*layer).name);
  question.tell("channel", *channel);
  const auto eye = copy_of(question.model());
  if (!eye) return {eye.error()};
  auto work = std::make_shared<cnn::TopPictures>(data, *layer, *channel, static_cast<std::size_t>(*count));
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {Later{},
          [work, reply, eye = *eye, layer = *layer, kept = question.subject.data,
           &data](cnn::Exec& exec) -> Handled {
            if (auto stepped = work->step(exec, *eye); !stepped) return stepped.error();
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
                   {"receptive_field", to_json(cnn::receptive_field(eye->model(), layer, picture.unit))}}));
            }
            add_pictures(*reply, std::move(pixels));
            return std::move(*reply);
          },
          [work] { return work->share(); }};
}

Inspection::Answer Inspection::embedding(Question& question) {
  const Result<int> count = question.args.within("count", 2, 2000, 500);
  if (!count) return {count.error()};
  const cnn::Dataset& data = question.subject.data->split(split_argument(question.args));
  if (auto fits = cnn::check_fits(question.model(), data); !fits) return {fits.error()};
  if (cnn::last_hidden_layer(question.model()) < 0)
    return {Error{"bad_argument",
                  "inspect: this model has no hidden layer with weights, so there is nothing to project.",
                  {}}};
  const auto eye = copy_of(question.model());
  if (!eye) return {eye.error()};
  auto work = std::make_shared<cnn::Embedding>(data, question.model(), static_cast<std::size_t>(*count));
  question.tell("layer", question.model().layer(work->layer()).name);
  auto reply = std::make_shared<Reply>(std::move(question.reply));
  return {Later{},
          [work, reply, eye = *eye, kept = question.subject.data, &data](cnn::Exec& exec) -> Handled {
            if (!work->done()) {
              if (auto stepped = work->step(exec, *eye); !stepped) return stepped.error();
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
          },
          [work] { return work->share(); }};
}

Inspection::Answer Inspection::histograms(Question& question) {
  const cnn::Dataset& data = question.subject.data->pictures.train;
  if (auto fits = cnn::check_fits(question.model(), data); !fits) return {fits.error()};
  if (sampled_version_ != version_ || samples_.elements()->empty()) {
    if (auto added = add_sample(question.subject); !added) return {added.error()};
  }
  question.tell("samples", samples_);
  return question.done();
}

void Inspection::sample(const Subject& subject, bool epoch_ended,
                        const std::function<double()>& milliseconds) {
  const double start = milliseconds();
  const double rest = epoch_ended ? kSampleInterval : std::max(kSampleInterval, kSampleRest * sample_cost_);
  if (!samples_.elements()->empty() && start - last_sample_ < rest) return;
  std::size_t parameters = 0;
  for (const cnn::Parameter& parameter : subject.model.parameters()) parameters += parameter.value.size();
  if (parameters > kMostSampledParameters) return;
  // No request waits for this: without memory for a copy, training continues without samples.
  if (!follow(subject) || !add_sample(subject)) return;
  last_sample_ = milliseconds();
  sample_cost_ = last_sample_ - start;
}

/// A sample of the observer's weights.
Result<void> Inspection::add_sample(const Subject& subject) {
  shown_.clear();
  const auto layers = cnn::layer_histograms(subject.exec, *observer_, subject.data->pictures.train, kBins);
  if (!layers) return layers.error();
  Json::Array& list = *samples_.elements();
  const auto step = static_cast<double>(subject.step);
  const double last = list.empty() ? -1 : *list.back().find("step")->number();
  if (last > step) list.clear();  // a new training of the same weights restarts its step count
  if (last == step) list.pop_back();
  if (list.size() >= kMostSamples) {
    Json::Array fewer;
    for (std::size_t i = 0; i < list.size(); i += 2) fewer.push_back(std::move(list[i]));
    list = std::move(fewer);
  }
  list.push_back(to_json(observer_->model(), subject.epoch, subject.step, *layers));
  sampled_version_ = version_;
  return {};
}

}  // namespace playground::trainer
