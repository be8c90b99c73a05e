// Chapter 7: how to read the confusion matrix; precision and recall worked out.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/training/metrics.h"
#include "web/app/controls/figures.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/small_training.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr Passage kText[] = {
    {Passage::words,
     "*Accuracy* is a single number: the share of pictures that are predicted correctly. It does not show "
     "which mistakes are made. The *confusion matrix* does: a row for every true class, a column for every "
     "predicted class, and in each cell the number of pictures. Correct predictions are on the diagonal."},
    {Passage::words, "Press a cell: recall, precision and F1 of its row's class are calculated below."},
    {Passage::heading, "Two questions about a class"},
    {Passage::formula, "recall = found / all pictures of the class   (along the row)"},
    {Passage::formula, "precision = found / all pictures predicted as it   (down the column)"},
    {Passage::words,
     "*Recall* asks: of all cats, how many were found? *Precision* asks: of everything predicted as cat, how "
     "much is a cat? A network that calls everything a cat has a recall of 100 % for cats and a precision of "
     "10 %. *F1* is their harmonic mean: it is high only if both are."},
    {Passage::formula, "F1 = 2 \u00d7 precision \u00d7 recall / (precision + recall)"},
    {Passage::heading, "Bird, cat, deer, dog"},
    {Passage::words,
     "The tutorial's network recognizes ships, trucks and cars well and has trouble with these four. Look "
     "at the block they form: most of their mistakes stay inside it. Cats are predicted as dogs, and dogs "
     "as cats."},
    {Passage::words,
     "Why? At 32 \u00d7 32 pixels a cat and a dog look nearly the same: fur, four legs, two ears, any pose, "
     "any background. Birds and deer are small, in front of green and brown. Vehicles are rigid and have "
     "straight edges, and the sky, water or road around them gives them away."},
    {Passage::words,
     "To look at single pictures, open the Matrix tab and press the same cell there. With few pictures a "
     "matrix says little: with ten pictures per class, a single one is ten percentage points."},
};

constexpr Experiment kExperiments[] = {
    {"quick_network", "A network to judge in a minute",
     "The small network, two epochs. After validation, this page shows its matrix.",
     "v=1&preset=tutorial_small&fit={'epochs':2,'batch_size':32}"},
    {"tutorial_to_judge", "The tutorial's network",
     "With CIFAR-10 loaded, its four weak classes are visible after a few epochs.",
     "v=1&preset=tutorial&fit={'epochs':10,'batch_size':10}"},
};

constexpr int kClasses = 10, kSteps = 400, kBatch = 30;
constexpr double kRate = 0.15;
constexpr std::array<const char*, 4> kWeak = {"bird", "cat", "deer", "dog"};

class JudgingChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  void take_matrix(const Lesson& lesson);
  void draw_matrix(const Lesson& lesson);
  void draw_work(float width) const;
  void draw_weak(float width) const;
  std::string name_of(int index) const;

  int chosen_ = 3, across_ = 5;  ///< selected row (true class) and column (predicted class)
  int edition_ = -1;
  bool of_workbench_ = false;
  int epoch_ = 0;
  cnn::ConfusionMatrix matrix_, small_;
  std::vector<std::string> names_;
};

void JudgingChapter::take_matrix(const Lesson& lesson) {
  names_ = lesson.class_names;
  const Evaluation& e = lesson.evaluation;
  of_workbench_ = e.classes > 1;
  epoch_ = e.epoch;
  if (!of_workbench_) {
    if (edition_ != lesson.edition) {
      SmallTraining training(lesson,
                             Net({kPictureSide, kPictureSide, 3},
                                 {layer("AveragePooling2D", {{"pool_size", 4}}), layer("Flatten")}),
                             {layer("Dense", {{"units", kClasses}, {"activation", "softmax"}})});
      for (int i = 0; i < kSteps && training.ready(); ++i) training.step(lesson.exec, kRate, kBatch);
      if (training.ready()) small_ = training.matrix(lesson.exec);
      edition_ = lesson.edition;
    }
    matrix_ = small_;
    return;
  }
  matrix_ = cnn::ConfusionMatrix(e.classes);
  for (int actual = 0; actual < e.classes; ++actual)
    for (int predicted = 0; predicted < e.classes; ++predicted)
      for (int i = e.at(actual, predicted); i > 0; --i) matrix_.add(actual, predicted);
}

