// Chapter 5: from maps to a row, from the row to ten logits, from the logits to probabilities.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/kernels/activation.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/figures.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/small_training.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr Passage kText[] = {
    {Passage::words,
     "Convolutions produce maps, but the answer should be a class. Three steps lead from one to the other. "
     "The network here is as small as possible: eight filters with ReLU are applied to the picture, each of "
     "their maps is averaged to 4 \u00d7 4 numbers, and one dense layer computes ten weighted sums of them. "
     "The filters are fixed. The dense layer was trained on the loaded pictures when you opened this "
     "chapter."},
    {Passage::heading, "Flatten"},
    {Passage::words,
     "*Flatten* puts all numbers of the maps in one row: 4 \u00d7 4 \u00d7 8 become 128. Nothing is "
     "computed. The row no longer shows where in the map a number was, but every number keeps its own place "
     "in the row."},
    {Passage::heading, "Dense"},
    {Passage::formula, "z_{k} = \u03a3_{i} x_{i} \u00d7 w_{i,k} + b_{k}"},
    {Passage::words,
     "In a *dense* layer every output uses every input. Each class has 128 weights of its own and a bias: "
     "choose a class and see its weights as pictures. Where they are bright, large numbers of the map count "
     "for the class; where they are dark, against it. The sums are called *logits*; they can have any "
     "value."},
    {Passage::words,
     "All those weights cost memory and time. The tutorial's network flattens 16 \u00d7 16 \u00d7 32 = 8,192 "
     "numbers into 128 units: a million weights, nearly all of the network's."},
    {Passage::heading, "Softmax"},
    {Passage::formula, "p_{k} = e^{z_{k}} / \u03a3_{j} e^{z_{j}}"},
    {Passage::words,
     "*Softmax* turns logits into probabilities: positive numbers that sum to one. Move the sliders. "
     "Adding one to a logit multiplies its class's odds by e = 2.718\u2026; adding one to all of them "
     "changes nothing. Only differences count."},
    {Passage::words,
     "A probability near one means that the network strongly prefers this class, not that it is right: it "
     "must choose one of ten classes, even for a picture of none of them."},
};

constexpr Experiment kExperiments[] = {
    {"one_dense", "One dense layer, no convolution",
     "Softmax regression on all 3,072 numbers of a picture: the simplest network there is, as a baseline.",
     "v=1&model={'class_name':'Sequential','config':{'name':'one_dense','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},{'class_name':'Flatten','"
     "config':{}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':5,'batch_size':"
     "32}"},
};

constexpr int kClasses = 10, kFilters = 8, kPool = 8, kGrid = kPictureSide / kPool;
constexpr int kInputs = kGrid * kGrid * kFilters;
constexpr int kSteps = 500, kBatch = 20;
constexpr double kRate = 0.3;

/// A filter with fixed weights: the same kernel for every color channel, times the channel's factor.
struct FixedFilter {
  const char* name;
  std::array<float, 9> kernel;
  std::array<float, 3> channels;
};
constexpr float kThird = 1.0f / 3;
constexpr std::array<float, 9> kPoint = {0, 0, 0, 0, 1, 0, 0, 0, 0};
constexpr std::array<FixedFilter, kFilters> kFixedFilters = {{
    {"red", kPoint, {1, 0, 0}},
    {"green", kPoint, {0, 1, 0}},
    {"blue", kPoint, {0, 0, 1}},
    {"outlines", {-1, -1, -1, -1, 8, -1, -1, -1, -1}, {kThird, kThird, kThird}},
    {"dark to bright, left to right", {-1, 0, 1, -2, 0, 2, -1, 0, 1}, {kThird, kThird, kThird}},
    {"bright to dark, left to right", {1, 0, -1, 2, 0, -2, 1, 0, -1}, {kThird, kThird, kThird}},
    {"dark to bright, top to bottom", {-1, -2, -1, 0, 0, 0, 1, 2, 1}, {kThird, kThird, kThird}},
    {"bright to dark, top to bottom", {1, 2, 1, 0, 0, 0, -1, -2, -1}, {kThird, kThird, kThird}},
}};

