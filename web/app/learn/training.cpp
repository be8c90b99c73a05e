// Chapter 6: gradient descent on a small real network, and how to read the workbench's curves.
#include <algorithm>
#include <array>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/figures.h"
#include "web/app/controls/plot.h"
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
     "The *loss* measures how wrong the network is: minus the logarithm of the probability it gave the right "
     "class. Guessing among ten classes costs 2.303; being sure and right costs nearly nothing; being sure "
     "and wrong costs a lot."},
    {Passage::formula, "loss = \u2212 log p_{true class}, averaged over the batch"},
    {Passage::heading, "Gradient descent"},
    {Passage::words,
     "The *gradient* holds a number for every weight: how fast the loss rises as that weight grows. One step "
     "moves every weight a little in the opposite direction. The *learning rate* sets how far."},
    {Passage::formula, "w_{new} = w \u2212 rate \u00d7 gradient"},
    {Passage::words,
     "The upper plot shows such a step from the side: the loss of the next batch against the distance that "
     "the weights move. The line marks where your rate leads. If the rate is *too small*, the step ends high "
     "on the slope; if it is *right*, far down in the valley; if it is *too large*, on the other side. If it "
     "is much too large, every step makes the loss worse: training *diverges*."},
    {Passage::heading, "Batches and epochs"},
    {Passage::words,
     "The gradient over all pictures is exact but slow to compute. A *mini-batch* of a few pictures gives an "
     "estimate, hundreds of times as often, and its noise even helps. One pass over all pictures is an "
     "*epoch*. Larger batches allow larger rates."},
    {Passage::heading, "Validation"},
    {Passage::words,
     "What counts is how well the network predicts pictures it was never trained on. After each epoch it is "
     "*validated* on such pictures. Train the small network here for some epochs: its training loss keeps "
     "falling, but its validation loss falls and then rises. From that point on it memorizes its few "
     "training pictures. That is *overfitting*, and the rising validation loss is its sign."},
    {Passage::words,
     "Curves that cross are not a sign of it. Validation accuracy often starts above training accuracy, "
     "because dropout is off in validation and the training value is an average over the epoch. In the "
     "tutorial's own run the training accuracy overtakes the test accuracy after epoch 3, and yet the test "
     "loss falls further, from 0.9682 after epoch 3 to 0.9383 at the end. The best network is the one with "
     "the lowest validation loss."},
    {Passage::heading, "Against overfitting"},
    {Passage::words,
     "*Dropout* sets a random share of a layer's outputs to zero in every training step, so that no unit can "
     "rely on a single other one. The share is its *rate*; the remaining outputs are scaled by 1 / (1 \u2212 "
     "rate), and outside training nothing is dropped. *Augmentation* mirrors and shifts the pictures, so "
     "that the network hardly ever sees the same one twice. Both make training harder and the result better. "
     "Switch them on here and train for as many epochs again: the earlier curves stay visible in pale "
     "colors. More training pictures help most."},
};

constexpr Experiment kExperiments[] = {
    {"tutorial_run", "The tutorial's run",
     "Ten epochs in batches of ten. Watch how far the validation loss falls.",
     "v=1&preset=tutorial&fit={'epochs':10,'batch_size':10}"},
    {"no_dropout", "Without dropout",
     "The same network and run without the dropout layer. Compare when the validation loss begins to rise.",
     "v=1&model={'class_name':'Sequential','config':{'name':'no_dropout','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'Conv2D','config':{'filters':32,'kernel_size':3,'padding':'same','activation':'relu'}},"
     "{'class_name':'Conv2D','config':{'filters':32,'kernel_size':3,'padding':'same','activation':'relu'}},"
     "{'class_name':'MaxPooling2D','config':{}},{'class_name':'Flatten','config':{}},"
     "{'class_name':'Dense','config':{'units':128,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}"
     "&fit={'epochs':10,'batch_size':10}"},
    {"augmented", "With augmentation",
     "The same run on mirrored and shifted pictures: it learns more slowly and ends with a better result.",
     "v=1&preset=tutorial&fit={'epochs':10,'batch_size':10,'augmentation':["
     "{'class_name':'RandomFlip','config':{'mode':'horizontal'}},"
     "{'class_name':'RandomTranslation','config':{'height_factor':0.125,'width_factor':0.125}}]}"},
    {"rate_too_large", "A learning rate that is too large",
     "The small network with forty times Adam's usual rate.",
     "v=1&preset=tutorial_small&fit={'epochs':3,'batch_size':32,'learning_rate':0.04}"},
};

