#include "web/app/state/own_picture.h"

#include <algorithm>
#include <cmath>

namespace playground {

OwnPicture::OwnPicture() { clear(); }

OwnPicture::~OwnPicture() {
  if (texture_) PictureAtlas::disown(texture_.get());
}

void OwnPicture::clear() {
  width_ = height_ = kSheet;
  rgb_.assign(static_cast<std::size_t>(kSheet) * kSheet * 3, 255);
  decoded_.clear();
  whole_square();
}

bool OwnPicture::assign(int width, int height, std::span<const std::uint8_t> rgb,
                        std::span<const std::uint8_t> decoded) {
  if (width < 1 || height < 1 || width > kMostSide || height > kMostSide) return false;
  if (rgb.size() != static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3) return false;
  const bool same_size = width == width_ && height == height_;
  width_ = width;
  height_ = height;
  rgb_.assign(rgb.begin(), rgb.end());
  if (decoded.size() != kPictureBytes) decoded = {};
  decoded_.assign(decoded.begin(), decoded.end());
  if (!same_size) whole_square();
  ++version_;
  upload_ = true;
  return true;
}

bool OwnPicture::is_whole_square() const {
  const auto side = static_cast<float>(std::min(width_, height_));
  return side_ == side && corner_.x == (static_cast<float>(width_) - side) / 2 &&
         corner_.y == (static_cast<float>(height_) - side) / 2;
}

void OwnPicture::whole_square() {
  side_ = static_cast<float>(std::min(width_, height_));
  corner_ = ImVec2((static_cast<float>(width_) - side_) / 2, (static_cast<float>(height_) - side_) / 2);
  ++version_;
  upload_ = true;
}

void OwnPicture::move_square(ImVec2 by) {
  corner_.x = std::clamp(corner_.x + by.x, 0.0f, static_cast<float>(width_) - side_);
  corner_.y = std::clamp(corner_.y + by.y, 0.0f, static_cast<float>(height_) - side_);
  ++version_;
}

void OwnPicture::zoom_square(float factor) {
  const auto most = static_cast<float>(std::min(width_, height_));
  const float side = std::clamp(side_ * factor, std::min(kLeastSquare, most), most);
  const float shift = (side_ - side) / 2;
  side_ = side;
  move_square(ImVec2(shift, shift));
}

void OwnPicture::stroke(ImVec2 from, ImVec2 to, float radius, Color color) {
  const float dx = to.x - from.x, dy = to.y - from.y, length = dx * dx + dy * dy;
  const auto bound = [](float value, int size) { return std::clamp(static_cast<int>(value), 0, size); };
  const int left = bound(std::floor(std::min(from.x, to.x) - radius), width_),
            right = bound(std::ceil(std::max(from.x, to.x) + radius) + 1, width_),
            top = bound(std::floor(std::min(from.y, to.y) - radius), height_),
            bottom = bound(std::ceil(std::max(from.y, to.y) + radius) + 1, height_);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) {
      const float px = static_cast<float>(x) + 0.5f - from.x, py = static_cast<float>(y) + 0.5f - from.y;
      const float along = length > 0 ? std::clamp((px * dx + py * dy) / length, 0.0f, 1.0f) : 0;
      if (std::hypot(px - along * dx, py - along * dy) > radius) continue;
      std::copy(color.begin(), color.end(), rgb_.begin() + (static_cast<std::ptrdiff_t>(y) * width_ + x) * 3);
    }
  }
  decoded_.clear();
  ++version_;
  upload_ = true;
}

Color OwnPicture::pixel(int x, int y) const {
  const std::size_t at =
      (static_cast<std::size_t>(std::clamp(y, 0, height_ - 1)) * static_cast<std::size_t>(width_) +
       static_cast<std::size_t>(std::clamp(x, 0, width_ - 1))) *
      3;
  return {rgb_[at], rgb_[at + 1], rgb_[at + 2]};
}

const std::vector<std::uint8_t>& OwnPicture::seen() const {
  if (seen_version_ == version_) return seen_;
  seen_version_ = version_;
  if (!decoded_.empty() && is_whole_square()) return seen_ = decoded_;
  seen_.resize(kPictureBytes);
  const float step = side_ / kPictureSide;
  for (int row = 0; row < kPictureSide; ++row) {
    const float y0 = corner_.y + static_cast<float>(row) * step, y1 = y0 + step;
    for (int column = 0; column < kPictureSide; ++column) {
      const float x0 = corner_.x + static_cast<float>(column) * step, x1 = x0 + step;
      double sum[3] = {}, area = 0;
      for (int y = static_cast<int>(y0); static_cast<float>(y) < y1; ++y) {
        const float high = std::min(y1, static_cast<float>(y) + 1) - std::max(y0, static_cast<float>(y));
        for (int x = static_cast<int>(x0); static_cast<float>(x) < x1; ++x) {
          const float wide = std::min(x1, static_cast<float>(x) + 1) - std::max(x0, static_cast<float>(x));
          const Color color = pixel(x, y);
          for (std::size_t c = 0; c < 3; ++c) sum[c] += static_cast<double>(high * wide) * color[c];
          area += static_cast<double>(high * wide);
        }
      }
      for (int c = 0; c < 3; ++c)
        seen_[static_cast<std::size_t>((row * kPictureSide + column) * 3 + c)] =
            static_cast<std::uint8_t>(std::lround(sum[c] / area));
    }
  }
  return seen_;
}

void OwnPicture::draw(ImDrawList& list, ImVec2 low, ImVec2 high) {
  if (!texture_) {
    texture_ = std::make_unique<ImTextureData>();
    texture_->Create(ImTextureFormat_RGBA32, kMostSide, kMostSide);
    PictureAtlas::own(texture_.get());
  }
  if (upload_) {
    upload_ = false;
    const std::uint8_t* from = rgb_.data();
    for (int y = 0; y < height_; ++y) {
      auto* to = static_cast<std::uint8_t*>(texture_->GetPixelsAt(0, y));
      for (int x = 0; x < width_; ++x, from += 3, to += 4) {
        std::copy_n(from, 3, to);
        to[3] = 255;
      }
    }
    PictureAtlas::upload(*texture_, width_, height_);
  }
  list.AddImage(texture_->GetTexRef(), low, high, ImVec2(0, 0),
                ImVec2(static_cast<float>(width_) / kMostSide, static_cast<float>(height_) / kMostSide));
}

}  // namespace playground
