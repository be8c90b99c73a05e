#pragma once
/// Chapter 1: an editable kernel, the map it produces, and the arithmetic of one window.

#include <array>

#include "web/app/controls/figures.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"

namespace playground {

class ConvolutionChapter final : public Chapter {
 public:
  static constexpr int kSide = 3, kCells = kSide * kSide;
  static constexpr int kOut = kPictureSide - kSide + 1;

  ConvolutionChapter();
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

  /// The selected window, channel by channel: its pixels and their products with the kernel.
  struct Walk {
    int channels = 1;
    std::array<float, 3 * kCells> pixels{}, products{};
    std::array<float, 3> channel_sums{};
    float output = 0;  ///< computed by the layer
  };
  Walk walk() const;
  /// The layer's map [30, 30] with the edited kernel.
  std::span<const float> output() const { return output_; }

 private:
  void choose(int preset);
  void compute(const Lesson& lesson);
  void draw_presets(const Lesson& lesson);
  void draw_maps(const Lesson& lesson);
  void draw_kernel(const Lesson& lesson);
  void draw_arithmetic() const;

  int picture_ = 0, color_ = 0, channel_ = 0, preset_ = 1;
  Cell at_{8, 12};                                     ///< selected cell of the output
  std::array<std::array<float, kCells>, 3> kernel_{};  ///< gray uses the first only
  int edition_ = -1;
  bool stale_ = true, keeps_brightness_ = false;
  Net net_, bank_;
  std::vector<float> input_, output_;
  MapAtlas maps_{16};
};

}  // namespace playground
