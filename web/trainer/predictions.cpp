#include "web/trainer/predictions.h"

#include <algorithm>
#include <cmath>

#include "core/training/metrics.h"
#include "web/trainer/data_store.h"

namespace playground::trainer {
namespace {

float confidence(const PredictionTable& predictions, std::size_t i) {
  return predictions.probabilities(i)[static_cast<std::size_t>(predictions.predicted(i))];
}

float true_share(const PredictionTable& predictions, const cnn::Dataset& data, std::size_t i) {
  return predictions.probabilities(i)[data.labels[i]];
}

std::vector<std::size_t> choose(const Wanted& wanted, const PredictionTable& predictions,
                                const cnn::Dataset& data) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const int label = data.labels[i], guess = predictions.predicted(i);
    if (wanted.mistakes && label == guess) continue;
    if (wanted.actual >= 0 && wanted.actual != label) continue;
    if (wanted.predicted >= 0 && wanted.predicted != guess) continue;
    chosen.push_back(i);
  }
  if (wanted.sort == "confidence") {
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
      return confidence(predictions, a) > confidence(predictions, b);
    });
  } else if (wanted.sort == "loss") {
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) {
      return true_share(predictions, data, a) < true_share(predictions, data, b);
    });
  }
  return chosen;
}

}  // namespace

cnn::Result<bool> Predictions::advance(cnn::Exec& exec, const Subject& subject) {
  if (!evaluator_ || !(subject == subject_)) {
    subject_ = subject;
    const cnn::Dataset& data = subject.data->split(subject.split);
    table_.clear(subject.model->output_shape().back());
    evaluator_ =
        std::make_unique<cnn::Evaluator>(*subject.model, data, 0, data.size(), loss_,
                                         [this](std::size_t first, int rows, const float* probabilities) {
                                           table_.put(first, rows, probabilities);
                                         });
  }
  if (evaluator_->done()) return true;
  if (auto stepped = evaluator_->step(exec); !stepped) return stepped.error();
  return evaluator_->done();
}

void PredictionTable::clear(int classes) {
  classes_ = classes;
  probabilities_.clear();
}

void PredictionTable::put(std::size_t first, int rows, const float* probabilities) {
  const auto row = static_cast<std::size_t>(classes_), end = first + static_cast<std::size_t>(rows);
  if (probabilities_.size() < end * row) probabilities_.resize(end * row);
  std::copy(probabilities, probabilities + static_cast<std::size_t>(rows) * row,
            probabilities_.begin() + static_cast<std::ptrdiff_t>(first * row));
}

int PredictionTable::predicted(std::size_t i) const { return cnn::argmax(probabilities(i).data(), classes_); }

void ValidatedPredictions::begin(int classes, int data_version) {
  running_.clear(classes);
  running_data_version_ = data_version;
}

void ValidatedPredictions::complete(int epoch, std::optional<int> model_version) {
  std::swap(running_, complete_);
  epoch_ = epoch;
  data_version_ = running_data_version_;
  model_version_ = model_version;
}

Wanted Wanted::read(const Args& args) {
  return {args.text("sort"),      args.boolean("mistakes"),  args.boolean("classes"),
          args.integer("actual"), args.integer("predicted"), args.integer("offset"),
          args.integer("count")};
}

namespace {

constexpr std::size_t kBins = 10;

/// Confidence against accuracy, in ten bins of confidence: [mean confidence, share right, count].
cnn::Json calibration(const PredictionTable& predictions, const cnn::Dataset& data) {
  struct Bin {
    double certainty = 0, right = 0, count = 0;
  };
  std::vector<Bin> bins(kBins);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const int predicted = predictions.predicted(i);
    const double certainty =
        static_cast<double>(predictions.probabilities(i)[static_cast<std::size_t>(predicted)]);
    if (!(certainty >= 0)) continue;  // NaN belongs in no bin
    Bin& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(certainty * static_cast<double>(kBins)))];
    bin.certainty += certainty;
    bin.right += predicted == data.labels[i] ? 1 : 0;
    ++bin.count;
  }
  cnn::Json list = cnn::Json::array();
  for (const Bin& bin : bins)
    if (bin.count > 0)
      list.push_back(cnn::Json::array({bin.certainty / bin.count, bin.right / bin.count, bin.count}));
  return list;
}

/// A byte each: a data set has at most 256 classes.
Reply with_classes(Reply reply, const std::vector<std::size_t>& chosen, const PredictionTable& predictions,
                   const cnn::Dataset& data) {
  Buffer predicted, labels;
  for (const std::size_t i : chosen) {
    predicted.push_back(static_cast<std::uint8_t>(predictions.predicted(i)));
    labels.push_back(static_cast<std::uint8_t>(data.labels[i]));
  }
  reply.payloads.push_back(std::move(predicted));
  reply.payloads.push_back(std::move(labels));
  return reply;
}

}  // namespace

Reply prediction_page(const Wanted& wanted, const PredictionTable& predictions, const cnn::Dataset& data) {
  const std::vector<std::size_t> chosen = choose(wanted, predictions, data);
  Reply reply;
  reply.args["total"] = chosen.size();
  reply.args["classes"] = predictions.classes();
  reply.args["calibration"] = calibration(predictions, data);
  cnn::Json& items = reply.args["items"] = cnn::Json::array();
  if (wanted.classes) return with_classes(std::move(reply), chosen, predictions, data);
  Buffer pixels;
  std::vector<float> probabilities;
  const std::size_t first = std::min(static_cast<std::size_t>(wanted.offset), chosen.size());
  const std::size_t end = std::min(first + static_cast<std::size_t>(wanted.count), chosen.size());
  for (std::size_t at = first; at < end; ++at) {
    const std::size_t i = chosen[at];
    items.push_back(cnn::Json::object(
        {{"index", i}, {"label", data.labels[i]}, {"predicted", predictions.predicted(i)}}));
    append_interleaved(data, i, pixels);
    const auto row = predictions.probabilities(i);
    probabilities.insert(probabilities.end(), row.begin(), row.end());
  }
  reply.payloads.push_back(std::move(pixels));
  reply.payloads.push_back(to_buffer(std::span<const float>(probabilities)));
  return reply;
}

}  // namespace playground::trainer
