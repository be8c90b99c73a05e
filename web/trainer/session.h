#pragma once
/// The worker's C++ side: takes requests by type (web/protocol.json), answers them, and works in slices
/// between them. It uses neither Emscripten nor JavaScript, so tests drive it natively.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "web/protocol.h"
#include "web/trainer/evaluations.h"
#include "web/trainer/inspections.h"
#include "web/trainer/jobs.h"
#include "web/trainer/resources.h"
#include "web/trainer/training_run.h"

namespace playground::trainer {

/// Dispatches requests to the parts that answer them, and shares the time between jobs and training. Replaces
/// the model and the data set, and notifies every part.
class Session {
 public:
  Session(Host host, Outbox::Send send);
  Session(const Session&) = delete;  // its parts refer to each other
  Session& operator=(const Session&) = delete;

  /// Payloads need to be valid during the call only.
  void receive(std::string_view json, std::span<const Payload> payloads);
  /// Works for about that long. True: work remains.
  bool run(double milliseconds);

  /// The types of request it handles, and the conditions of the table it can test:
  /// those of web/protocol.json.
  static std::vector<std::string_view> request_types();
  static std::vector<std::string_view> condition_names();

 private:
  struct Handler {
    std::string_view type;
    Handled (*handle)(Session&, const Request&);
  };
  static std::span<const Handler> handlers();
  /// A handler of a part of the session; of the session itself.
  template <auto part, auto handle>
  static Handled of(Session& session, const Request& request) {
    return ((session.*part).*handle)(request);
  }
  template <auto handle>
  static Handled own(Session& session, const Request& request) {
    return (session.*handle)(request);
  }

  struct Condition {
    std::string_view name;
    /// args: those of the request, or of the argument that has the condition.
    bool (*holds)(const Session&, const Args& args);
  };
  static std::span<const Condition> conditions();

  // session_admission.cpp
  /// The only place that rejects requests by the table: their arguments, payloads, and the session's state.
  cnn::Result<void> admit(Request& request) const;
  cnn::Result<void> check_needs(const cnn::Json& declared, const cnn::Json& entry, const Request& request,
                                const cnn::Json& args) const;

  // session.cpp
  Handled hello(const Request&);
  Handled measure(const Request&);
  Handled cancel(const Request&);
  std::string state() const;
  void tell_state();
  void drop_jobs(const std::string& why);
  /// What waited for the end of the training takes effect, before its requests are answered.
  void training_ended();

  // session_data.cpp
  Handled load_sample(const Request&);
  Handled load_begin(const Request&);
  Handled load_chunk(const Request&);
  Handled load_images(const Request&);
  Handled load_join(const Request&);
  Handled load_end(const Request&);
  Handled load_abort(const Request&);
  Handled dataset(const Request&);
  Handled pictures(const Request&);
  Handled augmented(const Request&);
  Handled records(const Request&);
  void data_changed(DataChange change, int before);
  Handled loaded(const cnn::Result<DataChange>& change, int before);

  // session_model.cpp
  Handled build(const Request&);
  Handled summary(const Request&);
  Handled check(const Request&);
  Handled export_model(const Request&);
  Handled import_model(const Request&);
  Handled input_range(const Request&);
  /// Before the model is replaced.
  void forget_model();

  Resources resources_;
  Jobs jobs_;
  Inspections inspections_;
  TrainingRun training_;
  Evaluations evaluations_;
  std::string told_state_;
  int told_epoch_ = -1;
};

}  // namespace playground::trainer
