// Every request in every state: one reply, as web/protocol.json says it.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "tests/web/trainer/client.h"
#include "web/protocol_table.h"

TEST_SUITE_BEGIN("web/states");

using namespace session_tests;
using playground::ProtocolTable;
using playground::word_in;

namespace {

constexpr int kEnoughSlices = 3000;

/// What the conditions of the table are about.
struct Facts {
  bool model = false, train = false, test = false, training = false, continuable = false, loading = false;
  /// Nothing has arrived of the load, so that it can neither join nor end.
  bool nothing_arrived = false;
};

struct State {
  std::string name, told;  // told: the last event `state`
  Facts facts;
  void (*enter)(Client&);
};

void data(Client& client) { client.ask("load_sample", R"({"train":40,"test":30})"); }
void model(Client& client) { client.ask("build", kNetwork); }
void both(Client& client) { data(client), model(client); }
void begin(Client& client) { client.ask("load_begin", R"({"source":{"kind":"files","name":"few"}})"); }
void load(Client& client) {
  begin(client);
  client.ask("load_chunk", R"({"file":"data_batch_2.bin","end":true})", {records(30)});
  client.ask("load_chunk", R"({"file":"test_batch.bin","end":true})", {records(20)});
}
int fit(Client& client, const char* args = R"({"epochs":3,"batch_size":10})") {
  const int id = client.ask("fit", args);
  client.work(1);
  return id;
}
void pause(Client& client) { fit(client), client.ask("pause"); }
void evaluate(Client& client) { client.ask("evaluate"); }
void occlude(Client& client) {
  client.ask("inspect", R"({"what":"occlusion","stride":4,"image":{"index":1}})");
}
void join(Client& client) { load(client), client.ask("load_join"); }

const Buffer& checkpoint() {
  static const Buffer file = [] {
    Client client;
    both(client);
    client.answer(fit(client, R"({"epochs":1,"batch_size":10})"));
    return client.reply(client.ask("export", R"({"format":"checkpoint"})"))->payloads.at(0);
  }();
  return file;
}

const std::vector<State>& states() {
  constexpr Facts kData{.train = true, .test = true}, kBoth{.model = true, .train = true, .test = true};
  constexpr Facts kTraining{.model = true, .train = true, .test = true, .training = true};
  constexpr Facts kEnded{.model = true, .train = true, .test = true, .continuable = true};
  const auto loading = [](Facts facts) { return facts.loading = true, facts; };
  const auto begun = [](Facts facts) { return facts.loading = facts.nothing_arrived = true, facts; };
  static const std::vector<State> all{
      {"nothing", "empty", {}, [](Client&) {}},
      {"a load begun", "loading", begun({}), begin},
      {"a load in progress", "loading", loading({}), load},
      {"a load aborted", "empty", {}, [](Client& c) { load(c), c.ask("load_abort"); }},
      {"a model", "empty", {.model = true}, model},
      {"a model, a load", "loading", loading({.model = true}), [](Client& c) { model(c), load(c); }},
      {"data", "empty", kData, data},
      {"data, a load", "empty", loading(kData), [](Client& c) { data(c), load(c); }},
      {"training pictures only, a model",
       "ready",
       {.model = true, .train = true},
       [](Client& c) {
         model(c), begin(c);
         c.ask("load_images", R"({"split":"train"})", {Buffer(10 * cnn::kImageBytes, 9), Buffer(10, 1)});
         c.ask("load_end");
       }},
      {"data and a model", "ready", kBoth, both},
      {"data and a model, a load begun", "ready", begun(kBoth), [](Client& c) { both(c), begin(c); }},
      {"data and a model, a load", "ready", loading(kBoth), [](Client& c) { both(c), load(c); }},
      {"a joined load", "ready", loading(kBoth), [](Client& c) { model(c), join(c); }},
      {"an evaluation", "evaluating", kBoth, [](Client& c) { both(c), evaluate(c); }},
      {"an occlusion", "ready", kBoth, [](Client& c) { both(c), occlude(c); }},
      {"a measurement", "ready", kBoth,
       [](Client& c) { both(c), c.ask("measure", R"({"preset":"tutorial_small"})"); }},
      {"training", "training", kTraining, [](Client& c) { both(c), fit(c); }},
      {"training, a load begun", "training", begun(kTraining), [](Client& c) { both(c), begin(c), fit(c); }},
      {"training, a load", "training", loading(kTraining), [](Client& c) { both(c), load(c), fit(c); }},
      {"training on a joined load", "training", loading(kTraining),
       [](Client& c) { model(c), join(c), fit(c); }},
      {"training, data waits", "training", kTraining, [](Client& c) { both(c), fit(c), data(c); }},
      {"training, an evaluation", "evaluating", kTraining, [](Client& c) { both(c), fit(c), evaluate(c); }},
      {"training, an occlusion", "training", kTraining, [](Client& c) { both(c), fit(c), occlude(c); }},
      {"training, a step asked for", "training", kTraining,
       [](Client& c) { both(c), fit(c), c.ask("step"); }},
      {"paused", "paused", kTraining, [](Client& c) { both(c), pause(c); }},
      {"started paused", "paused", kTraining,
       [](Client& c) { both(c), fit(c, R"({"epochs":2,"batch_size":10,"paused":true})"); }},
      {"paused, a load", "paused", loading(kTraining), [](Client& c) { both(c), load(c), pause(c); }},
      {"paused, data waits", "paused", kTraining, [](Client& c) { both(c), pause(c), data(c); }},
      {"paused, an evaluation", "evaluating", kTraining, [](Client& c) { both(c), pause(c), evaluate(c); }},
      {"ended", "ready", kEnded, [](Client& c) { both(c), c.answer(fit(c)); }},
      {"ended, an evaluation", "evaluating", kEnded,
       [](Client& c) { both(c), c.answer(fit(c)), evaluate(c); }},
      {"stopped", "ready", kEnded, [](Client& c) { both(c), fit(c), c.ask("stop"); }},
      {"diverged", "ready", kBoth,
       [](Client& c) {
         both(c), c.answer(fit(c, R"({"epochs":9,"batch_size":10,"learning_rate":1000000})"));
       }},
      {"imported", "ready", kEnded,
       [](Client& c) { data(c), c.ask("import", R"({"files":["c.safetensors"]})", {checkpoint()}); }},
      {"built again after a training", "ready", kBoth,
       [](Client& c) { both(c), c.answer(fit(c)), model(c); }},
  };
  return all;
}

struct Asked {
  std::string type, args = "{}";
  std::vector<Buffer> payloads{};
};

/// Every request of the table with minimal arguments that fit, and some with more.
std::vector<Asked> requests() {
  const std::vector<Asked> with_arguments{
      {"measure", R"({"preset":"tutorial_small"})"},
      {"load_sample",
       R"({"train":30,"test":20})"},  // the usual number would take half of the whole walk's time
      {"load_chunk", R"({"file":"data_batch_3.bin","end":true})", {records(5)}},
      {"load_images", "{}", {Buffer(2 * cnn::kImageBytes, 5), Buffer(2, 3)}},
      {"augmented", R"({"index":0})"},
      {"build", kNetwork},
      {"check", kNetwork},
      {"fit", R"({"epochs":1})"},
      {"input_range", R"({"range":"0..255"})"},
      {"cancel", R"({"id":1000})"},
      {"predict", "{}", {Buffer(cnn::kImageBytes, 7)}},
      {"inspect", R"({"what":"layers"})"},
      {"export", R"({"format":"safetensors"})"},
      {"import", R"({"files":["c.safetensors"]})", {checkpoint()}},
  };
  std::vector<Asked> all{
      {"fit", R"({"epochs":4,"continue":true})"},
      {"fit", R"({"epochs":1,"paused":false,"threads":1})"},
      {"load_end", R"({"load":77})"},
      {"load_chunk", R"({"load":77,"file":"x.bin"})"},
      {"export", R"({"format":"checkpoint"})"},
      {"evaluate", R"({"split":"train"})"},
      {"predictions", R"({"split":"train","count":3})"},
      {"inspect", R"({"layer":0,"image":{"index":2}})"},
      {"inspect", R"({"what":"unit","layer":1,"image":{"split":"train","index":2}})"},
      {"inspect", R"({"what":"saliency"})", {Buffer(cnn::kImageBytes, 7)}},
      {"inspect", R"({"what":"occlusion","stride":8,"image":{"index":2}})"},
      {"inspect", R"({"what":"top","layer":0,"channel":1})"},
      {"inspect", R"({"what":"pca","count":5,"split":"train"})"},
      {"inspect", R"({"what":"histograms"})"},
  };
  const Json* table = ProtocolTable::of_this_build().json().find("requests");
  for (const auto& [type, entry] : *table->members()) {
    const auto one = std::find_if(with_arguments.begin(), with_arguments.end(),
                                  [&name = type](const Asked& a) { return a.type == name; });
    all.push_back(one == with_arguments.end() ? Asked{type} : *one);
  }
  return all;
}

bool holds(std::string_view need, const Facts& facts, const Json& args) {
  if (need == "model") return facts.model;
  if (need == "pictures") return word_in(args, "split") == "train" ? facts.train : facts.test;
  if (need == "training_pictures") return facts.train;
  if (need == "training") return facts.training;
  if (need == "no_training") return !facts.training;
  if (need == "ended_training") return facts.continuable;
  if (need == "same_load")
    return number(args, "load") < 0;  // the test names a load only if there is none such
  if (need == "load") return facts.loading;
  FAIL("this test does not know the condition " << std::string(need));
  return false;
}

/// The code that the table gives in that state; empty: success.
std::string refusal(const Json& declared, const Facts& facts, const Json& args) {
  const Json* needs = find(declared, "needs");
  if (!needs) return {};
  for (const Json& need : *needs->elements()) {
    if (holds(*need.string(), facts, args)) continue;
    return std::string(
        word_in(*ProtocolTable::of_this_build().find("conditions", *need.string()), "otherwise"));
  }
  return {};
}
std::string refusal_of(const Json& entry, const Facts& facts, Json args) {
  REQUIRE(ProtocolTable::of_this_build().check_args("", entry, args));
  std::string code = refusal(entry, facts, args);
  if (const Json* kinds = find(entry, "kinds"); kinds && code.empty())
    code = refusal(*find(*kinds, word_in(args, "what")), facts, args);
  const Json* declared = find(entry, "args");
  if (!declared) return code;
  for (const auto& [name, field] : *declared->members()) {
    const Json* value = find(args, name);
    if (!code.empty() || !value || (value->boolean() && !*value->boolean())) continue;
    code = refusal(field, facts, value->members() ? *value : args);
  }
  return code;
}

void walk(const State& state, const Asked& asked) {
  CAPTURE(state.name);
  CAPTURE(asked.type);
  CAPTURE(asked.args);
  Client client;
  client.per_reading = 400;
  state.enter(client);
  const std::vector<Json> told = client.events("state");
  REQUIRE((told.empty() ? "empty" : text(told.back(), "state")) == state.told);

  const Json& entry = *ProtocolTable::of_this_build().find("requests", asked.type);
  const int id = client.ask(asked.type, asked.args, asked.payloads);
  const std::string_view answered = word_in(entry, "answered");
  const bool at_once = client.settled(id);
  if (answered == "never") {
    CHECK_FALSE(at_once);
  } else {
    const std::string expected = refusal_of(entry, state.facts, *cnn::parse_json(asked.args));
    if (answered == "now" || !expected.empty()) CHECK(at_once);
    if (answered == "training" && expected.empty()) CHECK_FALSE(at_once);
    const Json came = client.answer(id, kEnoughSlices);
    CAPTURE(came.dump().substr(0, 300));
    REQUIRE(client.settled(id));
    const std::string code = text(came, "code");
    const bool depends =
        state.facts.nothing_arrived && (asked.type == "load_join" || asked.type == "load_end");
    if (depends && expected.empty())
      CHECK_FALSE(code.empty());
    else
      CHECK(code == expected);
    if (!state.facts.training) CHECK_FALSE(flag(came, "waits"));
  }
  client.ask("stop");
  int slices = 0;
  while (slices < kEnoughSlices && client.session.run(800)) ++slices;
  CHECK(slices < kEnoughSlices);
  std::vector<int> replies(static_cast<std::size_t>(client.last_id) + 1);
  for (const Client::Sent& one : client.sent)
    if (find(one.header, "id")) ++replies.at(static_cast<std::size_t>(number(one.header, "id")));
  for (int i = 1; i <= client.last_id; ++i)
    CHECK(replies[static_cast<std::size_t>(i)] == (i == id && answered == "never" ? 0 : 1));
}

}  // namespace