std::string JudgingChapter::name_of(int index) const {
  return playground::name_of(names_, index, "class " + std::to_string(index));
}

void JudgingChapter::draw_matrix(const Lesson& lesson) {
  const Palette& p = palette();
  const int classes = matrix_.classes();
  const float room = ImGui::GetContentRegionAvail().x, names = (lesson.narrow ? 4.6f : 5.6f) * em(),
              above = 5.4f * em();
  const float cell = std::floor(std::min(2.7f * em(), (room - names) / static_cast<float>(classes)));
  const ImVec2 corner = ImGui::GetCursorScreenPos(), grid(corner.x + names, corner.y + above);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  text_at(list, corner, p.muted, "predicted as");
  ImGui::SetCursorScreenPos(grid);
  Cell at{chosen_, across_};
  if (pick_cell("judging/matrix", classes, classes, cell, at)) {
    chosen_ = at.row;
    across_ = at.column;
  }
  const float gap = std::max(hairline(), 0.05f * em());
  const auto is_weak = [&](int k) {
    return std::find(kWeak.begin(), kWeak.end(), name_of(k)) != kWeak.end();
  };
  push_size(0.8f);
  const bool numbers = cell > text_size("8888").x + 2;
  for (int row = 0; row < classes; ++row) {
    const std::string name = fitted(name_of(row), names - 0.5f * em());
    text_at(list,
            ImVec2(grid.x - 0.4f * em() - text_size(name).x,
                   grid.y + (static_cast<float>(row) + 0.5f) * cell - em() / 2),
            row == chosen_ ? p.text : p.muted, name);
    slanted_text(list, ImVec2(grid.x + (static_cast<float>(row) + 0.5f) * cell, grid.y - 0.3f * em()),
                 row == across_ ? p.text : p.muted,
                 fitted(name_of(row), (above - 0.5f * em()) / std::sin(kSlant)));
    for (int column = 0; column < classes; ++column) {
      const auto count = static_cast<double>(matrix_.at(row, column));
      const double share = matrix_.actual(row) > 0 ? count / static_cast<double>(matrix_.actual(row)) : 0;
      const ImVec2 low(grid.x + cell * static_cast<float>(column), grid.y + cell * static_cast<float>(row));
      const ImVec2 high(low.x + cell - gap, low.y + cell - gap);
      const float strength = static_cast<float>(std::sqrt(share));
      list.AddRectFilled(low, high, mix(p.control, row == column ? p.right : p.wrong, 0.85f * strength));
      const bool on_line = row == chosen_ || column == chosen_;
      if (!on_line) list.AddRectFilled(low, high, with_alpha(p.panel, 0.5f));
      if (is_weak(row) && is_weak(column)) list.AddRect(low, high, p.faint, 0, 0, hairline());
      if (!numbers || count <= 0) continue;
      const std::string text = std::to_string(matrix_.at(row, column));
      text_at(list, ImVec2(low.x + (cell - gap - text_size(text).x) / 2, low.y + (cell - gap - em()) / 2),
              on_line ? p.text : p.muted, text);
    }
  }
  pop_font();
  outline_cells(grid, cell, chosen_, across_, 1, 1, p.text);
  ImGui::SetCursorScreenPos(ImVec2(corner.x, grid.y + cell * static_cast<float>(classes) + 0.4f * em()));
}

std::string fraction(std::int64_t part, std::int64_t whole, double value) {
  return count_text(static_cast<double>(part)) + " / " + count_text(static_cast<double>(whole)) + " = *" +
         percent_text(value) + "*";
}

