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
    int model_version = 0;
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
  /// The model is about to go.
  void forget();

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

  std::optional<cnn::Observer> observer_;
  int version_ = -1;  // of the weights it has
  Buffer shown_;      // the picture it looks at; empty: none, or with other weights
};

}  // namespace playground