TEST_CASE("states: every request in every state gets one reply, as the protocol defines it") {
  const std::vector<Asked> all = requests();
  for (const State& state : states())
    for (const Asked& asked : all) walk(state, asked);
}

TEST_CASE("states: the protocol names the requests and conditions of the session, and no others") {
  const auto keys = [](std::string_view section) {
    std::set<std::string> names;
    for (const auto& [name, entry] : *ProtocolTable::of_this_build().json().find(section)->members())
      names.insert(name);
    return names;
  };
  const auto types = playground::trainer::Session::request_types();
  const auto conditions = playground::trainer::Session::condition_names();
  CHECK(keys("requests") == std::set<std::string>(types.begin(), types.end()));
  CHECK(keys("conditions") == std::set<std::string>(conditions.begin(), conditions.end()));
}

namespace {

/// Calls `visit` with every object in the file.
template <class Visit>
void each_object(const Json& json, const Visit& visit) {
  if (json.members()) {
    visit(json);
    for (const auto& [name, member] : *json.members()) each_object(member, visit);
  }
  if (json.elements())
    for (const Json& element : *json.elements()) each_object(element, visit);
}

bool is_type(std::string_view type) {
  const ProtocolTable& table = ProtocolTable::of_this_build();
  static const std::set<std::string_view> basic{"int",    "int64",  "number", "bool",
                                                "string", "object", "any",    "null"};
  for (std::size_t at = 0; at <= type.size();) {
    const std::size_t end = std::min(type.find(" | ", at), type.size());
    std::string_view one = type.substr(at, end - at);
    one = one.substr(0, one.find('['));
    if (basic.count(one) == 0 && !table.find("types", one)) return false;
    at = end + 3;
  }
  return true;
}

}  // namespace

