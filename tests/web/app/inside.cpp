// The Inside tab, drawn without a screen.
#include "web/app/panels/inside.h"

#include "tests/web/app/inside_page.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("panels/inside");

TEST_CASE("inside: without a network, data or an answer it draws a note and asks only for the layers") {
  Inside inside;
  inside.model = {};
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  inside.model.rows.resize(1);
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  inside.data = {};
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  CHECK(inside.asked().size() == 1);
}

TEST_CASE("inside: a pressed map is enlarged, and a pressed unit is inspected") {
  Inside inside;
  inside.show_maps();
  REQUIRE(inside.press("inside/map/1"));
  CHECK(inside.ui.channel == 1);
  CHECK_FALSE(has(inside.asked(), "\"unit\""));
  REQUIRE(inside.press("inside/large"));
  CHECK(inside.ui.walking);
  CHECK(inside.ui.unit.row == 2);
  CHECK(inside.ui.unit.column == 2);
  CHECK(has(
      inside.asked(),
      R"("what":"unit","layer":"conv","row":2,"column":2,"channel":1,"image":{"split":"test","index":0})"));
  REQUIRE(inside.press("inside/layer/dense"));
  CHECK(inside.ui.layer == "dense");
  CHECK_FALSE(inside.ui.walking);
  CHECK(has(inside.asked(), R"("what":"maps","layer":"dense","image":{"split":"test","index":0})"));
}

TEST_CASE("inside: index and split choose the picture") {
  Inside inside;
  inside.show_maps();
  inside.press("inside/index/more");
  CHECK(inside.ui.index == 1);
  inside.press("inside/index/less");
  inside.press("inside/index/less");
  CHECK(inside.ui.index == 9);
  inside.press("inside/index/value");
  ImGui::GetIO().AddInputCharactersUTF8("4");
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  inside.press("inside/split/Test");  // a press elsewhere enters the number
  CHECK(inside.ui.index == 4);
  inside.press("inside/random");
  CHECK(inside.ui.index < 10);
  inside.press("inside/split/Train");
  CHECK(inside.ui.source == InsidePanel::train);
  CHECK(has(inside.asked(), R"("split":"train")"));
}

TEST_CASE("inside: the user's own picture is sent along, and a changed one is inspected again") {
  Inside inside;
  inside.show_maps();
  inside.press("inside/split/Yours");
  const auto asked = [&] {
    std::vector<InsideQuestion> list = questions(inside.ui, inside.state());
    const auto maps = std::find_if(list.begin(), list.end(), [&](const InsideQuestion& one) {
      return &one.answer == &inside.answers.maps;
    });
    REQUIRE(maps != list.end());
    CHECK_FALSE(maps->args.find("image"));
    return maps->own_version;
  };
  const int before = asked();
  CHECK(before >= 0);
  inside.own.stroke(ImVec2(10, 10), ImVec2(90, 90), 20, {255, 0, 0});
  CHECK(asked() != before);
}

