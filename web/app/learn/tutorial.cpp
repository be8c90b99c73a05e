// Chapter 8: the notebook of the tutorial step by step, each line of code with its counterpart on this page.
#include <algorithm>
#include <array>
#include <cstdio>

#include "web/app/controls/cards.h"
#include "web/app/controls/plot.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/learn/chapter.h"
#include "web/app/state/fields.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr Passage kText[] = {
    {Passage::words,
     "This page began as a Keras notebook that trains a small network on CIFAR-10. Here are its steps: every "
     "line of code, its result on this page now, and a button that leads there. Press the buttons from top "
     "to bottom to repeat the notebook."},
    {Passage::words,
     "The names are those of Keras. *loss* and *accuracy* are measured on the training pictures during an "
     "epoch, *val_loss* and *val_accuracy* after it on the validation pictures. The notebook validates on "
     "the test pictures, and so does this page unless you hold out a part of the training pictures."},
    {Passage::heading, "What the notebook printed"},
    {Passage::formula, "Epoch 1: loss 1.4127, accuracy 0.4918, val_loss 1.1079, val_accuracy 0.6095"},
    {Passage::formula, "Epoch 2: loss 1.1058, accuracy 0.6091, val_loss 1.0284, val_accuracy 0.6377"},
    {Passage::formula, "Epoch 3: loss 0.9946, accuracy 0.6477, val_loss 0.9682, val_accuracy 0.6564"},
    {Passage::words,
     "After ten epochs its test loss was 0.9383 and its test accuracy 0.6830. An epoch took 146 to 177 "
     "seconds. On CIFAR-10, your numbers will differ a little: the first weights are random."},
    {Passage::heading, "What it concluded"},
    {Passage::words,
     "The training accuracy overtakes the validation accuracy after epoch 3, which the notebook calls "
     "overfitting. Its test loss still fell until the end; the chapter on training explains what to look at "
     "instead."},
    {Passage::words,
     "Bird, cat, deer and dog are the classes it confuses most. The chapter on judging shows why, and the "
     "last step here shows whether your network does, too."},
};

constexpr Experiment kExperiments[] = {
    {"the_notebook", "The notebook's network and settings",
     "Ten epochs in batches of ten, as in the notebook. Load CIFAR-10 for its figures.",
     "v=1&preset=tutorial&fit={'epochs':10,'batch_size':10}"},
};

constexpr int kShownPictures = 10;
constexpr std::size_t kShownEpochs = 10;  // the last ones

std::string fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4f", value);
  return text;
}

/// "loss: 1.4127 - accuracy: 0.4918", as Keras prints it.
std::string score_text(double loss, double accuracy, const char* prefix = "") {
  return std::string(prefix) + "loss: " + fixed(loss) + " - " + prefix + "accuracy: " + fixed(accuracy);
}

std::string epoch_line(const HistoryRow& row, int epochs) {
  std::string line = "Epoch " + std::to_string(row.epoch) + "/" +
                     std::to_string(std::max(epochs, row.epoch)) + " - " + count_text(row.seconds) + "s - " +
                     score_text(row.loss, row.accuracy);
  if (row.val_loss && row.val_accuracy) line += " - " + score_text(*row.val_loss, *row.val_accuracy, "val_");
  return line;
}

class TutorialChapter final : public Chapter {
 public:
  UiRequest draw(const Lesson& lesson) override;
  std::string outcome() const override { return outcome_; }
  bool wants_classes() const override { return true; }

 private:
  void begin_step(const char* title, const std::string& code);
  /// What the step gives, marked for tests as tutorial/NAME.
  void show(const char* name, const std::string& words) const;
  /// A button that leads there; beside the one before it if it fits and is not the step's first.
  bool leads(const char* name, const char* label, bool enabled = true, bool first = true) const;
  void draw_data(const Lesson& lesson, UiRequest& asked);
  void draw_scaling(const Lesson& lesson);
  void draw_pictures(const Lesson& lesson, UiRequest& asked);
  void draw_model(const Lesson& lesson, UiRequest& asked);
  void draw_compile(const Lesson& lesson, UiRequest& asked);
  void draw_fit(const Lesson& lesson, UiRequest& asked);
  void draw_history(const Lesson& lesson, UiRequest& asked);
  void draw_test(const Lesson& lesson, UiRequest& asked);
  void draw_classes(const Lesson& lesson, UiRequest& asked);
  void draw_matrix(UiRequest& asked);

  int step_ = 0;
  float width_ = 0;
  std::string outcome_ = "The steps of the notebook appear here.";
  PlotView accuracy_view_, loss_view_;
};

