// Chapter 4: three ways to reduce a window to one number.
#include <algorithm>
#include <array>
#include <cmath>

#include "web/app/controls/figures.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"

namespace playground {
namespace {

constexpr Passage kText[] = {
    {Passage::words,
     "A map shows for every pixel how well the kernel matches there. To decide *what* is in the picture, "
     "less detail is enough: that there is an edge in about this place. *Pooling* replaces every window by "
     "one number."},
    {Passage::heading, "Max, average, sum"},
    {Passage::formula, "max = the largest of the cells"},
    {Passage::formula, "average = the sum of the cells / their number"},
    {Passage::formula, "sum = the sum of the cells"},
    {Passage::words,
     "*Max* keeps the strongest response and discards the others; it stays sharp and is the usual choice. "
     "*Average* weights all cells equally and blurs. *Sum* is the average without the division: the same "
     "picture with larger numbers."},
    {Passage::heading, "What it is good for"},
    {Passage::words,
     "A 2 \u00d7 2 window with stride 2 leaves a quarter of the numbers: less to compute, and a quarter of "
     "the weights in a dense layer after it. Every later kernel covers twice the distance. Pooling has no "
     "parameters, so it has nothing to learn."},
    {Passage::words,
     "Pooling also makes the output steadier. If the picture moves by a pixel, the pooled maps change less "
     "than the map itself, because it does not matter where in its window the strongest cell is. Larger "
     "windows tolerate larger moves and lose more of the position."},
    {Passage::heading, "Windows that overlap"},
    {Passage::words,
     "With a stride smaller than the window, windows share cells; with a larger one, some cells are skipped. "
     "Channels are never mixed: each map is pooled separately."},
};

constexpr Experiment kExperiments[] = {
    {"average_pooling", "Average instead of max",
     "The tutorial's small network with average pooling. Train it, then the preset with max, and compare "
     "the two runs.",
     "v=1&model={'class_name':'Sequential','config':{'name':'average_pooling','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'Conv2D','config':{'filters':16,'kernel_size':3,'strides':2,'padding':'same','activation'"
     ":'relu'}},"
     "{'class_name':'Conv2D','config':{'filters':32,'kernel_size':3,'padding':'same','activation':'relu'}},"
     "{'class_name':'AveragePooling2D','config':{}},{'class_name':'Dropout','config':{'rate':0.25}},"
     "{'class_name':'Flatten','config':{}},{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':3,'batch_size':"
     "32}"},
    {"max_pooling", "The same with max", "The preset itself, for comparison.",
     "v=1&preset=tutorial_small&fit={'epochs':3,'batch_size':32}"},
};

constexpr int kMap = kPictureSide - 2;  // side of the map of outlines: no padding
constexpr const char* kWays[] = {"max", "average", "sum"};
constexpr const char* kClasses[] = {"MaxPooling2D", "AveragePooling2D", "SumPooling2D"};
constexpr const char* kSizes[] = {"2", "3", "4"};
constexpr const char* kStrides[] = {"1", "2", "3", "4"};

class PoolingChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  int pool() const { return size_ + 2; }
  int stride() const { return stride_ + 1; }
  void compute(const Lesson& lesson);
  void draw_maps(const Lesson& lesson);
  void draw_window(float width) const;

  int picture_ = 0, size_ = 0, stride_ = 1, shift_ = 0;
  int out_ = 0;
  Cell at_{5, 6};
  int edition_ = -1;
  bool stale_ = true;
  Net edges_;
  std::vector<float> map_;                    ///< [30, 30]
  std::array<std::vector<float>, 3> pooled_;  ///< [out, out]
  std::array<double, 4> moved_{};             ///< relative change by the shift: the map, then each pooled map
  MapAtlas maps_{4};
};

/// Sum of absolute differences relative to the sum of absolute values of a.
double change(std::span<const float> a, std::span<const float> b) {
  double difference = 0, whole = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    difference += std::abs(a[i] - b[i]);
    whole += std::abs(a[i]);
  }
  return whole > 0 ? difference / whole : 0;
}

/// The picture shifted to the right; its left column is repeated.
std::vector<float> moved(std::span<const float> gray, int by) {
  std::vector<float> result(gray.size());
  for (std::size_t i = 0; i < gray.size(); ++i) {
    const int column = static_cast<int>(i) % kPictureSide;
    result[i] = gray[i - static_cast<std::size_t>(std::min(by, column))];
  }
  return result;
}

void PoolingChapter::compute(const Lesson& lesson) {
  if (!edges_.made()) {
    edges_ = Net(
        {kPictureSide, kPictureSide, 1},
        {layer("Conv2D", {{"filters", 1}, {"kernel_size", 3}, {"use_bias", false}, {"activation", "relu"}})});
    constexpr std::array<float, 9> kOutline = {-1, -1, -1, -1, 8, -1, -1, -1, -1};
    const std::span<float> weights = edges_.parameter("/kernel");
    std::copy_n(kOutline.begin(), std::min(weights.size(), kOutline.size()), weights.begin());
  }
  const std::vector<float> picture = gray_values(picture_values(lesson, picture_));
  const auto edges_of = [&](const std::vector<float>& gray) {
    const std::span<const float> y = edges_.run(lesson.exec, gray);
    return std::vector<float>(y.begin(), y.end());
  };
  const std::vector<float> still = edges_of(picture);
  map_ = edges_of(moved(picture, shift_));
  moved_[0] = change(still, map_);
  maps_.begin();
  maps_.add(map_, kMap, kMap, 1, 0, tone_of(map_));
  for (std::size_t way = 0; way < 3; ++way) {
    Net net({kMap, kMap, 1}, {layer(kClasses[way], {{"pool_size", pool()}, {"strides", stride()}})});
    if (!net.made()) return;
    out_ = net.output_shape()[0];
    const std::span<const float> before = net.run(lesson.exec, still);
    const std::vector<float> unmoved(before.begin(), before.end());
    const std::span<const float> y = net.run(lesson.exec, map_);
    pooled_[way].assign(y.begin(), y.end());
    moved_[way + 1] = change(unmoved, pooled_[way]);
    maps_.add(y, out_, out_, 1, 0, tone_of(y));
  }
  maps_.end();
  at_ = {std::clamp(at_.row, 0, out_ - 1), std::clamp(at_.column, 0, out_ - 1)};
}

