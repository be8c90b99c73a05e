// Random sequences of requests, with work between them: whatever comes in whatever state, every request is
// answered once, with a reply or a known error, and no loss is wrong. A failure prints its seed.
// More of them, also under sanitizers:
// SEQUENCES=5000 SEED=1 build/sanitize/tests/session_tests -tc="sequences*"
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/web/trainer/client.h"
#include "tests/web/trainer/many.h"

TEST_SUITE_BEGIN("web/sequences");

using namespace session_tests;

namespace {

/// All sizes are small on purpose: what a sequence can ask for bounds how long it takes. Without its counts,
/// or with null, load_sample draws 12,000 pictures, and each look at them with a preset's network takes
/// minutes under a sanitizer, which shows nothing else. So the counts are always there, and networks of
/// presets and their measurements are rare.
constexpr int kMostRequests = 40;
constexpr int kMostSlices = 3000;  // after the final stop

/// Draws requests; the same seed gives the same sequence.
class Drawer {
 public:
  explicit Drawer(unsigned seed) : random_(seed) {}

  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool one_in(int n) { return below(n) == 0; }
  std::string of(const std::vector<std::string>& choices) {
    return choices[static_cast<std::size_t>(below(static_cast<int>(choices.size())))];
  }
  /// A value that the argument's reader may not expect.
  std::string odd() {
    return of({"-1", "0", "0.5", "1e300", "null", "true", "\"\"", "\"x\"", "[]", "{}", "[null]", "300"});
  }
  /// `name`: value, or an odd one, or nothing.
  std::string arg(const std::string& name, const std::string& value) {
    if (one_in(12)) return "";
    return "\"" + name + "\":" + (one_in(25) ? odd() : value) + ",";
  }
  std::string arg(const std::string& name, int value) { return arg(name, std::to_string(value)); }
  std::string maybe(const std::string& name, const std::string& value) {
    return one_in(2) ? arg(name, value) : "";
  }
  /// Never left to its default, which is large.
  std::string count(const std::string& name, int value) {
    const std::string odd_one = odd();
    return "\"" + name + "\":" + (one_in(25) && odd_one != "null" ? odd_one : std::to_string(value)) + ",";
  }
  std::string split() { return arg("split", of({"\"train\"", "\"test\""})); }

 private:
  std::mt19937 random_;
};

struct Sequence {
  Drawer draw;
  Client client;
  std::set<int> unanswered;          // ids of requests that get no reply: cancel, unless it is wrong
  std::map<int, std::string> types;  // by id
  std::vector<int> fits;
  std::vector<Buffer> file;  // a checkpoint
  std::string name;
  std::string log;

  explicit Sequence(unsigned seed) : draw(seed), client(1 + draw.below(3)) {
    client.per_reading = draw.one_in(2) ? 30 : 400;
  }

  void send(const std::string& type, std::string args, const std::vector<Buffer>& payloads = {}) {
    if (!args.empty() && args.back() == ',') args.pop_back();
    log += type + " {" + args + "}\n";
    const int id = client.ask(type, "{" + args + "}", payloads);
    types[id] = type;
    if (type == "cancel") unanswered.insert(id);
    if (type == "fit") fits.push_back(id);
    if (type == "export") {
      const Client::Sent* reply = client.reply(id);
      if (reply && !reply->payloads.empty() && args.find("checkpoint") != std::string::npos)
        file = reply->payloads;
    }
  }
  void any();
  void load();
  void train();
  void look();
  void check();
  /// Adds the requests that succeeded, by type.
  void count(std::map<std::string, int>& succeeded) const;