/// A setting as the form shows it: its text, or the class name of what was chosen.
std::string setting(const Lesson& lesson, std::string_view name) {
  for (const Field& field : lesson.catalog.fit_fields) {
    if (field.name != name) continue;
    const Json& value = value_or_default(field, lesson.fit);
    if (value.number() != nullptr) return short_number(*value.number(), 6);
    return value.string() != nullptr ? *value.string() : text_in(value, "class_name");
  }
  return "";
}

/// The learning rate of the form; if it has none, the optimizer's default.
std::string rate_text(const Lesson& lesson) {
  const std::string rate = setting(lesson, "learning_rate");
  if (!rate.empty()) return rate;
  const std::string optimizer = setting(lesson, "optimizer");
  for (const Type& type : lesson.catalog.optimizers)
    for (const Field& field : type.fields)
      if (type.class_name == optimizer && field.name == "learning_rate" && field.standard.number() != nullptr)
        return short_number(*field.standard.number(), 6);
  return "the optimizer's default";
}

/// The rows of the training that the current weights come from.
const std::vector<HistoryRow>& history_of(const Lesson& lesson) {
  static const std::vector<HistoryRow> none;
  const bool trains = lesson.trained || lesson.training.running();
  return trains && !lesson.runs.empty() ? lesson.runs.back().history : none;
}

void TutorialChapter::begin_step(const char* title, const std::string& code) {
  if (step_ > 0) ImGui::Dummy(ImVec2(0, 0.5f * em()));
  draw_markup("*" + std::to_string(++step_) + "  " + title + "*", width_, 1.07f, palette().text);
  draw_formula(code, width_);
}

void TutorialChapter::show(const char* name, const std::string& words) const {
  draw_markup(words, width_, 1, palette().text);
  WidgetRects::mark(std::string("tutorial/") + name, words);
}

bool TutorialChapter::leads(const char* name, const char* label, bool enabled, bool first) const {
  if (!first) same_line_where_fits(text_size(label).x + 3 * em(), 0.5f * em());
  return button((std::string("tutorial/go/") + name).c_str(), label,
                {.icon = Icon::chevron_right, .enabled = enabled});
}

void TutorialChapter::draw_data(const Lesson& lesson, UiRequest& asked) {
  begin_step("Load the pictures", "(x_train, y_train), (x_test, y_test) = cifar10.load_data()");
  const auto shape = [](double count) {
    return tuple_text({static_cast<int>(count), kPictureSide, kPictureSide, 3});
  };
  const double train = lesson.data.train.count, test = lesson.data.test.count;
  show("shapes",
       "x_train: *" + shape(train) + "*, x_test: *" + shape(test) + "*: pictures, rows, columns, colors.");
  const bool as_there = train == 50000 && test == 10000;
  show("data", lesson.data.label + (as_there ? "." : ". CIFAR-10 has 50,000 and 10,000 pictures."));
  if (leads("data", "Choose the data")) asked = action::Show{action::Place::data};
}

void TutorialChapter::draw_scaling(const Lesson& lesson) {
  begin_step("Divide by 255", "x_train, x_test = x_train / 255, x_test / 255");
  if (lesson.train.rgb.size() < 3) return;
  constexpr const char* kColors[] = {"red", "green", "blue"};
  std::string words = "The first pixel of the first training picture: ";
  for (std::size_t i = 0; i < 3; ++i)
    words += (i > 0 ? std::string(", ") : std::string()) + kColors[i] + " " +
             std::to_string(lesson.train.rgb[i]) +
             " / 255 = " + tick_text(lesson.train.rgb[i] / 255.0, 0.001);
  show("pixel", words + (lesson.model.input_range == "0..255"
                             ? ". The current network takes the numbers from 0 to 255 as they are."
                             : ". This is done as each batch is read."));
}

void TutorialChapter::draw_pictures(const Lesson& lesson, UiRequest& asked) {
  begin_step("Look at the first test pictures",
             "plt.imshow(x_test[i]); plt.xlabel(class_names[y_test[i][0]])");
  const int count = std::min(kShownPictures, lesson.test.first.count()), columns = 5;
  const float gap = 0.5f * em(), side = std::min(4.6f * em(), (width_ + gap) / columns - gap),
              row = side + 1.5f * em();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  push_size(0.85f);
  for (int i = 0; i < count; ++i) {
    const ImVec2 low = grid_place(corner, i, columns, ImVec2(side + gap, row));
    lesson.test.first.draw(list, i, low, ImVec2(low.x + side, low.y + side), 0.25f * em());
    const std::string name = name_of(lesson.class_names, lesson.test.labels[static_cast<std::size_t>(i)]);
    const std::string shown = fitted(name, side);
    text_at(list, ImVec2(low.x + (side - text_size(shown).x) / 2, low.y + side + 0.15f * em()),
            palette().muted, shown);
    WidgetRects::mark("tutorial/picture/" + std::to_string(i), low, ImVec2(low.x + side, low.y + row), name);
  }
  pop_font();
  ImGui::Dummy(ImVec2(width_, row * static_cast<float>((count + columns - 1) / columns)));
  if (leads("pictures", "All pictures")) asked = action::ShowData{};
}

