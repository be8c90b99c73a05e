#pragma once
/// The page's part between the app and the trainer's session, natively: it forwards the app's requests with
/// the messages that cross in the browser, answers those of page_requests in web/protocol.json, and replaces
/// a trainer that crashed. Messages wait in both directions until they are delivered.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/web/trainer/client.h"

namespace pair_tests {

using cnn::Json;
using session_tests::Buffer;

struct Message {
  std::string json;
  std::vector<Buffer> payloads;
};

/// The table of a message's payloads, valid as long as they are.
std::vector<playground::Payload> table(const std::vector<Buffer>& payloads);

class Page {
 public:
  explicit Page(int threads);

  // Between the app and the page.
  void send(std::string_view json, std::span<const playground::Payload> payloads);
  /// Handles the app's oldest request. False: there is none.
  bool take();
  std::deque<Message> to_app;

  /// Lets the session work for some readings of its clock, and continues a load.
  void work(int readings);
  /// Nothing is left to do, but what waits for the app.
  bool idle();

  /// A call of a script: its reply goes to nobody.
  void script(const std::string& type, const std::string& args = "{}");
  void import_checkpoint();
  void load(const std::string& source);
  /// The trainer's worker ends, and another one starts with what this one had.
  void crash();
  void event(const std::string& type, const std::string& args, std::vector<Buffer> payloads = {});

  /// Requests of the app without a reply, by id.
  const std::map<int, std::string>& unanswered() const { return unanswered_; }
  /// Replies to nothing that was asked, or messages that do not fit the protocol. Empty: none.
  const std::string& wrong() const { return wrong_; }
  /// The reply to a request, or null after an error; it comes while the session works.
  void ask_later(const std::string& type, const std::string& args, std::function<void(const Json&)> then);
  /// The session's own answer, at once. Not for calls that take several slices.
  Json ask(const std::string& type);
  const std::string& state() const { return state_; }
  const Json& model() const { return model_; }
  /// The newest messages of the session about the current network and its training; null: none yet.
  struct Told {
    Json data, run, step, evaluation;
    Json fit;  ///< the options of the training behind the weights
    Json::Array history;
    bool trained = false;
  };
  const Told& told() const { return told_; }
  bool has_checkpoint() const { return !checkpoint_.empty(); }
  const std::vector<Buffer>& checkpoint() const { return checkpoint_; }
  void set_checkpoint(std::vector<Buffer> of_earlier_visit) { checkpoint_ = std::move(of_earlier_visit); }
  /// The app's requests so far, by type.
  std::map<std::string, int> asked;
  std::map<std::string, std::string> last_args;
  std::string log;
  /// Runs that the browser keeps.
  std::map<std::string, std::string> stored;

 private:
  using Then = std::function<void(const Json& header, const std::vector<Buffer>& payloads)>;
  struct Load {
    int app_id = 0;  ///< 0: of a script
    std::string source;
    int part = 0, number = 0;
    bool waits = false;  ///< for an answer
  };
  bool three_classes() const { return load_ && load_->source == "three"; }

  void start_session();
  void note(const std::string& type, const Json& args);
  void from_session(const Json& header, std::vector<Buffer> payloads);
  int request(const std::string& type, const std::string& args, const std::vector<Buffer>& payloads,
              Then then);
  void handle(int id, const std::string& type, const Json& args, const std::vector<Buffer>& payloads);
  void forward(int id, const std::string& type, Json args, const std::vector<Buffer>& payloads);
  void cancel(int app_id);
  void reply(int id, const Json& args, std::vector<Buffer> payloads = {});
  void refuse(int id, const std::string& code, const std::string& message);
  void pass_on(int id, const Json& header, const std::vector<Buffer>& payloads);
  void begin_load(int app_id, const std::string& source);
  void go_on_loading();
  void end_load(const Json& header);
  void picture(int id, const std::string& from);
  Json::Array kept_runs() const;

  int threads_;
  double now_ = 0, per_reading_ = 20;  ///< milliseconds
  std::unique_ptr<playground::trainer::Session> session_;
  std::map<int, Then> pending_;  ///< by the session's ids
  int last_id_ = 0;
  std::map<int, int> session_ids_;  ///< by the app's
  std::deque<Message> from_app_;
  std::map<int, std::string> unanswered_;
  std::string wrong_;
  std::optional<Load> load_;
  bool session_works_ = true;
  std::string state_ = "empty";
  Json model_, data_;
  Told told_;
  std::vector<Buffer> checkpoint_;
};

}  // namespace pair_tests
