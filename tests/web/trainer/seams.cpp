// Requests in the middle of others: what is in use is not replaced under its user,
// and every request is answered.
#include <algorithm>
#include <string>
#include <utility>

#include "core/model/presets.h"
#include "core/run/thread_pool.h"
#include "tests/web/trainer/client.h"

TEST_SUITE_BEGIN("web/seams");

using namespace session_tests;

namespace {

constexpr char kFit[] = R"({"epochs":3,"batch_size":20,"seed":3})";

struct Ready : Client {
  explicit Ready(int threads = 1) : Client(threads) {
    ask("load_sample", R"({"train":60,"test":30})");
    ask("build", kNetwork);
  }
  Buffer weights() {
    const int id = ask("export", R"({"format":"safetensors"})");
    const Buffer& file = reply(id)->payloads.at(0);  // the weights are at its end
    return Buffer(file.end() - (48 * 8 + 8 + 8 * 10 + 10) * 4, file.end());
  }
  void few_pictures() {
    ask("load_images", R"({"split":"train"})", {Buffer(10 * cnn::kImageBytes, 100), Buffer(10, 1)});
    ask("load_images", R"({"split":"test"})", {Buffer(5 * cnn::kImageBytes, 100), Buffer(5, 1)});
  }
};

/// What a training does without any interruption.
const Buffer& undisturbed() {
  static const Buffer weights = [] {
    Ready client;
    client.answer(client.ask("fit", kFit));
    return client.weights();
  }();
  return weights;
}

}  // namespace

TEST_CASE("seams: a load that ends during a training waits for its end and changes no bit of it") {
  for (const bool paused : {false, true}) {
    CAPTURE(paused);
    Ready client;
    client.ask("load_begin", R"({"source":{"kind":"files","name":"few"}})");
    const int fit = client.ask("fit", kFit);
    client.work(2);
    if (paused) client.ask("pause");
    client.few_pictures();
    const std::size_t told = client.events("dataset").size();
    const Json loaded = client.now_answered("load_end");
    CHECK(flag(loaded, "waits"));
    CHECK(train_count(loaded) == 10);
    CHECK(train_count(client.now_answered("dataset")) == 60);
    CHECK(client.events("dataset").size() == told);
    client.ask("resume");
    CHECK(text(client.answer(fit), "stopped") == "finished");
    CHECK(client.weights() == undisturbed());
    REQUIRE(client.events("dataset").size() == told + 1);
    CHECK(train_count(client.events("dataset").back()) == 10);
    CHECK(train_count(client.now_answered("dataset")) == 10);
    CHECK_FALSE(flag(client.now_answered("dataset"), "waits"));
  }
}

TEST_CASE("seams: a load that is aborted after its end, while it waits, is not used") {
  Ready client;
  const double load =
      number(client.now_answered("load_begin", R"({"source":{"kind":"files","name":"few"}})"), "load");
  const int fit = client.ask("fit", kFit);
  client.few_pictures();
  CHECK(flag(client.now_answered("load_end"), "waits"));
  client.ask("load_abort", R"({"load":)" + std::to_string(static_cast<int>(load)) + "}");
  client.answer(fit);
  CHECK(train_count(client.now_answered("dataset")) == 60);
}

TEST_CASE("seams: a model keeps the class names of the data it was trained on") {
  Ready client;
  const int fit = client.ask("fit", kFit);
  client.ask("load_begin", R"({"source":{"kind":"files","name":"few"},"class_names":["ant","bee"]})");
  client.few_pictures();
  CHECK(flag(client.now_answered("load_end"), "waits"));
  client.answer(fit);
  const Buffer& file = client.reply(client.ask("export", R"({"format":"safetensors"})"))->payloads.at(0);
  const std::string content(file.begin(), file.end());
  CHECK(content.find("airplane") != std::string::npos);
  CHECK(content.find("bee") == std::string::npos);
}

