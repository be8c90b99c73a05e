// Chapter 2: where windows are placed, and how many fit.
#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
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
     "The *stride* is how far the window moves from one sum to the next. With stride 1 it visits every "
     "cell; with stride 2 every second one, so the map has half the width and half the height, and the "
     "layers after it have a quarter of the work."},
    {Passage::words,
     "A 3 \u00d7 3 window cannot be centered on a border cell: part of it would lie outside the picture. "
     "There are two solutions."},
    {Passage::heading, "Valid: only where it fits"},
    {Passage::words,
     "The window stays inside, so the map is smaller than the picture: by two rows and two columns for a 3 "
     "\u00d7 3 window. Cells that do not fill a last window are *dropped*; the grid shows them pale."},
    {Passage::formula, "out = floor((n \u2212 k) / s) + 1"},
    {Passage::heading, "Same: zeros around"},
    {Passage::words,
     "*Zero padding* puts a frame of zeros around the picture, just wide enough that with stride 1 the map "
     "is as large as the picture. Nothing is lost at the border, but windows there see less of the picture, "
     "and edge detectors respond to an edge that is not in the picture."},
    {Passage::formula, "out = ceil(n / s)"},
    {Passage::formula, "padding = max((out \u2212 1) \u00d7 s + k \u2212 n, 0)"},
    {Passage::words,
     "If the padding is odd, the extra row is at the bottom and the extra column on the right, as in Keras."},
    {Passage::heading, "Which one?"},
    {Passage::words,
     "Deep networks mostly pad: twenty valid 3 \u00d7 3 layers would leave nothing of 32 \u00d7 32 pixels. "
     "To make maps smaller on purpose, use the stride, or pooling, which has its own chapter."},
};

constexpr Experiment kExperiments[] = {
    {"strides", "Strides instead of pooling",
     "Two convolutions with stride 2: 32 \u00d7 32, 16 \u00d7 16, 8 \u00d7 8. Compare its speed and accuracy "
     "with the tutorial's network.",
     "v=1&model={'class_name':'Sequential','config':{'name':'strides','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'Conv2D','config':{'filters':32,'kernel_size':3,'strides':2,'padding':'same','activation'"
     ":'relu'}},"
     "{'class_name':'Conv2D','config':{'filters':32,'kernel_size':3,'strides':2,'padding':'same','activation'"
     ":'relu'}},"
     "{'class_name':'Flatten','config':{}},{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':3,'batch_size':"
     "32}"},
    {"valid", "No padding",
     "Valid convolutions: watch 32 shrink to 30, 28 and, after pooling, 14 in the list of layers.",
     "v=1&model={'class_name':'Sequential','config':{'name':'valid','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'Conv2D','config':{'filters':16,'kernel_size':3,'activation':'relu'}},"
     "{'class_name':'Conv2D','config':{'filters':16,'kernel_size':3,'activation':'relu'}},"
     "{'class_name':'MaxPooling2D','config':{}},{'class_name':'Flatten','config':{}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':3,'batch_size':"
     "32}"},
};

constexpr const char* kSizes[] = {"1", "2", "3"};
constexpr const char* kPaddings[] = {"valid", "same"};

class WindowsChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  int kernel() const { return kernel_ + 1; }
  int stride() const { return stride_ + 1; }
  cnn::Padding padding() const { return padding_ ? cnn::Padding::same : cnn::Padding::valid; }
  cnn::Window window() const { return cnn::slide(size_, kernel(), stride(), padding().rows()); }
  /// Cells of padding before and after, along one axis.
  int before() const { return window().pad_before; }
  int after() const { return std::max(0, (out_ - 1) * stride() + kernel() - size_ - before()); }
  Net convolution(int size) const;
  void compute(const Lesson& lesson);
  void draw_input(ImVec2 corner, float cell);
  void draw_output(ImVec2 corner, float cell);
  void draw_grids();
  void draw_numbers(float width) const;

  int picture_ = 0, size_ = 7, kernel_ = 2, stride_ = 1, padding_ = 0;
  int out_ = 0, whole_ = 0;  ///< output sizes, as the core computes them, for the patch and for the picture
  Cell at_{0, 1};
  int edition_ = -1;
  bool stale_ = true;
  std::vector<float> patch_, means_;
  MapAtlas maps_{2};
};

