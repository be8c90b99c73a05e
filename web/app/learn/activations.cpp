// Chapter 3: activation functions, their slopes, and what the slopes do to the gradients of a deep network.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/kernels/activation.h"
#include "core/kernels/elementwise.h"
#include "core/training/losses.h"
#include "web/app/controls/cards.h"
#include "web/app/controls/figures.h"
#include "web/app/controls/plot.h"
#include "web/app/controls/prose.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/learn/chapter.h"
#include "web/app/learn/net.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

constexpr Passage kText[] = {
    {Passage::words,
     "Convolutions and dense layers only multiply and add, so two of them in a row could be replaced by one. "
     "The *activation* applies a nonlinear function to every number of the output. Without it, more layers "
     "would add nothing."},
    {Passage::heading, "Sigmoid and tanh"},
    {Passage::formula, "s = sigmoid(x) = 1 / (1 + e^{\u2212x}),  slope = s \u00d7 (1 \u2212 s)"},
    {Passage::formula, "tanh(x),  slope = 1 \u2212 tanh^{2}(x)"},
    {Passage::words,
     "*Sigmoid* squeezes everything between 0 and 1, *tanh* between \u22121 and 1. Far from zero both are "
     "flat, and sigmoid's slope is never above one quarter."},
    {Passage::heading, "Vanishing gradients"},
    {Passage::words,
     "Training multiplies slopes from the last layer back to the first. Eight factors of one quarter give "
     "0.000015: the first layers learn next to nothing. That is the *vanishing gradient*. The lower plot "
     "shows the gradients of a real deep network of dense layers, layer by layer, after one forward and one "
     "backward pass over sixteen of the loaded pictures."},
    {Passage::heading, "ReLU and its variants"},
    {Passage::formula, "ReLU(x) = max(0, x),  slope = 0 or 1"},
    {Passage::words,
     "*ReLU* passes positive numbers and sets the rest to zero. It is cheap, and a slope of one does not "
     "shrink the gradient. A unit that is negative for every picture receives no gradient; it is called "
     "*dead*."},
    {Passage::formula, "leaky ReLU(x) = x, or \u03b1 \u00d7 x below zero"},
    {Passage::formula, "ELU(x) = x, or \u03b1 \u00d7 (e^{x} \u2212 1) below zero"},
    {Passage::words,
     "*Leaky ReLU* keeps a small slope below zero, *ELU* approaches \u2212\u03b1 smoothly, and *GELU*, x "
     "times the share of the normal distribution below x, is smooth everywhere."},
    {Passage::heading, "Maxout: a learned function"},
    {Passage::words,
     "*Maxout* takes the largest of several linear pieces. The weights of the pieces are learned, so the "
     "network finds its own function; two pieces need twice the weights. ReLU is the maxout of 0 and x."},
    {Passage::words,
     "*Softmax* is different: it turns a whole row of numbers into probabilities. See the chapter after "
     "the next."},
};

constexpr Experiment kExperiments[] = {
    {"deep_sigmoid", "Eight sigmoid layers",
     "A deep dense network with sigmoid. Its loss stays at the level of guessing.",
     "v=1&model={'class_name':'Sequential','config':{'name':'deep_sigmoid','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'AveragePooling2D','config':{'pool_size':4}},{'class_name':'Flatten','config':{}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'sigmoid'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':5,'batch_size':"
     "32}"},
    {"deep_relu", "The same with ReLU", "Only the activation differs. Compare the two runs under Runs.",
     "v=1&model={'class_name':'Sequential','config':{'name':'deep_relu','layers':["
     "{'class_name':'InputLayer','config':{'batch_input_shape':[null,32,32,3]}},"
     "{'class_name':'AveragePooling2D','config':{'pool_size':4}},{'class_name':'Flatten','config':{}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':64,'activation':'relu'}},"
     "{'class_name':'Dense','config':{'units':10,'activation':'softmax'}}]}}&fit={'epochs':5,'batch_size':"
     "32}"},
};

