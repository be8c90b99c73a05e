// Sets of small pictures as one texture each, so that a gallery is one draw call. Panels know no graphics
// interface: the texture is ImGui's own kind, which a backend uploads and a headless test ignores.
#pragma once

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
  /// Room for that many pictures; more are left out.
  explicit PictureAtlas(int capacity);
  ~PictureAtlas();
  PictureAtlas(const PictureAtlas&) = delete;
  PictureAtlas& operator=(const PictureAtlas&) = delete;

  /// Replaces the set by uint8 RGB [n, 32, 32, 3]; bytes that make no whole picture are ignored.
  void assign(std::span<const std::uint8_t> rgb);
  void clear() { count_ = 0; }
  int count() const { return count_; }
  /// Red, green and blue; black where there is no such picture.
  std::array<std::uint8_t, 3> pixel(int index, int x, int y) const;

  /// Draws picture `index` into the rectangle.
  void draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high, float rounding = 0) const;
  /// Of a picture its upper left part alone, `part` pixels wide and high.
  void draw_part(ImDrawList& list, int index, ImVec2 part, ImVec2 low, ImVec2 high, float rounding = 0,
                 float alpha = 1) const;

  /// For a texture of pixels that is not an atlas: the same upkeep.
  static void own(ImTextureData* texture);
  static void disown(ImTextureData* texture);
  /// Its upper left part has other pixels now.
  static void upload(ImTextureData& texture, int width, int height);
  static bool owns(const ImTextureData* texture);
  /// After the graphics context was lost: every atlas goes up again from the pixels it keeps.
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
