#include "core/base/fields.h"

#include <doctest/doctest.h>

using cnn::Json;

TEST_SUITE_BEGIN("core/fields");

namespace {

struct Example {
  int filters = 32;
  double rate = 0.5;
  bool use_bias = true;
  cnn::Size2 kernel_size{3, 3};
  std::optional<cnn::Size2> strides;
  std::optional<double> clip;
  std::vector<double> mean;
  cnn::Padding padding = cnn::Padding::valid;
  std::string title = "x";

  cnn::DescribeFields fields() {
    return [this](cnn::Fields& field) {
      field("filters", filters, {.min = 1, .max = 64, .required = true}, "How many.");
      field("rate", rate, {.min = 0, .also = "p"}, "How much.");
      field("use_bias", use_bias, "Whether.");
      field("kernel_size", kernel_size, {.min = 1, .max = 31}, "How large.");
      field("strides", strides, {.min = 1, .max = 31}, "How far.");
      field("clip", clip, {.min = 0}, "How long.");
      field("mean", mean, {}, "What.");
      field("padding", padding, "Where.");
      field("title", title, "Name.");
      field.fixed("data_format", {"channels_last"}, "store pictures channels last", true);
    };
  }
};

std::string problem(const char* text) {
  Example example;
  constexpr std::string_view others[] = {"name"};
  const auto read = cnn::read_fields(*cnn::parse_json(text), "conv2d", others, example.fields());
  return read ? "" : read.error().message;
}

}  // namespace

TEST_CASE("fields: a configuration survives reading and writing") {
  Example example;
  const auto config = cnn::parse_json(
      R"({"filters":8,"p":0.25,"use_bias":false,"kernel_size":5,"strides":[2,1],"clip":null,"mean":[0.5,1],"padding":"same","title":"y","data_format":"channels_last"})");
  REQUIRE(config);
  REQUIRE(cnn::read_fields(*config, "conv2d", {}, example.fields()));
  CHECK(example.filters == 8);
  CHECK(example.rate == 0.25);
  CHECK(example.kernel_size == cnn::Size2{5, 5});
  CHECK(*example.strides == cnn::Size2{2, 1});
  CHECK(example.padding == cnn::Padding::same);
  Json written;
  cnn::write_fields(written, example.fields());
  CHECK(
      written.dump() ==
      R"({"filters":8,"rate":0.25,"use_bias":false,"kernel_size":[5,5],"strides":[2,1],"clip":null,"mean":[0.5,1],"padding":"same","title":"y","data_format":"channels_last"})");
}

TEST_CASE("fields: padding is a word or four numbers") {
  cnn::Padding padding;
  CHECK(padding.from_json(*cnn::parse_json("[[1,2],[0,3]]")).empty());
  CHECK(padding == cnn::Padding{false, 1, 2, 0, 3});
  CHECK(padding.to_json().dump() == "[[1,2],[0,3]]");
  CHECK(padding.from_json("same").empty());
  CHECK(padding == cnn::Padding::same);
  CHECK(padding.from_json(*cnn::parse_json("[[0,0],[0,0]]")).empty());
  CHECK(padding.to_json() == cnn::Json("valid"));
}

TEST_CASE("fields: an error names the subject, the value found and the value expected") {
  CHECK(problem("{}") == "conv2d: filters is missing");
  CHECK(problem(R"({"filters":0})") == "conv2d: filters must be a whole number from 1 to 64, not 0");
  CHECK(problem(R"({"filters":1.5})") == "conv2d: filters must be a whole number from 1 to 64, not 1.5");
  CHECK(problem(R"({"filters":"8"})") == "conv2d: filters must be a whole number from 1 to 64, not \"8\"");
  CHECK(problem(R"({"filters":8,"rate":-1})") == "conv2d: rate must be a number of at least 0, not -1");
  CHECK(problem(R"({"filters":8,"kernel_size":[3]})") ==
        "conv2d: kernel_size must be one or two whole numbers from 1 to 31, not [3]");
  CHECK(problem(R"({"filters":8,"padding":"full"})") ==
        "conv2d: padding must be one of \"valid\" \"same\", not \"full\"");
  CHECK(problem(R"({"filters":8,"padding":[1,1]})") ==
        "conv2d: padding must be one of \"valid\" \"same\", or [[top, bottom], [left, right]], whole numbers "
        "from "
        "0 to 64, not [1,1]");
  CHECK(problem(R"({"filters":8,"padding":[[1,2],[0,65]]})").find("from 0 to 64") != std::string::npos);
  CHECK(problem(R"({"filters":8,"use_bias":1})") == "conv2d: use_bias must be true or false, not 1");
  CHECK(
      problem(R"({"filters":8,"data_format":"channels_first"})") ==
      "conv2d: data_format must be \"channels_last\" (store pictures channels last), not \"channels_first\"");
  CHECK(problem(R"({"filters":8,"kernal":3})")
            .find("conv2d: unknown field \"kernal\"; it has filters, rate,") == 0);
  CHECK(problem(R"({"filters":8,"name":"x"})").empty());
  CHECK(problem("[]") == "conv2d: its config must be an object, not a list");
}

TEST_CASE("fields: forms get type, range, default and help") {
  Example example;
  const Json forms = cnn::describe_fields(example.fields());
  REQUIRE(forms.elements());
  REQUIRE(forms.elements()->size() == 9);  // the fixed field is not shown
  CHECK(
      (*forms.elements())[0].dump() ==
      R"({"name":"filters","type":"int","default":32,"min":1,"max":64,"required":true,"help":"How many."})");
  CHECK(
      (*forms.elements())[4].dump() ==
      R"({"name":"strides","type":"size2","default":null,"min":1,"max":31,"optional":true,"help":"How far."})");
  CHECK((*forms.elements())[7].dump() ==
        R"({"name":"padding","type":"choice","default":"valid","choices":["valid","same"],"help":"Where."})");
}

TEST_SUITE_END();
