#include "core/formats/other_files.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "core/base/json.h"

TEST_SUITE_BEGIN("formats/other_files");

TEST_CASE("other files: what a system makes, by the list that the page's tests have as well") {
  std::ifstream file(CNN_TESTS_DIR "/fixtures/system_files.json", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto lists = cnn::parse_json(text);
  REQUIRE(lists);
  for (const char* list : {"system", "own"}) {
    const cnn::Json* names = lists->find(list);
    REQUIRE(names != nullptr);
    REQUIRE(names->elements() != nullptr);
    CHECK(names->elements()->size() > 10);
    for (const cnn::Json& name : *names->elements()) {
      REQUIRE(name.string() != nullptr);
      CAPTURE(*name.string());
      CHECK(cnn::is_system_file(*name.string()) == (std::string_view(list) == "system"));
    }
  }
}

TEST_SUITE_END();
