#include "web/app/learn/speedrun.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr char kPreset[] = "speedrun";
constexpr char kLink[] = "v=1&preset=speedrun";
constexpr double kEpochs = 9.9, kBatch = 1024, kViews = 6;  // the recipe's
constexpr int kFilters = 2 * SpeedrunChapter::kMaps, kOut = kPictureSide - 1;

constexpr Passage kText[] = {
    {Passage::words,
     "A network of *two million numbers*, ten passes over 50,000 pictures: with this recipe (airbench94 by "
     "Keller Jordan, arXiv 2404.00498) it recognizes *94 of 100* test pictures of CIFAR-10. It held the "
     "record for training to 94 % on one graphics card until late 2024. A graphics card needs seconds for "
     "it; a browser tab needs patience, and nothing else."},
    {Passage::words,
     "The 94 % are the paper's, on the official files. On a copy whose pictures went through JPEG, this "
     "page reached *90.7 %* in 34 minutes with two threads, and the same recipe in PyTorch reached 90.8 %. "
     "The curves show what your own run reaches."},
    {Passage::heading, "A first layer that need not be learned"},
    {Passage::words,
     "Neighboring pixels are nearly the same, so a patch of 2 \u00d7 2 pixels in three colors holds much "
     "less information than twelve numbers could. *Whitening* turns it into twelve numbers that are "
     "uncorrelated and vary equally: brightness first, then differences. The kernels are computed from "
     "5,000 pictures before training starts and stay fixed; only their bias is trained, for three epochs."},
    {Passage::formula, "kernel_{i} = direction_{i} / \u221a(variance_{i} + 0.0005)"},
    {Passage::heading, "Layers that start as identity"},
    {Passage::words,
     "The six convolutions start as the *identity*: their first filters pass their channel on unchanged. "
     "Signal and gradient get through from the first step on, and training changes the kernels from there."},
    {Passage::heading, "Large steps, partly taken back"},
    {Passage::words,
     "The learning rate rises linearly for 23 % of the run and falls for the rest. Every five steps "
     "*Lookahead* pulls the weights back toward a slow average of themselves: only slightly at first, three "
     "quarters of the way at the end. The shifts of batch normalization learn 64 times as fast as the rest. "
     "Momentum has PyTorch's form: its velocity sums up gradients, so a new rate applies to all of them at "
     "once."},
    {Passage::formula,
     "slow = d \u00d7 slow + (1 \u2212 d) \u00d7 weights,  d = 0.95^{5} \u00d7 progress^{3}"},
    {Passage::heading, "Both sides of every picture"},
    {Passage::words,
     "Chance decides only once whether a picture is mirrored; after that it *alternates* from epoch to "
     "epoch, so two successive epochs always show both versions, which repeated random choices do not "
     "guarantee. The picture is also shifted by up to two pixels. *Label smoothing* asks for a probability "
     "of 82 % instead of 100 %, and the last layer's outputs are divided by nine, so that nothing is certain "
     "at first."},
    {Passage::heading, "Six views of each test picture"},
    {Passage::words,
     "At the end each test picture is evaluated as it is, shifted up and left, and shifted down and right, "
     "each also mirrored. The output is a weighted average: the two unshifted views count a quarter each, "
     "the four shifted ones an eighth. This is *test-time augmentation*; the history shows its accuracy "
     "beside the plain one."},
    {Passage::heading, "What each ingredient contributes"},
    {Passage::words,
     "The whole recipe, then with one ingredient removed at a time: 10,000 pictures of the JPEG copy, 4.9 "
     "epochs, 45 steps, one seed; accuracy on all 10,000 test pictures. tests/ablation.py reproduces it."},
    {Passage::row, "|*Accuracy*|*Lost*"},
    {Passage::row, "The whole recipe|65.4 %|"},
    {Passage::row, "Convolutions do not start as identity|45.2 %|20.2"},
    {Passage::row, "No label smoothing|60.5 %|4.9"},
    {Passage::row, "First layer learned, not whitened|61.3 %|4.2"},
    {Passage::row, "Shifts learn no faster than the rest|65.0 %|0.5"},
    {Passage::row, "First layer's bias never frozen|65.2 %|0.2"},
    {Passage::row, "Mirrored at random, not in turns|65.3 %|0.2"},
    {Passage::row, "Not mirrored|65.5 %|\u22120.1"},
    {Passage::row, "Momentum in Keras's form|65.7 %|\u22120.3"},
    {Passage::row, "Pictures not shifted|65.9 %|\u22120.5"},
    {Passage::row, "Constant learning rate|67.7 %|\u22122.3"},
    {Passage::row, "No Lookahead|68.0 %|\u22122.6"},
    {Passage::words,
     "Such a short run shows what speeds up the *start*. With twice the pictures and 93 steps (--pictures "
     "20000) the whole recipe reaches 79.7 %: it loses 11.2 points without identity, 3.9 without label "
     "smoothing, 2.1 with a learned first layer and 0.1 without shifted pictures, and still gains 0.6 "
     "without Lookahead. Neither run shows what pays off at the very end, nor which small differences are "
     "chance: each is one seed. In a whole run on all 50,000 pictures the six views raised the accuracy from "
     "89.9 % to 90.6 %."},
    {Passage::heading, "A batch of 1,024 in a tab"},
    {Passage::words,
     "Batch normalization takes its mean and variance over the whole batch, so the batch cannot be split "
     "without changing the result. To save memory, the outputs of normalization and GELU, which are cheap "
     "to compute, are not kept for the backward pass but computed again. The result is bit-identical."},
    {Passage::words,
     "The same in a terminal: cnn train --data FOLDER --model speedrun. Every part is an ordinary setting: "
     "open the workbench, remove one, and see what it contributed."},
};

