#include "web/app/panels/curves.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/exports.h"
#include "web/app/controls/figures.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/theme.h"
#include "web/app/controls/widgets.h"
#include "web/app/panels/start.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

struct Values {
  float CurvePoint::*raw;
  float CurvePoint::*smooth;
  double HistoryRow::*train;
  std::optional<double> HistoryRow::*validation;
  bool higher_is_better;
};
constexpr Values kAccuracy{&CurvePoint::accuracy, &CurvePoint::accuracy_smooth, &HistoryRow::accuracy,
                           &HistoryRow::val_accuracy, true};
constexpr Values kLoss{&CurvePoint::loss, &CurvePoint::loss_smooth, &HistoryRow::loss, &HistoryRow::val_loss,
                       false};

/// How much longer than usual the curves are smoothed: 1 in the middle of the slider, 0 at its beginning.
double smoothing_factor(int percent) {
  return percent <= 0 ? 0 : std::exp2((percent - CurvesPanel::kUsual) / 12.5);
}

/// Per epoch, or per step; of the epochs of an earlier visit there are no steps.
std::vector<Point> training_curve(const Run& run, const Values& values, const CurvesPanel& ui) {
  std::vector<Point> curve;
  const bool steps = ui.by_epoch == 0 && !run.steps.empty();
  for (const HistoryRow& row : run.history) {
    if (steps && row.at > run.steps.points().front().epoch) break;
    curve.push_back({ui.by_epoch == 1 ? static_cast<double>(row.epoch) : row.at, row.*values.train});
  }
  if (!steps) return curve;
  const std::vector<Point> later =
      smoothed(run.steps, values.raw, values.smooth, smoothing_factor(ui.smoothing));
  curve.insert(curve.end(), later.begin(), later.end());
  return curve;
}

/// The current or only run in the colors of training and validation.
void add_alone(CurvePicture& result, const Run& run, const Values& values, const CurvesPanel& ui) {
  if (ui.by_epoch == 0) {
    PlotLine raw{"Training", palette().train, {}, true, false};
    for (const CurvePoint& p : run.steps.points())
      raw.points.push_back({p.epoch, static_cast<double>(p.*values.raw)});
    result.lines.push_back(std::move(raw));
  }
  result.lines.push_back({"Training", palette().train, training_curve(run, values, ui), false,
                          ui.by_epoch == 1 || run.steps.empty()});
}

/// One of several: its training is a thin line of the same color, unless nothing was validated.
void add_among_others(CurvePicture& result, const Run& run, const Values& values, const CurvesPanel& ui,
                      ImU32 color) {
  const bool validated = std::any_of(run.history.begin(), run.history.end(), [&](const HistoryRow& row) {
    return (row.*values.validation).has_value();
  });
  result.lines.push_back({run.name, color, training_curve(run, values, ui), false, false, validated});
}

void add_validation(CurvePicture& result, const Run& run, const Values& values, bool by_epoch,
                    const std::string& name, ImU32 color) {
  PlotLine validation{name, color, {}, false, true};
  for (const HistoryRow& row : run.history)
    if (row.*values.validation)
      validation.points.push_back(
          {by_epoch ? static_cast<double>(row.epoch) : row.at, *(row.*values.validation)});
  if (!validation.points.empty()) result.lines.push_back(std::move(validation));
}

/// Settings changed during training, and the best epoch.
std::vector<Mark> marks_of(const Run& run, const Values& values, bool by_epoch) {
  std::vector<Mark> marks;
  if (!by_epoch) marks = run.marks;
  const HistoryRow* best = best_row(run, values.validation, values.higher_is_better);
  if (best != nullptr && run.history.size() > 1) {
    const double value = *(best->*values.validation);
    marks.push_back({by_epoch ? static_cast<double>(best->epoch) : best->at, "best validation",
                     "best: epoch " + count_text(best->epoch) + ", " +
                         (values.higher_is_better ? percent_text(value) : loss_text(value))});
  }
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
    if (shown == 1)
      add_alone(result, run, values, ui);
    else
      add_among_others(result, run, values, ui, color);
    add_validation(result, run, values, ui.by_epoch == 1, shown == 1 ? "Validation" : run.name,
                   shown == 1 ? palette().validation : color);
    if (!run.history.empty())
      last = std::max(
          last, ui.by_epoch == 1 ? static_cast<double>(run.history.back().epoch) : run.history.back().at);
    if (!run.steps.empty() && ui.by_epoch == 0) last = std::max(last, run.steps.points().back().epoch);
  }
  if (shown == 1)
    for (const Run& run : state.runs)
      if (run.shown) result.spec.marks = marks_of(run, values, ui.by_epoch == 1);
  result.spec.x_name = "epoch";
  result.spec.wheel_zooms = true;
  result.spec.x_first = ui.by_epoch == 1 ? 1 : 0;
  result.spec.x_last = std::max(last, ui.by_epoch == 1 ? 2.0 : 0.02);
  return result;
}