TEST_CASE("inside: every view draws its answer") {
  Inside inside;
  inside.show_maps();
  for (const char* view :
       {"inside/view/Filters", "inside/view/Evidence", "inside/view/Numbers", "inside/view/Scatter"}) {
    CAPTURE(view);
    inside.press(view);
    CHECK(inside.asked().size() >= 1);
  }
  inside.answer(inside.answers.filters,
                R"({"layer":"conv","arrays":[{"name":"filters","type":"float32","shape":[3,3,5,2]}]})",
                {std::vector<float>(90, 0.1f)});
  inside.answer(inside.answers.heat,
                R"({"what":"grad_cam","layer":"conv","class":1,"predicted":1,"probabilities":[0.2,0.8],
      "arrays":[{"name":"map","type":"float32","shape":[4,4]}]})",
                {std::vector<float>(16, 0.1f)});
  inside.answer(inside.answers.numbers,
                R"({"samples":[{"epoch":1,"layers":[{"index":1,"name":"conv","dead":0.5,"gradients":null,
      "weights":{"low":-1,"high":1,"mean":0.25,"deviation":0.5,"counts":[1,2,3]},"activations":{"low":0,"high":0,"counts":[6,0,0]}}]}]})");
  inside.ui.embedding_wanted = true;
  inside.answer(inside.answers.scatter,
                R"({"layer":"dense","shares":[0.6,0.2],"labels":[0,1],"predicted":[1,1],
      "arrays":[{"name":"points","type":"float32","shape":[2,2]}]})",
                {{-1, 0, 1, 0}});
  inside.press("inside/view/Filters");
  CHECK(inside.press("inside/filter/1"));
  CHECK(inside.ui.filter == 1);
  inside.press("inside/top");
  CHECK(has(inside.asked(), R"("what":"top","layer":"conv","channel":1)"));
  inside.press("inside/filter/0");
  CHECK(has(inside.asked(), R"("what":"top","layer":"conv","channel":0)"));
  inside.press("inside/view/Evidence");
  CHECK(WidgetRects::find("inside/heat"));
  inside.press("inside/method/Occlusion");
  CHECK(has(inside.asked(), R"("what":"occlusion")"));
  CHECK_FALSE(WidgetRects::find("inside/heat"));  // the answer is still Grad-CAM's
  inside.press("inside/view/Numbers");
  CHECK(WidgetRects::find("inside/numbers/conv"));
  CHECK(WidgetRects::text("inside/numbers/conv/weights") == "weights: −1 to 1, mean 0.25, deviation 0.5");
  CHECK_FALSE(WidgetRects::find("inside/numbers/conv/gradients"));
  CHECK(WidgetRects::find("legend/Dead ReLU units/conv"));
  inside.press("inside/view/Scatter");
  CHECK(WidgetRects::find("inside/scatter"));
}

TEST_CASE("inside: step by step, the running sum is the sum of the products so far") {
  Inside inside;
  inside.show_maps();
  inside.press("inside/large");
  std::vector<float> values(18), weights(18), products(18);
  for (std::size_t i = 0; i < 18; ++i) {
    values[i] = static_cast<float>(i);
    weights[i] = 0.5f;
    products[i] = values[i] * weights[i];
  }
  inside.answer(inside.answers.unit,
                R"({"layer":"conv","input":"x","rule":"weights","row":2,"column":2,"channel":0,
      "channel_sums":[36,40.5],"bias":1,"before":77.5,"after":77.5,"output":77.5,"arrays":[
      {"name":"values","type":"float32","shape":[3,3,2]},{"name":"weights","type":"float32","shape":[3,3,2]},
      {"name":"products","type":"float32","shape":[3,3,2]}]})",
                {values, weights, products});
  inside.press("inside/walk/begin");
  CHECK(WidgetRects::text("inside/walk/sum") == "Channel 1 of 2: 0 \u00d7 0.5 = 0. Sum so far: 0.");
  inside.press("inside/walk/step/more");
  inside.press("inside/walk/step/more");
  // The third number of the first channel has index 4 in [3, 3, 2].
  CHECK(WidgetRects::text("inside/walk/sum") == "Channel 1 of 2: 4 \u00d7 0.5 = 2. Sum so far: 3.");
  inside.ui.walk_step = 17;
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  CHECK(WidgetRects::text("inside/walk/sum") == "Channel 2 of 2: 17 \u00d7 0.5 = 8.5. Sum so far: 76.5.");
  inside.press("inside/walk/all");
  CHECK(inside.ui.walk_step == -1);
  inside.press("inside/walk/channel/more");
  CHECK(inside.ui.walk_channel == 0);  // the last has the largest sum; after it comes the first
}

TEST_CASE("inside: channels of the input picture are named, others are counted from 1") {
  InsideLayer picture;
  picture.class_name = "InputLayer";
  picture.shape = {32, 32, 3};
  CHECK(channel_text(picture, 0) == "red channel (1 of 3)");
  CHECK(channel_text(picture, 2) == "blue channel (3 of 3)");
  InsideLayer conv;
  conv.class_name = "Conv2D";
  conv.shape = {30, 30, 32};
  CHECK(channel_text(conv, 0) == "channel 1 of 32");
  CHECK(channel_text(conv, 31) == "channel 32 of 32");
}

