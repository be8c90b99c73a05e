// The inspect requests, as a host sends them: requests in, replies and events out.
#include <cmath>
#include <cstring>
#include <iterator>
#include <map>

#include "core/formats/safetensors.h"
#include "doctest/doctest.h"
#include "tests/web/message_check.h"
#include "web/trainer/session.h"

namespace playground::trainer::test {
namespace {

using cnn::Json;

struct Worker {
  struct Answer {
    Json header;
    std::vector<Buffer> payloads;
    const Json& args() const { return *header.find("args"); }
    std::string code() const {
      const Json* error = header.find("error");
      return error ? *error->find("code")->string() : "";
    }
    std::string message() const { return *header.find("error")->find("message")->string(); }
    double number(std::string_view key) const { return *args().find(key)->number(); }
    std::vector<float> floats(std::size_t payload) const {
      std::vector<float> numbers(payloads.at(payload).size() / sizeof(float));
      std::memcpy(numbers.data(), payloads[payload].data(), payloads[payload].size());
      return numbers;
    }
  };

  double now = 0, per_look = 1;  // milliseconds
  std::map<double, Answer> answers;
  std::vector<Buffer> checkpoints;
  double last_step = 0;
  std::vector<double> shares;  // in `inspecting` events
  message_check::OfSession protocol;
  Session session{Host{"test", false, false, false, 1, [this] { return now += per_look; }},
                  [this](const Json& header, std::vector<Buffer> payloads) {
                    protocol.check(header, payloads.size());
                    if (const Json* id = header.find("id")) {
                      answers[*id->number()] = {header, std::move(payloads)};
                    } else if (const std::string type = *header.find("type")->string();
                               type == "checkpoint") {
                      checkpoints.push_back(std::move(payloads[0]));
                    } else if (type == "step") {
                      last_step = *header.find("args")->find("global_step")->number();
                    } else if (type == "inspecting") {
                      shares.push_back(*header.find("args")->find("share")->number());
                    }
                  }};

  double last_id = 0;

  double send(std::string_view type, const std::string& args, std::span<const std::uint8_t> payload = {}) {
    const std::string text = R"({"id":)" + std::to_string(static_cast<int>(++last_id)) + R"(,"type":")" +
                             std::string(type) + R"(","args":)" + args + "}";
    protocol.asked(last_id, type, args, payload.empty() ? 0 : 1);
    const Payload one{payload.data(), static_cast<std::uint32_t>(payload.size())};
    session.receive(text, payload.empty() ? std::span<const Payload>{} : std::span(&one, 1));
    return last_id;
  }
  /// Works for a few readings of the clock.
  bool work() { return session.run(5 * per_look); }
  /// Sends a request, and works until it is answered.
  Answer ask(std::string_view type, const std::string& args, std::span<const std::uint8_t> payload = {}) {
    const double id = send(type, args, payload);
    while (answers.count(id) == 0 && work()) {
    }
    REQUIRE(answers.count(id) == 1);
    return answers[id];
  }
};

constexpr char kModel[] = R"({"config":{"class_name":"Sequential","config":{"name":"small","layers":[
  {"class_name":"InputLayer","config":{"name":"x","batch_shape":[null,32,32,3]}},
  {"class_name":"Conv2D","config":{"name":"conv","filters":4,"kernel_size":3,"strides":2,"padding":"same","activation":"relu"}},
  {"class_name":"BatchNormalization","config":{"name":"norm"}},
  {"class_name":"Dropout","config":{"name":"drop","rate":0.3}},
  {"class_name":"MaxPooling2D","config":{"name":"pool","pool_size":4}},
  {"class_name":"Flatten","config":{"name":"flat"}},
  {"class_name":"Dense","config":{"name":"hidden","units":8,"activation":"relu"}},
  {"class_name":"Dense","config":{"name":"out","units":10,"activation":"softmax"}}]}}})";

