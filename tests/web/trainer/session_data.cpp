// The data requests, without worker and page.
#include "doctest/doctest.h"
#include "tests/web/message_check.h"
#include "web/trainer/session.h"

using namespace playground::trainer;
using cnn::Json;

TEST_SUITE_BEGIN("web/session_data");

namespace {

constexpr std::size_t kRecord = 1 + cnn::kImageBytes;

struct Trainer {
  Json last;  // header of the last reply
  std::vector<Buffer> payloads;
  int events = 0;
  message_check::OfSession protocol;
  Session session{Host{.milliseconds = [] { return 0.0; }},
                  [this](const Json& header, std::vector<Buffer> sent) {
                    protocol.check(header, sent.size());
                    if (!header.find("id")) return void(++events);
                    last = header;
                    payloads = std::move(sent);
                  }};

  /// The reply's args, or the error.
  Json ask(const char* type, const char* args, const Buffer& payload = {}) {
    const playground::Payload one{payload.data(), static_cast<std::uint32_t>(payload.size())};
    last = Json();
    protocol.asked(1, type, args, payload.empty() ? 0 : 1);
    session.receive(std::string(R"({"id":1,"type":")") + type + R"(","args":)" + args + "}",
                    {&one, payload.empty() ? 0u : 1u});
    if (const Json* error = last.find("error")) return *error;
    return *last.find("args");
  }
};

double number(const Json& json, const char* key) { return *json.find(key)->number(); }
bool flag(const Json& json, const char* key) { return *json.find(key)->boolean(); }
std::string code(const Json& json) { return json.find("code") ? *json.find("code")->string() : "none"; }

/// CIFAR-10 records; all pixels of picture i are i.
Buffer records(std::size_t count) {
  Buffer bytes(count * kRecord);
  for (std::size_t at = 0; at < bytes.size(); ++at)
    bytes[at] = static_cast<std::uint8_t>(at % kRecord == 0 ? at / kRecord % 10 : at / kRecord);
  return bytes;
}

}  // namespace

TEST_CASE("session: the page's report of a load stays with the data set") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"files","name":"zoo"}})");
  t.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", records(3));
  t.ask("load_end", R"({"report":{"line":"7 files left out."}})");
  const Json dataset = t.ask("dataset", "{}");
  const Json* report = dataset.find("report");
  REQUIRE(report);
  CHECK(*report->find("line")->string() == "7 files left out. Read as CIFAR-10, with its 10 classes.");
  t.ask("load_sample", R"({"train":10,"test":10})");
  CHECK_FALSE(t.ask("dataset", "{}").find("report"));
}

TEST_CASE("session: CIFAR-100 is recognized and reported, with its groups on request") {
  Trainer t;
  for (const bool coarse : {false, true}) {
    t.ask("load_begin", coarse ? R"({"labels":"coarse"})" : "{}");
    Buffer record(2 + cnn::kImageBytes, 5);  // group 5 and class 5
    record.resize(2 * record.size(), 5);
    t.ask("load_chunk", R"({"file":"train.bin","bytes":6148,"end":true})", record);
    const Json dataset = t.ask("load_end", R"({"report":{"line":"1 file left out.","notes":["n"]}})");
    CHECK(dataset.find("class_names")->elements()->size() == (coarse ? 20 : 100));
    const Json& report = *dataset.find("report");
    CHECK(*report.find("line")->string() == std::string("1 file left out. Read as CIFAR-100, with its ") +
                                                (coarse ? "20 groups of classes." : "100 classes."));
    CHECK(report.find("notes")->elements()->size() == 2);
  }
}

TEST_CASE("session: messages of a replaced load are refused and change nothing") {
  Trainer t;
  CHECK(number(t.ask("load_begin", R"({"source":{"kind":"url","name":"first"}})"), "load") == 1);
  t.ask("load_chunk", R"({"file":"data_batch_1.bin","load":1})", records(3));
  CHECK(number(t.ask("load_begin", R"({"source":{"kind":"url","name":"second"}})"), "load") == 2);
  CHECK(code(t.ask("load_chunk", R"({"file":"data_batch_1.bin","load":1,"end":true})", records(3))) ==
        "cancelled");
  CHECK(code(t.ask("load_join", R"({"load":1})")) == "cancelled");
  CHECK(code(t.ask("load_end", R"({"load":1})")) == "cancelled");
  CHECK(code(t.ask("load_abort", R"({"load":1})")) == "none");  // late, without effect
  CHECK(number(t.ask("load_chunk", R"({"file":"data_batch_2.bin","load":2,"end":true})", records(5)),
               "train") == 5);
  const Json dataset = t.ask("load_end", R"({"load":2})");
  CHECK(number(*dataset.find("train"), "count") == 5);
  CHECK(*dataset.find("label")->string() == "second");
}

TEST_CASE("session: sample pictures replace a load in progress") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"url","name":"first"}})");
  t.ask("load_sample", R"({"train":20,"test":10})");
  CHECK(code(t.ask("load_chunk", R"({"file":"data_batch_1.bin","load":1})", records(3))) == "cancelled");
  CHECK(number(*t.ask("dataset", "{}").find("train"), "count") == 20);
}

