// The chapters about layers: they show what the core's layers compute, and every control has an effect.
#include <cmath>

#include "tests/web/app/learn_reader.h"
#include "web/app/learn/convolution.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

TEST_CASE("convolution chapter: the products on screen add up to the layer's output, at every place") {
  for (const bool color : {false, true}) {
    CAPTURE(color);
    Reader reader;
    reader.open("convolution");
    if (color) reader.press("convolution/color/Color: a filter of three");
    auto& chapter = dynamic_cast<ConvolutionChapter&>(*reader.panel.chapter);
    for (const float place : {0.02f, 0.3f, 0.55f, 0.98f}) {
      reader.point("convolution/output", place, 1 - place);
      const ConvolutionChapter::Walk walk = chapter.walk();
      CHECK(walk.channels == (color ? 3 : 1));
      double sum = 0, magnitude = 0;
      for (const float product : walk.products) sum += product, magnitude += std::abs(product);
      CHECK(std::abs(sum - walk.output) <= 28 * 0x1p-23 * magnitude);
    }
  }
}

TEST_CASE("convolution chapter: its map equals that of a Conv2D with the same kernel") {
  Reader reader;
  reader.open("convolution");
  auto& chapter = dynamic_cast<ConvolutionChapter&>(*reader.panel.chapter);
  constexpr float kSobel[] = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
  const std::vector<float> gray = gray_values(picture_values(reader.lesson(), 0));
  REQUIRE(chapter.output().size() == 30 * 30);
  for (int row = 0; row < 30; ++row)
    for (int column = 0; column < 30; ++column) {
      double sum = 0;
      for (int i = 0; i < 9; ++i)
        sum += kSobel[i] *
               static_cast<double>(gray[static_cast<std::size_t>((row + i / 3) * 32 + column + i % 3)]);
      CHECK(chapter.output()[static_cast<std::size_t>(row * 30 + column)] ==
            doctest::Approx(sum).epsilon(1e-5));
    }
}

TEST_CASE("convolution chapter: kernel, preset, picture and pointer change the caption") {
  Reader reader;
  reader.open("convolution");
  std::string before = reader.says();
  const auto changed = [&] {
    const bool other = reader.says() != before;
    before = reader.says();
    return other;
  };
  reader.press("kernels/3");
  CHECK(changed());
  reader.press("convolution/picture/4");
  CHECK(changed());
  reader.point("convolution/input", 0.7f, 0.2f);
  CHECK(changed());
  reader.drag("kernel/4", 0.2f, 0.9f);
  CHECK(changed());
  reader.press("convolution/color/Color: a filter of three");
  CHECK(changed());
  CHECK(reader.says().find("green") != std::string::npos);
}

TEST_CASE("padding chapter: the map is as large as the formulas say, for every kernel, stride and padding") {
  Reader reader;
  reader.open("padding");
  const int n = 7;
  for (const int k : {1, 2, 3})
    for (const int s : {1, 2, 3})
      for (const bool same : {false, true}) {
        CAPTURE(k);
        CAPTURE(s);
        CAPTURE(same);
        reader.press("windows/kernel/" + std::to_string(k));
        reader.press("windows/stride/" + std::to_string(s));
        reader.press(same ? "windows/padding/same" : "windows/padding/valid");
        const auto map = [&](int side) {
          const std::string out = std::to_string(same ? (side + s - 1) / s : (side - k) / s + 1);
          std::string text = out;
          return text.append(" \u00d7 ").append(out);
        };
        CHECK(says(reader, "*" + map(n) + "* cells"));
        CHECK(says(reader, "gives " + map(32)));
      }
}

TEST_CASE("padding chapter: picture, size and pointer change the caption") {
  Reader reader;
  reader.open("padding");
  Heard heard{reader};
  reader.press("windows/picture/3");
  CHECK(heard.changed());
  reader.point("windows/output", 0.9f, 0.9f);
  CHECK(heard.changed());
  reader.point("windows/input", 0.1f, 0.1f);
  CHECK(heard.changed());
  reader.drag("windows/size", 0.5f, 0.95f);
  CHECK(heard.changed());
}