void TutorialChapter::draw_model(const Lesson& lesson, UiRequest& asked) {
  begin_step("Build the network", "model = Sequential([Conv2D(32, (3, 3), ...), ...]); model.summary()");
  if (lesson.model.empty()) {
    show("total", "No network has been built yet.");
  } else if (const float needs = std::max(width_, 26 * em());
             begin_wide("tutorial/summary", needs),
             ImGui::BeginTable("summary", 3, ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_BordersInnerH,
                               ImVec2(needs, 0))) {
    const auto cell = [](const std::string& text, bool head) {
      ImGui::TableNextColumn();
      if (head)
        muted(text);
      else
        ImGui::TextUnformatted(text.c_str());
    };
    for (const char* title : {"Layer (type)", "Output Shape", "Param #"}) cell(title, true);
    for (const SummaryRow& row : lesson.model.rows) {
      cell(row.name + (lesson.narrow ? "\n(" : " (") + row.class_name + ")", false);
      WidgetRects::mark("tutorial/layer/" + row.name, row.name);
      std::string shape = tuple_text(row.output_shape);
      if (row.output_shape.size() == 1) shape.erase(shape.size() - 2, 1);
      cell("(None, " + shape.substr(1), false);
      cell(count_text(row.parameters), false);
    }
    ImGui::EndTable();
    end_wide();
    show("total", "Total params: *" + count_text(lesson.model.total) +
                      "*. Trainable params: " + count_text(lesson.model.trainable) + ".");
  } else {
    end_wide();
  }
  if (leads("build", "Build the tutorial's network", !lesson.training.running()))
    asked = action::Build{{}, "tutorial"};
  if (leads("network", "Show it as a picture", !lesson.model.empty(), false))
    asked = action::Show{action::Place::network};
  if (leads("model", "Change it", true, false)) asked = action::Show{action::Place::model};
}

void TutorialChapter::draw_compile(const Lesson& lesson, UiRequest& asked) {
  begin_step("Choose optimizer, loss and metric",
             "model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy'])");
  show("compile", "Here: optimizer *" + setting(lesson, "optimizer") + "*, learning rate " +
                      rate_text(lesson) + "; loss *" + setting(lesson, "loss") +
                      "*; metric *accuracy* (always).");
  if (leads("training", "Change them")) asked = action::Show{action::Place::training};
}

void TutorialChapter::draw_fit(const Lesson& lesson, UiRequest& asked) {
  begin_step("Train", "history = model.fit(x_train, y_train, batch_size=" + setting(lesson, "batch_size") +
                          ", epochs=" + setting(lesson, "epochs") + ", validation_data=(x_test, y_test))");
  const Training& t = lesson.training;
  if (t.busy()) {
    if (button("tutorial/pause", "Pause", {.icon = Icon::pause})) asked = action::Pause{};
  } else if (t.state == RunState::paused) {
    if (button("tutorial/resume", "Resume", {.kind = Kind::primary, .icon = Icon::play}))
      asked = action::Resume{};
  } else if (button("tutorial/train", lesson.trained ? "Keep training" : "Train",
                    {.kind = Kind::primary,
                     .icon = Icon::play,
                     .enabled = !lesson.starting && t.state != RunState::evaluating})) {
    asked = action::Train{};
  }
  const std::vector<HistoryRow>& rows = history_of(lesson);
  const std::size_t first = rows.size() > kShownEpochs ? rows.size() - kShownEpochs : 0;
  for (std::size_t i = first; i < rows.size(); ++i)
    show(("epoch/" + std::to_string(rows[i].epoch)).c_str(), epoch_line(rows[i], t.epochs));
  if (t.running() && (rows.empty() || rows.back().epoch < t.epoch))
    show("progress", "Epoch " + std::to_string(t.epoch) + "/" + std::to_string(t.epochs) + " - " +
                         count_text(t.step) + "/" + count_text(t.steps_per_epoch) + " - " +
                         score_text(t.loss, t.accuracy));
  if (rows.empty() && !t.running()) show("progress", "A line for each epoch appears here.");
}

