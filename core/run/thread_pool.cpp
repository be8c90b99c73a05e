#include "core/run/thread_pool.h"

#include <algorithm>

#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
#define CNN_HAS_THREADS 1
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#endif

namespace cnn {

#ifdef CNN_HAS_THREADS

namespace {
// One spin takes about 40 ns on current x86 processors (a pause) and about 2 ns on other hosts (a load).
#if defined(__x86_64__)
constexpr int kSpins = 2000;
void relax() { _mm_pause(); }
#else
constexpr int kSpins = 40000;
void relax() {}
#endif
/// The last pieces of a section take longer than the gap between two sections.
constexpr int kCallerSpins = 5 * kSpins;
}  // namespace

struct ThreadPool::Workers {
  // The current section. Written only while `open` is false and `inside` is 0.
  Piece fn = nullptr;
  void* context = nullptr;
  int pieces = 0;

  std::atomic<int> next{0};          // first piece not taken yet
  std::atomic<bool> open{false};     // whether a worker may enter
  std::atomic<int> inside{0};        // workers that entered or are about to check `open`
  std::atomic<unsigned> section{0};  // counts sections, so that a worker detects a new one
  std::atomic<int> sleepers{0};      // workers in use that sleep
  std::atomic<int> in_use;           // threads that take part, the caller included; changes between sections
  std::atomic<bool> caller_sleeps{false};
  bool stop = false;  // under mutex
  std::mutex mutex;
  std::condition_variable wake, left, used;
  std::vector<std::thread> threads;

  explicit Workers(int all) : in_use(all) {}

  void take_pieces(int thread) {
    for (int piece = next.fetch_add(1); piece < pieces; piece = next.fetch_add(1)) fn(context, piece, thread);
  }

  bool is_used(int thread) const { return thread < in_use.load(); }

  // False if the pool is being destroyed.
  bool wait_for_section(unsigned& seen, int thread) {
    for (int spin = 0; spin < kSpins && is_used(thread); ++spin, relax()) {
      const unsigned now = section.load(std::memory_order_acquire);
      if (now != seen) return seen = now, true;
    }
    std::unique_lock<std::mutex> lock(mutex);
    for (;;) {
      used.wait(lock, [&] { return stop || is_used(thread); });
      ++sleepers;
      wake.wait(lock, [&] { return stop || section.load() != seen || !is_used(thread); });
      --sleepers;
      if (stop || is_used(thread)) break;
    }
    seen = section.load();
    return !stop;
  }

  // A worker increments `inside` before it reads `open`; the caller clears `open` before it reads `inside`.
  // So either the worker reads false, or the caller waits for the worker.
  void work(int thread) {
    unsigned seen = 0;
    while (wait_for_section(seen, thread)) {
      ++inside;
      if (open.load() && is_used(thread)) take_pieces(thread);
      if (--inside == 0 && caller_sleeps.load()) {
        std::lock_guard<std::mutex> lock(mutex);
        left.notify_one();
      }
    }
  }

  // If the system preempts a worker in the middle of a piece, a sleeping caller frees its processor for that
  // worker; a spinning one would not.
  void wait_for_workers() {
    for (int spin = 0; spin < kCallerSpins; ++spin, relax())
      if (inside.load() == 0) return;
    std::unique_lock<std::mutex> lock(mutex);
    caller_sleeps = true;
    left.wait(lock, [&] { return inside.load() == 0; });
    caller_sleeps = false;
  }
};

ThreadPool::ThreadPool(int threads) : started_(std::max(threads, 1)), in_use_(started_) {
  if (started_ == 1) return;
  workers_ = std::make_unique<Workers>(started_);
  for (int thread = 1; thread < started_; ++thread)
    workers_->threads.emplace_back([this, thread] { workers_->work(thread); });
}

ThreadPool::~ThreadPool() {
  if (!workers_) return;
  {
    std::lock_guard<std::mutex> lock(workers_->mutex);
    workers_->stop = true;
    ++workers_->section;
  }
  workers_->wake.notify_all();
  workers_->used.notify_all();
  for (std::thread& thread : workers_->threads) thread.join();
}

void ThreadPool::use(int threads) {
  in_use_ = std::clamp(threads, 1, started_);
  if (!workers_ || workers_->in_use.load() == in_use_) return;
  {
    std::lock_guard<std::mutex> lock(workers_->mutex);
    workers_->in_use = in_use_;
  }
  workers_->wake.notify_all();
  workers_->used.notify_all();
}

void ThreadPool::run(int pieces, Piece fn, void* context) {
  Workers& w = *workers_;
  w.fn = fn;
  w.context = context;
  w.pieces = pieces;
  w.next = 0;
  w.open = true;
  ++w.section;
  if (w.sleepers.load() > 0) {
    {
      std::lock_guard<std::mutex> lock(w.mutex);
    }  // a worker between its check and its wait reaches the wait first
    w.wake.notify_all();
  }
  w.take_pieces(0);
  w.open = false;
  w.wait_for_workers();
}

bool threads_available() { return true; }

#else  // a WASM module without pthreads

struct ThreadPool::Workers {};
ThreadPool::ThreadPool(int) : started_(1), in_use_(1) {}
ThreadPool::~ThreadPool() = default;
void ThreadPool::use(int) {}
void ThreadPool::run(int pieces, Piece fn, void* context) {
  for (int piece = 0; piece < pieces; ++piece) fn(context, piece, 0);
}
bool threads_available() { return false; }

#endif

}  // namespace cnn