/// The fixed filters, ReLU and average pooling, flattened.
Net fixed_front() {
  Net net({kPictureSide, kPictureSide, 3},
          {layer("Conv2D", {{"filters", kFilters},
                            {"kernel_size", 3},
                            {"padding", "same"},
                            {"activation", "relu"},
                            {"use_bias", false}}),
           layer("AveragePooling2D", {{"pool_size", kPool}}), layer("Flatten")});
  const std::span<float> weights = net.parameter("/kernel");  // [3, 3, channels, filters]
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const FixedFilter& filter = kFixedFilters[i % kFilters];
    weights[i] = filter.kernel[i / kFilters / 3] * filter.channels[i / kFilters % 3];
  }
  return net;
}

class ClassesChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  void train(const Lesson& lesson);
  void look(const Lesson& lesson);
  void soften(cnn::Exec& exec);
  void draw_into_maps(const Lesson& lesson);
  void draw_eight(int first, ImVec2 low, float tile, float gap, const char* name);
  void draw_steps();
  void draw_rows(const Lesson& lesson);
  int most_probable() const;
  std::string name_of(int index) const;

  int picture_ = 0, chosen_ = 0;
  bool own_ = true;  ///< the logits come from the network, not from the sliders
  int edition_ = -1;
  SmallTraining training_;
  SmallTraining::Score score_;
  std::vector<std::string> names_;
  std::array<float, kInputs> input_{};
  std::array<float, kClasses> logits_{}, probabilities_{};
  MapAtlas maps_{1 + 3 * kFilters};
};

void ClassesChapter::train(const Lesson& lesson) {
  training_ = SmallTraining(lesson, fixed_front(),
                            {layer("Dense", {{"units", kClasses}, {"activation", "softmax"}})});
  if (!training_.ready()) return;
  for (int i = 0; i < kSteps; ++i) training_.step(lesson.exec, kRate, kBatch);
  score_ = training_.on_test(lesson.exec);
  names_ = lesson.class_names;
}

/// Runs the chosen picture through the network: its input and its logits.
void ClassesChapter::look(const Lesson& lesson) {
  const std::span<const float> x = training_.input(picture_);
  if (x.size() != input_.size()) return;
  std::copy(x.begin(), x.end(), input_.begin());
  if (training_.net().run(lesson.exec, x).empty()) return;
  std::copy_n(training_.net().model().logits(), kClasses, logits_.begin());
  own_ = true;
  soften(lesson.exec);
  draw_into_maps(lesson);
}

/// Fills the atlas: picture, filtered maps, averaged maps, and the weights of the chosen class.
void ClassesChapter::draw_into_maps(const Lesson& lesson) {
  const std::vector<float> picture = picture_values(lesson, picture_);
  Net& front = training_.front();
  if (front.run(lesson.exec, picture).empty()) return;
  const std::span<const float> maps = front.model().layer_output(1);
  const std::span<float> kernel = training_.net().parameter("/kernel");  // [128, 10]
  std::vector<float> weights(kInputs);
  for (std::size_t i = 0; i < weights.size(); ++i)
    weights[i] = kernel[i * kClasses + static_cast<std::size_t>(chosen_)];
  const Tone of_weights = tone_of(weights);
  maps_.begin();
  maps_.add_rgb(picture);
  for (int i = 0; i < kFilters; ++i) {
    std::vector<float> map;
    for (std::size_t at = static_cast<std::size_t>(i); at < maps.size(); at += kFilters)
      map.push_back(maps[at]);
    maps_.add(map, kPictureSide, kPictureSide, 1, 0, tone_of(map));
  }
  for (int i = 0; i < kFilters; ++i) maps_.add(input_, kGrid, kGrid, kFilters, i, tone_of(input_));
  for (int i = 0; i < kFilters; ++i) maps_.add(weights, kGrid, kGrid, kFilters, i, of_weights);
  maps_.end();
}

void ClassesChapter::soften(cnn::Exec& exec) {
  cnn::softmax_forward(exec, 1, kClasses, logits_.data(), probabilities_.data());
}

int ClassesChapter::most_probable() const {
  return static_cast<int>(std::max_element(probabilities_.begin(), probabilities_.end()) -
                          probabilities_.begin());
}