struct Rate {
  const char* label;
  float exponent;  ///< the slider is logarithmic
};
constexpr Rate kRates[] = {{"too small", -3}, {"right", -0.7f}, {"too large", 0.5f}, {"diverging", 1.6f}};
constexpr const char* kBatches[] = {"1", "10", "60", "all"};
constexpr int kBatchSizes[] = {1, 10, 60, 1 << 20};
constexpr int kPool = 4, kUnits = 48, kSlopePoints = 33, kManyEpochs = 20;
constexpr double kDiverged = 1.5;  // times the loss at the start

class TrainingChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  double rate() const { return std::pow(10.0, exponent_); }
  int batch() const { return std::min(kBatchSizes[batch_], training_.pictures()); }
  int steps_per_epoch() const { return std::max(1, training_.pictures() / std::max(1, batch())); }
  void begin(const Lesson& lesson);
  void train(const Lesson& lesson, int steps);
  void note(const Lesson& lesson);
  void follow_gradient(const Lesson& lesson);
  void draw_controls(const Lesson& lesson);
  void draw_plots(const Lesson& lesson);
  void draw_workbench_run(const Lesson& lesson);

  float exponent_ = kRates[1].exponent;
  int batch_ = 1;
  bool dropout_ = false, augmentation_ = false;
  std::uint64_t seed_ = 1;
  int edition_ = -1;
  SmallTraining training_;
  SmallTraining::Score train_, test_;
  double seen_ = 0;  ///< pictures trained on so far
  std::vector<Point> steps_, training_loss_, test_loss_;
  std::vector<Point> training_before_, test_before_;  ///< loss of the previous training, to compare
  std::vector<Point> slope_;                          ///< rate, loss
  PlotView slope_view_, loss_view_, run_view_;
};

/// Two dense layers on pictures averaged to 8 x 8 and scaled to -1 to 1. Dropout, if on, is between the
/// layers, augmentation before them.
void TrainingChapter::begin(const Lesson& lesson) {
  cnn::Json::Array layers;
  if (augmentation_) {
    layers.push_back(layer("RandomFlip", {{"mode", "horizontal"}}));
    layers.push_back(layer("RandomTranslation", {{"height_factor", 0.125}, {"width_factor", 0.125}}));
  }
  layers.push_back(layer("AveragePooling2D", {{"pool_size", kPool}}));
  layers.push_back(layer("Rescaling", {{"scale", 2}, {"offset", -1}}));
  layers.push_back(layer("Flatten"));
  layers.push_back(layer("Dense", {{"units", kUnits}, {"activation", "relu"}}));
  if (dropout_) layers.push_back(layer("Dropout", {{"rate", 0.5}}));
  layers.push_back(layer("Dense", {{"units", 10}, {"activation", "softmax"}}));
  training_ = SmallTraining(lesson, Net(), std::move(layers), seed_);
  if (training_loss_.size() > 1) {
    training_before_ = training_loss_;
    test_before_ = test_loss_;
  }
  steps_.clear();
  training_loss_.clear();
  test_loss_.clear();
  seen_ = 0;
  if (!training_.ready()) return;
  note(lesson);
  follow_gradient(lesson);
}

/// Appends the current losses to the curves.
void TrainingChapter::note(const Lesson& lesson) {
  train_ = training_.on_training(lesson.exec);
  test_ = training_.on_test(lesson.exec);
  const double epoch = seen_ / training_.pictures();
  training_loss_.push_back({epoch, train_.loss});
  test_loss_.push_back({epoch, test_.loss});
}

void TrainingChapter::train(const Lesson& lesson, int steps) {
  for (int i = 0; i < steps; ++i) {
    const double before = training_.step(lesson.exec, rate(), batch());
    seen_ += batch();
    add_bounded(steps_, {seen_ / training_.pictures(), before});
    if ((i + 1) % steps_per_epoch() == 0 || i + 1 == steps) note(lesson);
    if (!std::isfinite(train_.loss)) break;
  }
  follow_gradient(lesson);
}

