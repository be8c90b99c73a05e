// The app against a page that only records: which messages it sends, and what incoming ones change.
#include <algorithm>

#include "tests/web/app/app_page.h"

using namespace playground;
using playground::test::kDataset;
using playground::test::kModel;
using playground::test::Page;
using playground::test::Ready;
using playground::test::Started;

TEST_SUITE_BEGIN("web/app");

TEST_CASE("app: one press on Train loads pictures, then trains") {
  Page page;
  page.app.start();
  page.event("model", kModel);
  page.reply("sources", R"({"beside_page":false,"kept":null,"sample":true,"unasked":"sample"})");
  page.press("train");
  REQUIRE(page.last("load"));
  CHECK(text_in(page.last("load")->args, "source") == "sample");
  CHECK_FALSE(page.last("fit"));
  page.event("dataset", kDataset);
  page.reply("load", kDataset);
  CHECK(page.last("fit"));
}

TEST_CASE("app: Train with nothing loaded starts no large download, even if data is beside the page") {
  for (const std::string unasked : {"sample", "cifar10", "kept"}) {
    Page page;
    page.app.start();
    page.event("model", kModel);
    page.reply("sources",
               (R"({"beside_page":true,"beside_bytes":184380000,"unasked":")" + unasked + R"("})").c_str());
    page.press("train");
    REQUIRE(page.last("load"));
    CHECK(text_in(page.last("load")->args, "source") == unasked);
  }
}

TEST_CASE("app: a part of the data beside the page is loaded first, then the rest, with the page's sizes") {
  Started page;
  page.app.ui().data.choosing = true;
  page.reply("sources",
             R"({"beside_page":true,"beside_bytes":184380000,"part":{"pictures":5000,"bytes":30730000},
    "unasked":"sample"})");
  page.press("source/part");
  CHECK(page.last("load")->args == *cnn::parse_json(R"({"source":"cifar10","limit":5000})"));
  page.event("dataset",
             R"({"source":{"kind":"beside","limit":5000},"label":"CIFAR-10","train":{"count":5000}})");
  page.frame();
  page.frame();
  CHECK(WidgetRects::text("data/rest") == "Load all pictures (184 MB)");
  page.press("data/rest");
  CHECK(page.last("load")->args == *cnn::parse_json(R"({"source":"cifar10"})"));
  page.event("dataset", R"({"source":{"kind":"beside"},"label":"CIFAR-10","train":{"count":50000}})");
  page.frame();
  CHECK_FALSE(WidgetRects::find("data/rest"));
}

TEST_CASE(
    "app: the Pictures tab requests a page, the first picture in detail, and again if the augmentation "
    "changes") {
  Started page;
  page.frame();
  CHECK_FALSE(page.last("augmented"));
  page.press("tab/pictures");
  const auto pages = [&] {
    return std::count_if(page.sent.begin(), page.sent.end(), [](const Page::Sent& s) {
      return number_in(s.args, "count") == PicturePages::kPage;
    });
  };
  REQUIRE(page.last("pictures"));
  CHECK(pages() == 1);
  CHECK(text_in(page.last("pictures")->args, "split") == "train");
  page.frame();
  CHECK(pages() == 1);  // one at a time

  std::string indices, labels;
  for (int i = 0; i < PicturePages::kPage; ++i) {
    indices += (i > 0 ? "," : "") + std::to_string(i + 100);
    labels += i > 0 ? ",1" : "1";
  }
  const std::vector<std::uint8_t> rgb(static_cast<std::size_t>(PicturePages::kPage) * kPictureBytes, 90);
  const Payload payload{rgb.data(), static_cast<std::uint32_t>(rgb.size())};
  page.receive(R"({"id":)" + std::to_string(page.last("pictures")->id) + R"(,"args":{"indices":[)" + indices +
                   R"(],"labels":[)" + labels + "]}}",
               {&payload, 1});
  page.frame();
  page.frame();
  REQUIRE(page.last("augmented"));
  CHECK(number_in(page.last("augmented")->args, "index") == 100);
  const int first = page.last("augmented")->id;
  page.frame();
  CHECK(page.last("augmented")->id == first);
  page.app.ui().training.fit["augmentation"] =
      *cnn::parse_json(R"([{"class_name":"RandomFlip","config":{}}])");
  page.frame();
  CHECK(page.last("augmented")->id != first);
  CHECK(list_in(page.last("augmented")->args, "augmentation").size() == 1);
  page.press("pictures/split/Test");  // beside test pictures no training picture is shown in detail
  page.frame();
  CHECK(text_in(page.last("pictures")->args, "split") == "test");
  page.receive(R"({"id":)" + std::to_string(page.last("pictures")->id) + R"(,"args":{"indices":[)" + indices +
                   R"(],"labels":[)" + labels + "]}}",
               {&payload, 1});
  page.frame();
  page.frame();
  CHECK(text_in(page.last("augmented")->args, "split") == "test");
  CHECK(page.app.state().closely.test);
}

