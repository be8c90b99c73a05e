// What `inspect` answers (web/protocol.h). It works on a copy of the model, so that a training goes on as if
// nobody looked; the copy follows the model's weights when it is asked something. What takes longer has a
// copy of its own, with the weights of its beginning.
#pragma once

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
  /// What is looked at.
  struct Subject {
    cnn::Exec& exec;
    const cnn::Model& model;
    int model_version = 0, epoch = 0;
    std::int64_t step = 0;  ///< of the training, from its beginning
    const DataStore& data;
  };
  /// Works on for a moment; a reply or an error ends it.
  using Slice = std::function<Handled(cnn::Exec&)>;
  /// The answer, or what is to be called until there is one.
  struct Answer {
    Handled now;
    Slice slice{};
    std::function<double()> share{};  ///< of the work that is done
  };

  Answer answer(const Subject& subject, const Request& request);
  /// The model is about to go, or a training begins anew.
  void forget();
  /// Keeps the distributions of the weights, activations and gradients as they are now, unless the last ones
  /// are too fresh: it takes a hundredth of the time, and more only where an epoch ended.
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
  int version_ = -1;                          // of the weights it has
  cnn::Json samples_ = cnn::Json::array();    // [{epoch, step, layers}], by step
  int sampled_version_ = -1;                  // of the last one's weights
  double last_sample_ = 0, sample_cost_ = 0;  // when, and how long it took; milliseconds
  Buffer shown_;                              // the picture it looks at; empty: none, or with other weights
};

}  // namespace playground::trainer
