#include "web/app/controls/form.h"

#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/state/fields.h"

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

TEST_CASE("form: typed numbers are rounded and clamped; other text is rejected") {
  const Field epochs = field("epochs", "int", 10, 1, 1000);
  CHECK(entered(epochs, "25") == 25);
  CHECK(entered(epochs, "1,000") == 1000);
  CHECK(entered(epochs, "2.6") == 3);
  CHECK(entered(epochs, "0") == 1);
  CHECK_FALSE(entered(epochs, "many"));
  CHECK_FALSE(entered(epochs, ""));
  CHECK_FALSE(entered(epochs, "nan"));
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