/// The run that is saved, if several are shown.
const Run& newest_shown(const CurvesState& state) {
  const auto run = std::find_if(state.runs.rbegin(), state.runs.rend(), [](const Run& r) { return r.shown; });
  return run != state.runs.rend() ? *run : state.runs.back();
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

/// The slider, and whose curves are shown or what their thickness means.
void draw_smoothing(CurvesPanel& ui, const CurvesState& state) {
  const bool several =
      std::count_if(state.runs.begin(), state.runs.end(), [](const Run& run) { return run.shown; }) > 1;
  if (ui.by_epoch == 0) slider("curves/smoothing", "Smoothing", ui.smoothing, 0, 100, 9 * em());
  const Run& newest = newest_shown(state);
  if (!several && (state.offer || &newest != current_run(state.runs))) {
    if (ui.by_epoch == 0) same_line_where_fits(24 * em(), 1.5f * em());
    const std::string whose =
        "Curves of " + newest.name + (state.offer ? "; the current network is not trained." : ".");
    muted(whose);
    WidgetRects::mark("curves/whose", whose);
  }
  if (!several) return;
  if (ui.by_epoch == 0) same_line_where_fits(24 * em(), 1.5f * em());
  muted("Thick: validation. Thin: training.");
  WidgetRects::mark("curves/several");
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
    if (menu_entry((std::string("save/") + file).c_str(), label))
      asked = action::SavePicture{file, plot_svg(picture.spec, view, picture.lines, 800, 480)};
  };
  picture_item("Accuracy as PNG", "accuracy.png", accuracy_picture(ui, state), ui.accuracy);
  picture_item("Accuracy as SVG", "accuracy.svg", accuracy_picture(ui, state), ui.accuracy);
  picture_item("Loss as PNG", "loss.png", loss_picture(ui, state), ui.loss);
  picture_item("Loss as SVG", "loss.svg", loss_picture(ui, state), ui.loss);
  const Run& run = newest_shown(state);
  if (!run.norms.empty()) {
    const CurvePicture gradients = norms_picture(ui, state, &LayerCurves::gradient, "Gradient norms"),
                       weights = norms_picture(ui, state, &LayerCurves::weights, "Weight norms");
    picture_item("Gradient norms as SVG", "gradient-norms.svg", gradients, ui.gradients);
    picture_item("Weight norms as SVG", "weight-norms.svg", weights, ui.weights);
  }
  ImGui::Separator();
  if (menu_entry("save/history.csv", "History as CSV"))
    asked = action::SaveText{file_name(run.name) + ".csv", history_csv(run)};
  if (!run.norms.empty() && menu_entry("save/norms.csv", "Norms as CSV"))
    asked = action::SaveText{file_name(run.name) + "-norms.csv", norms_csv(run)};
  if (menu_entry("save/history.json", "History as JSON"))
    asked = action::SaveText{file_name(run.name) + ".json", run_json(run)};
  ImGui::Separator();
  if (menu_entry("copy/history", "Copy the history")) asked = action::CopyText{history_csv(run)};
  if (menu_entry("show/text", "Show as text")) asked = action::ShowText{};
  ImGui::EndPopup();
  return asked;
}

}  // namespace

UiRequest draw(CurvesPanel& ui, const CurvesState& state, float height, bool narrow) {
  if (!anything(state)) {
    begin_part("curves/empty", ImVec2(0, height));
    UiRequest asked;
    if (state.offer && !state.starting)
      asked = draw_start();
    else
      centered_note(state.starting ? "Waiting for the first batch."
                                   : "Press Train. Accuracy and loss appear here while the network learns.");
    ImGui::EndChild();
    return asked;
  }
  const float top = ImGui::GetCursorPosY();
  constexpr const char* kSteps[] = {"Every step", "Every epoch"};
  const float between = 1.2f * em();
  const auto beside = [between](const char* name, const char* label, bool& on) {
    same_line_where_fits(toggle_width(label), between);
    toggle(name, label, on);
  };
  segmented("curves/by", kSteps, ui.by_epoch);
  beside("curves/log", "Log loss", ui.loss.logarithmic);
  beside("curves/norms", "Norms", ui.norms);
  beside("curves/more", "Speed and rate", ui.more);
  same_line_where_fits(control_height(), between);
  ImGui::SetCursorPosX(right_edge() - control_height());
  UiRequest asked = draw_save(ui, state);
  draw_smoothing(ui, state);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const int rows = 1 + (ui.norms ? 1 : 0) + (ui.more ? 1 : 0);
  const ImVec2 room(ImGui::GetContentRegionAvail().x, height - (ImGui::GetCursorPosY() - top) - 0.4f * em());
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
  const auto plot = [&](const char* name, const CurvePicture& picture, PlotView& view) {
    view.zoom = ui.zoom;  // all plots show the same epochs
    draw_plot(name, picture.spec, view, picture.lines, size);
    ui.zoom = view.zoom;
  };
  const CurvePicture accuracy = accuracy_picture(ui, state), loss = loss_picture(ui, state);
  plot("accuracy", accuracy, ui.accuracy);
  next_plot(true);
  plot("loss", loss, ui.loss);
  if (ui.norms) {
    next_plot(false);
    const CurvePicture gradients = norms_picture(ui, state, &LayerCurves::gradient, "Gradient norms"),
                       weights = norms_picture(ui, state, &LayerCurves::weights, "Weight norms");
    plot("gradients", gradients, ui.gradients);
    next_plot(true);
    plot("weights", weights, ui.weights);
  }
  if (ui.more) {
    next_plot(false);
    const CurvePicture speed = plain_picture(ui, state, &Run::speed, "Images per second"),
                       rate = plain_picture(ui, state, &Run::rate, "Learning rate");
    plot("speed", speed, ui.speed);
    next_plot(true);
    plot("rate", rate, ui.rate);
  }
  return asked;
}

}  // namespace playground