TEST_CASE("activations chapter: values and slopes are those of the functions") {
  struct Case {
    const char* name;
    double value, slope;  // at x = 1
  };
  const double e = std::exp(1.0), s = 1 / (1 + 1 / e), t = std::tanh(1.0);
  const double cdf = 0.5 * (1 + std::erf(1 / std::sqrt(2.0))),
               pdf = std::exp(-0.5) / std::sqrt(2 * 3.14159265358979);
  const Case cases[] = {
      {"sigmoid", s, s * (1 - s)}, {"tanh", t, 1 - t * t}, {"ReLU", 1, 1}, {"leaky", 1, 1}, {"ELU", 1, 1},
      {"GELU", cdf, cdf + pdf},    {"maxout", 1, 1}};
  Reader reader;
  reader.open("activations");
  for (const Case& c : cases) {
    CAPTURE(c.name);
    reader.press(std::string("activations/") + c.name);
    CHECK(number_after(reader, ") = ") == doctest::Approx(c.value).epsilon(1e-3));
    CHECK(number_after(reader, "slope of ") == doctest::Approx(c.slope).epsilon(1e-3));
  }
}

TEST_CASE("activations chapter: sliders change the caption, and the gradient vanishes with depth") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 2000);
  reader.open("activations");
  const double eight = number_after(reader, "with ReLU: ");
  CHECK(number_after(reader, "ReLU: ") == eight);
  Heard heard{reader};
  reader.drag("activations/x", 0.6f, 0.2f);
  CHECK(heard.changed());
  reader.press("activations/ELU");
  CHECK(heard.changed());
  reader.drag("activations/alpha", 0.5f, 0.1f);
  CHECK(heard.changed());
  reader.press("activations/maxout");
  CHECK(heard.changed());
  reader.drag("activations/slope1", 0.4f, 0.05f);
  CHECK(heard.changed());
  reader.press("activations/sigmoid");
  reader.drag("activations/depth", 0.45f, 0.02f);
  CHECK(says(reader, "times as large"));
  const std::string all = reader.says();
  const auto times = [](const std::string& words) {
    const std::size_t end = words.find(" times as large");
    return playground::test::leading_number(std::string_view(words).substr(words.rfind(' ', end - 1) + 1));
  };
  reader.drag("activations/depth", 0.02f, 0.6f);
  CHECK(times(reader.says()) > 100 * times(all));
}

TEST_CASE("pooling chapter: the sum is the average times the cells, and every control changes the caption") {
  Reader reader;
  reader.open("pooling");
  for (const int size : {2, 3, 4}) {
    CAPTURE(size);
    reader.press("pooling/size/" + std::to_string(size));
    const double max = number_after(reader, "max "), average = number_after(reader, "average "),
                 sum = number_after(reader, "sum ");
    CHECK(average <= max);
    CHECK(sum == doctest::Approx(average * size * size).epsilon(0.01));
  }
  Heard heard{reader};
  reader.press("pooling/stride/3");
  CHECK(heard.changed());
  CHECK(says(reader, "leave 9 \u00d7 9"));  // (30 - 4) / 3 + 1
  reader.press("pooling/picture/2");
  CHECK(heard.changed());
  reader.point("pooling/max", 0.9f, 0.2f);
  CHECK(heard.changed());
  reader.point("pooling/input", 0.4f, 0.5f);
  CHECK(heard.changed());
  reader.drag("pooling/shift", 0.05f, 0.5f);
  CHECK(says(reader, "changed the map by"));
}

TEST_CASE("softmax chapter: it is better than guessing, and probabilities follow from the logits") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1200);
  reader.open("softmax");
  CHECK(number_after(reader, "small network is ") > 30);
  CHECK(says(reader, "The network predicts"));
  Heard heard{reader};
  reader.press("classes/picture/3");
  CHECK(heard.changed());
  CHECK(reader.find("classes/maps"));
  reader.press("classes/name/7");
  CHECK(heard.changed());
  CHECK(says(reader, "The logit of horse is"));
  reader.drag("classes/logit/7", 0.5f, 0.99f);
  CHECK(says(reader, "These logits predict *horse*"));
  const double share = number_after(reader, ", is ") / 100;
  const double top = std::exp(number_after(reader, "e^")), all = number_after(reader, "the sum of all, ");
  CHECK(share == doctest::Approx(top / all).epsilon(0.02));
  reader.press("classes/own");
  CHECK(says(reader, "The network predicts"));
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
