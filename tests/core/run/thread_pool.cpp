#include "core/run/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "core/run/exec.h"
#include "doctest/doctest.h"

namespace cnn::test {
namespace {
TEST_SUITE_BEGIN("thread_pool");

TEST_CASE("thread pool: every piece runs once, for any number of threads, pieces and sections") {
  for (const int threads : {1, 2, 5}) {
    ThreadPool pool(threads);
    for (int section = 0; section < 2000; ++section) {
      const int pieces = section % 17;
      std::vector<std::atomic<int>> runs(static_cast<std::size_t>(pieces) + 1);
      std::atomic<bool> thread_in_range{true};
      pool.parallel_for(pieces, [&](int piece, int thread) {
        ++runs[static_cast<std::size_t>(piece)];
        if (thread < 0 || thread >= pool.threads()) thread_in_range = false;
      });
      bool once = true;
      for (int piece = 0; piece < pieces; ++piece) once = once && runs[static_cast<std::size_t>(piece)] == 1;
      REQUIRE(once);
      REQUIRE(thread_in_range);
    }
  }
}

TEST_CASE("thread pool: an unused pool can be destroyed") {
  for (int i = 0; i < 20; ++i) ThreadPool pool(3);
}

TEST_CASE("thread pool: every piece runs once on the threads in use, while their number changes") {
  const int most = threads_available() ? 4 : 1;
  ThreadPool pool(4);
  for (int section = 0; section < 4000; ++section) {
    const int used = section / 3 * 7 % 6;  // 0 and 5 are out of range
    if (section % 3 == 0) pool.use(used);
    REQUIRE(pool.threads() == std::clamp(used, 1, most));
    std::atomic<int> runs{0}, outside{0};
    pool.parallel_for(9, [&](int, int thread) {
      ++runs;
      if (thread >= pool.threads()) ++outside;
    });
    REQUIRE(runs == 9);
    REQUIRE(outside == 0);
  }
  CHECK(pool.started() == most);
}

TEST_CASE("scratch: frames nest, blocks are aligned and disjoint, and a repeated step allocates nothing") {
  Scratch scratch;
  std::size_t capacity = 0;
  for (int step = 0; step < 4; ++step) {
    Scratch::Frame outer(scratch);
    float* a = outer.floats(100);
    float* inner_block = nullptr;
    {
      Scratch::Frame inner(scratch);
      inner_block = inner.floats(1000);
      inner_block[0] = inner_block[999] = 1;
    }
    float* b = outer.floats(500);
    a[99] = 2, b[0] = 3;
    CHECK(a[99] == 2);
    for (const float* p : {a, b, inner_block}) CHECK(reinterpret_cast<std::uintptr_t>(p) % 64 == 0);
    if (step == 2) capacity = scratch.capacity();
    if (step == 3) CHECK(scratch.capacity() == capacity);
    if (step >= 2) CHECK(b == inner_block);  // returned and borrowed again, in the main block
  }
  CHECK(capacity >= 1100 * sizeof(float));
}

TEST_SUITE_END();
}  // namespace
}  // namespace cnn::test