TEST_CASE("seams: a file that is exported during a training describes that training, not the previous one") {
  Ready client;
  client.answer(client.ask("fit", R"({"epochs":1,"batch_size":20,"seed":3})"));
  client.ask("fit", R"({"epochs":40,"batch_size":10,"continue":true})");
  for (int i = 0; i < 1000 && client.events("epoch").size() < 3; ++i) client.work(1);
  const std::size_t epochs = client.events("epoch").size();
  REQUIRE(epochs >= 3);
  for (const char* format : {"safetensors", "checkpoint"}) {
    CAPTURE(format);
    const int file = client.ask("export", R"({"format":")" + std::string(format) + R"("})");
    Client other;
    const Json model =
        other.now_answered("import", R"({"files":["m.safetensors"]})", client.reply(file)->payloads);
    REQUIRE(find(model, "history"));
    CHECK(find(model, "history")->elements()->size() == epochs);
    CHECK(number(*find(model, "fit"), "batch_size") == 10);
  }
}

TEST_CASE("seams: a program trains as the last training did, or as the request says") {
  Ready client;
  const auto program = [&](const char* args) {
    const Buffer file = client.reply(client.ask("export", args))->payloads.at(0);
    return std::string(file.begin(), file.end());
  };
  client.answer(client.ask("fit", R"({"epochs":1,"batch_size":17,"seed":3})"));
  CHECK(program(R"({"format":"pytorch"})").find("\nBATCH_SIZE = 17\n") != std::string::npos);
  CHECK(
      program(R"({"format":"keras","fit":{"batch_size":18,"continue":true}})").find("\nBATCH_SIZE = 18\n") !=
      std::string::npos);
}

TEST_CASE("seams: a checkpoint states the data its training used, also when other data is in use since") {
  Ready client;
  const auto fingerprint = [&] { return text(client.answer(client.ask("dataset")), "fingerprint"); };
  const auto told = [&] { return *client.events("checkpoint").back().find("data"); };
  client.answer(client.ask("fit", kFit));
  const std::string first = fingerprint();
  CHECK(text(told(), "fingerprint") == first);
  const std::vector<Buffer> file = client.reply(client.ask("export", R"({"format":"checkpoint"})"))->payloads;
  client.ask("load_sample", R"({"train":40,"test":20,"seed":9})");
  REQUIRE(fingerprint() != first);
  client.ask("build", kNetwork);
  client.now_answered("import", R"({"files":["checkpoint.safetensors"]})", file);
  CHECK(text(told(), "fingerprint") == first);
  CHECK(text(*told().find("source"), "kind") == "sample");
  client.answer(client.ask("fit", kFit));
  CHECK(text(told(), "fingerprint") == fingerprint());
}

TEST_CASE("seams: the model event names the preset that the network is") {
  Ready client;
  const auto preset = [&] { return text(client.events("model").back(), "preset"); };
  for (const cnn::Preset& one : cnn::presets()) {
    client.ask("build", R"({"preset":")" + std::string(one.name) + R"("})");
    CHECK(preset() == one.name);
  }
  client.ask("build", R"({"preset":"tutorial_small"})");
  CHECK(preset() == "tutorial_small");
  Json config = *client.events("model").back().find("config");
  client.ask("build", R"({"config":)" + config.dump() + "}");
  CHECK(preset() == "tutorial_small");
  for (Json& layer : *config.find("config")->find("layers")->elements())
    if (text(layer, "class_name") == "Dense") (*layer.find("config"))["units"] = 10;
  client.ask("build", R"({"config":)" + config.dump() + "}");
  CHECK(preset().empty());
}