TEST_CASE(
    "states: everything the protocol refers to exists, and each request lists the codes of its conditions") {
  const ProtocolTable& table = ProtocolTable::of_this_build();
  REQUIRE(table.json().members());
  const std::set<std::string_view> moments{"now", "job", "beside", "step", "training", "never"};
  for (const auto& [type, entry] : *table.json().find("requests")->members()) {
    const std::string& request = type;  // a lambda cannot capture a part of a binding
    CAPTURE(request);
    CHECK_FALSE(word_in(entry, "help").empty());
    CHECK(moments.count(word_in(entry, "answered")) == 1);
    std::set<std::string> errors;
    REQUIRE(entry.find("errors"));
    for (const Json& code : *entry.find("errors")->elements()) {
      errors.insert(*code.string());
      CHECK(table.find("codes", *code.string()));
    }
    each_object(entry, [&](const Json& object) {
      if (const Json* needs = object.find("needs"); needs && needs->elements())
        for (const Json& need : *needs->elements()) {
          REQUIRE(table.find("conditions", *need.string()));
          CHECK(errors.count(std::string(word_in(*table.find("conditions", *need.string()), "otherwise"))) ==
                1);
        }
      if (const std::string_view code = word_in(object, "otherwise"); !code.empty())
        CHECK(errors.count(std::string(code)) == 1);
    });
  }
  for (const char* section : {"types", "requests", "events", "page_events", "page_requests"}) {
    each_object(*table.json().find(section), [&](const Json& object) {
      // The fields of `described` and the like have names such as "type", whose values are objects.
      for (const char* key : {"type", "extends", "reply", "args"}) {
        const std::string_view type = word_in(object, key);
        CAPTURE(object.dump().substr(0, 200));
        if (!type.empty()) CHECK(is_type(type));
      }
    });
  }
}

