#include "core/base/json.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>

using cnn::Json;

TEST_SUITE_BEGIN("core/json");

namespace {
std::string problem(std::string_view text) {
  const auto parsed = cnn::parse_json(text);
  return parsed ? "" : parsed.error().message;
}
}  // namespace

TEST_CASE("json: a written value reads back the same") {
  constexpr const char* texts[] = {"null",
                                   "true",
                                   "[1,2.5,-0.001]",
                                   R"({"b":1,"a":{"c":[]},"empty":{}})",
                                   R"("a \"quote\", a \\, a \n and é")",
                                   R"({"z":null,"y":false})"};
  for (const char* text : texts) {
    CAPTURE(text);
    const auto parsed = cnn::parse_json(text);
    REQUIRE(parsed);
    CHECK(parsed->dump() == text);
    const auto indented = cnn::parse_json(parsed->dump(2));
    REQUIRE(indented);
    CHECK(*indented == *parsed);
  }
}

TEST_CASE("json: numbers round-trip bit for bit and show no noise") {
  const double numbers[] = {0.1,
                            1e-7,
                            1.0 / 3,
                            123456789.125,
                            1e300,
                            5e-324,
                            9007199254740991.0,
                            -2.5e-10,
                            std::numeric_limits<double>::max(),
                            0.30000000000000004,
                            -0.0};
  for (const double number : numbers) {
    CAPTURE(number);
    const auto parsed = cnn::parse_json(Json(number).dump());
    REQUIRE(parsed);
    CHECK(std::memcmp(parsed->number(), &number, sizeof number) == 0);
  }
  CHECK(Json(0.1).dump() == "0.1");
  CHECK(Json(1e-7).dump() == "1e-07");
  CHECK(Json(32).dump() == "32");
  CHECK(Json(std::nan("")).dump() == "null");
}

TEST_CASE("json: escapes") {
  CHECK(*cnn::parse_json(R"("\u00e9\ud83d\ude00\/\t")")->string() == "\xC3\xA9\xF0\x9F\x98\x80/\t");
  CHECK(Json("\x01").dump() == R"("\u0001")");
}

TEST_CASE("json: an error names its byte offset") {
  CHECK(problem("") == "JSON, byte 0: the text ends where a value was expected");
  CHECK(problem("[1, 2") == "JSON, byte 5: expected \",\" or \"]\"");
  CHECK(problem("{\"a\":1,}") == "JSON, byte 7: expected a key in quotes");
  CHECK(problem("{\"a\":1,\"a\":2}").find("\"a\" appears twice") != std::string::npos);
  CHECK(problem("1e999").find("too large") != std::string::npos);
  CHECK(problem("nul").find("expected a value") != std::string::npos);
  CHECK(problem("01").find("expected a value") != std::string::npos);
  CHECK(problem("1 2").find("expected the end of the text") != std::string::npos);
  CHECK(problem("\"a\nb\"").find("control character") != std::string::npos);
  CHECK(problem("\"\xC0\x80\"").find("UTF-8") != std::string::npos);
  CHECK(problem("\"\\ud800\"").find("surrogate") != std::string::npos);
  CHECK(problem("\"\\x\"").find("unknown escape") != std::string::npos);
  CHECK(problem("\"abc").find("is not closed") != std::string::npos);
  CHECK(problem("1.").find("digit after the point") != std::string::npos);
  CHECK(problem("1e").find("digit in the exponent") != std::string::npos);
  CHECK(problem("\"\\u12g4\"").find("hexadecimal") != std::string::npos);
}

TEST_CASE("json: depth and size are capped") {
  CHECK(problem(std::string(100000, '[')).find("nested deeper than 64") != std::string::npos);
  CHECK(problem(std::string(63, '[') + std::string(63, ']')).empty());
  const auto parsed = cnn::parse_json("[1,2,3]", {.max_bytes = 4});
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == "bad_json");
}

TEST_CASE("json: objects keep the order of their keys") {
  Json config;
  config["b"] = 1;
  config["a"]["nested"] = "x";
  config["b"] = 2;
  config["list"].push_back(true);
  CHECK(config.dump() == R"({"b":2,"a":{"nested":"x"},"list":[true]})");
  CHECK(config.find("missing") == nullptr);
  CHECK(Json(1).find("b") == nullptr);
  config.erase("a");
  CHECK(config.dump() == R"({"b":2,"list":[true]})");
}

TEST_SUITE_END();
