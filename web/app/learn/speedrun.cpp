#include "web/app/learn/speedrun.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr char kPreset[] = "speedrun";
constexpr char kLink[] = "v=1&preset=speedrun";
constexpr double kEpochs = 9.9, kBatch = 1024, kViews = 6;  // of the recipe
constexpr int kFilters = 2 * SpeedrunChapter::kMaps, kOut = kPictureSide - 1;

constexpr Passage kText[] = {
    {Passage::words,
     "A network of *two million numbers*, ten passes over 50,000 pictures: with this recipe (airbench94 by "
     "Keller "
     "Jordan, arXiv 2404.00498) it names *94 of 100* test pictures of CIFAR-10. A graphics card needs "
     "seconds for "
     "it. A browser tab needs patience, and nothing else."},
    {Passage::words,
     "That figure is the paper's, on the official files. On a copy whose pictures went through JPEG this "
     "page reached *90.7*, in 34 minutes with two threads of a processor, and the same recipe in PyTorch "
     "90.8. What your run reaches is what your page then shows."},
    {Passage::heading, "A first layer that need not be learned"},
    {Passage::words,
     "Neighboring pixels are nearly the same, so a patch of 2 \u00d7 2 pixels in three colors says much "
     "less than "
     "twelve numbers could. *Whitening* turns it into twelve that vary on their own and equally: brightness "
     "first, "
     "then differences. The kernels are computed from 5,000 pictures before training starts and stay; only "
     "their "
     "bias learns, for three epochs."},
    {Passage::formula, "kernel_{i} = direction_{i} / \u221a(variance_{i} + 0.0005)"},
    {Passage::heading, "Layers that begin by doing nothing"},
    {Passage::words,
     "The six convolutions begin as *identity*: their first filters hand their channel on as it is. Signal "
     "and gradient "
     "pass from the first step on, and training bends what is there."},
    {Passage::heading, "Large steps, taken back a little"},
    {Passage::words,
     "The learning rate rises in a straight line for 23 % of the run and falls for the rest. Every five "
     "steps "
     "*Lookahead* lets the weights fall back towards a slow average of themselves, hardly at first, by "
     "three quarters at the end. The shifts of batch normalization learn 64 times as fast as the rest. "
     "Momentum is "
     "PyTorch's: its velocity adds up gradients, so a new rate counts for all of them at once."},
    {Passage::formula,
     "slow = d \u00d7 slow + (1 \u2212 d) \u00d7 weights,  d = 0.95^{5} \u00d7 progress^{3}"},
    {Passage::heading, "Both sides of every picture"},
    {Passage::words,
     "Whether a picture is mirrored is drawn once; after that it *alternates* from epoch to epoch, so two "
     "epochs show "
     "both sides for certain, which a coin every time does not. It is also moved by up to two pixels. *Label "
     "smoothing* "
     "asks for 82 % certainty and not for 100, and the last layer's numbers are divided by nine, so that "
     "nothing is certain at first."},
    {Passage::heading, "Asked six times"},
    {Passage::words,
     "At the end each test picture is shown as it is, moved up left and moved down right, each also "
     "mirrored, and the "
     "six answers are averaged: *test-time augmentation*. The history shows it beside the plain accuracy."},
    {Passage::heading, "What each of them brings"},
    {Passage::words,
     "The recipe whole, then with one ingredient taken out at a time: 10,000 pictures of the JPEG copy, 4.9 "
     "epochs, 45 steps, one seed; accuracy on all 10,000 test pictures. tests/ablation.py repeats it."},
    {Passage::row, "|*Accuracy*|*Lost*"},
    {Passage::row, "The whole recipe|65.4 %|"},
    {Passage::row, "Convolutions do not begin as identity|45.2 %|20.2"},
    {Passage::row, "No label smoothing|60.5 %|4.9"},
    {Passage::row, "First layer learned, not whitened|61.3 %|4.2"},
    {Passage::row, "Shifts learn no faster than the rest|65.0 %|0.5"},
    {Passage::row, "First layer's bias never frozen|65.2 %|0.2"},
    {Passage::row, "Mirrored by a coin, not in turns|65.3 %|0.2"},
    {Passage::row, "Not mirrored|65.5 %|\u22120.1"},
    {Passage::row, "Momentum in Keras's form|65.7 %|\u22120.3"},
    {Passage::row, "Not moved by pixels|65.9 %|\u22120.5"},
    {Passage::row, "The rate stays the same|67.7 %|\u22122.3"},
    {Passage::row, "No Lookahead|68.0 %|\u22122.6"},
    {Passage::words,
     "So short a run shows what makes the *start* quick. With twice the pictures and 93 steps (--pictures "
     "20000) the whole recipe reaches 79.7 %: it loses 11.2 points without identity, 3.9 without label "
     "smoothing, 2.1 with a learned first layer, 0.1 when not moved, and still gains 0.6 without Lookahead. "
     "What pays at the very end neither shows, nor which of the small differences are chance: it is "
     "one seed. In a whole run on all 50,000 pictures the six views brought 89.9 % to 90.6 %."},
    {Passage::heading, "A batch of 1,024 in a tab"},
    {Passage::words,
     "Batch normalization takes its mean and variance over the whole batch, so the batch cannot be cut in "
     "pieces "
     "without changing the result. Instead, what a cheap pass gives again is not kept for the way back but "
     "computed "
     "once more: normalization and GELU. Not a bit of the result changes."},
    {Passage::words,
     "The same in a terminal: cnn train --data FOLDER --model speedrun. Every part is an ordinary setting: "
     "open the workbench, take one out, and see what it was good for."},
};