constexpr Experiment kExperiments[] = {
    {"speedrun", "Set up the recipe without starting it",
     "The network and every setting of the recipe, to inspect and change before you press Train.", kLink},
    {"speedrun_small", "A short trial: half an epoch in small batches",
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
      busy                    ? "A training is running. Measure this machine's speed when it has ended."
      : measured.running      ? "Measuring for two seconds."
      : state && seconds == 0 ? "The recipe's batches have 1,024 pictures, and the loaded data set has "
                                "fewer. Load CIFAR-10 first."
      : state                 ? "The trainer processes " + number_words(measured.trained_per_second, 3) +
                    " pictures a second here, with " + std::to_string(measured.threads) +
                    (measured.threads == 1 ? " thread" : " threads") + ". With the " +
                    count_text(lesson.data.train.count) + " pictures of \u201c" + lesson.data.label +
                    "\u201d the whole run takes about " + duration_text(seconds) +
                    ". It is saved after every epoch and survives a reload. Starting it replaces the "
                    "current network."
              : "How long the run takes depends on this machine. Measure it first; that takes two seconds.";
  sentence(estimate);
  WidgetRects::mark("speedrun/estimate", estimate);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const bool ready = !busy && !measured.running;
  if (button("speedrun/measure", state ? "Measure again" : "Measure this machine",
             {.kind = state ? Kind::normal : Kind::primary, .enabled = ready}))
    asked = action::Measure{kPreset};
  same_line_where_fits(button_width("Start the run"), ImGui::GetStyle().ItemSpacing.x);
  if (button("speedrun/start", "Start the run",
             {.kind = state ? Kind::primary : Kind::normal, .enabled = ready && seconds > 0}))
    asked = action::OpenLink{.hash = kLink, .train = true, .answered = true};  // the text above says so
  return asked;
}

std::string SpeedrunChapter::outcome() const {
  if (spreads_.empty()) return "";
  const auto [least, most] = std::minmax_element(spreads_.begin(), spreads_.end());
  return "The first layer's twelve maps of this picture, from the direction in which patches differ most to "
         "the one in which they differ least. Over all pictures here the root mean square of each map is *" +
         number_text(*least) + "* to *" + number_text(*most) + "*, so no map dominates.";
}

extern const ChapterType speedrun_chapter;
const ChapterType speedrun_chapter{
    "speedrun",
    "How far can a tab go?",
    "A recipe that held the speed record until late 2024, ingredient by ingredient, and a button to start "
    "it.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<SpeedrunChapter>()); }};

}  // namespace playground
