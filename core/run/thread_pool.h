#pragma once
/// A pool of threads for short parallel sections. The caller defines a section's pieces independently of the
/// number of threads, so results do not depend on that number.

#include <memory>
#include <type_traits>

namespace cnn {

/// Threads that share the pieces of one section at a time. The calling thread works too, so `ThreadPool(1)`
/// starts no threads and works in builds without them (a WASM module without pthreads always has one
/// thread). Workers spin for about 0.1 ms after a section, then sleep. A section does not wait for workers
/// that have not started yet (in a page pthreads start late): the available threads take the pieces.
/// A limit on the threads in use can change between sections; the others sleep. So one pool serves a whole
/// session: a second one would need threads that a page does not have.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// In use, at most started().
  int threads() const { return in_use_; }
  int started() const { return started_; }
  /// From the next section on, that many threads take part: 1 to started(). Call it only between sections.
  void use(int threads);

  /// Calls fn(piece, thread) once for each piece = 0 .. pieces-1, in any order. thread is 0 .. threads()-1
  /// and selects the thread's scratch memory. Returns when all pieces are done. Call it from one thread
  /// only, and not within a section.
  template <class Fn>
  void parallel_for(int pieces, Fn&& fn) {
    if (in_use_ == 1 || pieces <= 1) {
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
  int started_, in_use_;
  std::unique_ptr<Workers> workers_;
};

/// Whether this build can start threads at all.
bool threads_available();

}  // namespace cnn
