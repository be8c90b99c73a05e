// The training requests, as the page sends them: requests in, replies and events out.
#include <deque>
#include <string>
#include <vector>

#include "doctest/doctest.h"
#include "tests/web/message_check.h"
#include "web/trainer/session.h"

using namespace playground::trainer;
using cnn::Json;

TEST_SUITE_BEGIN("web/session_training");

namespace {

constexpr char kNetwork[] = R"({"config":{"class_name":"Sequential","config":{"layers":[
  {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
  {"class_name":"MaxPooling2D","config":{"pool_size":8}},
  {"class_name":"Flatten","config":{}},
  {"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}}})";

struct Worker {
  double now = 0;  ///< every reading of the clock advances it by 20 ms
  std::vector<std::pair<Json, std::vector<Buffer>>> sent;
  message_check::OfSession protocol;
  Session session{Host{.milliseconds = [this] { return now += 20; }},
                  [this](const Json& header, std::vector<Buffer> payloads) {
                    protocol.check(header, payloads.size());
                    sent.emplace_back(header, std::move(payloads));
                  }};
  int last_id = 0;

  Worker() {
    ask("load_sample", R"({"train":60,"test":30})");
    ask("build", kNetwork);
  }
  int ask(const std::string& type, const std::string& args = "{}") {
    protocol.asked(++last_id, type, args, 0);
    session.receive(
        R"({"id":)" + std::to_string(last_id) + R"(,"type":")" + type + R"(","args":)" + args + "}", {});
    return last_id;
  }
  /// Works until that request is answered; returns the reply's arguments, or the error.
  Json answer(int id, int slices = 1000) {
    for (int i = 0; i < slices; ++i) {
      for (const auto& [header, payloads] : sent)
        if (const Json* about = header.find("id"); about && about->number() && *about->number() == id) {
          if (const Json* error = header.find("error")) return *error;
          return *header.find("args");
        }
      session.run(50);
    }
    return {};
  }
  std::vector<Json> events(const std::string& type) const {
    std::vector<Json> found;
    for (const auto& [header, payloads] : sent)
      if (const Json* about = header.find("type"); about && *about->string() == type)
        found.push_back(*header.find("args"));
    return found;
  }
  /// The model's weights as a file's bytes.
  Buffer weights() {
    const int id = ask("export", R"({"format":"safetensors"})");
    for (const auto& [header, payloads] : sent)
      if (const Json* about = header.find("id"); about && about->number() && *about->number() == id)
        return payloads.at(0);
    return {};
  }
};

double number(const Json& object, const char* key) {
  const Json* member = object.find(key);
  return member && member->number() ? *member->number() : -1;
}

}  // namespace

TEST_CASE("session: a continued training ends in the same weights as an uninterrupted one") {
  constexpr char kFour[] = R"({"epochs":4,"batch_size":20,"seed":3})";
  Worker whole, parts, again;
  whole.answer(whole.ask("fit", kFour));
  parts.answer(parts.ask("fit", R"({"epochs":2,"batch_size":20,"seed":3})"));
  const Json history = parts.answer(parts.ask("fit", R"({"epochs":4,"continue":true})"));
  REQUIRE(history.find("history"));
  CHECK(history.find("history")->elements()->size() == 4);
  CHECK(number(parts.events("run").back(), "global_step") == 6);
  // The history in the file contains seconds; the weights are at the end of the file.
  const auto tail = [](const Buffer& file) { return Buffer(file.end() - 480 * 4, file.end()); };
  CHECK(tail(whole.weights()) == tail(parts.weights()));
  again.answer(again.ask("fit", R"({"epochs":2,"batch_size":20,"seed":3})"));
  again.answer(again.ask("fit", R"({"epochs":2,"batch_size":20,"seed":3})"));
  CHECK(tail(whole.weights()) != tail(again.weights()));
}

TEST_CASE("session: a continued training keeps its learning rate unless the request has another") {
  Worker worker;
  const auto rate = [&] { return number(*worker.events("epoch").rbegin(), "learning_rate"); };
  const int fit = worker.ask("fit", R"({"epochs":1,"batch_size":20,"learning_rate":0.01})");
  worker.ask("set", R"({"learning_rate":0.02})");
  worker.answer(fit);
  worker.answer(worker.ask("fit", R"({"epochs":2,"continue":true})"));
  CHECK(rate() == 0.02);
  worker.answer(worker.ask("fit", R"({"epochs":3,"continue":true,"learning_rate":0.005})"));
  CHECK(rate() == 0.005);
}

TEST_CASE("session: a stopped training can continue, a new model has no training to continue") {
  Worker worker;
  const int fit = worker.ask("fit", R"({"epochs":3,"batch_size":20})");
  for (int i = 0; i < 5; ++i) worker.session.run(50);
  worker.ask("stop");
  REQUIRE(worker.answer(fit).find("stopped"));
  const Json on = worker.answer(worker.ask("fit", R"({"continue":true})"));
  CHECK(on.find("history")->elements()->size() == 3);
  worker.ask("build", kNetwork);
  CHECK(*worker.answer(worker.ask("fit", R"({"continue":true})")).find("code")->string() == "no_training");
}

TEST_CASE("session: the profile covers training steps only, and its shares add up to 1") {
  Worker worker;
  CHECK(worker.answer(worker.ask("profile")).find("rows")->elements()->empty());
  worker.answer(worker.ask("fit", R"({"epochs":2,"batch_size":20})"));
  const Json profile = worker.answer(worker.ask("profile", R"({"reset":true})"));
  CHECK(number(profile, "images") == 120);
  CHECK(number(profile, "seconds") == doctest::Approx(6 * 0.02));  // six steps, one reading of the clock each
  const Json::Array& rows = *profile.find("rows")->elements();
  REQUIRE(rows.size() == 3);
  CHECK(*rows[0].find("name")->string() == "max_pooling2d");
  CHECK(*rows[1].find("class_name")->string() == "Dense");
  CHECK(*rows[2].find("name")->string() == "optimizer");
  CHECK(number(*rows[1].find("forward"), "operations") >= 2 * 48 * 10);  // and softmax
  double whole = 0;
  for (const Json& row : rows)
    for (const char* pass : {"forward", "backward", "update"}) whole += number(*row.find(pass), "share");
  CHECK(whole == doctest::Approx(1));
  CHECK(worker.answer(worker.ask("profile")).find("rows")->elements()->empty());
}

TEST_CASE("session: step events contain the norms of each layer with weights") {
  Worker worker;
  worker.answer(worker.ask("fit", R"({"epochs":3,"batch_size":20})"));
  int with = 0;
  for (const Json& event : worker.events("step")) {
    const Json* norms = event.find("norms");
    if (!norms) continue;
    ++with;
    REQUIRE(norms->elements()->size() == 1);
    const Json::Array& dense = *(*norms->elements())[0].elements();
    CHECK(*dense[0].string() == "dense");
    CHECK(*dense[1].number() > 0);
    CHECK(*dense[2].number() > 0);
  }
  CHECK(with > 0);
  CHECK(with < static_cast<int>(worker.events("step").size()));  // not every event has them
}

TEST_CASE("session: predictions during a training are the last validation's and do not stop it") {
  Worker worker;
  const int fit = worker.ask("fit", R"({"epochs":3,"batch_size":20})");
  CHECK(number(worker.answer(worker.ask("predictions"), 0), "total") == -1);
  CHECK(number(worker.answer(worker.ask("predictions"), 1), "epoch") == 0);
  while (worker.events("epoch").empty()) worker.session.run(50);
  const Json during = worker.answer(worker.ask("predictions"), 1);
  CHECK(number(during, "total") == 30);
  CHECK(number(during, "epoch") == 1);
  worker.answer(fit);
  CHECK(worker.events("state").back().find("state")->string() != nullptr);
  // The last validation used the present weights, so no picture is evaluated again.
  const Json after = worker.answer(worker.ask("predictions"), 1);
  CHECK(number(after, "epoch") == 3);
  CHECK(after.find("items")->elements()->size() == 24);
  const Json counted = worker.answer(worker.ask("predictions", R"({"mistakes":true})"), 1);
  const Json evaluation = worker.answer(worker.ask("evaluate"));
  CHECK(number(counted, "total") == doctest::Approx(30 * (1 - number(evaluation, "accuracy"))));
}

TEST_CASE("session: the predicted classes of all test pictures are two bytes for each, in stored order") {
  Worker worker;
  worker.answer(worker.ask("fit", R"({"epochs":1,"batch_size":20})"));
  const Json reply = worker.answer(worker.ask("predictions", R"({"classes":true})"));
  CHECK(reply.find("items")->elements()->empty());
  CHECK(number(reply, "total") == 30);
  const std::vector<Buffer> payloads = worker.sent.back().second;
  REQUIRE(payloads.size() == 2);
  REQUIRE((payloads[0].size() == 30 && payloads[1].size() == 30));
  const Json page = worker.answer(worker.ask("predictions", R"({"count":30})"));
  for (std::size_t i = 0; i < 30; ++i) {
    const Json& item = (*page.find("items")->elements())[i];
    CHECK(number(item, "predicted") == payloads[0][i]);
    CHECK(number(item, "label") == payloads[1][i]);
  }
}

TEST_CASE("session: measuring a preset reports its speed and leaves the model unchanged") {
  Worker worker;
  const Buffer before = worker.weights();
  const Json speed = worker.answer(worker.ask("measure", R"({"preset":"tutorial_small"})"));
  // A step of 128 pictures and a slice of 50 read the clock once each: 20 ms.
  CHECK(number(speed, "trained_per_second") == doctest::Approx(128 / 0.02));
  CHECK(number(speed, "evaluated_per_second") > 0);
  CHECK(number(speed, "threads") == 1);
  CHECK(worker.weights() == before);
  CHECK(*worker.answer(worker.ask("measure", R"({"preset":"nothing"})")).find("code")->string() ==
        "bad_argument");
  CHECK(*worker.answer(worker.ask("measure")).find("code")->string() == "bad_argument");
}
