#pragma once
/// Sets of small pictures, each in one texture, so that a gallery is one draw call. Panels use no graphics
/// API: the texture is ImGui's own type, which a backend uploads and a headless test ignores.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "imgui.h"

namespace playground {

constexpr int kPictureSide = 32;
constexpr int kPictureBytes = kPictureSide * kPictureSide * 3;

class PictureAtlas {
 public:
  /// Room for `capacity` pictures; further ones are left out.
  explicit PictureAtlas(int capacity);
  ~PictureAtlas();
  PictureAtlas(const PictureAtlas&) = delete;
  PictureAtlas& operator=(const PictureAtlas&) = delete;

  /// Replaces the set by uint8 RGB [n, 32, 32, 3]; the bytes of an incomplete picture are ignored.
  void assign(std::span<const std::uint8_t> rgb);
  void clear() { count_ = 0; }
  int count() const { return count_; }
  /// Red, green and blue; black if there is no such picture.
  std::array<std::uint8_t, 3> pixel(int index, int x, int y) const;

  /// Draws picture `index` into the rectangle.
  void draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high, float rounding = 0) const;
  /// Draws only the upper left part of a picture, `part` pixels wide and high.
  void draw_part(ImDrawList& list, int index, ImVec2 part, ImVec2 low, ImVec2 high, float rounding = 0,
                 float alpha = 1) const;

  /// Registers a texture of pixels that is not an atlas for the same upkeep.
  static void own(ImTextureData* texture);
  static void disown(ImTextureData* texture);
  /// The upper left part of a texture has new pixels.
  static void upload(ImTextureData& texture, int width, int height);
  static bool owns(const ImTextureData* texture);
  /// After the graphics context was lost: uploads every texture again, from the pixels it keeps.
  static void upload_all_again();

 private:
  int capacity_, columns_, rows_, count_ = 0;
  std::unique_ptr<ImTextureData> texture_;  // created with the first pictures
};

/// A part of the loaded data set, for the chapters of the Learn tab.
struct LessonPictures {
  std::vector<std::uint8_t> rgb;  ///< [n, 32, 32, 3]
  std::vector<int> labels;
  PictureAtlas first{12};  ///< the first few, to choose from
  int count() const { return static_cast<int>(labels.size()); }
};

}  // namespace playground
