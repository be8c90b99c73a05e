#include "web/app/controls/form.h"

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/state/fields.h"
#include "web/app/state/typed.h"

using namespace playground;
using playground::test::HeadlessGui;

TEST_SUITE_BEGIN("web/form");

namespace {

Field field(const char* name, const char* type, Json standard, std::optional<double> min = {},
            std::optional<double> max = {}) {
  Field result;
  result.name = name;
  result.type = type;
  result.standard = std::move(standard);
  result.min = min;
  result.max = max;
  return result;
}

}  // namespace

TEST_CASE("form: values step according to their type and stay inside their bounds") {
  const Field epochs = field("epochs", "int", 10, 1, 12),
              rate = field("learning_rate", "float", 0.001, 0, 10), share = field("rate", "float", 0.5, 0, 1);
  CHECK(stepped(epochs, 10, 1) == 11);
  CHECK(stepped(epochs, 12, 1) == 12);
  CHECK(stepped(epochs, 1, -1) == 1);
  CHECK(stepped(rate, 0.001, 1) == 0.002);
  CHECK(stepped(rate, 0.002, 1) == 0.005);
  CHECK(stepped(rate, 0.001, -1) == 0.0005);
  CHECK(stepped(rate, 0.0003, -1) == 0.0002);
  CHECK(stepped(rate, 0, 1) == 0.0001);
  CHECK(stepped(share, 0.5, 1) == 0.55);
  CHECK(stepped(share, 1, 1) == 1);
  Field part = field("epochs", "float", 10, 0.01, 100);  // steps by 1, accepts fractions
  part.step = 1;
  CHECK(stepped(part, 10, 1) == 11);
  CHECK(stepped(part, 9.9, 1) == 10);
  CHECK(stepped(part, 9.9, -1) == 9);
  CHECK(stepped(part, 1, -1) == 0.01);
}

TEST_CASE("form: a number means the same on every keyboard") {
  const auto is = [](std::string_view text, double value, bool whole = false) {
    CAPTURE(text);
    const std::optional<double> number = number_from(text, whole);
    REQUIRE(number);
    CHECK(*number == value);
  };
  for (const char* text :
       {"0.02", "0,02", ".02", ",02", " 0.02 ", "2e-2", "2E-2", "0.2e-1", "+0.02", "٠٫٠٢", "０．０２"})
    is(text, 0.02);
  is("0,0005", 0.0005);
  is("1e-3", 1e-3);
  is(".5", 0.5);
  is("5.", 5);
  is("-5", -5);
  is("\u22125", -5);
  is("1,000", 1);  // a decimal comma, as in 0,002
  for (const char* text : {"1,000", "1.000", "1 000", "1'000", "1\u2019000", "1\u202F000", "1000", "1e3"})
    is(text, 1000, true);
  is("2,5", 2.5, true);
  is("1,234.5", 1234.5);
  is("1.234,5", 1234.5);
  is("1,234,567", 1234567);
  for (const char* text : {"", " ", "many", "nan", "inf", "0x10", "1..2", "1,2,3", "1e", "1e9999", "--1",
                           "1-", "12 34", "€", ".", "e5"}) {
    CAPTURE(text);
    CHECK_FALSE(number_from(text, false));
  }
}

TEST_CASE("form: rejected text stays as typed, with a message about accepted values") {
  Field epochs = field("epochs", "int", 10, 1, 1000);
  CHECK(value_from(epochs, "25") == Json(25));
  CHECK(value_from(epochs, "1,000") == Json(1000));
  for (const char* text : {"2.6", "0", "-5", "1e9", "many", ""}) {
    CAPTURE(text);
    const std::optional<Rejected> wrong = rejected(value_from(epochs, text));
    REQUIRE(wrong);
    CHECK(wrong->typed == text);
    CHECK(wrong->accepts == "whole, 1 to 1,000");
  }
  CHECK(complaint(*rejected(value_from(epochs, "-5"))) == "Epochs is -5; it must be whole, 1 to 1,000.");
  CHECK(accepts_text(field("learning_rate", "float", 0.1, 0, 1e6)) == "0 to 1,000,000");
  Field clip = field("clipnorm", "float", nullptr, 0);
  clip.optional = true;
  clip.empty = "off";
  CHECK(value_from(clip, "off").is_null());
  CHECK(value_from(clip, "").is_null());
  CHECK(rejected(value_from(clip, "auto")));

  const Field kernel = field("kernel_size", "size2", Json::array({3, 3}), 1, 31);
  CHECK(pair_from(kernel, "5").dump() == "[5,5]");
  for (const char* text : {"3 x 1", "3x1", "3 × 1", "3,1", "3 1"})
    CHECK(pair_from(kernel, text).dump() == "[3,1]");
  for (const char* text : {"3 x 99", "0", "3 x 1 x 2", ""}) CHECK(rejected(pair_from(kernel, text)));
}

