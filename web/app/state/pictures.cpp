#include "web/app/state/pictures.h"

#include <algorithm>
#include <cmath>

#include "imgui_internal.h"

namespace playground {
namespace {

/// ImGui knows every texture, but not which of them are ours.
std::vector<ImTextureData*>& registered() {
  static std::vector<ImTextureData*> textures;
  return textures;
}

constexpr int kColumns = 16;

}  // namespace

PictureAtlas::PictureAtlas(int capacity)
    : capacity_(capacity),
      columns_(std::min(kColumns, capacity)),
      rows_((capacity + columns_ - 1) / columns_) {}

PictureAtlas::~PictureAtlas() {
  if (texture_) disown(texture_.get());
}

void PictureAtlas::own(ImTextureData* texture) {
  ImGui::RegisterUserTexture(texture);
  registered().push_back(texture);
}

void PictureAtlas::disown(ImTextureData* texture) {
  std::erase(registered(), texture);
  if (ImGui::GetCurrentContext() != nullptr) ImGui::UnregisterUserTexture(texture);
}

void PictureAtlas::assign(std::span<const std::uint8_t> rgb) {
  count_ = std::min(capacity_, static_cast<int>(rgb.size() / kPictureBytes));
  if (count_ == 0) return;
  if (!texture_) {
    texture_ = std::make_unique<ImTextureData>();
    texture_->Create(ImTextureFormat_RGBA32, columns_ * kPictureSide, rows_ * kPictureSide);
    own(texture_.get());
  }
  for (int picture = 0; picture < count_; ++picture) {
    const std::uint8_t* from = rgb.data() + static_cast<std::size_t>(picture) * kPictureBytes;
    for (int y = 0; y < kPictureSide; ++y) {
      auto* to = static_cast<std::uint8_t*>(
          texture_->GetPixelsAt(picture % columns_ * kPictureSide, picture / columns_ * kPictureSide + y));
      for (int x = 0; x < kPictureSide; ++x, from += 3, to += 4) {
        std::copy_n(from, 3, to);
        to[3] = 255;
      }
    }
  }
  upload(*texture_, texture_->Width, (count_ + columns_ - 1) / columns_ * kPictureSide);
}

void PictureAtlas::upload(ImTextureData& texture, int width, int height) {
  if (texture.Status == ImTextureStatus_WantCreate) return;  // will be uploaded as a whole
  const ImTextureRect rect{0, 0, static_cast<unsigned short>(width), static_cast<unsigned short>(height)};
  texture.Updates.resize(0);
  texture.Updates.push_back(rect);
  texture.UpdateRect = rect;
  texture.SetStatus(ImTextureStatus_WantUpdates);
}

void PictureAtlas::draw(ImDrawList& list, int index, ImVec2 low, ImVec2 high, float rounding) const {
  draw_part(list, index, ImVec2(kPictureSide, kPictureSide), low, high, rounding);
}

void PictureAtlas::draw_part(ImDrawList& list, int index, ImVec2 part, ImVec2 low, ImVec2 high,
                             float rounding, float alpha) const {
  if (!texture_ || index < 0 || index >= count_) return;
  const ImVec2 cell(1 / static_cast<float>(columns_), 1 / static_cast<float>(rows_));
  const int column = index % columns_, row = index / columns_;
  const ImVec2 uv(static_cast<float>(column) * cell.x, static_cast<float>(row) * cell.y);
  const ImVec2 end(uv.x + cell.x * part.x / kPictureSide, uv.y + cell.y * part.y / kPictureSide);
  const auto opacity = static_cast<ImU32>(std::lround(std::clamp(alpha, 0.0f, 1.0f) * 255));
  list.AddImageRounded(texture_->GetTexRef(), low, high, uv, end, IM_COL32(255, 255, 255, opacity), rounding);
}

std::array<std::uint8_t, 3> PictureAtlas::pixel(int index, int x, int y) const {
  if (!texture_ || index < 0 || index >= count_) return {};
  const auto* at = static_cast<const std::uint8_t*>(
      texture_->GetPixelsAt(index % columns_ * kPictureSide + x, index / columns_ * kPictureSide + y));
  return {at[0], at[1], at[2]};
}

bool PictureAtlas::owns(const ImTextureData* texture) {
  return std::find(registered().begin(), registered().end(), texture) != registered().end();
}

void PictureAtlas::upload_all_again() {
  for (ImTextureData* texture : registered()) {
    texture->SetTexID(ImTextureID_Invalid);
    texture->BackendUserData = nullptr;
    texture->SetStatus(ImTextureStatus_WantCreate);
  }
}

}  // namespace playground
