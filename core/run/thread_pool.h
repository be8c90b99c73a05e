#pragma once
// A pool of threads for short parallel sections. A section's pieces are fixed by its caller, never by the
// number of threads, so results do not depend on it.

#include <memory>
#include <type_traits>

namespace cnn {

/// Threads that share the pieces of one section at a time. The calling thread works too, so `ThreadPool(1)`
/// starts nothing and also works where there are no threads (a WASM module without pthreads always has one).
/// Workers spin for about 0.1 ms after a section, then sleep. A worker that has not started yet, as pthreads
/// in a page do late, is not waited for: whoever is there does the pieces.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return threads_; }

  /// Calls fn(piece, thread) for piece = 0 .. pieces-1, each once, in any order; thread is 0 .. threads()-1
  /// and tells scratch memory apart. Returns when all are done. Not from within a section, and from one
  /// thread only.
  template <class Fn>
  void parallel_for(int pieces, Fn&& fn) {
    if (threads_ == 1 || pieces <= 1) {
      for (int piece = 0; piece < pieces; ++piece) fn(piece, 0);
      return;
    }
    run(
        pieces,
        [](void* context, int piece, int thread) {
          (*static_cast<std::remove_reference_t<Fn>*>(context))(piece, thread);
        },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }

 private:
  using Piece = void (*)(void* context, int piece, int thread);
  void run(int pieces, Piece, void* context);
  struct Workers;
  int threads_;
  std::unique_ptr<Workers> workers_;
};

/// Whether this build can start threads at all.
bool threads_available();

}  // namespace cnn
