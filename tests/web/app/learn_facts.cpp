// What the chapters say about numbers and about layers is so.
#include <cmath>

#include "tests/web/app/learn_reader.h"
#include "web/app/learn/net.h"
#include "web/app/state/fields.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

/// A chapter's text without markup.
std::string text_of(std::string_view name) {
  for (const ChapterType* type : chapters()) {
    if (name != type->name) continue;
    std::string text = type->lead;
    for (const Passage& passage : type->text) {
      text += "\n";
      for (const StyledText& part : styled_texts(passage.text)) text += part.text;
    }
    return text;
  }
  return "";
}

TEST_CASE("chapters: their figures are the tutorial's, and the rules are stated in full") {
  const std::pair<const char*, std::vector<const char*>> said[] = {
      {"training",
       {"0.9682 after epoch 3 to 0.9383 at the end", "rising validation loss is its sign",
        "dropout is off in validation", "average over the epoch", "in every training step",
        "1 / (1 \u2212 rate)", "outside training nothing is dropped", "The share is its rate"}},
      {"convolution", {"cross-correlation", "rotates the kernel by 180 degrees", "numbers sum to zero"}},
      {"speedrun", {"until late 2024", "weighted average", "count a quarter each"}},
  };
  for (const auto& of_chapter : said) {
    CAPTURE(of_chapter.first);
    const std::string text = text_of(of_chapter.first);
    for (const char* phrase : of_chapter.second)
      CHECK_MESSAGE(text.find(phrase) != std::string::npos, phrase);
  }
  CHECK(text_of("training").find("no longer falls") == std::string::npos);
  for (const ChapterType* type : chapters())
    CHECK(text_of(type->name).find("holds the record") == std::string::npos);
}

TEST_CASE("dropout: survivors are scaled by 1 / (1 - rate) in training, and nothing is dropped otherwise") {
  LearnPanel panel;
  for (const double rate : {0.25, 0.5}) {
    Net net({32, 32, 1}, {layer("Dropout", {{"rate", rate}})});
    REQUIRE(net.made());
    const std::vector<float> ones(32 * 32, 1.0f);
    for (const float y : net.run(panel.exec, ones)) CHECK(y == 1);
    const float* y = net.model().forward(panel.exec, ones.data(), 1, {.training = true});
    REQUIRE(y);
    int dropped = 0;
    for (std::size_t i = 0; i < ones.size(); ++i) {
      const bool zero = y[i] == 0, scaled = y[i] == doctest::Approx(1 / (1 - rate));
      CHECK((zero || scaled));
      dropped += zero;
    }
    CHECK(std::abs(dropped / 1024.0 - rate) < 0.08);
  }
}

TEST_CASE("convolution: on an even area a kernel gives the area's value times the sum of its numbers") {
  LearnPanel panel;
  Net net({8, 8, 1}, {layer("Conv2D", {{"filters", 1}, {"kernel_size", 3}, {"use_bias", false}})});
  const std::vector<float> even(64, 0.5f);
  const std::span<float> kernel = net.parameter("/kernel");
  constexpr std::array<float, 9> kEdges = {-1, 0, 1, -2, 0, 2, -1, 0, 1}, kBlur = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  std::copy(kEdges.begin(), kEdges.end(), kernel.begin());
  for (const float y : net.run(panel.exec, even)) CHECK(y == 0);
  std::copy(kBlur.begin(), kBlur.end(), kernel.begin());
  for (const float y : net.run(panel.exec, even)) CHECK(y == doctest::Approx(4.5));
}

/// The number at the end of a text such as "= −0.451".
double value_in(std::string text) {
  const std::size_t minus = text.find("\u2212");
  if (minus != std::string::npos) text.replace(minus, std::string("\u2212").size(), "-");
  return std::strtod(text.c_str() + text.find_first_of("-0123456789"), nullptr);
}

TEST_CASE("convolution chapter: the products as shown add up to the sum as shown") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
  reader.open("convolution");
  for (const float place : {0.1f, 0.35f, 0.6f, 0.85f}) {
    reader.point("convolution/output", place, 1 - place);
    double sum = 0;
    for (int i = 0; i < 9; ++i) {
      const std::string product = WidgetRects::text("arithmetic/" + std::to_string(i));
      REQUIRE_FALSE(product.empty());
      sum += value_in(product);
    }
    const std::string says = reader.says(), before = "add up to *";
    REQUIRE(says.find(before) != std::string::npos);
    const double off = std::abs(sum - value_in(says.substr(says.find(before))));
    CHECK(off < 0.0051);  // nine and one roundings
    const bool says_so = says.find("before rounding") != std::string::npos;
    CHECK(says_so == (off > 0.0005));
  }
}

TEST_CASE("training chapter: a training that diverges says so in words") {
  for (const char* rate : {"training/diverging", "training/too large"}) {
    CAPTURE(rate);
    Reader reader;
    ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
    reader.open("training");
    reader.press(rate);
    const double start = number_after(reader, "the loss is ");
    reader.press("training/step");
    const bool finite = says(reader, "the loss is ") && !says(reader, "not a number");
    const bool worse = !finite || number_after(reader, "the loss is ") > 1.5 * start;
    CHECK(says(reader, "diverge") == worse);
    if (std::string_view(rate) == "training/diverging") CHECK(says(reader, "diverge"));
  }
}

TEST_CASE("RandomFlip begins as horizontal, wherever it is added") {
  const Catalog types = catalog();
  int found = 0;
  for (const std::vector<Type>* list : {&types.layers, &types.augmentations})
    for (const Type& type : *list)
      if (type.class_name == "RandomFlip") {
        CHECK(text_in(needed_settings(type.fields), "mode") == "horizontal");
        ++found;
      }
  CHECK(found > 0);
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