/// A convolution that computes the mean of each window.
Net WindowsChapter::convolution(int size) const {
  Net net({size, size, 1}, {layer("Conv2D", {{"filters", 1},
                                             {"kernel_size", kernel()},
                                             {"strides", stride()},
                                             {"padding", kPaddings[padding_]},
                                             {"use_bias", false}})});
  const std::span<float> weights = net.parameter("/kernel");
  std::fill(weights.begin(), weights.end(), 1 / static_cast<float>(kernel() * kernel()));
  return net;
}

void WindowsChapter::compute(const Lesson& lesson) {
  const std::vector<float> picture = gray_values(picture_values(lesson, picture_));
  patch_.clear();
  constexpr int kFrom = 8;  // the patch keeps clear of the picture's border
  for (int row = 0; row < size_; ++row)
    for (int column = 0; column < size_; ++column)
      patch_.push_back(picture[static_cast<std::size_t>((kFrom + row) * kPictureSide + kFrom + column)]);
  Net small = convolution(size_), large = convolution(kPictureSide);
  if (!small.made() || !large.made()) return;
  out_ = small.output_shape()[0];
  whole_ = large.output_shape()[0];
  const std::span<const float> y = small.run(lesson.exec, patch_);
  means_.assign(y.begin(), y.end());
  maps_.begin();
  maps_.add(picture, kPictureSide, kPictureSide, 1, 0, {});
  maps_.add(large.run(lesson.exec, picture), whole_, whole_, 1, 0, {});
  maps_.end();
  at_ = {std::clamp(at_.row, 0, out_ - 1), std::clamp(at_.column, 0, out_ - 1)};
}

/// Draws a number with as many decimals as fit into the cell.
void draw_number(ImDrawList& list, ImVec2 low, float cell, float value, ImU32 ink) {
  push_size(0.78f);
  std::string text = number_text(value);
  if (text_size(text).x > 0.94f * cell) text = number_text(value, 1);
  const ImVec2 size = text_size(text);
  if (size.x <= cell)
    text_at(list, ImVec2(low.x + (cell - size.x) / 2, low.y + (cell - size.y) / 2), ink, text);
  pop_font();
}

void WindowsChapter::draw_input(ImVec2 corner, float cell) {
  const Palette& p = palette();
  const int cells = before() + size_ + after(), reach = (out_ - 1) * stride() + kernel();
  const float gap = std::max(hairline(), 0.04f * em());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int row = 0; row < cells; ++row)
    for (int column = 0; column < cells; ++column) {
      const ImVec2 low(corner.x + cell * static_cast<float>(column),
                       corner.y + cell * static_cast<float>(row));
      const ImVec2 high(low.x + cell - gap, low.y + cell - gap);
      const int y = row - before(), x = column - before();
      if (y < 0 || x < 0 || y >= size_ || x >= size_) {
        list.AddRect(low, high, p.line, 0, 0, hairline());
        draw_number(list, low, cell, 0, p.muted);
        continue;
      }
      const float value = patch_[static_cast<std::size_t>(y * size_ + x)];
      const bool dropped =
          row >= reach || column >= reach || (row % stride() >= kernel()) || (column % stride() >= kernel());
      const ImU32 shade = gray(value, {});
      list.AddRectFilled(low, high, dropped ? mix(p.panel, shade, 0.25f) : shade);
      draw_number(list, low, cell, value, dropped ? p.muted : ink_on_gray(value, {}));
    }
  outline_cells(corner, cell, at_.row * stride(), at_.column * stride(), kernel(), kernel(), p.wrong);
}

void WindowsChapter::draw_output(ImVec2 corner, float cell) {
  const float gap = std::max(hairline(), 0.04f * em());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int i = 0; i < out_ * out_; ++i) {
    const ImVec2 low = grid_place(corner, i, out_, ImVec2(cell, cell));
    const float value = means_[static_cast<std::size_t>(i)];
    list.AddRectFilled(low, ImVec2(low.x + cell - gap, low.y + cell - gap), gray(value, {}));
    draw_number(list, low, cell, value, ink_on_gray(value, {}));
  }
  outline_cells(corner, cell, at_.row, at_.column, 1, 1, palette().wrong);
}