struct Function {
  const char* label;
  cnn::Activation kind;
  const char* keras;  ///< name as a Dense layer's activation; null: maxout, a layer
  float alpha, most;  ///< initial value and maximum of its slider; 0: it has no alpha
};
constexpr Function kFunctions[] = {
    {"sigmoid", cnn::Activation::sigmoid, "sigmoid", 0, 0},
    {"tanh", cnn::Activation::tanh, "tanh", 0, 0},
    {"ReLU", cnn::Activation::relu, "relu", 0, 0},
    {"leaky", cnn::Activation::leaky_relu, "leaky_relu", 0.2f, 1},
    {"ELU", cnn::Activation::elu, "elu", 1, 2},
    {"GELU", cnn::Activation::gelu, "gelu", 0, 0},
    {"maxout", cnn::Activation::linear, nullptr, 0, 0},
};
constexpr int kMaxout = 6;
constexpr double kReach = 5;  // the plot shows -5 to 5
constexpr int kPoints = 201;
constexpr int kMap = kPictureSide - 2;  // side of the map of edges: no padding
constexpr int kBatch = 16, kUnits = 32, kPool = 4;

class ActivationsChapter final : public Chapter {
 public:
  ActivationsChapter() {
    for (std::size_t i = 0; i < std::size(kFunctions); ++i) alphas_[i] = kFunctions[i].alpha;
  }
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override;

 private:
  const Function& function() const { return kFunctions[chosen_]; }
  /// f(x) and f'(x), computed by the core's forward and backward kernels.
  void apply(cnn::Exec& exec, std::span<const float> x, std::vector<float>& y,
             std::vector<float>* slope) const;
  std::vector<double> gradient_norms(const Lesson& lesson, const char* activation) const;
  void compute(const Lesson& lesson);
  void compute_norms(const Lesson& lesson);
  bool draw_controls();
  void draw_function(const Lesson& lesson);
  void draw_map_pair(const Lesson& lesson);
  void draw_norms(const Lesson& lesson);

  int chosen_ = 0, picture_ = 0, depth_ = 8;
  std::array<float, std::size(kFunctions)> alphas_{};
  std::array<float, 2> slopes_{-0.5f, 1}, offsets_{0, 0};  ///< maxout's pieces
  float x_ = 1;
  int edition_ = -1;
  bool stale_ = true;
  Net edges_;
  std::vector<float> xs_, ys_, slopes_of_x_;
  float y_ = 0, slope_ = 0;
  std::array<int, 3> norms_key_{-1, -1, -1};  ///< edition, depth and function the norms belong to
  std::vector<double> sigmoid_norms_, relu_norms_, own_norms_;
  PlotView function_view_, norms_view_;
  MapAtlas maps_{2};
};

void ActivationsChapter::apply(cnn::Exec& exec, std::span<const float> x, std::vector<float>& y,
                               std::vector<float>* slope) const {
  const std::size_t n = x.size();
  y.resize(n);
  const std::vector<float> ones(n, 1);
  if (slope != nullptr) slope->resize(n);
  if (chosen_ != kMaxout) {
    const float alpha = alphas_[static_cast<std::size_t>(chosen_)];
    cnn::activation_forward(exec, function().kind, alpha, n, x.data(), y.data());
    if (slope != nullptr)
      cnn::activation_backward(exec, function().kind, alpha, n, x.data(), y.data(), ones.data(),
                               slope->data());
    return;
  }
  std::vector<float> pieces(2 * n), back(2 * n);
  std::vector<std::uint8_t> winners(n);
  for (std::size_t i = 0; i < 2 * n; ++i) pieces[i] = slopes_[i % 2] * x[i / 2] + offsets_[i % 2];
  cnn::maxout_forward(exec, static_cast<int>(n), 1, 2, pieces.data(), y.data(), winners.data());
  if (slope == nullptr) return;
  cnn::maxout_backward(exec, static_cast<int>(n), 1, 2, ones.data(), winners.data(), back.data());
  for (std::size_t i = 0; i < n; ++i) (*slope)[i] = back[2 * i] * slopes_[0] + back[2 * i + 1] * slopes_[1];
}

