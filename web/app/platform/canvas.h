// The canvas: its WebGL2 context, its size in CSS and device pixels, and when a frame is drawn.
#pragma once

#include <GLES3/gl3.h>
#include <emscripten/html5.h>

#include <functional>

namespace playground {

/// Draws on request only: wake() asks for frames, and once they are drawn nothing runs until the next wake().
class Canvas {
 public:
  /// `draw` fills one ImGui frame. False: no WebGL2 here; the page says so.
  bool open(std::function<void()> draw);

  /// Something changed: all input is taken, then a few frames follow, since popups and layouts need two to
  /// settle; for `seconds` of ImGui's clock where something happens by itself after a while (tooltips wait
  /// for the mouse to rest).
  void wake(double seconds = 0);
  /// A message changed something: a frame, and one to settle. Where drawing is slow (WebGL in software) they
  /// wait, so that drawing takes a small share of the time and the training keeps its processors.
  void wake_for_message();
  /// The frame right now, for taps that must know their effect before the browser's event ends.
  void draw_now();
  /// Reads size and pixel ratio again and wakes.
  void resized();
  void set_visible(bool visible);

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
  GLsync drawn_ = nullptr;             // of the frame that is being measured
  double awake_ = 0, last_frame_ = 0;  // seconds of ImGui's clock still to draw; milliseconds
  float left_ = 0, top_ = 0;
  long frames_ = 0;
};

}  // namespace playground