TEST_CASE("form: rejected texts are found at any depth, and removed from the accepted values") {
  const Json bad = value_from(field("rate", "float", 0.5, 0, 1), "2");
  Json fit = *cnn::parse_json(R"({"epochs":3,"optimizer":{"class_name":"SGD","config":{"nesterov":true}},
    "augmentation":[{"class_name":"RandomFlip","config":{"mode":"horizontal"}}]})");
  const Json clean = fit;
  CHECK_FALSE(first_rejected(fit));
  fit["optimizer"]["config"]["momentum"] = bad;
  REQUIRE(first_rejected(fit));
  CHECK(first_rejected(fit)->typed == "2");
  CHECK(accepted_part(fit) == clean);
  fit = clean;
  (*fit["augmentation"].elements())[0]["config"]["rate"] = bad;
  CHECK(first_rejected(fit));
  CHECK(accepted_part(fit) == clean);
}

TEST_CASE("form: a rejected text is shown as typed, beside what is accepted, and nothing moves") {
  HeadlessGui gui(ImVec2(400, 600));
  Json values = Json::object();
  const std::vector<Field> fields{field("epochs", "int", 10, 1, 1000),
                                  field("batch_size", "int", 10, 1, 100)};
  const auto draw = [&] { return draw_form("form", fields, values); };
  gui.frame(draw);
  gui.frame(draw);
  const std::optional<ImVec4> before = WidgetRects::find("batch_size");
  gui.press("epochs/value", draw);
  ImGui::GetIO().AddInputCharactersUTF8("-5");
  gui.frame(draw);
  CHECK(gui.press("batch_size/value", draw));
  REQUIRE(values.find("epochs"));
  CHECK(rejected(*values.find("epochs")));
  gui.frame(draw);
  CHECK(WidgetRects::text("epochs/value") == "-5");
  CHECK(WidgetRects::text("epochs/accepts") == "whole, 1 to 1,000");
  const std::optional<ImVec4> after = WidgetRects::find("batch_size");
  REQUIRE((before && after));
  CHECK(before->y == after->y);
  CHECK(gui.press("epochs/more", draw));  // to the nearest value that is accepted
  CHECK(*values.find("epochs") == Json(1));
}

TEST_CASE("form: Escape puts the old value back, whatever is typed") {
  HeadlessGui gui(ImVec2(400, 600));
  const Json before = Json::object({{"learning_rate", 0.0123456789},
                                    {"batch_size", value_from(field("batch_size", "int", 1, 1), "abc")},
                                    {"kernel_size", Json::array({3, 1})},
                                    {"title", "old"}});
  Json values = before;
  const std::vector<Field> fields{
      field("learning_rate", "float", 0.1, 0, 10), field("batch_size", "int", 10, 1, 100),
      field("kernel_size", "size2", Json::array({3, 3}), 1, 15), field("title", "string", "")};
  const auto draw = [&] { return draw_form("form", fields, values); };
  for (const char* name : {"learning_rate/value", "batch_size/value", "kernel_size/value", "title"}) {
    CAPTURE(std::string(name));
    gui.frame(draw);
    const std::string shown = WidgetRects::text(name);
    gui.press(name, draw);
    for (const char* typed : {"/", "7"}) {
      ImGui::GetIO().AddInputCharactersUTF8(typed);
      CHECK_FALSE(gui.frame(draw));
    }
    for (const bool down : {true, false}) {
      ImGui::GetIO().AddKeyEvent(ImGuiKey_Escape, down);
      CHECK_FALSE(gui.frame(draw));
      CHECK_FALSE(gui.frame(draw));
    }
    CHECK_FALSE(ImGui::IsAnyItemActive());
    CHECK(values == before);
    CHECK(WidgetRects::text(name) == shown);
  }
}

TEST_CASE("form: plus and minus change the object; unchanged defaults are not written") {
  HeadlessGui gui(ImVec2(400, 600));
  Json values = Json::object();
  const std::vector<Field> fields{field("epochs", "int", 10, 1, 1000), field("shuffle", "bool", true),
                                  field("kernel_size", "size2", Json::array({3, 3}), 1, 15)};
  const auto draw = [&] { return draw_form("form", fields, values); };
  gui.frame(draw);
  CHECK(values.members()->empty());
  CHECK(gui.press("epochs/more", draw));
  REQUIRE(values.find("epochs"));
  CHECK(*values.find("epochs")->number() == 11);
  CHECK(gui.press("shuffle", draw));
  CHECK(*values.find("shuffle")->boolean() == false);
  CHECK(gui.press("kernel_size/less", draw));
  CHECK(values.find("kernel_size")->dump() == "[2,2]");
}

TEST_CASE("form: an optional value becomes null below its minimum") {
  HeadlessGui gui(ImVec2(400, 600));
  Json values = Json::object();
  Field strides = field("strides", "size2", nullptr, 1, 8);
  strides.optional = true;
  const auto draw = [&] { return draw_form("form", {strides}, values); };
  gui.press("strides/more", draw);
  CHECK(values.find("strides")->dump() == "[1,1]");
  gui.press("strides/less", draw);
  CHECK(values.find("strides")->is_null());
}