void JudgingChapter::draw_work(float width) const {
  const cnn::ClassScore score = cnn::class_score(matrix_, chosen_);
  const std::int64_t found = matrix_.at(chosen_, chosen_);
  draw_markup("*" + name_of(chosen_) + "*", width, 1.07f, palette().text);
  draw_formula("recall = " + fraction(found, matrix_.actual(chosen_), score.recall), width);
  draw_formula("precision = " + fraction(found, matrix_.predicted(chosen_), score.precision), width);
  draw_formula("F1 = 2 \u00d7 " + number_text(score.precision, 3) + " \u00d7 " +
                   number_text(score.recall, 3) + " / (" + number_text(score.precision, 3) + " + " +
                   number_text(score.recall, 3) + ") = *" + percent_text(score.f1) + "*",
               width);
}

/// The share of all mistakes that stays among bird, cat, deer and dog.
void JudgingChapter::draw_weak(float width) const {
  std::vector<int> weak;
  for (int k = 0; k < matrix_.classes(); ++k)
    if (std::find(kWeak.begin(), kWeak.end(), name_of(k)) != kWeak.end()) weak.push_back(k);
  const std::int64_t mistakes = matrix_.total() - matrix_.correct();
  if (weak.size() != kWeak.size() || mistakes == 0) return;
  std::int64_t inside = 0;
  for (const int actual : weak)
    for (const int predicted : weak)
      if (actual != predicted) inside += matrix_.at(actual, predicted);
  const double classes = matrix_.classes(), even = 12 / (classes * (classes - 1));
  draw_markup("Mistakes among bird, cat, deer and dog: " +
                  fraction(inside, mistakes, static_cast<double>(inside) / static_cast<double>(mistakes)) +
                  " of all mistakes. If mistakes were spread evenly, it would be " + percent_text(even) + ".",
              width, 1, palette().text);
}

UiRequest JudgingChapter::draw(const Lesson& lesson) {
  take_matrix(lesson);
  if (matrix_.classes() == 0) return {};
  chosen_ = std::min(chosen_, matrix_.classes() - 1);
  across_ = std::min(across_, matrix_.classes() - 1);
  const float width = std::min(ImGui::GetContentRegionAvail().x, kMeasure * em());
  draw_markup(
      of_workbench_
          ? "The workbench's network" + after_epoch(epoch_) + ":"
          : "The workbench's network has not been tested yet: train it for an epoch, and its matrix appears "
            "here. Until then, this is the matrix of a single dense layer, trained just now on a few of your "
            "pictures:",
      width, 1, palette().muted);
  draw_matrix(lesson);
  draw_work(width);
  draw_weak(width);
  return {};
}

std::string JudgingChapter::outcome() const {
  if (matrix_.classes() == 0) return "The confusion matrix appears here.";
  const cnn::ClassScore score = cnn::class_score(matrix_, chosen_);
  std::string words = count_text(static_cast<double>(matrix_.correct())) + " of " +
                      count_text(static_cast<double>(matrix_.total())) +
                      " test pictures are predicted correctly: an accuracy of " +
                      percent_text(matrix_.accuracy()) + ". " + name_of(chosen_) + ": recall " +
                      percent_text(score.recall) + ", precision " + percent_text(score.precision) + ".";
  if (across_ != chosen_)
    words += " Of " + count_text(static_cast<double>(matrix_.actual(chosen_))) + ", " +
             count_text(static_cast<double>(matrix_.at(chosen_, across_))) + " were predicted as " +
             name_of(across_) + ".";
  return words;
}

}  // namespace

extern const ChapterType judging_chapter;
const ChapterType judging_chapter{
    "judging", "Judging",    "Which mistakes, and why: the confusion matrix, precision and recall.",
    kText,     kExperiments, [] { return std::unique_ptr<Chapter>(std::make_unique<JudgingChapter>()); }};

}  // namespace playground
