#pragma once
/// Answers `inspect` requests (web/protocol.json) on a copy of the model, so that a training is not affected.
/// The copy takes the model's weights at each request. An answer in slices has a copy of its own, with the
/// weights of its start.

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "web/trainer/data_store.h"
#include "web/trainer/message.h"

namespace playground::trainer {

class Inspection {
 public:
  /// The model to inspect, and the data.
  struct Subject {
    cnn::Exec& exec;
    const cnn::Model& model;
    int model_version = 0, epoch = 0;
    std::int64_t step = 0;  ///< of the training, from its beginning
    SharedData data;
  };
  /// One slice of work; a reply or an error ends it.
  using Slice = std::function<Handled(cnn::Exec&)>;
  /// The answer, or a slice to call until it returns one.
  struct Answer {
    Handled now;
    Slice slice{};
    std::function<double()> share{};  ///< of the work done so far, 0 to 1
  };

  Answer answer(const Subject& subject, const Request& request);
  /// The model is about to be replaced, or its weights were drawn again.
  void forget();
  /// Stores the present distributions of weights, activations and gradients, unless the last sample is too
  /// recent: sampling takes at most a hundredth of the time, more only at the end of an epoch.
  void sample(const Subject& subject, bool epoch_ended, const std::function<double()>& milliseconds);

 private:
  struct Question;
  struct Kind;
  static std::span<const Kind> kinds();
  cnn::Result<void> follow(const Subject& subject);
  cnn::Result<void> look(Question& question);

  Answer layers(Question&);
  Answer maps(Question&);
  Answer filters(Question&);
  Answer unit(Question&);
  Answer grad_cam(Question&);
  Answer saliency(Question&);
  // In slices.
  Answer occlusion(Question&);
  Answer top_pictures(Question&);
  Answer embedding(Question&);
  Answer histograms(Question&);
  cnn::Result<void> add_sample(const Subject& subject);

  std::optional<cnn::Observer> observer_;
  int version_ = -1;                          // of the observer's weights
  cnn::Json samples_ = cnn::Json::array();    // [{epoch, step, layers}], by step
  int sampled_version_ = -1;                  // of the last sample's weights
  double last_sample_ = 0, sample_cost_ = 0;  // time and duration of the last sample; milliseconds
  Buffer shown_;                              // the picture in the observer; empty: none, or with old weights
};

}  // namespace playground::trainer
