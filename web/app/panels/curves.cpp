#include "web/app/panels/curves.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/exports.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"
#include "web/app/state/own_models.h"

namespace playground {
namespace {

struct Values {
  float CurvePoint::*raw;
  float CurvePoint::*smooth;
  double HistoryRow::*train;
  std::optional<double> HistoryRow::*validation;
};
constexpr Values kAccuracy{&CurvePoint::accuracy, &CurvePoint::accuracy_smooth, &HistoryRow::accuracy,
                           &HistoryRow::val_accuracy};
constexpr Values kLoss{&CurvePoint::loss, &CurvePoint::loss_smooth, &HistoryRow::loss, &HistoryRow::val_loss};

void add_run(std::vector<PlotLine>& lines, const Run& run, const Values& values, bool by_epoch, bool alone,
             ImU32 color) {
  const std::string name = alone ? "" : run.name;
  const ImU32 train_color = alone ? palette().train : color;
  if (by_epoch) {
    PlotLine train{alone ? "Training" : name, train_color, {}, false, true};
    for (const HistoryRow& row : run.history)
      train.points.push_back({static_cast<double>(row.epoch), row.*values.train});
    if (alone) lines.push_back(std::move(train));
  } else if (alone) {
    PlotLine raw{"Training", train_color, {}, true, false}, smooth{"Training", train_color, {}, false, false};
    for (const CurvePoint& p : run.steps.points()) {
      raw.points.push_back({p.epoch, static_cast<double>(p.*values.raw)});
      smooth.points.push_back({p.epoch, static_cast<double>(p.*values.smooth)});
    }
    lines.push_back(std::move(raw));
    lines.push_back(std::move(smooth));
  }
  if (!alone && !by_epoch) {  // with several runs, training is drawn faintly
    PlotLine smooth{name, color, {}, true, false};
    for (const CurvePoint& p : run.steps.points())
      smooth.points.push_back({p.epoch, static_cast<double>(p.*values.smooth)});
    lines.push_back(std::move(smooth));
  }
  PlotLine validation{alone ? "Validation" : name, alone ? palette().validation : color, {}, false, true};
  for (const HistoryRow& row : run.history)
    if (row.*values.validation)
      validation.points.push_back(
          {by_epoch ? static_cast<double>(row.epoch) : row.at, *(row.*values.validation)});
  lines.push_back(std::move(validation));
}

/// Settings changed during training, and the epoch with the best validation accuracy.
std::vector<Mark> marks_of(const Run& run, bool by_epoch) {
  std::vector<Mark> marks;
  if (!by_epoch) marks = run.marks;
  const HistoryRow* best = nullptr;
  for (const HistoryRow& row : run.history)
    if (row.val_accuracy && (best == nullptr || *row.val_accuracy > *best->val_accuracy)) best = &row;
  if (best != nullptr && run.history.size() > 1)
    marks.push_back({by_epoch ? static_cast<double>(best->epoch) : best->at, "best validation"});
  return marks;
}

CurvePicture picture(const CurvesPanel& ui, const CurvesState& state, const Values& values) {
  CurvePicture result;
  const auto shown =
      std::count_if(state.runs.begin(), state.runs.end(), [](const Run& run) { return run.shown; });
  double last = 0;
  std::size_t number = 0;
  for (const Run& run : state.runs) {
    const ImU32 color = palette().runs[number++ % palette().runs.size()];
    if (!run.shown) continue;
    add_run(result.lines, run, values, ui.by_epoch == 1, shown == 1, color);
    if (!run.history.empty())
      last = std::max(
          last, ui.by_epoch == 1 ? static_cast<double>(run.history.back().epoch) : run.history.back().at);
    if (!run.steps.empty() && ui.by_epoch == 0) last = std::max(last, run.steps.points().back().epoch);
  }
  if (shown == 1)
    for (const Run& run : state.runs)
      if (run.shown) result.spec.marks = marks_of(run, ui.by_epoch == 1);
  result.spec.x_name = "epoch";
  result.spec.wheel_zooms = true;
  result.spec.x_first = ui.by_epoch == 1 ? 1 : 0;
  result.spec.x_last = std::max(last, ui.by_epoch == 1 ? 2.0 : 0.02);
  return result;
}

bool anything(const CurvesState& state) {
  return std::any_of(state.runs.begin(), state.runs.end(), [](const Run& run) {
    return run.shown && (!run.steps.empty() || !run.history.empty());
  });
}

}  // namespace

CurvePicture accuracy_picture(const CurvesPanel& ui, const CurvesState& state) {
  CurvePicture result = picture(ui, state, kAccuracy);
  result.spec.title = "Accuracy";
  result.spec.percent = true;
  result.spec.y_low = 0;
  result.spec.y_high = 1;
  result.spec.y_text = percent_text;
  return result;
}

CurvePicture loss_picture(const CurvesPanel& ui, const CurvesState& state) {
  CurvePicture result = picture(ui, state, kLoss);
  result.spec.title = "Loss";
  if (!ui.loss.logarithmic) result.spec.y_low = 0;
  result.spec.y_text = loss_text;
  return result;
}

CurvePicture norms_picture(const CurvesPanel& ui, const CurvesState& state,
                           std::vector<Point> LayerCurves::*values, const char* title) {
  CurvePicture result = picture(ui, state, kLoss);
  result.lines.clear();
  result.spec.x_first = 0;
  result.spec.marks.clear();
  result.spec.title = title;
  const auto run = std::find_if(state.runs.rbegin(), state.runs.rend(), [](const Run& r) { return r.shown; });
  if (run == state.runs.rend()) return result;
  const std::size_t layers = run->norms.size();
  // Few layers get distinct colors; with many, the color shows the depth, from blue to orange.
  for (std::size_t i = 0; i < layers; ++i) {
    const float depth = static_cast<float>(i) / static_cast<float>(std::max<std::size_t>(1, layers - 1));
    const ImU32 color = layers <= palette().runs.size() ? palette().runs[i]
                                                        : mix(palette().train, palette().validation, depth);
    result.lines.push_back({run->norms[i].layer, color, run->norms[i].*values, false, false});
  }
  return result;
}

namespace {

/// Curves without validation: one line per run.
CurvePicture plain_picture(const CurvesPanel& ui, const CurvesState& state, std::vector<Point> Run::*values,
                           const char* title) {
  CurvePicture result = picture(ui, state, kLoss);
  result.lines.clear();
  result.spec.x_first = 0;
  std::size_t number = 0;
  for (const Run& run : state.runs) {
    const ImU32 color = palette().runs[number++ % palette().runs.size()];
    if (run.shown) result.lines.push_back({run.name, color, run.*values, false, false});
  }
  result.spec.title = title;
  result.spec.y_low = 0;
  return result;
}

/// The menu of exports.
UiRequest draw_save(const CurvesPanel& ui, const CurvesState& state) {
  if (button("curves/save", "",
             {.kind = Kind::quiet, .icon = Icon::download, .help = "Save plots or history"}))
    ImGui::OpenPopup("save curves");
  if (!ImGui::BeginPopup("save curves")) return {};
  UiRequest asked;
  const auto picture_item = [&](const char* label, const char* file, const CurvePicture& picture,
                                const PlotView& view) {
    if (ImGui::Selectable(label))
      asked = action::SavePicture{file, plot_svg(picture.spec, view, picture.lines, 800, 480)};
    WidgetRects::mark(std::string("save/") + file);
  };
  picture_item("Accuracy as PNG", "accuracy.png", accuracy_picture(ui, state), ui.accuracy);
  picture_item("Accuracy as SVG", "accuracy.svg", accuracy_picture(ui, state), ui.accuracy);
  picture_item("Loss as PNG", "loss.png", loss_picture(ui, state), ui.loss);
  picture_item("Loss as SVG", "loss.svg", loss_picture(ui, state), ui.loss);
  const Run& run = state.runs.back();
  if (!run.norms.empty()) {
    const CurvePicture gradients = norms_picture(ui, state, &LayerCurves::gradient, "Gradient norms"),
                       weights = norms_picture(ui, state, &LayerCurves::weights, "Weight norms");
    picture_item("Gradient norms as SVG", "gradient-norms.svg", gradients, ui.gradients);
    picture_item("Weight norms as SVG", "weight-norms.svg", weights, ui.weights);
  }
  ImGui::Separator();
  if (ImGui::Selectable("History as CSV"))
    asked = action::SaveText{file_name(run.name) + ".csv", history_csv(run)};
  if (!run.norms.empty() && ImGui::Selectable("Norms as CSV"))
    asked = action::SaveText{file_name(run.name) + "-norms.csv", norms_csv(run)};
  if (!run.norms.empty()) WidgetRects::mark("save/norms.csv");
  if (ImGui::Selectable("History as JSON"))
    asked = action::SaveText{file_name(run.name) + ".json", run_json(run)};
  ImGui::Separator();
  if (ImGui::Selectable("Copy the history")) asked = action::CopyText{history_csv(run)};
  WidgetRects::mark("copy/history");
  if (ImGui::Selectable("Show as text")) asked = action::ShowText{};
  ImGui::EndPopup();
  return asked;
}

}  // namespace

UiRequest draw(CurvesPanel& ui, const CurvesState& state, float height, bool narrow) {
  if (!anything(state)) {
    ImGui::BeginChild("curves/empty", ImVec2(0, height));
    centered_note(state.starting ? "Waiting for the first batch."
                                 : "Press Train. Accuracy and loss appear here while the network learns.");
    UiRequest asked;
    if (state.offer && !state.starting)
      for (const OwnModel& model : kOwnModels) {
        if (centered_button((std::string("own/") + model.name).c_str(), model.offer,
                            {.kind = Kind::quiet, .help = model.about}))
          asked = action::LoadModel{model.name};
      }
    ImGui::EndChild();
    return asked;
  }
  constexpr const char* kSteps[] = {"Every step", "Every epoch"};
  segmented("curves/by", kSteps, ui.by_epoch);
  ImGui::SameLine(0, 1.2f * em());
  toggle("curves/log", narrow ? "Log" : "Log loss", ui.loss.logarithmic);
  if (!narrow) {
    ImGui::SameLine(0, 1.2f * em());
    toggle("curves/norms", "Norms", ui.norms);
    ImGui::SameLine(0, 1.2f * em());
    toggle("curves/more", "Speed and rate", ui.more);
  }
  ImGui::SameLine(0, 0);
  ImGui::SetCursorPosX(right_edge() - control_height());
  UiRequest asked = draw_save(ui, state);
  if (narrow) {
    toggle("curves/norms", "Norms", ui.norms);
    ImGui::SameLine(0, 1.2f * em());
    toggle("curves/more", "Speed and rate", ui.more);
  }
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const int rows = 1 + (ui.norms ? 1 : 0) + (ui.more ? 1 : 0);
  const ImVec2 room(ImGui::GetContentRegionAvail().x, height - control_height() - 1.6f * em());
  const float gap = 2.2f * em();
  const bool stacked = narrow || room.x < 44 * em();
  const float share =
      room.y / static_cast<float>(stacked ? 2 : rows) - (stacked || rows > 1 ? 0.6f * em() : 0);
  const ImVec2 size(stacked ? room.x : (room.x - gap) / 2, std::max((stacked ? 14.0f : 9.0f) * em(), share));
  const auto next_plot = [&](bool second) {
    if (second && !stacked)
      ImGui::SameLine(0, gap);
    else
      ImGui::Dummy(ImVec2(0, 0.2f * em()));
  };
  const CurvePicture accuracy = accuracy_picture(ui, state), loss = loss_picture(ui, state);
  draw_plot("accuracy", accuracy.spec, ui.accuracy, accuracy.lines, size);
  next_plot(true);
  draw_plot("loss", loss.spec, ui.loss, loss.lines, size);
  if (ui.norms) {
    next_plot(false);
    const CurvePicture gradients = norms_picture(ui, state, &LayerCurves::gradient, "Gradient norms"),
                       weights = norms_picture(ui, state, &LayerCurves::weights, "Weight norms");
    draw_plot("gradients", gradients.spec, ui.gradients, gradients.lines, size);
    next_plot(true);
    draw_plot("weights", weights.spec, ui.weights, weights.lines, size);
  }
  if (ui.more) {
    next_plot(false);
    const CurvePicture speed = plain_picture(ui, state, &Run::speed, "Images per second"),
                       rate = plain_picture(ui, state, &Run::rate, "Learning rate");
    draw_plot("speed", speed.spec, ui.speed, speed.lines, size);
    next_plot(true);
    draw_plot("rate", rate.spec, ui.rate, rate.lines, size);
  }
  return asked;
}

}  // namespace playground