/// L2 norm of each dense layer's kernel gradient after one forward and backward pass.
std::vector<double> ActivationsChapter::gradient_norms(const Lesson& lesson, const char* activation) const {
  cnn::Json::Array layers = {layer("AveragePooling2D", {{"pool_size", kPool}}), layer("Flatten")};
  for (int i = 0; i < depth_; ++i)
    layers.push_back(layer("Dense", {{"units", kUnits}, {"activation", activation}}));
  layers.push_back(layer("Dense", {{"units", 10}, {"activation", "softmax"}}));
  Net net({kPictureSide, kPictureSide, 3}, std::move(layers), 7);
  const int batch = std::min(kBatch, lesson.train.count());
  std::vector<float> x;
  std::vector<std::uint8_t> labels;
  for (int i = 0; i < batch; ++i) {
    const std::vector<float> picture = picture_values(lesson, i);
    x.insert(x.end(), picture.begin(), picture.end());
    labels.push_back(
        static_cast<std::uint8_t>(std::clamp(lesson.train.labels[static_cast<std::size_t>(i)], 0, 9)));
  }
  std::vector<double> norms;
  if (!net.made() || batch == 0) return norms;
  cnn::Model& model = net.model();
  if (model.forward(lesson.exec, x.data(), batch, {.training = true}) == nullptr) return norms;
  std::vector<float> d_logits(static_cast<std::size_t>(batch) * 10);
  cnn::cross_entropy_from_logits(batch, 10, model.logits(), labels.data(), 0, 1 / static_cast<float>(batch),
                                 d_logits.data());
  model.zero_gradients();
  model.backward(lesson.exec, d_logits.data());
  for (const cnn::Parameter& p : model.parameters())
    if (std::string_view(p.name).ends_with("/kernel"))
      norms.push_back(std::sqrt(cnn::sum_of_squares(lesson.exec, p.gradient.size(), p.gradient.data())));
  return norms;
}

void ActivationsChapter::compute(const Lesson& lesson) {
  if (xs_.empty())
    for (int i = 0; i < kPoints; ++i)
      xs_.push_back(static_cast<float>(kReach * (2.0 * i / (kPoints - 1) - 1)));
  apply(lesson.exec, xs_, ys_, &slopes_of_x_);
  std::vector<float> y, slope;
  apply(lesson.exec, std::span(&x_, 1), y, &slope);
  y_ = y[0];
  slope_ = slope[0];
  if (!edges_.made()) {
    edges_ = Net({kPictureSide, kPictureSide, 1},
                 {layer("Conv2D", {{"filters", 1}, {"kernel_size", 3}, {"use_bias", false}})});
    constexpr std::array<float, 9> kVerticalEdges = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
    const std::span<float> weights = edges_.parameter("/kernel");
    std::copy_n(kVerticalEdges.begin(), std::min(weights.size(), kVerticalEdges.size()), weights.begin());
  }
  const std::span<const float> map = edges_.run(lesson.exec, gray_values(picture_values(lesson, picture_)));
  std::vector<float> bent;
  apply(lesson.exec, map, bent, nullptr);
  maps_.begin();
  maps_.add(map, kMap, kMap, 1, 0, tone_of(map));
  maps_.add(bent, kMap, kMap, 1, 0, tone_of(bent));
  maps_.end();
  compute_norms(lesson);
}

/// Recomputes the norms only if their inputs changed: the sliders of curve and map redraw every frame.
void ActivationsChapter::compute_norms(const Lesson& lesson) {
  const std::array<int, 3> key{lesson.edition, depth_, chosen_};
  if (key == norms_key_) return;
  norms_key_ = key;
  sigmoid_norms_ = gradient_norms(lesson, "sigmoid");
  relu_norms_ = gradient_norms(lesson, "relu");
  own_norms_.clear();
  const bool other_function = function().keras != nullptr && chosen_ != 0 && chosen_ != 2;
  if (other_function) own_norms_ = gradient_norms(lesson, function().keras);
}

bool ActivationsChapter::draw_controls() {
  bool changed = false;
  for (int i = 0; i < static_cast<int>(std::size(kFunctions)); ++i) {
    const std::string name = std::string("activations/") + kFunctions[i].label;
    const float width = text_size(kFunctions[i].label).x + 1.5f * em();
    if (i > 0) same_line_where_fits(width, 0.3f * em());
    if (button(name.c_str(), kFunctions[i].label,
               {.kind = i == chosen_ ? Kind::primary : Kind::normal, .strong = true})) {
      chosen_ = i;
      changed = true;
    }
  }
  if (chosen_ == kMaxout) {
    changed |= slider("activations/slope1", "slope of the first piece", slopes_[0], -2, 2);
    changed |= slider("activations/offset1", "its offset", offsets_[0], -2, 2);
    changed |= slider("activations/slope2", "slope of the second piece", slopes_[1], -2, 2);
    changed |= slider("activations/offset2", "its offset", offsets_[1], -2, 2);
  } else if (function().most > 0) {
    changed |=
        slider("activations/alpha", "\u03b1", alphas_[static_cast<std::size_t>(chosen_)], 0, function().most);
  }
  changed |= slider("activations/x", "x", x_, -static_cast<float>(kReach), static_cast<float>(kReach));
  return changed;
}

