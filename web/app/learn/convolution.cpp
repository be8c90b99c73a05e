#include "web/app/learn/convolution.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/touch.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

struct Preset3x3 {
  const char* name;
  std::array<float, 9> kernel;
};
constexpr float kNinth = 1.0f / 9;
constexpr Preset3x3 kKernels[] = {
    {"identity", {0, 0, 0, 0, 1, 0, 0, 0, 0}},
    {"edges |", {-1, 0, 1, -2, 0, 2, -1, 0, 1}},
    {"edges \u2013", {-1, -2, -1, 0, 0, 0, 1, 2, 1}},
    {"outline", {-1, -1, -1, -1, 8, -1, -1, -1, -1}},
    {"box blur", {kNinth, kNinth, kNinth, kNinth, kNinth, kNinth, kNinth, kNinth, kNinth}},
    {"Gaussian", {0.0625f, 0.125f, 0.0625f, 0.125f, 0.25f, 0.125f, 0.0625f, 0.125f, 0.0625f}},
    {"sharpen", {0, -1, 0, -1, 5, -1, 0, -1, 0}},
    {"emboss", {-2, -1, 0, -1, 1, 1, 0, 1, 2}},
};
constexpr int kPresets = static_cast<int>(std::size(kKernels));
constexpr int kDigits = 3;  // with two decimals, nine products do not add up to the sum beside them

constexpr Passage kText[] = {
    {Passage::words,
     "A *kernel* is a small grid of numbers. It is laid over a patch of the picture, each number is "
     "multiplied by the pixel under it, and the nine products are added. The sum is one pixel of the "
     "*output map*. Then the kernel moves on by one pixel, until it has covered the whole picture."},
    {Passage::formula, "out_{r,c} = \u03a3_{i,j} in_{r+i,c+j} \u00d7 kernel_{i,j} + bias"},
    {Passage::words,
     "Point at either picture and watch the window slide. A kernel whose numbers sum to zero measures "
     "similarity: where the patch looks like the kernel, the sum is large, and on uniform areas it is zero. "
     "The map holds the sum for every place."},
    {Passage::heading, "Nine numbers, very different results"},
    {Passage::words,
     "Weights that sum to one keep the brightness: equal weights *blur*, a large center with negative "
     "neighbors *sharpens*. Weights that sum to zero give zero on uniform areas and respond to changes: "
     "opposite signs on the left and the right find vertical *edges*, at the top and the bottom horizontal "
     "ones. Change one number and see what happens to the map."},
    {Passage::heading, "Several kernels, several maps"},
    {Passage::words,
     "A layer applies many kernels at once. Eight kernels give a stack of eight maps. This number is the "
     "layer's setting *filters* and the depth of its output."},
    {Passage::heading, "Kernel or filter?"},
    {Passage::words,
     "A color picture has three channels, so a *filter* has three kernels, one per channel, and adds up "
     "their sums: 3 \u00d7 3 \u00d7 3 = 27 products and a bias make a single number. The filter moves in "
     "two directions only, but it is a three-dimensional block. After a layer with 32 filters, the filters "
     "of the next layer are 32 kernels deep."},
    {Passage::words,
     "Switch to *Color*, keep the red kernel and reverse the signs of the green one: now the map responds "
     "to red against green."},
    {Passage::words,
     "A network does not choose from a list. It starts with random numbers, and training turns them into "
     "the kernels that help."},
    {Passage::words,
     "A footnote: what the layer computes is called *cross-correlation*. In mathematics, a convolution "
     "first rotates the kernel by 180 degrees. Deep learning libraries skip the rotation and keep the "
     "name; as the weights are learned, it makes no difference."},
};

constexpr Experiment kExperiments[] = {
    {"one_convolution", "One convolution, eight filters",
     "A network of a single convolution, pooling and one dense layer; three epochs. See how accurate eight "
     "filters can be.",
     "v=1&model={'class_name':'Sequential','config':{'name':'one_convolution','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'Conv2D','config':{'filters':8,'kernel_size':3,'padding':'same','activation':'relu'}},"
     "{'class_name':'MaxPooling2D','config':{}},{'class_name':'Flatten','config':{}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':3,'batch_size':"
     "32}"},
};

Net convolution(int channels, int filters) {
  return Net({kPictureSide, kPictureSide, channels},
             {layer("Conv2D", {{"filters", filters}, {"kernel_size", 3}, {"use_bias", false}})});
}