void TutorialChapter::draw_history(const Lesson& lesson, UiRequest& asked) {
  begin_step("Plot accuracy and loss",
             "plt.plot(history.history['accuracy']); plt.plot(history.history['val_accuracy'])");
  const std::vector<HistoryRow>& rows = history_of(lesson);
  const auto plot = [&](const char* title, PlotView& view, double HistoryRow::*train,
                        std::optional<double> HistoryRow::*validation, bool percent) {
    PlotSpec spec;
    spec.title = title;
    spec.x_name = "epoch";
    spec.x_first = 1;
    spec.x_last = rows.empty() ? 10 : std::max(2, rows.back().epoch);
    if (percent) spec.y_low = 0, spec.y_high = 1;
    spec.y_text = [](double value) { return fixed(value); };
    std::array<PlotLine, 2> lines = {PlotLine{"Train", palette().train, {}, false, true},
                                     PlotLine{"Val", palette().validation, {}, false, true}};
    for (const HistoryRow& row : rows) {
      lines[0].points.push_back({static_cast<double>(row.epoch), row.*train});
      if (row.*validation) lines[1].points.push_back({static_cast<double>(row.epoch), *(row.*validation)});
    }
    draw_plot(title, spec, view, lines, ImVec2(width_, 13 * em()));
  };
  plot("Model accuracy", accuracy_view_, &HistoryRow::accuracy, &HistoryRow::val_accuracy, true);
  plot("Model loss", loss_view_, &HistoryRow::loss, &HistoryRow::val_loss, false);
  if (leads("curves", "All curves")) asked = action::Show{action::Place::curves};
}

void TutorialChapter::draw_test(const Lesson& lesson, UiRequest& asked) {
  begin_step("Evaluate", "test_loss, test_acc = model.evaluate(x_test, y_test)");
  const bool can = !lesson.model.empty() && !lesson.data.empty() && !lesson.starting &&
                   lesson.training.state != RunState::evaluating;
  if (button("tutorial/evaluate", "Evaluate", {.enabled = can})) asked = action::Evaluate{};
  const Evaluation& e = lesson.evaluation;
  show("test", e.classes == 0 || e.split == "held out"
                   ? std::string("Not evaluated on the test pictures yet.")
                   : score_text(e.loss, e.accuracy) + after_epoch(e.epoch));
}

void TutorialChapter::draw_classes(const Lesson& lesson, UiRequest& asked) {
  begin_step("Predict classes", "predicted = np.argmax(model.predict(x_test), axis=1)");
  const PredictedClasses& classes = lesson.classes;
  show("classes", !classes.predicted.empty() ? array_text(classes.predicted)
                  : classes.waiting          ? "Evaluating the test pictures."
                  : !lesson.trained ? "The class of each test picture, from 0 to 9, appears after training."
                                    : "Available after the next validation; pause to see them now.");
  if (leads("classes", "All of them")) asked = action::Show{action::Place::class_array};
}

void TutorialChapter::draw_matrix(UiRequest& asked) {
  begin_step("Draw the confusion matrix", "plot_confusion_matrix(conf_mat=mat, show_normed=True)");
  draw_markup(
      "A row for every true label, a column for every predicted label; in each cell the number of pictures "
      "and their share of the row.",
      width_, 1, palette().text);
  if (leads("matrix", "The matrix")) asked = action::Show{action::Place::normed_matrix};
}

UiRequest TutorialChapter::draw(const Lesson& lesson) {
  UiRequest asked;
  step_ = 0;
  width_ = std::min(ImGui::GetContentRegionAvail().x - (lesson.narrow ? 0 : ImGui::GetStyle().ScrollbarSize),
                    40 * em());
  draw_data(lesson, asked);
  draw_scaling(lesson);
  draw_pictures(lesson, asked);
  draw_model(lesson, asked);
  draw_compile(lesson, asked);
  draw_fit(lesson, asked);
  draw_history(lesson, asked);
  draw_test(lesson, asked);
  draw_classes(lesson, asked);
  draw_matrix(asked);
  const std::vector<HistoryRow>& rows = history_of(lesson);
  outcome_ = rows.empty() ? "Not trained yet: step 6 trains the network."
                          : "Last epoch: " + epoch_line(rows.back(), lesson.training.epochs) + ".";
  return asked;
}

}  // namespace

extern const ChapterType tutorial_chapter;
const ChapterType tutorial_chapter{
    "tutorial", "The tutorial", "The notebook that this page reproduces, line by line.",
    kText,      kExperiments,   [] { return std::unique_ptr<Chapter>(std::make_unique<TutorialChapter>()); }};

}  // namespace playground