/// Side by side if the cells are then large enough to read, otherwise one below the other.
void WindowsChapter::draw_grids() {
  const float room = ImGui::GetContentRegionAvail().x, space = 1.6f * em();
  const int cells = before() + size_ + after();
  const auto fitting = [&](float width, int across) {
    return std::floor(std::min(2.5f * em(), width / static_cast<float>(across)));
  };
  float cell = fitting(room - space, cells + out_);
  const bool below = cell < 1.75f * em();
  if (below) cell = fitting(room, cells);
  const ImVec2 left = ImGui::GetCursorScreenPos();
  Cell input{at_.row * stride(), at_.column * stride()};
  if (pick_cell("windows/input", cells, cells, cell, input))
    at_ = {std::clamp(input.row / stride(), 0, out_ - 1), std::clamp(input.column / stride(), 0, out_ - 1)};
  const float extent = cell * static_cast<float>(cells);
  const ImVec2 right =
      below ? ImVec2(left.x, left.y + extent + 0.7f * em()) : ImVec2(left.x + extent + space, left.y);
  ImGui::SetCursorScreenPos(right);
  pick_cell("windows/output", out_, out_, cell, at_);
  draw_input(left, cell);
  draw_output(right, cell);
  const float end = std::max(left.y + extent, right.y + cell * static_cast<float>(out_));
  ImGui::SetCursorScreenPos(ImVec2(left.x, end + 0.4f * em()));
}

/// The formulas with the numbers of this grid.
void WindowsChapter::draw_numbers(float width) const {
  const std::string n = std::to_string(size_), k = std::to_string(kernel()), s = std::to_string(stride()),
                    out = std::to_string(out_);
  if (!padding_)
    return draw_formula("out = floor((" + n + " \u2212 " + k + ") / " + s + ") + 1 = *" + out + "*", width);
  draw_formula("out = ceil(" + n + " / " + s + ") = *" + out + "*", width);
  draw_formula("padding = max((" + out + " \u2212 1) \u00d7 " + s + " + " + k + " \u2212 " + n + ", 0) = *" +
                   std::to_string(before() + after()) + "*: " + std::to_string(before()) + " before, " +
                   std::to_string(after()) + " after",
               width);
}

UiRequest WindowsChapter::draw(const Lesson& lesson) {
  bool changed = choose_picture("windows/picture", lesson, picture_);
  const auto row = [&](const char* label, const char* name, std::span<const char* const> labels, int& value) {
    control_label(label, 4.6f * em());
    changed |= segmented(name, labels, value);
  };
  row("Kernel", "windows/kernel", kSizes, kernel_);
  if (!lesson.narrow) ImGui::SameLine(0, 1.5f * em());
  row("Stride", "windows/stride", kSizes, stride_);
  row("Padding", "windows/padding", kPaddings, padding_);
  changed |= slider("windows/size", "input cells", size_, 4, 10);
  if (changed || stale_ || edition_ != lesson.edition) {
    compute(lesson);
    stale_ = false;
    edition_ = lesson.edition;
  }
  if (means_.empty()) return {};
  draw_grids();
  const float width = std::min(ImGui::GetContentRegionAvail().x, kMeasure * em());
  draw_numbers(width);
  muted("The same window on the whole picture");
  const float side = 9 * em(), scale = side / kPictureSide;
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  maps_.draw(list, 0, low, ImVec2(low.x + side, low.y + side));
  const float made = scale * static_cast<float>(whole_);
  const ImVec2 next(low.x + side + 1.2f * em(), low.y);
  maps_.draw(list, 1, next, ImVec2(next.x + made, next.y + made));
  ImGui::Dummy(ImVec2(2 * side, side));
  return {};
}

std::string WindowsChapter::outcome() const {
  const std::string k = std::to_string(kernel()), out = std::to_string(out_), n = std::to_string(size_);
  std::string words = "A window of " + k + " \u00d7 " + k + " with stride " + std::to_string(stride()) +
                      " over " + n + " \u00d7 " + n + " cells, padding " + kPaddings[padding_] + ", gives *" +
                      out + " \u00d7 " + out + "* cells.";
  if (!means_.empty())
    words += " The cell at row " + std::to_string(at_.row + 1) + ", column " +
             std::to_string(at_.column + 1) + " is " +
             number_text(means_[static_cast<std::size_t>(at_.row * out_ + at_.column)], 3) +
             ", the mean of its window.";
  return words + " A picture of 32 \u00d7 32 gives " + std::to_string(whole_) + " \u00d7 " +
         std::to_string(whole_) + ".";
}

}  // namespace

extern const ChapterType windows_chapter;
const ChapterType windows_chapter{
    "padding",
    "Stride and padding",
    "How far the window moves, what happens at the border, and how large the map gets.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<WindowsChapter>()); }};

}  // namespace playground