TEST_CASE("app: with a held-out share nothing requests predictions of the test pictures") {
  Started page;
  CHECK(text_in(page.last("pictures")->args, "split") == "test");  // of the strip
  page.event("run", R"({"epochs":2,"validation_split":0.2})");
  CHECK(text_in(page.last("pictures")->args, "split") == "train");
  CHECK(number_in(page.last("pictures")->args, "offset") == 1600);
  page.event("evaluation", R"({"epoch":1,"split":"held out","confusion_matrix":[[3,1],[0,4]]})");
  page.event("state", R"({"state":"ready","epoch":2})");
  page.press("tab/matrix");
  CHECK_FALSE(page.last("predictions"));
  page.event("evaluation", R"({"epoch":2,"split":"test","confusion_matrix":[[3,1],[0,4]]})");
  page.frame();
  CHECK(page.last("predictions"));
}

TEST_CASE(
    "app: the user's own picture opens its tab and is predicted; leaving the tab turns the camera off") {
  Started page;
  const std::vector<std::uint8_t> rgb(40 * 30 * 3, 90);
  const Payload payload{rgb.data(), static_cast<std::uint32_t>(rgb.size())};
  page.receive(R"({"type":"picture","args":{"name":"cat.png","width":40,"height":30,"live":false}})",
               {&payload, 1});
  page.frame();
  page.frame();
  CHECK(page.app.ui().tab == Tab::predictions);
  REQUIRE(page.last("predict"));
  const float said[2] = {0.25f, 0.75f};
  const Payload answer{reinterpret_cast<const std::uint8_t*>(said), sizeof said};
  page.receive(R"({"id":)" + std::to_string(page.last("predict")->id) + R"(,"args":{"n":1,"classes":2}})",
               {&answer, 1});
  CHECK(page.app.state().recognized.said.probabilities == std::vector<float>{0.25f, 0.75f});
  const int asked = page.last("predict")->id;
  page.frame();
  CHECK(page.last("predict")->id == asked);  // nothing changed
  page.event("epoch", R"({"epoch":1,"loss":1,"accuracy":0.5})");
  page.frame();
  CHECK(page.last("predict")->id != asked);

  page.press("own/camera");
  CHECK(text_in(page.last("picture")->args, "from") == "camera");
  page.press("tab/curves");
  page.frame();
  CHECK(text_in(page.last("picture")->args, "from") == "nothing");
  page.receive(R"({"type":"picture","args":{"width":40,"height":30,"live":true}})", {&payload, 1});
  CHECK(page.app.ui().tab == Tab::curves);  // a late camera frame opens nothing
}

TEST_CASE("app: a failed load is reported, and Train can be pressed again") {
  Page page;
  page.app.start();
  page.event("model", kModel);
  page.press("train");
  page.refuse("load", "data_batch_3.bin: 404");
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message == "data_batch_3.bin: 404");
  page.press("train");
  CHECK_FALSE(page.app.state().notice);
}

