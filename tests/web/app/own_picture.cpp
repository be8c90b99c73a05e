#include "web/app/state/own_picture.h"

#include <algorithm>

#include "doctest/doctest.h"
#include "tests/web/app/app_page.h"
#include "tests/web/app/headless.h"
#include "web/app/controls/touch.h"
#include "web/app/panels/own_picture.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/own_picture");

namespace {

std::vector<std::uint8_t> stripes(int width, int height) {
  std::vector<std::uint8_t> rgb;
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int c = 0; c < 3; ++c)
        rgb.push_back(static_cast<std::uint8_t>(c == 0 ? x % 2 * 200 : c == 1 ? x : y));
  return rgb;
}

}  // namespace

TEST_CASE("own picture: each pixel of the network's input is the mean of the area it covers") {
  OwnPicture picture;
  REQUIRE(picture.assign(64, 64, stripes(64, 64)));
  const std::vector<std::uint8_t>& seen = picture.seen();
  REQUIRE(seen.size() == kPictureBytes);
  for (const int at : {0, 31}) {
    const std::size_t i = static_cast<std::size_t>(at * kPictureSide + at) * 3;
    CHECK(seen[i] == 100);                                        // of 0 and 200
    CHECK(seen[i + 1] == static_cast<std::uint8_t>(2 * at + 1));  // 2 at + 0.5, rounded
    CHECK(seen[i + 2] == static_cast<std::uint8_t>(2 * at + 1));
  }
}

TEST_CASE("own picture: the whole square is as the page decoded it, until it is cropped or drawn on") {
  OwnPicture picture;
  const std::vector<std::uint8_t> decoded(kPictureBytes, 77);
  REQUIRE(picture.assign(64, 48, stripes(64, 48), decoded));
  CHECK(picture.seen() == decoded);
  picture.zoom_square(0.5f);
  CHECK(picture.seen() != decoded);
  picture.zoom_square(2);
  CHECK(picture.seen() == decoded);
  picture.stroke(ImVec2(10, 10), ImVec2(20, 20), 3, {1, 2, 3});
  CHECK(picture.seen() != decoded);
  REQUIRE(picture.assign(64, 48, stripes(64, 48)));
  CHECK(picture.seen() != decoded);
}

TEST_CASE("own picture: a picture of 32 x 32 is unchanged, a smaller one is enlarged") {
  OwnPicture picture;
  const auto same = stripes(32, 32);
  REQUIRE(picture.assign(32, 32, same));
  CHECK(picture.seen() == same);
  REQUIRE(picture.assign(1, 1, std::vector<std::uint8_t>{10, 20, 30}));
  CHECK(picture.seen()[3 * 500 + 1] == 20);
}

TEST_CASE("own picture: the crop starts centered and stays inside the picture and its size limits") {
  OwnPicture picture;
  REQUIRE(picture.assign(200, 100, stripes(200, 100)));
  CHECK((picture.square().x == 50 && picture.square().y == 0 && picture.square_side() == 100));
  picture.move_square(ImVec2(1000, 1000));
  CHECK((picture.square().x == 100 && picture.square().y == 0));
  picture.zoom_square(0.5f);
  CHECK((picture.square().x == 125 && picture.square().y == 25 && picture.square_side() == 50));
  for (int i = 0; i < 100; ++i) picture.zoom_square(0.5f);
  CHECK(picture.square_side() == OwnPicture::kLeastSquare);
  picture.move_square(ImVec2(-1000, 1000));
  for (int i = 0; i < 100; ++i) picture.zoom_square(2);
  CHECK((picture.square().x == 0 && picture.square_side() == 100));
  const int version = picture.version();
  REQUIRE(picture.assign(200, 100, stripes(200, 100)));  // the camera's next frame
  CHECK(picture.square().x == 0);
  CHECK(picture.version() > version);
}

TEST_CASE("own picture: wrong sizes are rejected and change nothing") {
  OwnPicture picture;
  const int version = picture.version();
  const auto rgb = stripes(10, 10);
  CHECK_FALSE(picture.assign(0, 10, rgb));
  CHECK_FALSE(picture.assign(-10, -10, rgb));
  CHECK_FALSE(picture.assign(10, 11, rgb));
  CHECK_FALSE(picture.assign(513, 10, stripes(513, 10)));
  CHECK(picture.version() == version);
  CHECK(picture.width() == OwnPicture::kSheet);
}

