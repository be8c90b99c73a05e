#include "web/app/panels/curves.h"

#include <algorithm>
#include <cmath>

#include "web/app/format.h"
#include "web/app/theme.h"
#include "web/app/widgets.h"

namespace playground {
namespace {

struct Values {
  float StepPoint::*raw;
  float StepPoint::*smooth;
  double HistoryRow::*train;
  std::optional<double> HistoryRow::*validation;
};
constexpr Values kAccuracy{&StepPoint::accuracy, &StepPoint::accuracy_smooth, &HistoryRow::accuracy,
                           &HistoryRow::val_accuracy};
constexpr Values kLoss{&StepPoint::loss, &StepPoint::loss_smooth, &HistoryRow::loss, &HistoryRow::val_loss};

void add_run(std::vector<PlotLine>& lines, const Run& run, const Values& values, bool by_epoch, bool alone,
             ImU32 colour) {
  const std::string name = alone ? "" : run.name;
  const ImU32 train_colour = alone ? palette().train : colour;
  if (by_epoch) {
    PlotLine train{alone ? "Training" : name, train_colour, {}, false, true};
    for (const HistoryRow& row : run.history)
      train.points.push_back({static_cast<double>(row.epoch), row.*values.train});
    if (alone) lines.push_back(std::move(train));
  } else if (alone) {
    PlotLine raw{"Training", train_colour, {}, true, false},
        smooth{"Training", train_colour, {}, false, false};
    for (const StepPoint& p : run.steps.points()) {
      raw.points.push_back({p.epoch, static_cast<double>(p.*values.raw)});
      smooth.points.push_back({p.epoch, static_cast<double>(p.*values.smooth)});
    }
    lines.push_back(std::move(raw));
    lines.push_back(std::move(smooth));
  }
  PlotLine validation{alone ? "Validation" : name, alone ? palette().validation : colour, {}, false, true};
  for (const HistoryRow& row : run.history)
    if (row.*values.validation)
      validation.points.push_back({static_cast<double>(row.epoch), *(row.*values.validation)});
  lines.push_back(std::move(validation));
}

CurvePicture picture(const CurvesPanel& ui, const CurvesState& known, const Values& values) {
  CurvePicture result;
  const auto shown =
      std::count_if(known.runs.begin(), known.runs.end(), [](const Run& run) { return run.shown; });
  double last = 0;
  std::size_t number = 0;
  for (const Run& run : known.runs) {
    const ImU32 colour = palette().runs[number++ % palette().runs.size()];
    if (!run.shown) continue;
    add_run(result.lines, run, values, ui.by_epoch == 1, shown == 1, colour);
    if (!run.history.empty()) last = std::max(last, static_cast<double>(run.history.back().epoch));
    if (!run.steps.empty()) last = std::max(last, run.steps.points().back().epoch);
  }
  result.spec.x_name = "epoch";
  result.spec.x_first = ui.by_epoch == 1 ? 1 : 0;
  result.spec.x_last = std::max(last, ui.by_epoch == 1 ? 2.0 : 0.02);
  return result;
}

bool anything(const CurvesState& known) {
  return std::any_of(known.runs.begin(), known.runs.end(), [](const Run& run) {
    return run.shown && (!run.steps.empty() || !run.history.empty());
  });
}

}  // namespace

CurvePicture accuracy_picture(const CurvesPanel& ui, const CurvesState& known) {
  CurvePicture result = picture(ui, known, kAccuracy);
  result.spec.title = "Accuracy";
  result.spec.percent = true;
  result.spec.y_low = 0;
  result.spec.y_high = 1;
  result.spec.y_text = percent_text;
  return result;
}

CurvePicture loss_picture(const CurvesPanel& ui, const CurvesState& known) {
  CurvePicture result = picture(ui, known, kLoss);
  result.spec.title = "Loss";
  if (!ui.loss.logarithmic) result.spec.y_low = 0;
  result.spec.y_text = loss_text;
  return result;
}

Asked draw(CurvesPanel& ui, const CurvesState& known, float height, bool narrow) {
  if (!anything(known)) {
    ImGui::BeginChild("curves/empty", ImVec2(0, height));
    centred_note(known.starting ? "The first batch is on its way."
                                : "Press Train. Accuracy and loss appear here while the network learns.");
    ImGui::EndChild();
    return {};
  }
  constexpr const char* kSteps[] = {"Every step", "Every epoch"};
  segmented("curves/by", kSteps, ui.by_epoch);
  ImGui::SameLine(0, 1.2f * em());
  toggle("curves/log", "Log loss", ui.loss.logarithmic);
  const CurvePicture accuracy = accuracy_picture(ui, known), loss = loss_picture(ui, known);
  ImGui::Dummy(ImVec2(0, 0.2f * em()));
  const ImVec2 room(ImGui::GetContentRegionAvail().x, height - control_height() - 1.6f * em());
  const float gap = 2.2f * em();
  const bool stacked = narrow || room.x < 44 * em();
  const ImVec2 size = stacked ? ImVec2(room.x, std::max(14 * em(), room.y / 2 - 0.6f * em()))
                              : ImVec2((room.x - gap) / 2, room.y);
  draw_plot("accuracy", accuracy.spec, ui.accuracy, accuracy.lines, size);
  if (stacked)
    ImGui::Dummy(ImVec2(0, 0.3f * em()));
  else
    ImGui::SameLine(0, gap);
  draw_plot("loss", loss.spec, ui.loss, loss.lines, size);
  return {};
}

}  // namespace playground