TEST_CASE("app: a canceled load is reported, with the data that stays") {
  Started page;
  page.event("load_progress", R"({"source":"zoo","file":"1.png","received":10,"records":0,"skipped":0})");
  page.press("load/cancel");
  REQUIRE(page.last("load_cancel"));
  page.reply("load_cancel", "{}");
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message ==
        "Loading was canceled. In use: " + page.app.state().data.label + ".");
  CHECK_FALSE(page.app.state().data.label.empty());
}

TEST_CASE("app: a press on a cell of the matrix opens its pictures") {
  Ready page;
  page.event(
      "step",
      R"({"epoch":1,"epochs":1,"step":1,"steps_per_epoch":4,"loss":2,"accuracy":0.2,"global_step":1,"points":[[1,2,0.2]]})");
  page.event(
      "evaluation",
      R"({"accuracy":0.6,"loss":1,"epoch":1,"split":"test","confusion_matrix":[[30,20],[10,40]],"per_class":[]})");
  page.press("tab/matrix");
  page.press("cell/0/1");
  REQUIRE(page.last("predictions"));
  CHECK(number_in(page.last("predictions")->args, "actual", -1) == 0);
  CHECK(number_in(page.last("predictions")->args, "predicted", -1) == 1);
}

TEST_CASE("app: an evaluation whose matrix is not square is dropped") {
  CHECK(read_evaluation(*cnn::parse_json(R"({"confusion_matrix":[[1,2],[3]]})")).classes == 0);
}

TEST_CASE("app: Space pauses and resumes, S steps") {
  Ready page;
  page.event("state", R"({"state":"training","epoch":1})");
  page.frame();
  const auto tap = [&](ImGuiKey key) {
    ImGui::GetIO().AddKeyEvent(key, true);
    page.frame();
    ImGui::GetIO().AddKeyEvent(key, false);
    page.frame();
  };
  tap(ImGuiKey_Space);
  CHECK(page.last("pause"));
  page.event("state", R"({"state":"paused","epoch":1})");
  tap(ImGuiKey_S);
  CHECK(page.last("step"));
  tap(ImGuiKey_Space);
  CHECK(page.last("resume"));
}

TEST_CASE("app: on a phone every button of the bar is on screen and none covers another") {
  Page page;
  ImGui::GetIO().DisplaySize = ImVec2(390, 844);
  Touch::set_coarse(true);
  apply_theme(false, 16);
  page.event("dataset", kDataset);
  page.event("model", kModel);
  page.event("state", R"({"state":"training","epoch":1})");
  page.frame();
  page.frame();
  std::vector<ImVec4> rects;
  for (const char* name : {"reset", "pause", "step", "stop", "theme", "help"}) {
    CAPTURE(name);
    const auto rect = WidgetRects::find(name);
    REQUIRE(rect);
    CHECK(rect->w >= 43);  // thumb-sized
    CHECK(rect->x + rect->z <= 390);
    if (!rects.empty()) CHECK(rect->x >= rects.back().x + rects.back().z);
    rects.push_back(*rect);
  }
  Touch::set_coarse(false);
}

TEST_CASE("app: an edit undone while it was being built stays undone") {
  Page page;
  page.event("dataset", kDataset);
  page.event(
      "model",
      R"({"config":{"class_name":"Sequential","config":{"layers":[{"class_name":"Dense","config":{"units":2}}]}},
    "classes":2,"summary":{"rows":[],"total":1}})");
  Network& network = page.app.ui().builder.network;
  const Json before = network.config();
  network.set_field(0, "units", 3);
  const std::string edited = network.config().dump();
  page.app.ui().builder.network.undo();
  network.redo();
  const auto answer = [&](const std::string& config) {
    return R"({"config":)" + config + R"(,"classes":2,"summary":{"rows":[],"total":1}})";
  };
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, true);
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Z, true);
  page.frame();
  page.frame();
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Z, false);
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Y, true);
  page.frame();
  page.frame();
  ImGui::GetIO().AddKeyEvent(ImGuiKey_Y, false);
  ImGui::GetIO().AddKeyEvent(ImGuiMod_Ctrl, false);
  page.frame();
  REQUIRE(page.last("check"));
  page.reply("check", answer(edited).c_str());
  page.frame();
  page.frame();
  REQUIRE(page.last("build"));
  network.undo();
  page.event("model", answer(edited).c_str());
  page.reply("build", answer(edited).c_str());
  CHECK(network.config() == before);
}

