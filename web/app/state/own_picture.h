#pragma once
/// A picture of the user's own (drawn, pasted, dropped, chosen or from the camera), the square crop of it,
/// and the 32 x 32 pixels that the network gets.

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "imgui.h"
#include "web/app/state/facts.h"
#include "web/app/state/pictures.h"

namespace playground {

using Color = std::array<std::uint8_t, 3>;

class OwnPicture {
 public:
  static constexpr int kMostSide = 512, kSheet = 256;  ///< pixels: of a picture, and of the empty sheet
  static constexpr float kLeastSquare = 16;  ///< smallest side of the crop, in pixels of the picture

  OwnPicture();
  ~OwnPicture();
  OwnPicture(const OwnPicture&) = delete;
  OwnPicture& operator=(const OwnPicture&) = delete;

  /// An empty sheet to draw on.
  void clear();
  /// RGB [height, width, 3]. Returns false and changes nothing if the size is invalid or does not match the
  /// bytes. The crop stays if the size is the same, as with the camera's frames. `decoded`: the network's
  /// input for the whole square as data sets are decoded, so that the same file gives the same numbers;
  /// or empty.
  bool assign(int width, int height, std::span<const std::uint8_t> rgb,
              std::span<const std::uint8_t> decoded = {});
  /// Draws with a round brush from one point of the picture to another.
  void stroke(ImVec2 from, ImVec2 to, float radius, Color color);

  /// The crop always stays inside the picture.
  void move_square(ImVec2 by);
  void zoom_square(float factor);
  ImVec2 square() const { return corner_; }
  float square_side() const { return side_; }

  int width() const { return width_; }
  int height() const { return height_; }
  /// Grows with every change of the network's input.
  int version() const { return version_; }
  /// The network's input, RGB [32, 32, 3]: as decoded, or of a crop and of a drawing each pixel is the mean
  /// of the area it covers.
  const std::vector<std::uint8_t>& seen() const;

  /// Draws the whole picture into the rectangle.
  void draw(ImDrawList& list, ImVec2 low, ImVec2 high);

 private:
  void whole_square();
  bool is_whole_square() const;
  Color pixel(int x, int y) const;

  int width_ = 0, height_ = 0, version_ = 0;
  std::vector<std::uint8_t> rgb_, decoded_;
  ImVec2 corner_{0, 0};
  float side_ = 0;
  mutable std::vector<std::uint8_t> seen_;
  mutable int seen_version_ = -1;
  std::unique_ptr<ImTextureData> texture_;  // as large as the largest picture, for the page's whole life
  bool upload_ = false;
};

/// The network's answer about it, and the progress of asking.
struct Recognized {
  PictureAtlas seen{1};  ///< the 32 x 32 pixels
  GalleryItem said;      ///< the probabilities; label -1: the true class is unknown
  int seen_version = -1, asked_version = -1;
  bool waiting = false, camera = false;
  bool transparent = false;  ///< the picture is, in places; white is behind
};

}  // namespace playground