  std::string network() {
    if (draw.one_in(40)) return draw.arg("preset", draw.of({"\"tutorial_small\"", "\"nothing\""}));
    const std::string units = draw.one_in(10) ? "3" : "10";
    return draw.of({
        R"("config":{"class_name":"Sequential","config":{"layers":[
          {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
          {"class_name":"MaxPooling2D","config":{"pool_size":8}},{"class_name":"Flatten","config":{}},
          {"class_name":"Dense","config":{"units":)" +
            units + R"(,"activation":"softmax"}}]}},)",
        R"("config":{"class_name":"Sequential","config":{"layers":[
          {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
          {"class_name":"Conv2D","config":{"filters":2,"kernel_size":3,"strides":4,"activation":"relu"}},
          {"class_name":"BatchNormalization","config":{}},{"class_name":"Dropout","config":{"rate":0.2}},
          {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":6,"activation":"relu"}},
          {"class_name":"Dense","config":{"units":10}}]}},)",
    });
  }
};

void Sequence::load() {
  const std::string number = draw.one_in(15) ? draw.arg("load", draw.below(4)) : "";
  switch (draw.below(10)) {
    case 0:
    case 1:
      return send("load_sample",
                  draw.count("train", 1 + draw.below(40)) + draw.count("test", 1 + draw.below(40)));
    case 2:
      return send("load_begin", R"("source":{"kind":"url","name":"r"},)" +
                                    (draw.one_in(4) ? draw.arg("limit", 5 + draw.below(20)) : "") +
                                    (draw.one_in(8) ? draw.arg("class_names", R"(["a","b","c"])") : ""));
    case 3:
    case 4: {
      const std::string file = draw.of({"data_batch_1.bin", "data_batch_2.bin", "test_batch.bin", "other.bin",
                                        "x.tar.gz", "batches.meta.txt"});
      Buffer bytes =
          records(static_cast<std::size_t>(draw.below(30)), static_cast<std::size_t>(draw.below(10)));
      if (draw.one_in(10)) bytes.resize(bytes.size() / 2);
      if (draw.one_in(15) && !bytes.empty()) bytes[0] = static_cast<std::uint8_t>(draw.below(256));
      return send("load_chunk",
                  draw.arg("file", "\"" + file + "\"") + draw.arg("end", draw.one_in(5) ? "false" : "true") +
                      (draw.one_in(6) ? draw.split() : "") + number,
                  {bytes});
    }
    case 5: {
      const auto n = static_cast<std::size_t>(1 + draw.below(20));
      return send("load_images", draw.split() + number,
                  {Buffer(n * cnn::kImageBytes + (draw.one_in(15) ? 1 : 0), 90),
                   Buffer(n, static_cast<std::uint8_t>(draw.below(draw.one_in(10) ? 20 : 3)))});
    }
    case 6:  // a download, as the page makes it, with other requests between its parts
      send("load_begin", R"("source":{"kind":"beside","name":"d"})");
      for (const char* file : {"test_batch.bin", "data_batch_3.bin", "data_batch_1.bin"}) {
        send("load_chunk", "\"file\":\"" + std::string(file) + R"(","end":true)",
             {records(static_cast<std::size_t>(3 + draw.below(30)))});
        if (draw.one_in(2)) train();
        if (draw.one_in(2)) send("load_join", "");
        if (draw.one_in(2)) look();
        client.session.run(client.per_reading * draw.below(6));
      }
      return draw.one_in(4) ? void() : send("load_end", "");
    case 7:
      return send("load_join", number);
    case 8:
      return send("load_end", number);
    default:
      return send("load_abort", number);
  }
}