/// The loss from the current weights to twice as far as the step would go.
void TrainingChapter::follow_gradient(const Lesson& lesson) {
  std::vector<double> ts(kSlopePoints);
  for (int i = 0; i < kSlopePoints; ++i)
    ts[static_cast<std::size_t>(i)] = 2 * rate() * i / (kSlopePoints - 1);
  const std::vector<double> losses = training_.along_gradient(lesson.exec, ts, batch());
  slope_.clear();
  for (std::size_t i = 0; i < losses.size(); ++i) slope_.push_back({ts[i], losses[i]});
}

void TrainingChapter::draw_controls(const Lesson& lesson) {
  bool changed = false;
  for (const Rate& r : kRates) {
    const float width = text_size(r.label).x + 1.5f * em();
    if (&r != kRates) same_line_where_fits(width, 0.3f * em());
    if (button((std::string("training/") + r.label).c_str(), r.label)) {
      exponent_ = r.exponent;
      changed = true;
    }
  }
  changed |= power_slider("training/rate", "learning rate", exponent_, -4, 2);
  control_label("Batch", 4.2f * em());
  changed |= segmented("training/batch", kBatches, batch_);
  bool another = toggle("training/dropout", "Dropout", dropout_);
  same_line_where_fits(toggle_width("Augmentation"), 1.5f * em());
  another |= toggle("training/augmentation", "Augmentation", augmentation_);
  if (another) begin(lesson);
  if (changed) follow_gradient(lesson);
  const bool goes = std::isfinite(train_.loss);
  if (button("training/step", "1 step", {.enabled = goes})) train(lesson, 1);
  same_line_where_fits(button_width("1 epoch"), ImGui::GetStyle().ItemSpacing.x);
  if (button("training/epoch", "1 epoch", {.kind = Kind::primary, .enabled = goes}))
    train(lesson, steps_per_epoch());
  same_line_where_fits(button_width("20 epochs"), ImGui::GetStyle().ItemSpacing.x);
  if (button("training/epochs", "20 epochs", {.enabled = goes}))
    train(lesson, kManyEpochs * steps_per_epoch());
  same_line_where_fits(button_width("New weights", true), ImGui::GetStyle().ItemSpacing.x);
  if (button("training/again", "New weights", {.kind = Kind::quiet, .icon = Icon::reset})) {
    ++seed_;
    training_loss_.clear();
    training_before_.clear();
    test_before_.clear();
    begin(lesson);
  }
}

void TrainingChapter::draw_plots(const Lesson& lesson) {
  const float width = ImGui::GetContentRegionAvail().x, height = (lesson.narrow ? 14 : 12.5f) * em();
  PlotSpec slope;
  slope.title = "Along the gradient";
  slope.x_name = "learning rate";
  slope.y_text = [](double value) { return loss_text(value); };
  slope.x_last = 2 * rate();
  slope.marks = {{rate(), "where the step lands"}};
  const std::array<PlotLine, 1> fall = {
      PlotLine{"loss of the next batch", palette().train, slope_, false, false}};
  draw_plot("training/slope", slope, slope_view_, fall, ImVec2(width, height));
  PlotSpec loss;
  loss.title = "Loss";
  loss.x_name = "epoch";
  loss.y_text = slope.y_text;
  loss.y_low = 0;
  loss.x_last = std::max(1.0, seen_ / training_.pictures());
  std::vector<PlotLine> lines = {PlotLine{"steps", palette().train, steps_, true, false},
                                 PlotLine{"training", palette().train, training_loss_, false, false},
                                 PlotLine{"validation", palette().validation, test_loss_, false, false}};
  if (!test_before_.empty()) {
    loss.x_last = std::max(loss.x_last, test_before_.back().x);
    lines.insert(lines.begin(), {PlotLine{"training, earlier", with_alpha(palette().train, 0.4f),
                                          training_before_, false, false},
                                 PlotLine{"validation, earlier", with_alpha(palette().validation, 0.4f),
                                          test_before_, false, false}});
  }
  draw_plot("training/loss", loss, loss_view_, lines, ImVec2(width, height));
}

