#include "web/app/state/share.h"

#include "doctest/doctest.h"
#include "web/app/state/link_source.h"

using namespace playground;

TEST_SUITE_BEGIN("web/share");

namespace {

Catalog catalog() {
  Catalog all;
  all.presets.push_back({"tutorial", "", ""});
  const auto field = [&](const char* name, const char* type, Json standard, double min, double max) {
    Field f;
    f.name = name;
    f.type = type;
    f.standard = std::move(standard);
    f.min = min;
    f.max = max;
    return f;
  };
  all.fit_fields = {field("batch_size", "int", 10, 1, 1000), field("learning_rate", "float", nullptr, 0, 10)};
  Field optimizer;
  optimizer.name = "optimizer";
  optimizer.type = "choice";
  optimizer.choices = {"Adam", "SGD"};
  all.fit_fields.push_back(optimizer);
  Type dense;
  dense.class_name = "Dense";
  dense.fields = {field("units", "int", 10, 1, 1e6)};
  dense.fields[0].required = true;  // stays in a link though it equals the form's default
  Field bias;
  bias.name = "use_bias";
  bias.type = "bool";
  bias.standard = true;
  dense.fields.push_back(bias);
  all.layers.push_back(dense);
  return all;
}

}  // namespace

TEST_CASE("share: a link restores what was shared; defaults are left out") {
  const Catalog all = catalog();
  Shared shared;
  shared.data = Json("https://example.org/a b?c&d");
  shared.config = *cnn::parse_json(R"({"class_name":"Sequential","config":{"layers":[
    {"class_name":"Dense","config":{"name":"it's \"quoted\" 100%","trainable":true,"units":10,"use_bias":true}}]}})");
  shared.fit = *cnn::parse_json(
      R"({"batch_size":32,"optimizer":{"class_name":"SGD","config":{"momentum":0.9}},"threads":4})");
  const std::string hash = share_hash(shared, all);
  CHECK(hash.find("use_bias") == hash.npos);
  CHECK(hash.find("threads") == hash.npos);
  CHECK(hash.find_first_of("\"<> `") == hash.npos);
  const auto back = read_hash("#" + hash, all);
  REQUIRE(back);
  CHECK(back->data == shared.data);
  CHECK(back->config.find("config")->find("layers")->dump() ==
        R"([{"class_name":"Dense","config":{"name":"it's \"quoted\" 100%","units":10}}])");
  CHECK(back->fit.dump() ==
        R"({"batch_size":32,"optimizer":{"class_name":"SGD","config":{"momentum":0.9}}})");
}

TEST_CASE("share: a hand-written link is valid") {
  const auto shared = read_hash("#v=1&preset=tutorial&data=sample&fit={'batch_size':64}", catalog());
  REQUIRE(shared);
  CHECK(shared->preset == "tutorial");
  CHECK(shared->fit.dump() == R"({"batch_size":64})");
}