double as_shown(double value) {
  const double digits = std::pow(10, kDigits);
  return std::round(value * digits) / digits;
}

/// Whether a reader who adds the rounded numbers on the screen gets the rounded sum.
bool add_up_as_shown(std::span<const float> parts, float sum) {
  double shown = 0;
  for (const float part : parts) shown += as_shown(part);
  return std::abs(shown - as_shown(sum)) < 0.5 / std::pow(10, kDigits);
}

}  // namespace

ConvolutionChapter::ConvolutionChapter() { choose(preset_); }

/// In color each channel gets a third of the kernel, so that gray and color give the same map.
void ConvolutionChapter::choose(int preset) {
  preset_ = preset;
  for (int channel = 0; channel < 3; ++channel)
    for (int i = 0; i < kCells; ++i)
      kernel_[static_cast<std::size_t>(channel)][static_cast<std::size_t>(i)] =
          kKernels[preset].kernel[static_cast<std::size_t>(i)] / (color_ ? 3.0f : 1.0f);
  stale_ = true;
}

void ConvolutionChapter::compute(const Lesson& lesson) {
  const int channels = color_ ? 3 : 1;
  const std::vector<float> picture = picture_values(lesson, picture_);
  input_ = color_ ? picture : gray_values(picture);
  if (!net_.made() || net_.model().input_shape()[2] != channels) {
    net_ = convolution(channels, 1);
    bank_ = convolution(channels, kPresets);
    const std::span<float> all = bank_.parameter("/kernel");
    for (std::size_t i = 0; i < all.size(); ++i) {  // [3, 3, channels, filters]
      const std::size_t filter = i % kPresets, cell = i / kPresets / static_cast<std::size_t>(channels);
      all[i] = kKernels[filter].kernel[cell] / static_cast<float>(channels);
    }
  }
  const std::span<float> weights = net_.parameter("/kernel");
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = kernel_[i % static_cast<std::size_t>(channels)][i / static_cast<std::size_t>(channels)];
  const std::span<const float> y = net_.run(lesson.exec, input_);
  output_.assign(y.begin(), y.end());
  const std::span<const float> maps = bank_.run(lesson.exec, input_);
  maps_.begin();
  if (color_)
    maps_.add_rgb(input_);
  else
    maps_.add(input_, kPictureSide, kPictureSide, 1, 0, {});
  const float sum = std::accumulate(weights.begin(), weights.end(), 0.0f);
  // A kernel that sums to one gives a picture; any other gives values around zero.
  keeps_brightness_ = std::abs(sum - 1) < 0.02f;
  maps_.add(output_, kOut, kOut, 1, 0, keeps_brightness_ ? Tone{} : tone_of(output_));
  for (int filter = 0; filter < kPresets; ++filter) {
    std::vector<float> map;
    for (std::size_t i = static_cast<std::size_t>(filter); i < maps.size(); i += kPresets)
      map.push_back(maps[i]);
    const auto& kernel = kKernels[filter].kernel;
    const bool picture_like = std::accumulate(kernel.begin(), kernel.end(), 0.0f) > 0.5f;
    maps_.add(map, kOut, kOut, 1, 0, picture_like ? Tone{} : tone_of(map));
  }
  maps_.end();
}

ConvolutionChapter::Walk ConvolutionChapter::walk() const {
  Walk walk;
  walk.channels = color_ ? 3 : 1;
  if (output_.empty()) return walk;
  for (int channel = 0; channel < walk.channels; ++channel)
    for (int i = 0; i < kCells; ++i) {
      const int row = at_.row + i / kSide, column = at_.column + i % kSide;
      const auto to = static_cast<std::size_t>(channel * kCells + i);
      walk.pixels[to] =
          input_[static_cast<std::size_t>((row * kPictureSide + column) * walk.channels + channel)];
      walk.products[to] =
          walk.pixels[to] * kernel_[static_cast<std::size_t>(channel)][static_cast<std::size_t>(i)];
      walk.channel_sums[static_cast<std::size_t>(channel)] += walk.products[to];
    }
  walk.output = output_[static_cast<std::size_t>(at_.row * kOut + at_.column)];
  return walk;
}

