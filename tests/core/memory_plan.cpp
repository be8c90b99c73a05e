#include "core/memory_plan.h"

#include <doctest/doctest.h>

#include "core/random.h"

TEST_SUITE_BEGIN("core/memory_plan");

TEST_CASE("memory plan: a chain of equal arrays needs two places") {
  std::vector<cnn::LifeSpan> arrays;
  for (int i = 0; i < 10; ++i) arrays.push_back({640, i, i + 1});
  CHECK(cnn::place(arrays) == 1280);
}

TEST_CASE("memory plan: arrays that live at the same moment never share bytes") {
  cnn::RandomStream random(1, cnn::RandomPurpose::test);
  for (int round = 0; round < 50; ++round) {
    std::vector<cnn::LifeSpan> arrays;
    for (int i = 0; i < 20; ++i) {
      const int first = static_cast<int>(random.below(30));
      arrays.push_back({random.below(1000), first, first + static_cast<int>(random.below(8))});
    }
    const std::uint64_t total = cnn::place(arrays);
    for (std::size_t a = 0; a < arrays.size(); ++a) {
      CHECK(arrays[a].offset % 64 == 0);
      CHECK(arrays[a].offset + arrays[a].bytes <= total);
      for (std::size_t b = 0; b < a; ++b) {
        const bool meet = arrays[a].first <= arrays[b].last && arrays[b].first <= arrays[a].last;
        const bool share = arrays[a].offset < arrays[b].offset + arrays[b].bytes &&
                           arrays[b].offset < arrays[a].offset + arrays[a].bytes;
        CHECK_FALSE((meet && share));
      }
    }
  }
}

TEST_SUITE_END();