void TrainingChapter::draw_workbench_run(const Lesson& lesson) {
  const std::vector<HistoryRow>* history = nullptr;
  for (const Run& run : lesson.runs)
    if (!run.earlier && run.history.size() >= 2) history = &run.history;
  const float width = std::min(ImGui::GetContentRegionAvail().x, kMeasure * em());
  if (history == nullptr) {
    draw_markup(
        "When the workbench has trained for two epochs or more, its run appears here: which epoch was the "
        "best, and whether it overfits.",
        width, 1, palette().muted);
    return;
  }
  PlotSpec spec;
  spec.title = "The workbench's run";
  spec.x_name = "epoch";
  spec.percent = true;
  spec.y_text = [](double value) { return percent_text(value); };
  spec.x_first = 1;
  spec.x_last = history->back().epoch;
  std::array<PlotLine, 2> lines = {PlotLine{"training", palette().train, {}, false, true},
                                   PlotLine{"validation", palette().validation, {}, false, true}};
  const HistoryRow *best = nullptr, *last = nullptr;  // of the rows with a validation loss
  for (const HistoryRow& row : *history) {
    lines[0].points.push_back({static_cast<double>(row.epoch), row.accuracy});
    if (!row.val_accuracy) continue;
    lines[1].points.push_back({static_cast<double>(row.epoch), *row.val_accuracy});
    if (!row.val_loss) continue;
    last = &row;
    if (best == nullptr || *row.val_loss < *best->val_loss) best = &row;
  }
  draw_plot("training/run", spec, run_view_, lines, ImVec2(ImGui::GetContentRegionAvail().x, 12 * em()));
  std::string words = "This run has no validation loss, so overfitting cannot be detected.";
  if (best != nullptr) {
    words = "Its validation loss was lowest after epoch " + std::to_string(best->epoch) + ": " +
            loss_text(*best->val_loss) + ".";
    words += best == last ? " It has not risen since: no overfitting so far."
                          : " It was " + loss_text(*last->val_loss) + " after epoch " +
                                std::to_string(last->epoch) + ": if it keeps rising, the network overfits.";
  }
  draw_markup(words, width, 1, palette().text);
}

UiRequest TrainingChapter::draw(const Lesson& lesson) {
  if (edition_ != lesson.edition) {
    begin(lesson);
    edition_ = lesson.edition;
  }
  if (!training_.ready()) {
    sentence("Loading the pictures.");
    return {};
  }
  draw_controls(lesson);
  draw_plots(lesson);
  draw_workbench_run(lesson);
  return {};
}

std::string TrainingChapter::outcome() const {
  if (!training_.ready()) return "A small network and its loss appear here.";
  const std::string done = std::to_string(training_.steps()) + (training_.steps() == 1 ? " step" : " steps");
  if (!std::isfinite(train_.loss))
    return "After " + done + " the loss is no longer finite: the training diverged. Press New weights.";
  std::string words = "After " + done + " on " + std::to_string(training_.pictures()) +
                      " pictures the loss is " + loss_text(train_.loss) + " and the accuracy " +
                      percent_text(train_.accuracy) + "; in validation " + loss_text(test_.loss) + " and " +
                      percent_text(test_.accuracy) + ".";
  if (train_.loss > kDiverged * training_loss_.front().y)
    words +=
        " That is far above the loss at the start: the steps are too large, and the training diverges. "
        "Choose "
        "a smaller rate and press New weights.";
  else if (training_.steps() > 0) {
    const auto least = std::min_element(test_loss_.begin(), test_loss_.end(),
                                        [](const Point& a, const Point& b) { return a.y < b.y; });
    words += " The validation loss was lowest after epoch " + number_text(least->x, 1) + ": " +
             loss_text(least->y) + ".";
  }
  if (slope_.size() < 2) return words;
  const double here = slope_.front().y, there = slope_[slope_.size() / 2].y;
  words += " A step with rate " + number_words(rate(), 2) + " and a batch of " + std::to_string(batch()) +
           " takes that batch's loss from " + loss_text(here) + " to " + loss_text(there) + ".";
  return words;
}

}  // namespace

extern const ChapterType training_chapter;
const ChapterType training_chapter{
    "training", "Training",   "Downhill in small steps: loss, rate, batches, and when to stop.",
    kText,      kExperiments, [] { return std::unique_ptr<Chapter>(std::make_unique<TrainingChapter>()); }};

}  // namespace playground