TEST_CASE("share: errors name what is wrong in a link") {
  struct Case {
    const char* why;
    const char* hash;
    const char* said;
  };
  constexpr Case kCases[] = {
      {"no version", "#preset=tutorial", "version"},
      {"a later version", "#v=2", "version 2"},
      {"an unknown key", "#v=1&wieghts=3", "wieghts"},
      {"JSON cut off", "#v=1&fit={'batch_size':", "fit"},
      {"not an object", "#v=1&fit=7", "settings like"},
      {"an unknown setting", "#v=1&fit={'batchsize':1}", "batchsize"},
      {"a number out of range", "#v=1&fit={'batch_size':0}", "from 1 to 1,000"},
      {"a wrong kind", "#v=1&fit={'batch_size':'x'}", "a number"},
      {"an unknown choice", "#v=1&fit={'optimizer':'Adagrad'}", "one of Adam SGD"},
      {"an unknown preset", "#v=1&preset=imagenet", "imagenet"},
      {"an unknown data source", "#v=1&data=kept", "\"kept\""},
      {"a file of the reader's computer", "#v=1&data=file:///etc/passwd", "https://"},
      {"a script as data", "#v=1&data=javascript:alert(1)", "https://"},
      {"the same in an object", "#v=1&data={'kind':'url','url':'blob:https://x/y'}", "https://"},
      {"a url without address", "#v=1&data={'kind':'url'}", "no address"},
      {"an unknown kind of data", "#v=1&data={'kind':'kept'}", "\"kept\""},
      {"an unknown part of data", "#v=1&data={'kind':'sample','seeed':1}", "seeed"},
      {"a negative count", "#v=1&data={'kind':'sample','train':-5}", "a number from 0"},
      {"data that is a list", "#v=1&data={'kind':'sample','train':[1]}", "train"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.why);
    const auto shared = read_hash(c.hash, catalog());
    REQUIRE_FALSE(shared);
    CHECK(shared.error().message.find(c.said) != std::string::npos);
  }
  CHECK_FALSE(read_hash("#v=1&data=" + std::string(100'000, 'x'), catalog()));
}

TEST_CASE("share: a link may name only a chapter, or a chapter and a setup") {
  const auto alone = read_hash("#learn=convolution", {});
  REQUIRE(alone);
  CHECK(alone->learn == "convolution");
  CHECK(alone->preset.empty());
  CHECK_FALSE(read_hash("#learn=convolution&data=sample", {}));  // settings come with a version
  const auto both = read_hash("#v=1&data=sample&learn=pooling", {});
  REQUIRE(both);
  CHECK(both->learn == "pooling");
  CHECK(both->data == Json("sample"));
}

TEST_CASE("share: a link to a preset uses its training settings unless the link has others") {
  Catalog all = catalog();
  all.presets.push_back(
      {"fast", "", "",
       *cnn::parse_json(R"({"batch_size":512,"parameter_groups":[{"parameters":"*/bias"}]})")});
  const auto back = read_hash("#v=1&preset=fast", all);
  REQUIRE(back);
  CHECK(back->fit == all.presets.back().fit);
  CHECK(share_hash(*back, all) == "v=1&preset=fast");
  Shared other = *back;
  for (const char* fit : {"{}", R"({"batch_size":512,"parameter_groups":[]})"}) {
    other.fit = *cnn::parse_json(fit);
    const auto again = read_hash(share_hash(other, all), all);
    REQUIRE(again);
    CHECK(again->fit == other.fit);
  }
  CHECK(read_hash("#v=1&preset=tutorial", all)->fit == Json::object());
  CHECK(!read_hash("#v=1&fit={'parameter_groups':5}", all));
}

TEST_CASE("share: every kind of data set has its place in a link, as the trainer describes it") {
  constexpr char kHuggingFace[] = "https://huggingface.co/datasets/x/";
  struct Case {
    const char *source, *link;
  };
  constexpr Case kCases[] = {
      {R"({"kind":"sample","name":"Sample pictures","seed":1,"train":10000,"test":2000})", R"("sample")"},
      {R"({"kind":"sample","name":"Sample pictures","seed":3,"train":100,"test":20})",
       R"({"kind":"sample","seed":3,"train":100,"test":20})"},
      {R"({"kind":"beside","name":"CIFAR-10 beside","url":"http://localhost/data/"})", R"("cifar10")"},
      {R"({"kind":"beside","name":"CIFAR-10 beside","limit":50})", R"({"kind":"cifar10","limit":50})"},
      {R"({"kind":"huggingface","name":"CIFAR-10","url":"https://huggingface.co/datasets/x/"})",
       R"("huggingface")"},
      {R"({"kind":"huggingface","name":"CIFAR-10","url":"https://mirror.org/x/"})",
       R"({"kind":"huggingface","url":"https://mirror.org/x/"})"},
      {R"({"kind":"url","name":"a.zip","url":"https://x.org/a.zip"})", R"("https://x.org/a.zip")"},
      {R"({"kind":"url","name":"a.zip","url":"https://x.org/a.zip","limit":9})",
       R"({"kind":"url","url":"https://x.org/a.zip","limit":9})"},
      {R"({"kind":"url","name":"a","url":"blob:https://x.org/1"})", R"({"kind":"files","name":"a"})"},
      {R"({"kind":"files","name":"my cats"})", R"({"kind":"files","name":"my cats"})"},
      {R"({})", "null"},
  };
  for (const Case& c : kCases) {
    CAPTURE(c.source);
    Shared shared;
    shared.data = link_source(*cnn::parse_json(c.source), kHuggingFace);
    CHECK(shared.data.dump() == c.link);
    const auto back = read_hash(share_hash(shared, catalog()), catalog());
    REQUIRE(back);
    CHECK(back->data == shared.data);
  }
}