TEST_CASE(
    "seams: a model with weights that replaces another sends a checkpoint that restores it to the bit") {
  Ready client;
  const auto sent = [&] { return client.events("checkpoint").size(); };
  client.now_answered("input_range", R"({"range":"0..255"})");
  CHECK(sent() == 0);  // new weights: nothing to restore
  client.answer(client.ask("fit", kFit));
  const std::vector<Buffer> file =
      client.reply(client.ask("export", R"({"format":"safetensors"})"))->payloads;
  client.ask("build", kNetwork);
  const auto restores_it = [&] {
    const auto last = std::find_if(client.sent.rbegin(), client.sent.rend(), [](const Client::Sent& one) {
      return text(one.header, "type") == "checkpoint";
    });
    Client other;
    other.ask("load_sample", R"({"train":60,"test":30})");
    other.now_answered("import", R"({"files":["checkpoint.safetensors"]})", last->payloads);
    return number(other.answer(other.ask("evaluate")), "loss") ==
           number(client.answer(client.ask("evaluate")), "loss");
  };
  const std::size_t before = sent();
  client.now_answered("import", R"({"files":["m.safetensors"]})", file);
  CHECK(sent() == before + 1);
  CHECK(number(client.events("checkpoint").back(), "epoch") == 3);
  CHECK(number(client.events("checkpoint").back(), "epochs") == 3);
  CHECK(restores_it());
  client.now_answered("input_range", R"({"range":"0..1"})");
  CHECK(sent() == before + 2);
  CHECK(restores_it());
  client.ask("build", kNetwork);
  client.now_answered("import", R"({"files":["m.safetensors"],"into":"model"})", file);
  CHECK(sent() == before + 3);
  CHECK(restores_it());
}

TEST_CASE("seams: the data set that waited is in use before the training's reply arrives") {
  Ready client;
  const int fit = client.ask("fit", kFit);
  client.ask("load_sample", R"({"train":20,"test":10})");
  client.answer(fit);
  const auto place = [&](auto is) {
    return std::find_if(client.sent.rbegin(), client.sent.rend(), is) - client.sent.rbegin();
  };
  CHECK(place([&](const Client::Sent& one) { return number(one.header, "id") == fit; }) <
        place([](const Client::Sent& one) { return text(one.header, "type") == "dataset"; }));
}

TEST_CASE("seams: sample pictures loaded during a training wait, and the last data set loaded counts") {
  Ready client;
  const int fit = client.ask("fit", kFit);
  client.work(1);
  CHECK(flag(client.now_answered("load_sample", R"({"train":20,"test":10})"), "waits"));
  const Json second = client.now_answered("load_sample", R"({"train":30,"test":10})");
  CHECK(flag(second, "waits"));
  CHECK(train_count(second) == 30);
  client.ask("stop");
  CHECK(client.settled(fit));
  CHECK(train_count(client.now_answered("dataset")) == 30);
  CHECK_FALSE(flag(client.now_answered("load_sample", R"({"train":20,"test":10})"), "waits"));
}

TEST_CASE("seams: a download continues during a training on other data, and joins when that has ended") {
  Ready client;
  client.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"}})");
  const int fit = client.ask("fit", kFit);
  client.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", {records(50)});
  const Json join = client.now_answered("load_join");
  CHECK(text(join, "code").empty());
  CHECK(flag(join, "waits"));
  client.work(3);
  client.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", {records(20)});
  CHECK(text(client.answer(fit), "stopped") == "finished");
  CHECK(client.weights() == undisturbed());
  CHECK(train_count(client.now_answered("dataset")) == 60);  // nothing waited: the load continues
  CHECK(train_count(client.now_answered("load_join")) == 50);
  client.ask("load_chunk", R"({"file":"data_batch_2.bin","end":true})", {records(10)});
  CHECK(train_count(client.now_answered("load_end")) == 60);
}