TEST_CASE(
    "states: an argument that does not fit is refused with its name, the value found and what is expected") {
  Client client;
  const auto message = [&](const char* type, const char* args, const std::vector<Buffer>& payloads = {}) {
    const Json error = client.now_answered(type, args, payloads);
    return text(error, "code") + " " + text(error, "message");
  };
  both(client);
  CHECK(message("hello", R"({"threads":0})") ==
        "bad_argument hello: threads is 0; expected a whole number of at least 1.");
  CHECK(message("load_sample", R"({"train":"x"})") ==
        "bad_argument load_sample: train is \"x\"; expected a whole number from 1 to 1000000.");
  CHECK(message("load_sample", R"({"trian":5})") ==
        "bad_argument load_sample: there is no trian; expected only seed, train, test.");
  CHECK(message("pause", R"({"now":true})") == "bad_argument pause: there is no now; expected no arguments.");
  CHECK(message("load_sample", R"({"seed":-1})") ==
        "bad_argument load_sample: seed is -1; expected a whole number from 0 to 2^53.");
  CHECK(message("evaluate", R"({"split":"both"})") ==
        "bad_argument evaluate: split is \"both\"; expected one of \"train\", \"test\".");
  CHECK(message("fit", R"({"paused":1})") == "bad_argument fit: paused is 1; expected true or false.");
  CHECK(message("pictures", R"({"indices":[0,"a"]})") ==
        "bad_argument pictures: indices[1] is \"a\"; expected a whole number.");
  CHECK(message("pictures", R"({"indices":7})") ==
        "bad_argument pictures: indices is 7; expected a list of whole numbers.");
  CHECK(message("export", "{}") == "bad_argument export: format is missing; expected a string.");
  CHECK(message("cancel", "{}") == "bad_message cancel: id is missing; expected a number.");
  CHECK(message("inspect", R"({"layer":0,"image":{"index":-1}})") ==
        "bad_argument inspect: image.index is -1; expected a whole number of at least 0.");
  CHECK(message("inspect", R"({"layer":0,"image":{"index":30}})") ==
        "bad_argument inspect: image: index is 30; expected a whole number from 0 to 29.");
  CHECK(message("predict", "{}") ==
        "bad_argument predict: 0 payloads; expected 1: pictures as bytes [n, 32, 32, 3], 3072 for each.");
  CHECK(
      message("load_images", "{}", {Buffer(5)}) ==
      "bad_message load_images: 1 payloads; expected 2: pictures [n, 32, 32, 3] and n labels, a byte each.");
  CHECK(message("import", R"({"files":["a","b"]})", {Buffer(5)}) ==
        "bad_argument import: 1 payloads; expected 2: the files, each with its name.");
  const Json known = client.now_answered("pictures", R"({"indices":null,"offset":38})");
  CHECK(find(known, "indices")->elements()->size() == 2);  // null is missing; count has a default
}