void Sequence::train() {
  switch (draw.below(10)) {
    case 0:
    case 1:
    case 2: {
      const std::string optimizers[] = {R"({"class_name":"Adam","config":{"use_ema":true}})",
                                        R"({"class_name":"SGD","config":{"momentum":0.9,"clipnorm":1}})",
                                        R"({"class_name":"Adam","config":{"lookahead_steps":2}})"};
      return send(
          "fit",
          draw.arg("epochs", draw.of({"1", "2", "3", "1.5"})) + draw.arg("batch_size", 1 + draw.below(20)) +
              draw.maybe("learning_rate", draw.of({"0.001", "0.1", "1000000"})) +
              draw.maybe("threads", std::to_string(1 + draw.below(4))) +
              draw.maybe("paused", draw.of({"true", "false"})) +
              draw.maybe("continue", draw.of({"true", "false"})) +
              draw.maybe("optimizer", optimizers[draw.below(3)]) +
              (draw.one_in(5) ? draw.arg("validation_split", "0.3") : "") +
              (draw.one_in(5) ? draw.arg("validate", "false") : "") +
              (draw.one_in(6) ? draw.arg("drop_remainder", "true") : "") +
              (draw.one_in(6) ? draw.arg("test_time_augmentation", "\"mirror\"") : "") +
              (draw.one_in(6)
                   ? draw.arg(
                         "callbacks",
                         R"([{"class_name":"EarlyStopping","config":{"patience":1,"restore_best_weights":true}}])")
                   : "") +
              (draw.one_in(6) ? draw.arg("augmentation", R"([{"class_name":"RandomFlip","config":{}}])")
                              : ""));
    }
    case 3:
      return send("pause", "");
    case 4:
      return send("resume", "");
    case 5:
      return send("step", "");
    case 6:
      return send("stop", "");
    case 7:
      return send("set", draw.maybe("learning_rate", draw.of({"0.01", "1000000"})) +
                             draw.maybe("batch_size", std::to_string(1 + draw.below(40))));
    case 8:
      return send("profile", draw.maybe("reset", "true"));
    default:
      return send("cancel", draw.arg("id", draw.one_in(2) && !fits.empty() ? fits.back()
                                                                           : draw.below(client.last_id + 2)));
  }
}

void Sequence::look() {
  const std::string image = draw.arg("image", R"({"split":")" + draw.of({"train", "test"}) + R"(","index":)" +
                                                  std::to_string(draw.below(30)) + "}");
  const std::string layer = draw.arg("layer", draw.below(6));
  switch (draw.below(10)) {
    case 0:
      return send("evaluate", draw.split());
    case 1:
      return send("predictions", draw.split() +
                                     draw.arg("sort", draw.of({"\"index\"", "\"confidence\"", "\"loss\""})) +
                                     draw.maybe("mistakes", "true") + draw.maybe("count", "5"));
    case 2: {
      const auto n = static_cast<std::size_t>(draw.below(70));
      return send("predict", "", {Buffer(n * cnn::kImageBytes, 50)});
    }
    case 3:
      return send("pictures",
                  draw.split() + draw.arg("offset", draw.below(50)) + draw.arg("count", draw.below(20)) +
                      (draw.one_in(4) ? draw.arg("indices", "[0,3,40]") : "") + draw.maybe("label", "1"));
    case 4:
      return send("augmented", draw.split() + draw.arg("index", draw.below(40)) + draw.maybe("count", "2"));
    case 5:
      return send("records",
                  draw.split() + draw.arg("offset", draw.below(40)) + draw.arg("count", draw.below(20)));
    default: {
      const std::string what = draw.of({"layers", "maps", "filters", "unit", "grad_cam", "saliency",
                                        "occlusion", "top", "pca", "histograms", "nothing"});
      return send("inspect", draw.arg("what", "\"" + what + "\"") + image + layer +
                                 draw.arg("channel", draw.below(3)) + draw.arg("stride", 8 + draw.below(20)) +
                                 draw.maybe("class", "3") +
                                 draw.maybe("count", std::to_string(2 + draw.below(20))) +
                                 draw.maybe("row", "1") + draw.maybe("column", "1") + draw.split());
    }
  }
}