TEST_CASE("inside: occlusion reports the probability with the square at the selected place") {
  Inside inside;
  inside.show_maps();
  inside.press("inside/view/Evidence");
  inside.press("inside/method/Occlusion");
  std::vector<float> map(16, 0.5f);
  map[0] = 0.125f;
  inside.answer(inside.answers.heat,
                R"({"what":"occlusion","class":1,"size":8,"stride":8,"predicted":1,"probabilities":[0.2,0.8],
      "arrays":[{"name":"map","type":"float32","shape":[4,4]}]})",
                {map});
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  CHECK(WidgetRects::text("inside/spot") == "dog: 12.5 % with the square here, 80.0 % without");
  inside.press("inside/heat");
  CHECK(WidgetRects::text("inside/spot") == "dog: 50.0 % with the square here, 80.0 % without");
}

TEST_CASE("inside: a long question shows its progress, can be canceled and run again") {
  Inside inside;
  inside.show_maps();
  inside.ui.view = InsidePanel::scatter;
  inside.ui.embedding_wanted = true;
  InsideAnswer& answer = inside.answers.scatter;
  answer.waiting = answer.lasts = true;
  answer.question = "asked";
  answer.request = 7;
  answer.share = 0.25;
  inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  CHECK(WidgetRects::text("inside/progress") == "25.0 %");
  inside.press("inside/cancel");
  CHECK(answer.halted);
  answer.take({{}, {}, "cancelled", "The call was cancelled."});
  CHECK_FALSE(answer.question.empty());  // kept, so that it is not asked again automatically
  inside.press("inside/again");
  CHECK(answer.question.empty());
}

TEST_CASE("number history: shares sum to one, the nearest sample is used, outliers do not set the range") {
  const NumberHistory history = read_number_history(json(R"({"samples":[
      {"epoch":0,"step":0,"layers":[{"name":"conv","dead":0,"weights":{"low":-1,"high":1,"counts":[1,1]}}]},
      {"epoch":1,"step":90,"layers":[{"name":"conv","dead":0.5,"weights":{"low":-1,"high":99,"counts":[99990,0,0,10]}}]}]})"));
  REQUIRE(history.layers.size() == 1);
  CHECK(history.layers[0].dead.back().y == 0.5);
  CHECK(sample_at(history, 40) == 0);
  CHECK(sample_at(history, 50) == 1);
  const auto& weights = history.layers[0].kinds[0];
  const Range range = shown_range(weights);
  CHECK(range.low == doctest::Approx(-1).epsilon(0.2));
  CHECK(range.high < 30);
  for (const Distribution& of : weights) {
    double sum = 0;
    for (const double share : in_rows(of, range, 32)) sum += share;
    CHECK(sum == doctest::Approx(1));
  }
  const std::vector<double> even = in_rows(weights[0], {-1, 1}, 4);
  for (const double share : even) CHECK(share == doctest::Approx(0.25));
}

TEST_CASE("inside: an answer about a replaced model is not shown") {
  Inside inside;
  inside.show_maps();
  inside.answers.forget();
  CHECK_FALSE(inside.answers.maps.there());
  AppReply late{json(R"({"layer":"conv","arrays":[]})"), {}, {}, {}};
  inside.answers.maps.take(late);
  CHECK_FALSE(inside.answers.maps.there());
}

TEST_CASE("colors: heat becomes lighter throughout, signs are two hues around near white") {
  float before = -1;
  for (int i = 0; i <= 20; ++i) {
    const Rgb c = heat_color(static_cast<float>(i) / 20);
    const float light = 0.2126f * static_cast<float>(c[0]) + 0.7152f * static_cast<float>(c[1]) +
                        0.0722f * static_cast<float>(c[2]);
    CHECK(light > before);
    before = light;
  }
  CHECK(signed_color(1)[2] > signed_color(1)[0]);
  CHECK(signed_color(-1)[0] > signed_color(-1)[2]);
  CHECK(signed_color(0)[0] > 230);
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