TEST_CASE("states: a message that does not fit the protocol is found by the checks of these tests") {
  const auto misfit = [](const char* type, const char* args, const char* header) {
    message_check::Checker checker({"requests"}, {"events"});
    checker.asked(1, type, *cnn::parse_json(args), 0);
    return checker.came(*cnn::parse_json(header), 0);
  };
  CHECK(misfit("load_begin", "{}", R"({"id":1,"args":{"load":1}})").empty());
  CHECK_FALSE(misfit("load_begin", "{}", R"({"id":1,"args":{}})").empty());
  CHECK_FALSE(misfit("load_begin", "{}", R"({"id":1,"args":{"load":1,"more":1}})").empty());
  CHECK_FALSE(misfit("load_begin", "{}", R"({"id":1,"args":{"load":"1"}})").empty());
  CHECK_FALSE(misfit("load_begin", R"({"limit":"x"})", R"({"id":1,"args":{"load":1}})").empty());
  CHECK_FALSE(misfit("load_begin", "{}", R"({"id":2,"args":{"load":1}})").empty());
  CHECK_FALSE(misfit("predict", "{}", R"({"id":1,"args":{"n":1,"classes":2}})").empty());
  CHECK_FALSE(misfit("pause", "{}", R"({"id":1,"error":{"code":"busy","message":"x"}})").empty());
  CHECK_FALSE(misfit("summary", "{}", R"({"id":1,"error":{"code":"no_model","message":""}})").empty());
  CHECK(misfit("pause", "{}", R"({"type":"state","args":{"state":"ready","epoch":0}})").empty());
  CHECK_FALSE(misfit("pause", "{}", R"({"type":"state","args":{"state":"lost","epoch":0}})").empty());
  CHECK_FALSE(misfit("pause", "{}", R"({"type":"nothing","args":{}})").empty());
  CHECK_FALSE(
      misfit("pause", "{}", R"({"type":"run","args":{"history":[],"global_step":0,"epoch":1}})").empty());
}

TEST_SUITE_END();