void Sequence::any() {
  switch (draw.below(12)) {
    case 0:
    case 1:
    case 2:
      return load();
    case 3:
    case 4:
    case 5:
    case 6:
      return train();
    case 7:
    case 8:
      return look();
    case 9:
      if (draw.one_in(5)) return send("hello", draw.maybe("threads", std::to_string(1 + draw.below(4))));
      if (draw.one_in(4)) return send("check", network());
      if (draw.one_in(6))
        return send("input_range", draw.arg("range", draw.of({"\"0..1\"", "\"0..255\"", "\"\""})));
      return send("build", network() + draw.maybe("seed", "2"));
    case 10:
      if (!file.empty() && draw.one_in(2)) {
        std::vector<Buffer> sent = file;
        if (draw.one_in(6)) sent[0].resize(sent[0].size() / 2);
        return send("import", R"("files":["checkpoint.safetensors"],)", sent);
      }
      return send("export", draw.arg("format", draw.of({"\"checkpoint\"", "\"checkpoint\"", "\"safetensors\"",
                                                        "\"onnx\"", "\"tfjs\""})));
    default:
      // With the slow clock a measurement would take long.
      if (client.per_reading > 100 && draw.one_in(20))
        return send("measure", draw.arg("preset", "\"tutorial_small\""));
      return send(draw.of({"dataset", "summary", "schedule", "nothing"}),
                  draw.one_in(3) ? "\"epochs\":" + draw.odd() : "");
  }
}

void Sequence::check() {
  std::vector<int> replies(static_cast<std::size_t>(client.last_id) + 1);
  for (const Client::Sent& one : client.sent) {
    if (find(one.header, "id")) {
      ++replies.at(static_cast<std::size_t>(number(one.header, "id")));
      if (find(one.header, "error")) continue;
    }
    const Json& args = *one.header.find("args");
    const std::string type = text(one.header, "type");
    for (const char* key : {"loss", "val_loss"}) {
      const Json* loss = args.members() ? args.find(key) : nullptr;
      if (!loss || type == "run") continue;  // there it is the name of the function
      CAPTURE(one.header.dump());
      REQUIRE(loss->number());
      CHECK(std::isfinite(*loss->number()));
      CHECK(*loss->number() >= 0);
      if (type == "step" || type == "epoch") CHECK(*loss->number() <= cnn::kDivergedLoss);
    }
  }
  for (int id = 1; id <= client.last_id; ++id) {
    CAPTURE(id);
    const int came = replies[static_cast<std::size_t>(id)];
    if (unanswered.count(id) == 0)
      CHECK(came == 1);
    else
      CHECK(came <= 1);  // an error, if its own id is wrong
  }
}

void Sequence::count(std::map<std::string, int>& succeeded) const {
  for (const Client::Sent& one : client.sent) {
    if (!find(one.header, "id") || find(one.header, "error")) continue;
    const std::string& type = types.at(static_cast<int>(number(one.header, "id")));
    ++succeeded[type];
    if (flag(*one.header.find("args"), "waits")) ++succeeded[type + " waits"];
  }
}

}  // namespace

TEST_CASE("sequences: every request is answered once in any state, and every loss is right") {
  Many many(200);
  std::map<std::string, int> succeeded;
  many.run([&](unsigned seed) {
    Sequence sequence(seed);
    if (!sequence.draw.one_in(5)) {
      sequence.send("load_sample", R"("train":40,"test":30)");
      sequence.send("build", sequence.network());
    }
    const int requests = 5 + sequence.draw.below(kMostRequests);
    for (int i = 0; i < requests; ++i) {
      sequence.any();
      for (int slices = sequence.draw.below(4); slices > 0; --slices)
        sequence.client.session.run(sequence.client.per_reading * sequence.draw.below(6));
    }
    sequence.send("stop", "");
    int slices = 0;
    while (slices < kMostSlices && sequence.client.session.run(1000)) ++slices;
    CAPTURE(seed);
    CAPTURE(sequence.log);
    CHECK(slices < kMostSlices);
    sequence.check();
    sequence.count(succeeded);
  });
  if (many.count() < 200) return;
  std::vector<std::string> types{"load_sample waits", "load_end waits", "load_join waits"};
  for (const std::string_view type : playground::trainer::Session::request_types())
    if (type != "cancel") types.emplace_back(type);
  for (const std::string& type : types) {
    CAPTURE(type);
    CHECK(succeeded[type] > 0);
  }
}

TEST_SUITE_END();