void prepare(Worker& worker) {
  REQUIRE(worker.ask("load_sample", R"({"train":60,"test":30})").code().empty());
  REQUIRE(worker.ask("build", kModel).code().empty());
}

TEST_SUITE_BEGIN("session/inspect");

TEST_CASE("inspect: every kind's payloads match the arrays it names") {
  Worker worker;
  prepare(worker);
  const std::string image = R"("image":{"split":"test","index":3})";
  const std::string kinds[] = {
      R"({"what":"layers"})",
      R"({"layer":"conv",)" + image + "}",
      R"({"what":"filters","layer":1})",
      R"({"what":"unit","layer":"hidden","channel":5,)" + image + "}",
      R"({"what":"unit","layer":"pool","row":1,"column":2,"channel":3,)" + image + "}",
      R"({"what":"grad_cam",)" + image + "}",
      R"({"what":"saliency","class":2,)" + image + "}",
      R"({"what":"occlusion","size":10,"stride":5,)" + image + "}",
      R"({"what":"top","layer":"conv","channel":1,"count":5})",
      R"({"what":"pca","split":"train","count":25})",
      R"({"what":"histograms"})",
  };
  for (const std::string& args : kinds) {
    CAPTURE(args);
    const Worker::Answer answer = worker.ask("inspect", args);
    REQUIRE(answer.code() == "");
    const Json* arrays = answer.args().find("arrays");
    const std::size_t named = arrays ? arrays->elements()->size() : 0;
    REQUIRE(named == answer.payloads.size());
    for (std::size_t i = 0; i < named; ++i) {
      double numbers = 1;
      const Json& entry = (*arrays->elements())[i];
      for (const Json& size : *entry.find("shape")->elements()) numbers *= *size.number();
      const double bytes = *entry.find("type")->string() == "uint8" ? 1 : 4;
      CHECK(numbers * bytes == static_cast<double>(answer.payloads[i].size()));
    }
  }
}

TEST_CASE("inspect: a picture as payload gives the same maps as the data set's picture") {
  Worker worker;
  prepare(worker);
  const Worker::Answer picture = worker.ask("pictures", R"({"split":"test","indices":[7]})");
  const Worker::Answer own = worker.ask("inspect", R"({"layer":"norm"})", picture.payloads.at(0));
  const Worker::Answer kept = worker.ask("inspect", R"({"layer":"norm","image":{"split":"test","index":7}})");
  CHECK(own.floats(0) == kept.floats(0));
  CHECK(own.args().find("label") == nullptr);
  CHECK(kept.args().find("label") != nullptr);
}

TEST_CASE("inspect: the walk-through's numbers are the layer's output") {
  Worker worker;
  prepare(worker);
  const std::string image = R"("image":{"split":"train","index":0}})";
  const std::vector<float> map = worker.ask("inspect", R"({"layer":"conv",)" + image).floats(0);
  const Worker::Answer unit =
      worker.ask("inspect", R"({"what":"unit","layer":"conv","row":5,"column":15,"channel":2,)" + image);
  const double output = static_cast<double>(map[(5 * 16 + 15) * 4 + 2]);
  CHECK(unit.number("output") == output);
  CHECK(std::fabs(unit.number("after") - output) <= 1e-6);
  double sum = unit.number("bias");
  for (const float product : unit.floats(2)) sum += static_cast<double>(product);
  CHECK(std::fabs(sum - unit.number("before")) <= 1e-6);
  CHECK(*unit.args().find("window")->find("left")->number() == 30);
  CHECK(*unit.args().find("receptive_field")->find("width")->number() == 2);  // the third column is padding
}