constexpr char kHello[] =
    R"({"fit_fields":[{"name":"epochs","type":"int","default":10},{"name":"batch_size","type":"int","default":10}]})";

TEST_CASE("app: the Learn tab requests pictures once; its experiment builds a network and shows the curves") {
  Page page;
  page.app.start();
  page.event("dataset", kDataset);
  page.event("model", kModel);
  page.reply("hello", kHello);
  const auto asked = [&] {
    return std::count_if(page.sent.begin(), page.sent.end(), [](const Page::Sent& sent) {
      return sent.type == "pictures" && number_in(sent.args, "count") > 100;
    });
  };
  page.frame();
  CHECK(asked() == 0);
  page.press("tab/learn");
  page.frame();
  CHECK(asked() == 2);
  page.event("dataset", kDataset);
  page.frame();
  CHECK(asked() == 4);
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  const Experiment& experiment = chapters()[0]->experiments[0];
  page.press((std::string("experiment/") + experiment.name).c_str());
  REQUIRE(page.last("build"));
  REQUIRE(page.last("build")->args.find("config") != nullptr);
  CHECK(page.app.ui().builder.network.config() == *page.last("build")->args.find("config"));
  CHECK(page.app.ui().tab == Tab::curves);
}

TEST_CASE("app: an experiment stops a running training, then builds") {
  Page page;
  page.app.start();
  page.event("dataset", kDataset);
  page.event("model", kModel);
  page.reply("hello", kHello);
  page.event("state", R"({"state":"training","epoch":1})");
  page.app.ui().tab = Tab::learn;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 4000);
  page.press((std::string("experiment/") + chapters()[0]->experiments[0].name).c_str());
  CHECK_FALSE(page.last("build"));
  page.reply("stop", "{}");
  CHECK(page.last("build"));
}

TEST_CASE(
    "app: a shared link contains the data source; the reader's page loads it, and asks first where it must") {
  std::string hash;
  {
    Started page;
    page.press("share");
    hash = text_in(page.last("share")->args, "hash");
    CHECK(hash.find("data={'kind':'sample','seed':7,'train':2000,'test':500}") != std::string::npos);
    page.app.carry_out(action::OpenLink{hash});
    CHECK_FALSE(page.last("load"));  // it is loaded
  }
  Page other;
  other.app.carry_out(action::OpenLink{hash});
  REQUIRE(other.last("load"));
  CHECK(flag_in(other.last("load")->args, "of_link"));
  CHECK(other.last("load")->args.find("source")->dump() ==
        R"({"kind":"sample","seed":7,"train":2000,"test":500})");
}

TEST_CASE("app: other data in a link is requested although data is loaded; a refusal is reported") {
  Started page;
  page.reply("hello", R"({"presets":[{"name":"tutorial"}]})");
  page.app.carry_out(action::OpenLink{"v=1&preset=tutorial&data=huggingface"});
  REQUIRE(page.last("load"));
  CHECK(text_in(page.last("load")->args, "source") == "huggingface");
  CHECK_FALSE(page.app.state().loading.running);  // the question may be open for long
  page.refuse("load", "This link was made with its author's own data.", "not_found");
  REQUIRE(page.app.state().notice);
  CHECK(page.app.state().notice->message == "This link was made with its author's own data.");
}
