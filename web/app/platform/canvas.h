#pragma once
/// The canvas: its WebGL2 context, its size in CSS and device pixels, and when a frame is drawn.

#include <GLES3/gl3.h>
#include <emscripten/html5.h>

#include <functional>

namespace playground {

/// Draws on request only: wake() requests frames, and once they are drawn nothing runs until the next wake().
class Canvas {
 public:
  /// `draw` fills one ImGui frame. False if the browser has no WebGL2.
  bool open(std::function<void()> draw);

  /// Something changed: draws until all input is processed, then a few frames more, because popups and
  /// layouts need two to settle. Draws for `seconds` of ImGui's clock if something may happen on its own
  /// after a while (tooltips appear once the mouse rests).
  void wake(double seconds = 0);
  /// A message changed something: draws a frame, and one to settle. If drawing is slow (WebGL in software),
  /// the frames are delayed, so that drawing takes a small share of the time and training keeps its
  /// processors.
  void wake_for_message();
  /// Draws a frame immediately, for taps that need its effect before the browser's event ends.
  void draw_now();
  /// Reads size and pixel ratio again and wakes.
  void resized();
  void set_visible(bool visible);
  /// Nothing is drawn any more.
  void stop();

  long frames_drawn() const { return frames_; }
  float left() const { return left_; }
  float top() const { return top_; }

 private:
  static EM_BOOL on_frame(double milliseconds, void* self);
  void request_frame();
  void request_paced_frame();
  void render();
  void watch_cost(double start);
  void look_whether_drawn();
  void watch_context();

  std::function<void()> draw_;
  EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context_ = 0;
  bool lost_ = false, pending_ = false, waiting_ = false, visible_ = true;
  int frames_wanted_ = 0, paced_wanted_ = 0;
  // A frame's cost in milliseconds: from its start until the graphics processor has drawn it.
  double cost_ = 0, cost_start_ = 0;
  GLsync drawn_ = nullptr;             // fence of the frame being measured
  double awake_ = 0, last_frame_ = 0;  // remaining seconds of ImGui's clock to draw; milliseconds
  float left_ = 0, top_ = 0;
  long frames_ = 0;
};

}  // namespace playground