std::string ClassesChapter::name_of(int index) const {
  return playground::name_of(names_, index, "class " + std::to_string(index));
}

/// Eight maps of the atlas, from `first`, in two rows of four.
void ClassesChapter::draw_eight(int first, ImVec2 low, float tile, float gap, const char* name) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int i = 0; i < kFilters; ++i) {
    const ImVec2 at = grid_place(low, i, 4, ImVec2(tile + gap, tile + gap));
    maps_.draw(list, first + i, at, ImVec2(at.x + tile, at.y + tile));
    ImGui::SetCursorScreenPos(at);
    ImGui::Dummy(ImVec2(tile, tile));
    tooltip(kFixedFilters[static_cast<std::size_t>(i)].name);
  }
  WidgetRects::mark(name, low, ImVec2(low.x + 4 * tile + 3 * gap, low.y + 2 * tile + gap));
}

constexpr float kStepsWidth = 21;  // in units: the wider of the two rows

/// Picture and maps, then averaged maps and the weights of the chosen class, then the row.
void ClassesChapter::draw_steps() {
  const float unit = std::min(em(), ImGui::GetContentRegionAvail().x / kStepsWidth);  // fits a narrow page
  const float gap = 0.25f * unit, tile = 2.7f * unit, small = 2.2f * unit, between = 1.6f * unit;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float picture = 2 * tile + gap;
  const auto caption = [&](float x, float y, const std::string& words) {
    push_size(0.87f);
    text_at(list, ImVec2(x, y + 0.2f * em()), palette().muted, words);
    pop_font();
  };
  maps_.draw(list, 0, corner, ImVec2(corner.x + picture, corner.y + picture));
  caption(corner.x, corner.y + picture, "32 \u00d7 32 \u00d7 3");
  draw_icon(list, Icon::chevron_right, ImVec2(corner.x + picture + between / 2, corner.y + picture / 2),
            0.8f * em(), palette().muted);
  const float maps = corner.x + picture + between;
  draw_eight(1, ImVec2(maps, corner.y), tile, gap, "classes/maps");
  caption(maps, corner.y + picture, "filtered: 32 \u00d7 32 \u00d7 8");
  const float second = corner.y + picture + 1.7f * em(), height = 2 * small + gap,
              width = 4 * small + 3 * gap;
  draw_eight(1 + kFilters, ImVec2(corner.x, second), small, gap, "classes/averaged");
  caption(corner.x, second + height, "averaged: 4 \u00d7 4 \u00d7 8");
  text_at(list, ImVec2(corner.x + width + between / 2 - em() / 4, second + height / 2 - em() / 2),
          palette().muted, "\u00d7");
  draw_eight(1 + 2 * kFilters, ImVec2(corner.x + width + between, second), small, gap, "classes/weights");
  caption(corner.x + width + between, second + height, fitted("weights for " + name_of(chosen_), width));
  const float row = second + height + 1.7f * em(), line = 1.1f * em();
  const float cell = (2 * width + between) / kInputs;
  const Tone tone = tone_of(input_);
  // The row holds all filters of a place before those of the next place.
  for (int i = 0; i < kInputs; ++i) {
    const float x = corner.x + cell * static_cast<float>(i);
    list.AddRectFilled(ImVec2(x, row), ImVec2(x + cell, row + line),
                       gray(input_[static_cast<std::size_t>(i)], tone));
  }
  caption(corner.x, row + line, "flattened: a row of 128 numbers");
  ImGui::SetCursorScreenPos(corner);
  ImGui::Dummy(ImVec2(2 * width + between, row + line + 1.5f * em() - corner.y));
}