TEST_CASE("seams: a growing data set grows under jobs and a training, each with the pictures of its start") {
  Ready client;
  client.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"}})");
  client.ask("load_chunk", R"({"file":"data_batch_2.bin","end":true})", {records(40, 5)});
  client.ask("load_chunk", R"({"file":"test_batch.bin"})", {records(120)});
  client.ask("load_join");
  const int fit = client.ask("fit", R"({"epochs":2,"batch_size":20})");
  client.work(1);
  const int evaluated = client.ask("evaluate"),
            top = client.ask("inspect", R"({"what":"top","layer":0,"channel":0})");
  client.work(1);
  client.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", {records(500)});
  client.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", {records(60)});
  const Json loaded = client.now_answered("load_end");
  CHECK(train_count(loaded) == 100);
  CHECK(flag(loaded, "complete"));
  CHECK(flag(loaded, "waits"));  // for the order of the batches
  double total = 0;
  const Json evaluation = client.answer(evaluated);
  REQUIRE(find(evaluation, "per_class"));
  for (const Json& one : *find(evaluation, "per_class")->elements()) total += number(one, "support");
  CHECK(total == 120);
  CHECK(find(client.answer(top), "items"));
  const auto first_label = [&] {
    return client.reply(client.ask("records", R"({"split":"train","offset":0,"count":1})"))
        ->payloads.at(0)[0];
  };
  CHECK(first_label() == 5);
  const Json result = client.answer(fit);
  CHECK(text(result, "stopped") == "finished");
  CHECK(client.events("epoch").size() == 2);
  CHECK(number(client.events("step").back(), "global_step") == 2 + 5);  // 40 pictures, then 100
  CHECK(first_label() == 0);
}

TEST_CASE("seams: the number of threads changes under a training and a measurement, which changes no bit") {
  Ready client(3);
  const auto threads = [&](const char* asked) {
    return number(*find(client.now_answered("hello", asked), "backend"), "threads");
  };
  const int most = cnn::threads_available() ? 3 : 1;
  CHECK(threads("{}") == most);
  const int fit = client.ask("fit", kFit);
  client.work(1);
  CHECK(threads(R"({"threads":1})") == 1);
  CHECK(number(client.now_answered("profile"), "threads") == 1);
  client.work(1);
  CHECK(threads(R"({"threads":8})") == most);
  CHECK(text(client.now_answered("hello", R"({"threads":0})"), "code") == "bad_argument");
  client.answer(fit);
  CHECK(client.weights() == undisturbed());
  client.per_reading = 300;
  const int measured = client.ask("measure", R"({"preset":"tutorial_small"})");
  client.work(1);
  const int second = client.ask("fit", R"({"epochs":1,"batch_size":20,"threads":2})");
  CHECK(number(client.answer(measured), "threads") == std::min(2, most));
  CHECK(text(client.answer(second), "stopped") == "finished");
}

TEST_CASE("seams: steps that wait are answered by pause, resume, stop and cancel") {
  for (const std::string ending : {"pause", "resume", "stop", "cancel"}) {
    CAPTURE(ending);
    Ready client;
    const int fit = client.ask("fit", R"({"epochs":3,"batch_size":20,"paused":true})");
    const int first = client.ask("step"), second = client.ask("step");
    CHECK_FALSE(client.settled(first));
    client.ask(ending, ending == "cancel" ? R"({"id":)" + std::to_string(fit) + "}" : "{}");
    CHECK(client.settled(first));
    CHECK(client.settled(second));
    client.work(5);
    const double steps =
        client.events("step").empty() ? 0 : number(client.events("step").back(), "global_step");
    CHECK((steps > 0) == (ending == "resume"));
    CHECK(client.settled(fit) == (ending == "stop" || ending == "cancel"));
  }
}

TEST_CASE("seams: a learning rate given with continue counts, also if it is the one of the first request") {
  Ready client;
  const auto rate = [&] { return number(client.events("epoch").back(), "learning_rate"); };
  const int fit = client.ask("fit", R"({"epochs":1,"batch_size":20,"learning_rate":0.01})");
  client.ask("set", R"({"learning_rate":0.02})");
  client.answer(fit);
  CHECK(rate() == 0.02);
  client.answer(client.ask("fit", R"({"epochs":2,"continue":true,"learning_rate":0.01})"));
  CHECK(rate() == 0.01);
  client.answer(client.ask("fit", R"({"epochs":3,"continue":true})"));
  CHECK(rate() == 0.01);
}