constexpr Experiment kExperiments[] = {
    {"speedrun", "Set the recipe up, do not start yet",
     "The network and every setting of the recipe, to look at and to change before you press Train.", kLink},
    {"speedrun_small", "A taste: half an epoch in small batches",
     "The same network with batches of 64 and plain momentum, to see how its loss falls.",
     "v=1&preset=speedrun&fit={'epochs':0.5,'batch_size':64,'learning_rate':0.01,'optimizer':{'class_name':'"
     "SGD',"
     "'config':{'momentum':0.85,'nesterov':true}},'augmentation':[{'class_name':'RandomFlip','config':{'mode'"
     ":"
     "'horizontal','alternate':true}}]}"},
};

}  // namespace

double speedrun_seconds(const Measured& measured, double train_pictures, double test_pictures) {
  const double steps = std::ceil(kEpochs * std::floor(train_pictures / kBatch));
  if (steps == 0 || measured.trained_per_second <= 0 || measured.evaluated_per_second <= 0) return 0;
  return steps * kBatch / measured.trained_per_second +
         (std::ceil(kEpochs) + kViews) * test_pictures / measured.evaluated_per_second;
}

void SpeedrunChapter::learn(const Lesson& lesson) {
  net_ = Net(
      {kPictureSide, kPictureSide, 3},
      {layer("Rescaling", {{"scale", 4}, {"offset", -1.9}}),
       layer("Conv2D", {{"filters", kFilters}, {"kernel_size", 2}, {"kernel_initializer", "whitening"}})});
  if (!net_.made()) return;
  std::vector<float> one;
  const auto next = [&](int index, int& batch) -> const float* {
    if (index >= lesson.train.count()) return nullptr;
    one = picture_values(lesson, index);
    batch = 1;
    return one.data();
  };
  if (!net_.model().adapt(lesson.exec, next)) return;
  std::vector<double> sums(kMaps), squares(kMaps);
  for (int i = 0; i < lesson.train.count(); ++i) {
    const std::span<const float> maps = net_.run(lesson.exec, picture_values(lesson, i));
    for (std::size_t at = 0; at < maps.size(); at += kFilters) {
      for (std::size_t f = 0; f < kMaps; ++f) {
        sums[f] += static_cast<double>(maps[at + f]);
        squares[f] += static_cast<double>(maps[at + f]) * static_cast<double>(maps[at + f]);
      }
    }
  }
  spreads_.clear();
  const double n = static_cast<double>(lesson.train.count()) * kOut * kOut;
  for (std::size_t f = 0; f < kMaps; ++f) spreads_.push_back(std::sqrt(squares[f] / n));
}

