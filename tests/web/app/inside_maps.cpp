// Maps in the Inside tab: their order and their colors, the network as a picture,
// evidence beside the picture.
#include "tests/web/app/inside_page.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("panels/inside");

/// Three maps of 2 x 2: nothing, up to 1, up to 5.
struct ThreeMaps : Inside {
  ThreeMaps() {
    answer(answers.layers, R"({"layers":[
      {"index":0,"name":"x","class_name":"InputLayer","shape":[32,32,3],"rule":"own"},
      {"index":1,"name":"conv","class_name":"Conv2D","shape":[2,2,3],"rule":"weights"},
      {"index":2,"name":"dense","class_name":"Dense","shape":[2],"rule":"weights"}]})");
    give(1, 5);
    frame();
  }
  void give(float second, float third) {
    answer(answers.maps, R"({"layer":"conv","label":0,"predicted":1,"probabilities":[0.25,0.75],"arrays":[
      {"name":"after","type":"float32","shape":[2,2,3]}]})",
           {{0, second, 0, 0, 0, third, 0, 0, 0, 0, 0, 0}});
  }
  void frame() {
    for (int i = 0; i < 2; ++i) gui.frame([&] { draw(ui, state()); });
  }
  float x_of(int channel) {
    const auto rect = WidgetRects::find("inside/map/" + std::to_string(channel));
    REQUIRE(rect);
    return rect->x;
  }
};

TEST_CASE("inside: the strongest map is enlarged and comes first, one that is zero everywhere comes last") {
  ThreeMaps inside;
  CHECK(inside.ui.channel == 2);
  CHECK(inside.x_of(2) < inside.x_of(1));
  CHECK(inside.x_of(1) < inside.x_of(0));
  CHECK(WidgetRects::text("inside/map_notes").find("1 map is zero everywhere") == 0);
}

TEST_CASE("inside: each map has its own scale of colors; a switch gives all the same one") {
  ThreeMaps inside;
  const Rgb brightest = heat_color(1);
  CHECK(inside.ui.map_tiles.pixel(1, 0, 0) == brightest);
  CHECK(inside.ui.map_tiles.pixel(2, 1, 0) == brightest);
  inside.press("inside/one_scale");
  inside.frame();
  CHECK(inside.ui.map_tiles.pixel(1, 0, 0) == heat_color(0.2f));
  CHECK(inside.ui.map_tiles.pixel(2, 1, 0) == brightest);
}

TEST_CASE("inside: while the network trains, the maps keep their places") {
  ThreeMaps inside;
  inside.training.state = RunState::training;
  inside.give(9, 5);
  inside.frame();
  CHECK(inside.x_of(2) < inside.x_of(1));
  inside.training.state = RunState::ready;
  inside.give(9, 5);
  inside.frame();
  CHECK(inside.x_of(1) < inside.x_of(2));
}

TEST_CASE("inside: Grad-CAM is interpolated between its cells, beside the picture itself") {
  Inside inside;
  inside.show_maps();
  inside.press("inside/view/Evidence");
  inside.answer(inside.answers.heat,
                R"({"what":"grad_cam","layer":"conv","class":1,"predicted":1,"probabilities":[0.2,0.8],
      "arrays":[{"name":"map","type":"float32","shape":[2,2]}]})",
                {{0, 1, 0, 1}});
  for (int i = 0; i < 2; ++i) inside.gui.frame([&] { draw(inside.ui, inside.state()); });
  std::vector<std::array<std::uint8_t, 3>> colors;
  for (int x = 0; x < 32; ++x) {
    const auto color = inside.ui.heat.pixel(0, x, 5);
    if (colors.empty() || !(colors.back() == color)) colors.push_back(color);
  }
  CHECK(colors.size() > 8);  // cells alone have two
  CHECK(colors.front() == heat_color(0));
  CHECK(colors.back() == heat_color(1));
  const auto original = WidgetRects::find("inside/original"), heat = WidgetRects::find("inside/heat");
  REQUIRE((original && heat));
  CHECK(original->x + original->z <= heat->x);
  CHECK(original->y == heat->y);
}

TEST_CASE(
    "inside: the network is drawn from the picture to the classes, and a press on a block opens its maps") {
  ThreeMaps inside;
  inside.press("inside/view/Network");
  CHECK(inside.ui.view == InsidePanel::network);
  for (const char* layer : {"x", "conv", "dense"})
    CHECK(has(inside.asked(), std::string(R"("what":"maps","layer":")") + layer + "\""));
  REQUIRE(inside.answers.network.size() == 3);
  inside.answers.network[0].asked = std::chrono::steady_clock::now();  // the others' answers are older
  const std::vector<std::string> in_order = inside.asked();
  REQUIRE(in_order.size() > 2);
  CHECK(in_order.back().find(R"("layer":"x")") != std::string::npos);
  inside.answer(inside.answers.network[1],
                R"({"layer":"conv","arrays":[{"name":"after","type":"float32","shape":[2,2,3]}]})",
                {{0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0}});
  inside.answer(inside.answers.network[2],
                R"({"layer":"dense","label":0,"predicted":1,"probabilities":[0.25,0.75],
      "arrays":[{"name":"after","type":"float32","shape":[2]}]})",
                {{0.25f, 0.75f}});
  inside.frame();
  CHECK(WidgetRects::text("inside/verdict") == "cat, predicted as dog (75.0 %)");
  CHECK(WidgetRects::text("inside/block/conv") == "conv 2 \u00d7 2 \u00d7 3");
  const auto picture = WidgetRects::find("inside/block/x"), conv = WidgetRects::find("inside/block/conv"),
             classes = WidgetRects::find("inside/block/dense");
  REQUIRE((picture && conv && classes));
  CHECK(picture->x + picture->z < conv->x);
  CHECK(conv->x + conv->z < classes->x);
  CHECK(picture->w > conv->w);                                     // 32 x 32 beside 2 x 2
  CHECK(inside.ui.network_tiles.pixel(1, 1, 0) == heat_color(1));  // the strongest map
  inside.training.state = RunState::training;
  ++inside.answers.weights;
  inside.answer(inside.answers.network[1],
                R"({"layer":"conv","arrays":[{"name":"after","type":"float32","shape":[2,2,3]}]})",
                {{0, 9, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0}});
  inside.frame();
  CHECK(inside.ui.network_tiles.pixel(1, 1, 0) == heat_color(1));  // still the same map
  inside.press("inside/block/conv");
  CHECK(inside.ui.view == InsidePanel::maps);
  CHECK(inside.ui.layer == "conv");
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