TEST_CASE("own picture: a stroke covers its line, also beyond the sheet, and Clear removes it") {
  OwnPicture picture;
  const auto shade = [&](int x, int y) {
    return picture.seen()[static_cast<std::size_t>(y * kPictureSide + x) * 3];
  };
  picture.stroke(ImVec2(-50, 128), ImVec2(5000, 128), 16, {0, 0, 0});
  CHECK(shade(0, 15) == 0);
  CHECK(shade(31, 16) == 0);
  CHECK(shade(16, 12) == 255);
  picture.stroke(ImVec2(-900, -900), ImVec2(-800, -800), 5, {0, 0, 0});
  picture.clear();
  CHECK(shade(0, 15) == 255);
}

TEST_CASE("own picture: the pointer draws with the chosen color; in Crop it moves the crop") {
  HeadlessGui gui;
  OwnPicturePanel ui;
  OwnPicture picture;
  Recognized recognized;
  const std::vector<std::string> names{"cat", "dog"};
  const auto panel = [&] { return draw(ui, OwnPictureState{picture, recognized, names, true}, false); };
  gui.press("own/color/3", panel);
  CHECK(ui.color == 3);
  gui.press("own/brush/Broad", panel);
  gui.press("own/sheet", panel);
  const std::size_t middle = (16 * kPictureSide + 16) * 3;
  CHECK((picture.seen()[middle] == 190 && picture.seen()[middle + 1] == 40));
  gui.press("own/use/Crop", panel);
  gui.press("own/closer", panel);
  CHECK(picture.square_side() < OwnPicture::kSheet);
  gui.press("own/sheet", panel);  // the pointer stays there
  const float side = picture.square_side();
  Touch::pinch(2);
  gui.frame(panel);
  CHECK(picture.square_side() == doctest::Approx(std::max(side / 2, OwnPicture::kLeastSquare)));
  CHECK(Touch::take_pinch() == 1);  // the page around it keeps its size
  const UiRequest camera = gui.press("own/camera", panel);
  REQUIRE(camera);
  CHECK(std::get<action::TakePicture>(*camera).from == "camera");
  recognized.camera = true;
  const UiRequest taken = gui.press("own/take", panel);
  REQUIRE(taken);
  CHECK(std::get<action::TakePicture>(*taken).from == "nothing");
  recognized.said.probabilities = {0.25f, 0.75f};
  const UiRequest inside = gui.press("own/inside", panel);
  REQUIRE(inside);
  CHECK(std::get<action::Show>(*inside).place == action::Place::own_maps);
}

TEST_CASE("own picture: other data or another network takes the verdict away until there is a new one") {
  test::Ready page;
  page.app.ui().tab = Tab::predictions;
  page.app.ui().predictions_of = PredictionsOf::own;
  const std::vector<float> sure{0.25f, 0.75f};
  const Payload shares{reinterpret_cast<const std::uint8_t*>(sure.data()), 8};
  const auto asked = [&] {
    return std::count_if(page.sent.begin(), page.sent.end(),
                         [](const test::Page::Sent& one) { return one.type == "predict"; });
  };
  const auto reply = [&] {
    page.receive(R"({"id":)" + std::to_string(page.last("predict")->id) + R"(,"args":{}})", {&shares, 1});
  };
  const auto answer = [&] {
    page.frame(), page.frame();
    return WidgetRects::text("own/answer");
  };
  page.frame(), page.frame();
  REQUIRE(asked() == 1);
  const std::string other =
      R"({"source":{"kind":"files","name":"three"},"label":"three","complete":true,"class_names":["a","b","c"],
        "train":{"count":9,"per_class":[3,3,3]},"test":{"count":3}})";
  SUBCASE("after it came") {
    reply();
    CHECK(answer() == "dog");
    SUBCASE("data") { page.event("dataset", other.c_str()); }
    SUBCASE("network") {
      page.event("model",
                 R"({"config":{"class_name":"Sequential","config":{"name":"other","layers":[]}},"classes":2,
        "summary":{"rows":[{"name":"dense","class_name":"Dense","output_shape":[2],"parameters":9}],"total":9}})");
    }
    CHECK(answer().empty());
    CHECK(asked() == 2);
    reply();
    CHECK_FALSE(answer().empty());
  }
  SUBCASE("before it came") {
    page.event("dataset", other.c_str());
    reply();
    CHECK(answer().empty());
    CHECK(asked() == 2);
    reply();
    CHECK(answer() == "class 1");
  }
}