void ConvolutionChapter::draw_presets(const Lesson& lesson) {
  const float gap = 0.35f * em(), room = ImGui::GetContentRegionAvail().x;
  const int in_row = lesson.narrow ? 4 : kPresets;
  const float side = std::min(4.6f * em(), (room + gap) / static_cast<float>(in_row) - gap);
  for (int i = 0; i < kPresets; ++i) {
    if (i % in_row > 0) ImGui::SameLine(0, gap);
    ImGui::PushID(i);
    if (press_area("preset", ImVec2(side, side + 1.3f * em()))) choose(i);
    const ImVec2 low = ImGui::GetItemRectMin(), high(low.x + side, low.y + side);
    ImDrawList& list = *ImGui::GetWindowDrawList();
    maps_.draw(list, 2 + i, low, high);
    const bool ring =
        i == preset_ || (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible) || ImGui::IsItemHovered();
    if (ring)
      list.AddRect(low, high, i == preset_ ? palette().accent : palette().faint, 0.1f * em(), 0,
                   0.16f * em());
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    push_size(0.84f);
    text_at(list,
            ImVec2(low.x + std::max(0.0f, (side - text_size(kKernels[i].name).x) / 2), high.y + 0.2f * em()),
            i == preset_ ? palette().text : palette().muted, kKernels[i].name);
    pop_font();
    WidgetRects::mark(std::string("kernels/") + std::to_string(i));
    ImGui::PopID();
  }
}

void ConvolutionChapter::draw_maps(const Lesson& lesson) {
  const float gap = 1.2f * em(), room = ImGui::GetContentRegionAvail().x;
  const float side = std::min((room - gap) / 2, lesson.narrow ? 12 * em() : 15.5f * em());
  const float cell = side / kPictureSide;
  const ImVec2 left = ImGui::GetCursorScreenPos();
  Cell input{at_.row + 1, at_.column + 1};
  if (draw_map("convolution/input", maps_, 0, kPictureSide, kPictureSide, side, input))
    at_ = {std::clamp(input.row - 1, 0, kOut - 1), std::clamp(input.column - 1, 0, kOut - 1)};
  ImGui::SameLine(0, gap);
  // The output is two pixels smaller: each of its pixels is drawn where its window's center was.
  ImGui::SetCursorScreenPos(ImVec2(ImGui::GetCursorScreenPos().x + cell, left.y + cell));
  const ImVec2 right = ImGui::GetCursorScreenPos();
  draw_map("convolution/output", maps_, 1, kOut, kOut, cell * kOut, at_);
  outline_cells(left, cell, at_.row, at_.column, kSide, kSide, palette().wrong);
  outline_cells(right, cell, at_.row, at_.column, 1, 1, palette().wrong);
  ImGui::SetCursorScreenPos(ImVec2(left.x, left.y + side + 0.2f * em()));
  push_size(0.87f);
  muted(color_ ? "in: (32, 32, 3)" : "in: (32, 32, 1)");
  ImGui::SetCursorScreenPos(ImVec2(right.x, left.y + side + 0.2f * em()));
  muted("out: (30, 30, 1)");
  pop_font();
}

void ConvolutionChapter::draw_kernel(const Lesson&) {
  std::array<float, kCells>& kernel = kernel_[static_cast<std::size_t>(color_ ? channel_ : 0)];
  const float width = std::min(3.3f * em(), ImGui::GetContentRegionAvail().x / kSide - 0.25f * em());
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0.3f * em(), (control_height() - em()) / 2));
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0.25f * em(), 0.25f * em()));
  for (int i = 0; i < kCells; ++i) {
    if (i % kSide > 0) ImGui::SameLine();
    ImGui::PushID(i);
    ImGui::SetNextItemWidth(width);
    if (ImGui::DragFloat("##weight", &kernel[static_cast<std::size_t>(i)], 0.02f, -10, 10, "%.3g",
                         ImGuiSliderFlags_AlwaysClamp)) {
      preset_ = -1;
      stale_ = true;
    }
    Touch::claim_drag_if_hovered();
    tooltip("Drag, or double-click and type.");
    WidgetRects::mark("kernel/" + std::to_string(i));
    ImGui::PopID();
  }
  ImGui::PopStyleVar(2);
}

