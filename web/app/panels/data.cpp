#include "web/app/panels/data.h"

#include <algorithm>
#include <cmath>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"

namespace playground {
namespace {

constexpr int kPreview = 10;  // one per class if there are ten classes

/// Where a download comes from, and its size if that is known.
std::string of_size(const std::string& from, double bytes) {
  return bytes > 0 ? from + ", " + bytes_text(bytes) : from;
}

/// A source as a button: its title and its size.
bool source_row(const char* name, const char* title, const std::string& detail) {
  const float width = ImGui::GetContentRegionAvail().x, height = 2.9f * em();
  const bool pressed = press_area(name, ImVec2(width, height));
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const bool hovered = ImGui::IsItemHovered();
  list.AddRectFilled(low, high,
                     ImGui::IsItemActive() ? palette().control_active
                     : hovered             ? palette().control_hover
                                           : palette().control,
                     ImGui::GetStyle().FrameRounding);
  if (hovered) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  text_at(list, ImVec2(low.x + 0.8f * em(), low.y + 0.38f * em()), palette().text,
          fitted(title, width - 1.6f * em()));
  push_size(0.87f);
  text_at(list, ImVec2(low.x + 0.92f * em(), low.y + 1.75f * em()), palette().muted,
          fitted(detail, width - 1.6f * em()));
  pop_font();
  WidgetRects::mark(name);
  return pressed;
}

UiRequest draw_sources(DataPanel& ui, const DataState& state) {
  UiRequest asked;
  const Sources& s = state.sources;
  const auto load = [&](const char* source, double most = 0) {
    asked = action::LoadData{source, most};
    ui.choosing = false;
  };
  if (!s.kept_label.empty() &&
      source_row("source/kept", "Stored in this browser", s.kept_label + ", " + bytes_text(s.kept_bytes)))
    load("kept");
  if (s.beside_page &&
      source_row("source/cifar10", "CIFAR-10", of_size("All pictures, from this server", s.beside_bytes)))
    load("cifar10");
  if (s.beside_page && s.part_pictures > 0 &&
      source_row("source/part", "A part of CIFAR-10",
                 of_size(count_text(s.part_pictures) + " pictures, from this server", s.part_bytes)))
    load("cifar10", s.part_pictures);
  if (source_row("source/sample", "Sample pictures", "Synthetic, generated in a second")) load("sample");
  if (source_row("source/huggingface", "CIFAR-10 from Hugging Face",
                 of_size("All pictures", s.huggingface_bytes)))
    load("huggingface");
  if (source_row("source/files", "Your files",
                 "cifar-10-binary.tar.gz, .bin, .parquet or a .zip of pictures")) {
    asked = action::ChooseFiles{"data"};
    ui.choosing = false;
  }
  if (source_row("source/folder", "A folder of pictures", "One subfolder per class, 2 to 100 classes")) {
    asked = action::ChooseFiles{"folder"};
    ui.choosing = false;
  }
  if (!s.kept_label.empty() &&
      button("data/forget", "Delete the stored data", {.kind = Kind::quiet, .icon = Icon::trash}))
    asked = action::ForgetData{};
  return asked;
}

const char* unasked_name(const Sources& s) {
  if (s.unasked == "kept") return "the stored data";
  return s.unasked == "cifar10" ? "CIFAR-10 from this server" : "the sample pictures";
}

/// If only a part of a data set is in use: the rest of it.
UiRequest draw_rest(const DataState& state) {
  const std::string kind = text_in(state.data.source, "kind");
  const bool beside = kind == "beside" && state.sources.beside_page;
  const bool elsewhere =
      kind == "huggingface" && text_in(state.data.source, "url") == state.sources.huggingface;
  if (state.data.source.find("limit") == nullptr || !(beside || elsewhere)) return {};
  const double bytes = beside ? state.sources.beside_bytes : state.sources.huggingface_bytes;
  const std::string label =
      "Load all pictures" + (bytes > 0 ? " (" + bytes_text(bytes) + ")" : std::string());
  const bool pressed = button("data/rest", label.c_str());
  WidgetRects::mark("data/rest", label);
  if (pressed) return action::LoadData{beside ? "cifar10" : kind};
  return {};
}

/// The first pictures; a press opens all.
UiRequest draw_preview(const DataState& state) {
  const int count = std::min(kPreview, state.pictures.count());
  if (count == 0) return {};
  const float width = ImGui::GetContentRegionAvail().x, gap = 0.4f * em();
  const int columns = 5;
  const float side =
      std::floor((width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 corner = ImGui::GetCursorScreenPos();
  push_size(0.8f);
  const float row = side + 1.55f * em();
  for (int i = 0; i < count; ++i) {
    const ImVec2 low = grid_place(corner, i, columns, ImVec2(side + gap, row));
    state.pictures.draw(list, i, low, ImVec2(low.x + side, low.y + side), 0.3f * em());
    const auto label = static_cast<std::size_t>(state.labels[static_cast<std::size_t>(i)]);
    if (label >= state.data.class_names.size()) continue;
    const std::string word = fitted(state.data.class_names[label], side);
    text_at(list, ImVec2(low.x + (side - text_size(word).x) / 2, low.y + side + 0.2f * em()), palette().muted,
            word);
  }
  pop_font();
  const int rows = (count + columns - 1) / columns;
  const float height = row * static_cast<float>(rows);
  const bool pressed = press_area("data/look", ImVec2(width, height));
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  if (ImGui::IsItemFocused() && ImGui::GetIO().NavVisible)
    list.AddRect(corner, ImVec2(corner.x + width, corner.y + height), palette().focus, 0.3f * em(), 0,
                 0.13f * em());
  tooltip("Show all pictures");
  WidgetRects::mark("data/look");
  if (pressed) return action::ShowData{};
  return {};
}

/// What was read as what in one line; opened, what was left out and why.
void draw_report(DataPanel& ui, const LoadReport& report) {
  if (report.line.empty()) return;
  sentence(report.line);
  WidgetRects::mark("data/report", report.line);
  if (report.left_out.empty() && report.notes.empty()) return;
  if (button("data/details", ui.details ? "Hide details" : "Show details", {.kind = Kind::quiet}))
    ui.details = !ui.details;
  if (!ui.details) return;
  std::string all;
  const auto say = [&all](const std::string& text) {
    sentence(text);
    all += text + "\n";
  };
  for (const std::string& note : report.notes) say(note);
  for (const LoadReport::LeftOut& out : report.left_out) {
    std::string text = "Skipped, " + out.why + ": ";
    for (std::size_t i = 0; i < out.names.size(); ++i) text += (i > 0 ? ", " : "") + out.names[i];
    const double more = out.count - static_cast<double>(out.names.size());
    if (more > 0) text += (out.names.empty() ? "" : " and ") + count_text(more) + " more";
    say(text);
  }
  WidgetRects::mark("data/left_out", all);
}

UiRequest draw_progress(const DataState& state) {
  const LoadProgress& l = state.loading;
  ImGui::TextUnformatted(
      l.file.empty() ? "Loading" : fitted("Loading " + l.file, ImGui::GetContentRegionAvail().x).c_str());
  progress_bar(l.total > 0 ? static_cast<float>(l.received / l.total) : 0, ImGui::GetContentRegionAvail().x,
               0.4f * em(), palette().accent);
  std::string words = bytes_text(l.received);
  if (l.total > 0) words += " of " + bytes_text(l.total);
  if (l.bytes_per_second > 0) words += ", " + bytes_text(l.bytes_per_second) + "/s";
  if (l.seconds_left >= 0) words += ", " + duration_text(l.seconds_left) + " left";
  muted(words);
  WidgetRects::mark("load/progress", words);
  if (button("load/cancel", "Cancel", {.kind = Kind::quiet})) return action::CancelLoad{};
  return {};
}

UiRequest draw_data(DataPanel& ui, const DataState& state) {
  const DataSetInfo& data = state.data;
  if (data.empty()) {
    sentence(std::string("Choose a data set. Without a choice, Train uses ") + unasked_name(state.sources) +
             ".");
    return draw_sources(ui, state);
  }
  ImGui::TextUnformatted(fitted(data.label, ImGui::GetContentRegionAvail().x).c_str());
  sentence(count_text(data.train.count) + " training pictures, " + count_text(data.test.count) +
           " test pictures, " + std::to_string(data.class_names.size()) + " classes");
  draw_report(ui, data.report);
  const UiRequest rest = draw_rest(state);
  const UiRequest pressed = draw_preview(state);
  const UiRequest look = rest ? rest : pressed;
  if (!ui.choosing) return look;
  const UiRequest chosen = draw_sources(ui, state);
  return chosen ? chosen : look;
}

}  // namespace

UiRequest draw(DataPanel& ui, const DataState& state) {
  const float top = ImGui::GetCursorPosY();
  if (!state.loading.running) {
    const UiRequest request = draw_data(ui, state);
    if (!ui.choosing && !state.data.empty()) ui.height = ImGui::GetCursorPosY() - top;
    return request;
  }
  const UiRequest request = draw_progress(state);
  // A load may be short: it does not move what is below it.
  if (const float rest = top + ui.height - ImGui::GetCursorPosY() - ImGui::GetStyle().ItemSpacing.y; rest > 0)
    ImGui::Dummy(ImVec2(0, rest));
  return request;
}

void draw_change_button(DataPanel& ui, const DataSetInfo& data, const LoadProgress& loading) {
  if (data.empty() || loading.running) return;
  heading_button_place(ui.choosing ? "Cancel" : "Change");
  if (button("data/change", ui.choosing ? "Cancel" : "Change", {.kind = Kind::quiet}))
    ui.choosing = !ui.choosing;
}

}  // namespace playground