TEST_CASE("inspect: wrong arguments get an error with a sentence") {
  Worker worker;
  CHECK(worker.ask("inspect", "{}").code() == "no_model");
  REQUIRE(worker.ask("build", kModel).code().empty());
  CHECK(worker.ask("inspect", R"({"layer":"conv","image":{"split":"test","index":0}})").code() == "no_data");
  REQUIRE(worker.ask("load_sample", R"({"train":20,"test":20})").code().empty());
  const std::string image = R"("image":{"split":"test","index":0})";
  const std::string wrong[] = {
      R"({"what":"dreams"})",
      R"({"what":7})",
      R"({"layer":"conv"})",
      R"({"layer":"conv","image":5})",
      R"({"layer":"conv","image":{"split":"test","index":20}})",
      R"({"layer":"conv","image":{"split":"test","index":-1}})",
      R"({"layer":"conv","image":{"split":"moon","index":0}})",
      "{" + image + "}",
      R"({"layer":"nothing",)" + image + "}",
      R"({"layer":8,)" + image + "}",
      R"({"layer":-1,)" + image + "}",
      R"({"layer":1e300,)" + image + "}",
      R"({"layer":[],)" + image + "}",
      R"({"what":"filters","layer":"norm"})",
      R"({"what":"unit","layer":"conv","row":16,)" + image + "}",
      R"({"what":"unit","layer":"conv","row":-1,)" + image + "}",
      R"({"what":"unit","layer":"conv","channel":2147483647,)" + image + "}",
      R"({"what":"unit","layer":"norm",)" + image + "}",
      R"({"what":"unit","layer":"x",)" + image + "}",
      R"({"what":"grad_cam","layer":"hidden",)" + image + "}",
      R"({"what":"grad_cam","class":10,)" + image + "}",
      R"({"what":"saliency","class":0.5,)" + image + "}",
      R"({"what":"occlusion","stride":0,)" + image + "}",
      R"({"what":"occlusion","size":33,)" + image + "}",
      R"({"what":"top","layer":"conv","channel":4})",
      R"({"what":"top","layer":"conv","channel":0,"count":0})",
      R"({"what":"pca","count":1})",
      R"({"what":"pca","count":1e9})",
  };
  for (const std::string& args : wrong) {
    CAPTURE(args);
    const Worker::Answer answer = worker.ask("inspect", args);
    CHECK(answer.code() == "bad_argument");
    CHECK(answer.message().size() > 20);
  }
  const Buffer small(100);
  CHECK(worker.ask("inspect", R"({"layer":"conv"})", small).code() == "bad_argument");
}

/// The weights and the optimizer's arrays after a short training, by name, with or without requests in
/// between.
std::map<std::string, Buffer> trained(bool looks) {
  Worker worker;
  prepare(worker);
  const double fit = worker.send(
      "fit",
      R"({"epochs":3,"batch_size":1,"seed":5,"validate":true,"augmentation":[{"class_name":"RandomFlip","config":{}}]})");
  const std::string image = R"("image":{"split":"test","index":1}})";
  std::size_t question = 0;
  while (worker.answers.count(fit) == 0) {
    worker.work();
    if (!looks) continue;
    const std::string questions[] = {R"({"layer":"norm",)" + image,
                                     R"({"what":"grad_cam",)" + image,
                                     R"({"what":"saliency",)" + image,
                                     R"({"what":"unit","layer":"out","channel":1,)" + image,
                                     R"({"what":"filters","layer":"conv"})",
                                     R"({"what":"histograms"})",
                                     R"({"what":"occlusion","stride":16,)" + image,
                                     R"({"what":"top","layer":"pool","channel":0})",
                                     R"({"what":"pca","count":20})"};
    CHECK(worker.ask("inspect", questions[question++ % std::size(questions)]).code() == "");
  }
  REQUIRE(worker.answers[fit].code() == "");
  CHECK((looks ? question >= 9 : question == 0));
  REQUIRE_FALSE(worker.checkpoints.empty());
  const auto file = cnn::read_safetensors(worker.checkpoints.back());
  REQUIRE(file);
  std::map<std::string, Buffer> arrays;
  for (const cnn::TensorView& tensor : file->tensors)
    arrays[tensor.name] = Buffer(tensor.bytes.begin(), tensor.bytes.end());
  return arrays;
}