void ConvolutionChapter::draw_arithmetic() const {
  const Walk now = walk();
  const std::size_t first = static_cast<std::size_t>(color_ ? channel_ : 0) * kCells;
  const std::array<float, kCells>& kernel = kernel_[static_cast<std::size_t>(color_ ? channel_ : 0)];
  const float width = std::min(6.2f * em(), (ImGui::GetContentRegionAvail().x - 0.6f * em()) / kSide);
  const float height = std::max(control_height(), 2.3f * em()), gap = 0.25f * em();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_size(0.87f);
  for (int i = 0; i < kCells; ++i) {
    const float pixel = now.pixels[first + static_cast<std::size_t>(i)];
    const ImVec2 low = grid_place(corner, i, kSide, ImVec2(width + gap, height + gap));
    const auto gray = static_cast<int>(std::lround(std::clamp(pixel, 0.0f, 1.0f) * 255));
    const ImU32 back = !color_         ? IM_COL32(gray, gray, gray, 255)
                       : channel_ == 0 ? IM_COL32(gray, 0, 0, 255)
                       : channel_ == 1 ? IM_COL32(0, gray, 0, 255)
                                       : IM_COL32(0, 0, gray, 255);
    list.AddRectFilled(low, ImVec2(low.x + 0.4f * em(), low.y + height), back);
    const std::string words =
        number_text(pixel, kDigits) + " \u00d7 " + number_text(kernel[static_cast<std::size_t>(i)], kDigits);
    const std::string product =
        "= " + number_text(now.products[first + static_cast<std::size_t>(i)], kDigits);
    text_at(list, ImVec2(low.x + 0.6f * em(), low.y + height / 2 - 1.1f * em()), palette().muted, words);
    text_at(list, ImVec2(low.x + 0.6f * em(), low.y + height / 2 + 0.05f * em()), palette().text, product);
    WidgetRects::mark("arithmetic/" + std::to_string(i), low, ImVec2(low.x + width, low.y + height), product);
  }
  pop_font();
  ImGui::Dummy(ImVec2(kSide * (width + gap), kSide * (height + gap)));
}

UiRequest ConvolutionChapter::draw(const Lesson& lesson) {
  if (choose_picture("convolution/picture", lesson, picture_)) stale_ = true;
  constexpr const char* kModes[] = {"Gray: one kernel", "Color: a filter of three"};
  if (segmented("convolution/color", kModes, color_, lesson.narrow)) {
    if (preset_ < 0) preset_ = 1;
    choose(preset_);
  }
  if (stale_ || edition_ != lesson.edition) {
    compute(lesson);
    stale_ = false;
    edition_ = lesson.edition;
  }
  draw_presets(lesson);
  draw_maps(lesson);
  if (color_) {
    constexpr const char* kChannels[] = {"Red", "Green", "Blue"};
    segmented("convolution/channel", kChannels, channel_, lesson.narrow);
  }
  const ImVec2 top = ImGui::GetCursorScreenPos();
  ImGui::BeginGroup();
  ImGui::BeginGroup();
  muted(color_ ? "This channel's kernel" : "The kernel");
  draw_kernel(lesson);
  ImGui::EndGroup();
  // SameLine would lower the text to the baseline of the fields.
  if (!lesson.narrow) ImGui::SetCursorScreenPos(ImVec2(ImGui::GetItemRectMax().x + 1.4f * em(), top.y));
  ImGui::BeginGroup();
  muted("Pixel \u00d7 weight in the window");
  draw_arithmetic();
  ImGui::EndGroup();
  ImGui::EndGroup();
  return {};
}

std::string ConvolutionChapter::outcome() const {
  const Walk now = walk();
  std::string words = capital(place_text(at_.row, at_.column)) + ": ";
  if (now.channels == 1) {
    const bool as_shown = add_up_as_shown(std::span(now.products).first(kCells), now.output);
    words += std::string(as_shown ? "the nine products add up to *"
                                  : "before rounding, the nine products add up to *") +
             number_text(now.output, kDigits) + "*.";
  } else {
    if (!add_up_as_shown(now.channel_sums, now.output)) words += "before rounding, ";
    words += "red " + number_text(now.channel_sums[0], kDigits) + ", green " +
             number_text(now.channel_sums[1], kDigits) + " and blue " +
             number_text(now.channel_sums[2], kDigits) + " add up to *" + number_text(now.output, kDigits) +
             "*.";
  }
  if (output_.empty()) return words;
  const auto [low, high] = std::minmax_element(output_.begin(), output_.end());
  words += " The map's values range from " + number_text(*low) + " to " + number_text(*high);
  words += *low < 0 && !keeps_brightness_ ? "; mid-gray is zero." : "; black is zero.";
  return words;
}

extern const ChapterType convolution_chapter;
const ChapterType convolution_chapter{
    "convolution",
    "Convolution",
    "How a small grid of numbers finds edges, blurs, sharpens, and sees color.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<ConvolutionChapter>()); }};

}  // namespace playground