TEST_CASE("session: load_chunk's reply says when training may start") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"}})");
  CHECK_FALSE(
      flag(t.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", records(4999)), "may_join"));
  CHECK_FALSE(flag(t.ask("load_chunk", R"({"file":"data_batch_2.bin","end":true})", records(1)), "may_join"));
  CHECK(flag(t.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", records(1)), "may_join"));
}

TEST_CASE("session: a joined data set stays and grows") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"}})");
  t.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", records(2));
  t.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", records(5000));
  const Json joined = t.ask("load_join", "{}");
  CHECK(number(*joined.find("train"), "count") == 5000);
  CHECK_FALSE(flag(joined, "complete"));
  const Json more = t.ask("load_chunk", R"({"file":"data_batch_2.bin","end":true})", records(7));
  CHECK_FALSE(flag(more, "may_join"));
  CHECK(number(*t.ask("dataset", "{}").find("train"), "count") == 5007);
  CHECK(flag(t.ask("load_end", "{}"), "complete"));
}

TEST_CASE("session: a limited load reports full, cannot be joined, and is cut to its limit") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"},"limit":5001})");
  t.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", records(6000));
  const Json so_far = t.ask("load_chunk", R"({"file":"data_batch_1.bin"})", records(6000));
  CHECK(flag(so_far, "full"));
  CHECK_FALSE(flag(so_far, "may_join"));
  CHECK(code(t.ask("load_join", "{}")) == "bad_message");
  const Json dataset = t.ask("load_end", "{}");
  CHECK(number(*dataset.find("train"), "count") == 5001);
  CHECK(number(*dataset.find("test"), "count") == 5001);
}

TEST_CASE("session: augmented returns the picture and its draws; wrong requests get an error") {
  Trainer t;
  t.ask("load_sample", R"({"train":20,"test":10})");
  const Json plain = t.ask("augmented", R"({"split":"test","index":3,"count":2})");
  REQUIRE(t.payloads.size() == 1);
  REQUIRE(t.payloads[0].size() == 3 * cnn::kImageBytes);
  const auto picture = [&](std::size_t i) {
    const auto at = t.payloads[0].begin() + static_cast<std::ptrdiff_t>(i * cnn::kImageBytes);
    return Buffer(at, at + cnn::kImageBytes);
  };
  CHECK(plain.find("layers")->elements()->empty());
  CHECK(picture(0) == picture(1));
  CHECK(picture(0) == picture(2));
  const Json moved =
      t.ask("augmented", R"({"split":"test","index":3,"count":2,"seed":1,"step":1,"augmentation":[
      {"class_name":"RandomTranslation","config":{"height_factor":0.3,"width_factor":0.3}}]})");
  CHECK(moved.find("layers")->elements()->size() == 1);
  CHECK(picture(0) != picture(1));
  CHECK(picture(1) != picture(2));
  CHECK(t.ask("augmented", R"({"split":"test","index":10})")
            .find("message")
            ->string()
            ->find("has 10 pictures") != std::string::npos);
  CHECK(code(t.ask("augmented", R"({"split":"test","index":1,"augmentation":[{"class_name":"Nothing"}]})")) ==
        "bad_argument");
}

TEST_CASE("session: fingerprints differ for different data sets and are equal for equal ones") {
  Trainer t;
  const auto print = [](const Json& dataset) { return dataset.find("fingerprint")->dump(); };
  const Json first = t.ask("load_sample", R"({"train":20,"test":10,"seed":4})");
  const std::string same = print(t.ask("load_sample", R"({"train":20,"test":10,"seed":4})"));
  CHECK(same.size() == 10);  // eight digits in quotes
  CHECK(print(first) == same);
  CHECK(print(t.ask("dataset", "{}")) == same);
  CHECK(print(t.ask("load_sample", R"({"train":20,"test":10,"seed":5})")) != same);
  CHECK(print(t.ask("load_sample", R"({"train":20,"test":9,"seed":4})")) != same);
  const Json& source = *first.find("source");
  CHECK(*source.find("kind")->string() == "sample");
  CHECK(number(source, "seed") == 4);
  CHECK(number(source, "train") == 20);
  CHECK(number(source, "test") == 10);

  // The records that a data set gives, loaded as a file, are the same data set.
  t.ask("load_sample", R"({"train":20,"test":10,"seed":4})");
  t.ask("records", R"({"split":"train","offset":0,"count":20})");
  const Buffer train = t.payloads[0];
  t.ask("records", R"({"split":"test","offset":0,"count":10})");
  const Buffer test = t.payloads[0];
  t.ask("load_begin", R"({"source":{"kind":"files","name":"own"},"limit":20})");
  t.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", test);
  t.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", train);
  const Json own = t.ask("load_end", "{}");
  CHECK(print(own) == same);
  CHECK(number(*own.find("source"), "limit") == 20);
}

TEST_CASE("session: a data set that grows has no fingerprint before it is complete") {
  Trainer t;
  t.ask("load_begin", R"({"source":{"kind":"beside","name":"CIFAR-10"}})");
  t.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", records(2));
  t.ask("load_chunk", R"({"file":"data_batch_1.bin","end":true})", records(5000));
  CHECK_FALSE(t.ask("load_join", "{}").find("fingerprint"));
  CHECK(t.ask("load_end", "{}").find("fingerprint"));
}