void PoolingChapter::draw_maps(const Lesson& lesson) {
  const float gap = 1.1f * em(), room = ImGui::GetContentRegionAvail().x;
  const float side = std::min((room - gap) / 2, lesson.narrow ? 12 * em() : 14 * em());
  const float cell = side / kMap;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  const auto captioned = [&](float x, float y, const char* words, std::size_t which) {
    push_size(0.87f);
    std::string text = words;
    if (shift_ > 0) text += ", changed by " + number_text(100 * moved_[which], 0) + " %";
    text_at(*ImGui::GetWindowDrawList(), ImVec2(x, y), palette().muted, text);
    pop_font();
  };
  const float line = 1.5f * em();
  Cell input{at_.row * stride(), at_.column * stride()};
  if (draw_map("pooling/input", maps_, 0, kMap, kMap, side, input))
    at_ = {std::clamp(input.row / stride(), 0, out_ - 1), std::clamp(input.column / stride(), 0, out_ - 1)};
  outline_cells(corner, cell, at_.row * stride(), at_.column * stride(), pool(), pool(), palette().wrong);
  captioned(corner.x, corner.y + side + 0.15f * em(), "the map: outlines, 30 \u00d7 30", 0);
  const std::string size = std::to_string(out_) + " \u00d7 " + std::to_string(out_);
  for (int way = 0; way < 3; ++way) {
    const ImVec2 low(corner.x + (way % 2 == 0 ? side + gap : 0), corner.y + (way > 0 ? side + line : 0));
    ImGui::SetCursorScreenPos(low);
    draw_map((std::string("pooling/") + kWays[way]).c_str(), maps_, 1 + way, out_, out_, side, at_);
    outline_cells(low, side / static_cast<float>(out_), at_.row, at_.column, 1, 1, palette().wrong);
    captioned(low.x, low.y + side + 0.15f * em(), (std::string(kWays[way]) + ", " + size).c_str(),
              static_cast<std::size_t>(way) + 1);
  }
  ImGui::SetCursorScreenPos(ImVec2(corner.x, corner.y + 2 * (side + line)));
}

/// The numbers of the window and the three results.
void PoolingChapter::draw_window(float width) const {
  std::string cells;
  for (int i = 0; i < pool() * pool(); ++i) {
    const int row = at_.row * stride() + i / pool(), column = at_.column * stride() + i % pool();
    cells += (i > 0 ? ", " : "") + number_text(map_[static_cast<std::size_t>(row * kMap + column)]);
  }
  const auto result = [&](std::size_t way) {
    return number_text(pooled_[way][static_cast<std::size_t>(at_.row * out_ + at_.column)], 3);
  };
  draw_markup("In the window: " + cells, width, 0.93f, palette().muted);
  draw_formula("max = *" + result(0) + "*, average = *" + result(1) + "*, sum = *" + result(2) + "*", width);
}

UiRequest PoolingChapter::draw(const Lesson& lesson) {
  bool changed = choose_picture("pooling/picture", lesson, picture_);
  control_label("Window", 4.6f * em());
  changed |= segmented("pooling/size", kSizes, size_);
  if (!lesson.narrow) ImGui::SameLine(0, 1.5f * em());
  control_label("Stride", 4.6f * em());
  changed |= segmented("pooling/stride", kStrides, stride_);
  changed |= slider("pooling/shift", "pixels moved", shift_, 0, 4);
  if (changed || stale_ || edition_ != lesson.edition) {
    compute(lesson);
    stale_ = false;
    edition_ = lesson.edition;
  }
  if (pooled_[2].empty()) return {};
  draw_maps(lesson);
  draw_window(std::min(ImGui::GetContentRegionAvail().x, kMeasure * em()));
  return {};
}

std::string PoolingChapter::outcome() const {
  if (pooled_[2].empty()) return "The map and the pooled maps appear here.";
  const auto result = [&](std::size_t way) {
    return number_text(pooled_[way][static_cast<std::size_t>(at_.row * out_ + at_.column)], 3);
  };
  std::string words = "Windows of " + std::to_string(pool()) + " \u00d7 " + std::to_string(pool()) +
                      " with stride " + std::to_string(stride()) + " leave " + std::to_string(out_) +
                      " \u00d7 " + std::to_string(out_) + " of 30 \u00d7 30 numbers. Row " +
                      std::to_string(at_.row + 1) + ", column " + std::to_string(at_.column + 1) + ": max " +
                      result(0) + ", average " + result(1) + ", sum " + result(2) + ".";
  if (shift_ > 0)
    words += " Moving the picture by " + std::to_string(shift_) + (shift_ == 1 ? " pixel" : " pixels") +
             " changed the map by " + number_text(100 * moved_[0], 0) + " %, max by " +
             number_text(100 * moved_[1], 0) + " %, average by " + number_text(100 * moved_[2], 0) + " %.";
  return words;
}

}  // namespace

extern const ChapterType pooling_chapter;
const ChapterType pooling_chapter{
    "pooling", "Pooling",    "Maps get smaller and steadier: one number for every window.",
    kText,     kExperiments, [] { return std::unique_ptr<Chapter>(std::make_unique<PoolingChapter>()); }};

}  // namespace playground