void SpeedrunChapter::show(const Lesson& lesson) {
  const std::span<const float> maps = net_.run(lesson.exec, picture_values(lesson, picture_));
  maps_.begin();
  std::vector<float> map;
  for (int f = 0; f < kMaps && !maps.empty(); ++f) {
    map.clear();
    for (std::size_t at = static_cast<std::size_t>(f); at < maps.size(); at += kFilters)
      map.push_back(maps[at]);
    maps_.add(map, kOut, kOut, 1, 0, tone_of(map));
  }
  maps_.end();
}

void SpeedrunChapter::draw_maps() const {
  constexpr int kColumns = 4, kRows = kMaps / kColumns;
  const float gap = 0.5f * em(), width = std::min(ImGui::GetContentRegionAvail().x, 34 * em());
  const float side = (width - (kColumns - 1) * gap) / kColumns;
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  for (int f = 0; f < kMaps; ++f) {
    const ImVec2 low = grid_place(corner, f, kColumns, ImVec2(side + gap, side + gap));
    maps_.draw(list, f, low, ImVec2(low.x + side, low.y + side));
  }
  ImGui::Dummy(ImVec2(width, kRows * (side + gap)));
}

UiRequest SpeedrunChapter::draw(const Lesson& lesson) {
  const bool other = choose_picture("speedrun/picture", lesson, picture_);
  if (edition_ != lesson.edition) learn(lesson);
  if (other || edition_ != lesson.edition) show(lesson);
  edition_ = lesson.edition;
  draw_maps();

  UiRequest asked;
  const Measured& measured = lesson.measured;
  const bool busy = lesson.training.running();
  const bool state = measured.preset == kPreset && measured.trained_per_second > 0;
  const double seconds =
      state ? speedrun_seconds(measured, lesson.data.train.count, lesson.data.test.count) : 0;
  ImGui::Dummy(ImVec2(0, 0.6f * em()));
  const std::string estimate =
      busy               ? "A training is running; how fast this machine is can be measured when it is over."
      : measured.running ? "Measuring for two seconds."
      : state && seconds == 0
          ? "The recipe's batches have 1,024 pictures, and the data set here has fewer. Load "
            "CIFAR-10 first."
      : state ? "The trainer does " + short_number(measured.trained_per_second, 3) +
                    " pictures a second here, with " + std::to_string(measured.threads) +
                    (measured.threads == 1 ? " thread" : " threads") + ". With the " +
                    count_text(lesson.data.train.count) + " pictures of \u201c" + lesson.data.label +
                    "\u201d the whole run takes about " + duration_text(seconds) +
                    ". It is kept after every epoch, also over a reload. Starting it replaces the present "
                    "network."
              : "How long the run takes depends on this machine. Measure it first; that takes two seconds.";
  sentence(estimate);
  WidgetRects::mark("speedrun/estimate", estimate);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const bool ready = !busy && !measured.running;
  if (button("speedrun/measure", state ? "Measure again" : "Measure this machine",
             {.kind = state ? Kind::normal : Kind::primary, .enabled = ready}))
    asked = action::Measure{kPreset};
  ImGui::SameLine();
  if (button("speedrun/start", "Start the run",
             {.kind = state ? Kind::primary : Kind::normal, .enabled = ready && seconds > 0}))
    asked = action::OpenLink{kLink, true};
  return asked;
}

std::string SpeedrunChapter::outcome() const {
  if (spreads_.empty()) return "";
  const auto [least, most] = std::minmax_element(spreads_.begin(), spreads_.end());
  return "The first layer's twelve maps of this picture, from the direction in which patches differ most to "
         "the one in "
         "which they differ least. Over all pictures here their numbers are typically *" +
         number_text(*least) + "* to *" + number_text(*most) + "* away from zero: none drowns out another.";
}

extern const ChapterType speedrun_chapter;
const ChapterType speedrun_chapter{
    "speedrun",
    "How far can a tab go?",
    "The recipe that holds the record for little computation, ingredient by ingredient, and its start.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<SpeedrunChapter>()); }};

}  // namespace playground