/// A line for each class: name, logit, probability.
void ClassesChapter::draw_rows(const Lesson& lesson) {
  const float room = ImGui::GetContentRegionAvail().x, names = std::min(5.6f * em(), 0.27f * room),
              numbers = 3.6f * em(), gap = 0.6f * em();
  const float value = 3.2f * em();  // width of the logit's number beside its slider
  const float sliders = std::max(std::min(9 * em(), (room - names - numbers - value - 2 * gap) * 0.55f),
                                 Touch::coarse() ? control_height() : 2 * em());
  const float bars = std::clamp(room - names - sliders - value - numbers - 2 * gap, 0.3f * em(), 10 * em());
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int k = 0; k < kClasses; ++k) {
    ImGui::PushID(k);
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const float height = control_height(), x = ImGui::GetCursorPosX();
    if (press_area("class", ImVec2(names, height)) && chosen_ != k) {
      chosen_ = k;
      const std::array<float, kClasses> logits = logits_;
      const bool own = own_;
      look(lesson);
      if (!own) {
        logits_ = logits;
        own_ = false;
        soften(lesson.exec);
      }
    }
    WidgetRects::mark("classes/name/" + std::to_string(k));
    const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
    if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (k == chosen_ || focused || ImGui::IsItemHovered())
      list.AddRectFilled(low, ImVec2(low.x + names - 0.3f * em(), low.y + height),
                         k == chosen_ ? palette().control_active : palette().control,
                         ImGui::GetStyle().FrameRounding);
    text_at(list, ImVec2(low.x + 0.5f * em(), low.y + (height - em()) / 2), palette().text,
            fitted(name_of(k), names - em()));
    ImGui::SameLine(x - ImGui::GetCursorStartPos().x + names, 0);
    ImGui::SetCursorPosX(x + names);
    if (slider(("classes/logit/" + std::to_string(k)).c_str(), "", logits_[static_cast<std::size_t>(k)], -8,
               8, sliders)) {
      own_ = false;
      soften(lesson.exec);
    }
    const float share = probabilities_[static_cast<std::size_t>(k)];
    const ImVec2 bar(low.x + names + sliders + value + gap, low.y + height * 0.28f);
    list.AddRectFilled(bar, ImVec2(bar.x + bars, bar.y + height * 0.44f), palette().control, 0.2f * em());
    list.AddRectFilled(bar, ImVec2(bar.x + std::max(1.0f, bars * share), bar.y + height * 0.44f),
                       k == most_probable() ? palette().accent : palette().faint, 0.2f * em());
    text_at(list, ImVec2(bar.x + bars + gap * 0.7f, low.y + (height - em()) / 2), palette().text,
            percent_text(share));
    ImGui::PopID();
  }
}

UiRequest ClassesChapter::draw(const Lesson& lesson) {
  if (edition_ != lesson.edition) {
    train(lesson);
    edition_ = lesson.edition;
    picture_ = 0;
    if (training_.ready()) look(lesson);
  }
  if (!training_.ready()) {
    sentence("Loading the pictures.");
    return {};
  }
  if (choose_picture("classes/picture", lesson, picture_)) look(lesson);
  draw_steps();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(ImGui::GetStyle().ItemSpacing.x, 0.15f * em()));
  muted("class, logit, probability");
  draw_rows(lesson);
  ImGui::PopStyleVar();
  if (button("classes/own", "Reset to the network's logits", {.enabled = !own_})) look(lesson);
  return {};
}

std::string ClassesChapter::outcome() const {
  if (!training_.ready()) return "The classes and their probabilities appear here.";
  const int best = most_probable();
  double sum = 0;
  for (const float logit : logits_) sum += std::exp(logit);
  const float logit = logits_[static_cast<std::size_t>(best)];
  return std::string(own_ ? "The network predicts *" : "These logits predict *") + name_of(best) + "*: e^" +
         number_text(logit) + " = " + number_words(std::exp(logit), 3) + ", divided by the sum of all, " +
         number_words(sum, 3) + ", is " + percent_text(probabilities_[static_cast<std::size_t>(best)]) +
         ". The logit of " + name_of(chosen_) + " is " +
         number_text(logits_[static_cast<std::size_t>(chosen_)]) +
         ". The accuracy of this small network is " + percent_text(score_.accuracy) +
         " on the loaded test pictures.";
}

}  // namespace

extern const ChapterType classes_chapter;
const ChapterType classes_chapter{
    "softmax",
    "Flatten, dense, softmax",
    "From maps to a row, from the row to ten numbers, from those to probabilities.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<ClassesChapter>()); }};

}  // namespace playground