TEST_CASE("seams: every checkpoint that says so can be continued, also after a divergence") {
  Ready client;
  const int fit = client.ask("fit", R"({"epochs":9,"batch_size":20})");
  while (client.events("epoch").size() < 2) client.work(1);
  client.ask("set", R"({"learning_rate":1000000})");
  REQUIRE(text(client.answer(fit), "code") == "diverged");
  int checkpoints = 0;
  for (const Client::Sent& one : client.sent) {
    if (text(one.header, "type") != "checkpoint") continue;
    ++checkpoints;
    Ready other;
    const Json imported =
        other.now_answered("import", R"({"files":["checkpoint.safetensors"]})", one.payloads);
    REQUIRE(text(imported, "code").empty());
    REQUIRE(flag(imported, "can_continue"));
    CHECK(text(other.answer(other.ask("fit", R"({"continue":true})")), "stopped") == "finished");
  }
  CHECK(checkpoints == 1);
  const int file = client.ask("export", R"({"format":"checkpoint"})");
  CHECK_FALSE(flag(
      client.now_answered("import", R"({"files":["checkpoint.safetensors"]})", client.reply(file)->payloads),
      "can_continue"));
}

TEST_CASE("seams: after stop and cancel an inspection shows the weights that the training left") {
  for (const bool cancel : {false, true}) {
    CAPTURE(cancel);
    Ready client;
    const int fit = client.ask("fit", R"({"epochs":9,"batch_size":20,"learning_rate":0.1,
      "optimizer":{"class_name":"SGD","config":{"use_ema":true,"ema_momentum":0.9}}})");
    client.work(4);
    client.ask("pause");
    const auto seen = [&] {
      const Json inspected =
          client.now_answered("inspect", R"({"layer":0,"image":{"split":"test","index":1}})");
      return find(inspected, "probabilities")->dump();
    };
    const std::string before = seen();
    client.ask(cancel ? "cancel" : "stop", cancel ? R"({"id":)" + std::to_string(fit) + "}" : "{}");
    REQUIRE(client.settled(fit));
    CHECK(seen() != before);  // the averaged weights
  }
}

TEST_CASE("seams: a reply comes after the event of the state that the call led to") {
  Ready client;
  // The state told before the reply to the request, and after everything that followed.
  const auto states = [&client](int id) {
    for (int i = 0; i < 400 && !client.settled(id); ++i) client.work(1);
    REQUIRE(client.settled(id));
    client.work(1);
    std::string before, after;
    bool replied = false;
    for (const Client::Sent& one : client.sent) {
      replied = replied || (find(one.header, "id") && number(one.header, "id") == id);
      if (text(one.header, "type") != "state") continue;
      after = text(*one.header.find("args"), "state");
      if (!replied) before = after;
    }
    return std::pair(before, after);
  };
  using Pair = std::pair<std::string, std::string>;
  CHECK(states(client.ask("evaluate")) == Pair("ready", "ready"));
  const int fit = client.ask("fit", R"({"epochs":1000,"batch_size":20,"validate":false})");
  client.work(2);
  CHECK(states(client.ask("pause")) == Pair("paused", "paused"));
  CHECK(states(client.ask("step")) == Pair("paused", "paused"));
  CHECK(states(client.ask("resume")) == Pair("training", "training"));
  client.ask("step");
  CHECK(states(client.ask("pause")) == Pair("paused", "paused"));
  const int evaluation = client.ask("evaluate", R"({"split":"train"})");
  client.ask("cancel", R"({"id":)" + std::to_string(evaluation) + "}");
  CHECK(states(evaluation) == Pair("paused", "paused"));
  CHECK(states(client.ask("stop")) == Pair("ready", "ready"));
  CHECK(client.settled(fit));
}

TEST_SUITE_END();