void ActivationsChapter::draw_function(const Lesson& lesson) {
  PlotSpec spec;
  spec.title = std::string(function().label);
  spec.x_name = "x";
  spec.y_text = [](double value) { return number_text(value, 3); };
  spec.x_first = -kReach;
  spec.x_last = kReach;
  spec.marks = {{x_, "x = " + number_text(x_)}};
  PlotLine value{"f(x)", palette().train, {}, false, false},
      slope{"slope", palette().validation, {}, false, false};
  for (std::size_t i = 0; i < xs_.size(); ++i) {
    value.points.push_back({xs_[i], ys_[i]});
    slope.points.push_back({xs_[i], slopes_of_x_[i]});
  }
  const std::array<PlotLine, 2> lines = {std::move(value), std::move(slope)};
  draw_plot("activations/function", spec, function_view_, lines,
            ImVec2(ImGui::GetContentRegionAvail().x, (lesson.narrow ? 15.0f : 14.0f) * em()));
}

void ActivationsChapter::draw_map_pair(const Lesson& lesson) {
  const float side = lesson.narrow ? 9 * em() : 8 * em(), gap = 2.4f * em();
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  maps_.draw(list, 0, low, ImVec2(low.x + side, low.y + side));
  draw_icon(list, Icon::chevron_right, ImVec2(low.x + side + gap / 2, low.y + side / 2), em(),
            palette().muted);
  maps_.draw(list, 1, ImVec2(low.x + side + gap, low.y), ImVec2(low.x + 2 * side + gap, low.y + side));
  ImGui::Dummy(ImVec2(2 * side + gap, side));
  push_size(0.87f);
  muted("Vertical edges, before and after the activation");
  pop_font();
}

void ActivationsChapter::draw_norms(const Lesson& lesson) {
  PlotSpec spec;
  spec.title = "Gradient norm of each layer";
  spec.x_name = "layer, from input to output";
  spec.y_text = [](double value) { return number_words(value, 3); };
  spec.x_first = 1;
  spec.x_last = std::max(2, depth_ + 1);
  norms_view_.logarithmic = true;
  const auto line = [](const char* name, ImU32 color, const std::vector<double>& norms) {
    PlotLine made{name, color, {}, false, true};
    for (std::size_t i = 0; i < norms.size(); ++i)
      made.points.push_back({static_cast<double>(i + 1), norms[i]});
    return made;
  };
  std::vector<PlotLine> lines = {line("sigmoid", palette().validation, sigmoid_norms_),
                                 line("ReLU", palette().train, relu_norms_)};
  if (!own_norms_.empty()) lines.push_back(line(function().label, palette().runs[2], own_norms_));
  draw_plot("activations/norms", spec, norms_view_, lines,
            ImVec2(ImGui::GetContentRegionAvail().x, (lesson.narrow ? 15.0f : 14.0f) * em()));
}

UiRequest ActivationsChapter::draw(const Lesson& lesson) {
  bool changed = draw_controls();
  if (changed || stale_ || edition_ != lesson.edition) {
    compute(lesson);
    stale_ = false;
    edition_ = lesson.edition;
  }
  draw_function(lesson);
  if (choose_picture("activations/picture", lesson, picture_)) stale_ = true;
  draw_map_pair(lesson);
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
  if (slider("activations/depth", "layers", depth_, 2, 16)) stale_ = true;
  draw_norms(lesson);
  return {};
}

std::string ActivationsChapter::outcome() const {
  std::string words = std::string(function().label) + "(" + number_text(x_, 2) + ") = " + number_text(y_, 3) +
                      ", with a slope of " + number_text(slope_, 3) + ".";
  if (sigmoid_norms_.size() < 2 || relu_norms_.empty() || sigmoid_norms_[0] <= 0) return words;
  words += " In the deep network the gradient norm of the first layer is " +
           number_words(sigmoid_norms_[0], 2) + " with sigmoid and " + number_words(relu_norms_[0], 2) +
           " with ReLU: " + number_words(relu_norms_[0] / sigmoid_norms_[0], 2) + " times as large.";
  if (!own_norms_.empty())
    words += " With " + std::string(function().label) + ": " + number_words(own_norms_[0], 2) + ".";
  return words;
}

}  // namespace

extern const ChapterType activations_chapter;
const ChapterType activations_chapter{
    "activations",
    "Activations",
    "The nonlinearity that makes depth worthwhile, and the slopes that make it hard to train.",
    kText,
    kExperiments,
    [] { return std::unique_ptr<Chapter>(std::make_unique<ActivationsChapter>()); }};

}  // namespace playground
