#include "web/app/panels/profile.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widget_rects.h"
#include "web/app/state/format.h"

namespace playground {
namespace {

double share_of(const ProfileRow& row) { return row.forward.share + row.backward.share + row.update.share; }

/// Empty if the pass did nothing.
std::string time_text(const ProfilePass& pass) {
  return pass.microseconds > 0 ? number_words(pass.microseconds, 3) : "";
}
std::string rate_text(const ProfilePass& pass) {
  if (pass.microseconds <= 0 || pass.operations <= 0) return "";
  return number_words(pass.operations / pass.microseconds / 1000, 3);
}

void draw_heading(const StepProfile& profile) {
  push_strong();
  ImGui::TextUnformatted("Training time by layer");
  pop_font();
  sentence(number_words(1e6 * profile.seconds / profile.images, 4) + " microseconds per picture: " +
           count_text(profile.images / profile.seconds) + " pictures a second, with " +
           std::to_string(profile.threads) + (profile.threads == 1 ? " thread" : " threads") +
           ", kernel set " + profile.kernel_set + ". Times are in microseconds per picture.");
  ImGui::Dummy(ImVec2(0, 0.4f * em()));
}

void cell(const std::string& text) {
  ImGui::TableNextColumn();
  ImGui::TextUnformatted(text.c_str());
}

}  // namespace

void draw_profile(const StepProfile& profile, bool narrow) {
  if (profile.rows.empty() || profile.images <= 0 || profile.seconds <= 0)
    return centered_note("Train for some steps to see how long each layer takes.");
  draw_heading(profile);
  struct Column {
    const char *title, *help;
    bool wide;  // omitted on narrow pages
  };
  constexpr Column kColumns[] = {
      {"layer", "", false},
      {"forward", "Forward pass: microseconds per picture.", false},
      {"GFLOP/s", "Billions of additions and multiplications per second, counted by the textbook formula.",
       true},
      {"backward", "Backward pass: microseconds per picture, for the gradients of input and weights.", false},
      {"GFLOP/s", "Billions of additions and multiplications per second, counted by the textbook formula.",
       true},
      {"share", "Share of the total time: all layers, forward and backward, and the optimizer.", false}};
  const bool tight = ImGui::GetContentRegionAvail().x < 26 * em();  // no room for the bars
  const auto shown = [narrow](const Column& column) { return !narrow || !column.wide; };
  const auto columns = static_cast<int>(std::count_if(std::begin(kColumns), std::end(kColumns), shown));
  const float width = std::max(ImGui::GetContentRegionAvail().x, (narrow ? 19.5f : 0.0f) * em());
  begin_wide("profile/table", width);
  if (!ImGui::BeginTable("profile", columns,
                         ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_BordersInnerH, ImVec2(width, 0)))
    return end_wide();
  ImGui::TableNextRow();
  for (const Column& column : kColumns) {
    if (!shown(column)) continue;
    ImGui::TableNextColumn();
    muted(column.title);
    if (*column.help != 0) tooltip(column.help);
  }
  double most = 0;
  for (const ProfileRow& row : profile.rows) most = std::max(most, share_of(row));
  for (const ProfileRow& row : profile.rows) {
    cell(row.name);
    const ProfilePass& back = row.update.microseconds > 0 ? row.update : row.backward;
    cell(time_text(row.forward));
    if (!narrow) cell(rate_text(row.forward));
    cell(time_text(back));
    if (!narrow) cell(rate_text(back));
    ImGui::TableNextColumn();
    const std::string share =
        narrow ? std::to_string(std::lround(100 * share_of(row))) + " %" : percent_text(share_of(row));
    ImGui::TextUnformatted(share.c_str());
    WidgetRects::mark("profile/" + row.name);
    const float thick = 0.35f * em();
    if (tight) continue;
    ImGui::SameLine(0, text_size("100.0 %").x - text_size(share).x + 0.6f * em());
    ImGui::SetCursorPosY(ImGui::GetCursorPosY() + (ImGui::GetTextLineHeight() - thick) / 2);
    progress_bar(static_cast<float>(most > 0 ? share_of(row) / most : 0), (narrow ? 3.0f : 8.0f) * em(),
                 thick, palette().accent);
  }
  ImGui::EndTable();
  end_wide();
}

}  // namespace playground
