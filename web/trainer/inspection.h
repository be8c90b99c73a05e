// What `inspect` answers (web/protocol.h). It works on a copy of the model, so that a training goes on as if
// nobody looked; the copy follows the model's weights when it is asked something.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "core/inspect/observer.h"
#include "web/trainer/data_store.h"
#include "web/trainer/message.h"

namespace playground {

class Inspection {
 public:
  /// What is looked at.
  struct Subject {
    cnn::Exec& exec;
    const cnn::Model& model;
    int model_version = 0, epoch = 0;
    const DataStore& data;
  };
  /// Works on for a moment; a reply or an error ends it.
  using Slice = std::function<Handled(cnn::Exec&)>;
  /// The answer, or what is to be called until there is one.
  struct Answer {
    Handled now;
    Slice slice{};
  };

  Answer answer(const Subject& subject, const Request& request);
  /// The model is about to go, or a training begins anew.
  void forget();
  /// An epoch ended: keeps the distributions of its weights, activations and gradients, if the last ones are
  /// long enough ago.
  void sample(const Subject& subject, double milliseconds);

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
  /// The slice, which ends with a sentence when the weights changed since it began, as a new training's do.
  Slice guarded(std::function<Handled(cnn::Exec&)> slice);

  std::optional<cnn::Observer> observer_;
  int version_ = -1;                        // of the weights it has
  cnn::Json samples_ = cnn::Json::array();  // [{epoch, layers}]
  double last_sample_ = 0;                  // when
  Buffer shown_;                            // the picture it looks at; empty: none, or with other weights
};

}  // namespace playground