TEST_CASE("inspect: inspecting a training changes no bit of its result") {
  CHECK(trained(true) == trained(false));
}

TEST_CASE("inspect: answers in slices can be canceled, and end when the data set is replaced") {
  Worker worker;
  prepare(worker);
  const double pca = worker.send("inspect", R"({"what":"pca"})");
  CHECK(worker.answers.count(pca) == 0);
  worker.send("cancel", R"({"id":)" + std::to_string(static_cast<int>(pca)) + "}");
  CHECK(worker.answers[pca].code() == "cancelled");
  const double top = worker.send("inspect", R"({"what":"top","layer":"conv","channel":0})");
  REQUIRE(worker.ask("load_sample", R"({"train":20,"test":20})").code().empty());
  CHECK(worker.answers[top].code() == "cancelled");
}

TEST_CASE("inspect: a training continues during an answer in slices, which reports its progress") {
  Worker worker;
  REQUIRE(worker.ask("load_sample", R"({"train":600,"test":600})").code().empty());
  REQUIRE(worker.ask("build", kModel).code().empty());
  worker.per_look = 50;
  const double fit = worker.send("fit", R"({"epochs":1,"batch_size":2,"validate":false})");
  worker.work();
  const double before = worker.last_step;
  const double top = worker.send("inspect", R"({"what":"top","layer":"conv","channel":0})");
  while (worker.answers.count(top) == 0) REQUIRE(worker.work());
  CHECK(worker.answers[top].code() == "");
  CHECK(worker.answers.count(fit) == 0);
  CHECK(worker.last_step > before + 5);
  REQUIRE(worker.shares.size() > 3);
  for (std::size_t i = 1; i < worker.shares.size(); ++i) CHECK(worker.shares[i] > worker.shares[i - 1]);
  CHECK(worker.shares.back() <= 1);
}

TEST_CASE("inspect: histograms are sampled during a training, and thinned when there are many") {
  Worker worker;
  prepare(worker);
  worker.per_look = 2000;
  REQUIRE(worker.ask("fit", R"({"epochs":300,"batch_size":10})").code().empty());
  const Worker::Answer answer = worker.ask("inspect", R"({"what":"histograms"})");
  const Json::Array& samples = *answer.args().find("samples")->elements();
  CHECK(samples.size() > 32);
  CHECK(samples.size() <= 65);
  CHECK(*samples[0].find("step")->number() == 0);
  for (std::size_t i = 1; i < samples.size(); ++i)
    CHECK(*samples[i].find("step")->number() > *samples[i - 1].find("step")->number());
  CHECK(*samples.back().find("step")->number() == 1800);
  CHECK(*samples.back().find("epoch")->number() == 300);
  const Json& hidden = (*samples.back().find("layers")->elements())[5];
  CHECK(*hidden.find("name")->string() == "hidden");
  double weights = 0;
  for (const Json& count : *hidden.find("weights")->find("counts")->elements()) weights += *count.number();
  CHECK(weights == 4 * 4 * 4 * 8);
  CHECK(hidden.find("dead")->number() != nullptr);
  REQUIRE(worker.ask("build", kModel).code().empty());
  CHECK(worker.ask("inspect", R"({"what":"histograms"})").args().find("samples")->elements()->size() == 1);
}

TEST_CASE("inspect: the answer follows the weights") {
  Worker worker;
  prepare(worker);
  const std::string ask = R"({"layer":"hidden","image":{"split":"test","index":1}})";
  const std::vector<float> before = worker.ask("inspect", ask).floats(0);
  CHECK(worker.ask("inspect", ask).floats(0) == before);
  REQUIRE(worker.ask("fit", R"({"epochs":1,"batch_size":10})").code().empty());
  CHECK(worker.ask("inspect", ask).floats(0) != before);
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::trainer::test
