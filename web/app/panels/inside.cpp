#include "web/app/panels/inside.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"
#include "web/app/controls/wrapping.h"
#include "web/app/state/format.h"
#include "web/app/state/messages.h"
#include "web/app/state/typed.h"

namespace playground {
namespace {

constexpr const char* kViews[] = {"Network", "Maps", "Filters", "Evidence", "Numbers", "Scatter"};
constexpr int kOfView[] = {InsidePanel::network,  InsidePanel::maps,    InsidePanel::filters,
                           InsidePanel::evidence, InsidePanel::numbers, InsidePanel::scatter};

double picture_count(const InsidePanel& ui, const InsideState& state) {
  if (ui.source == InsidePanel::own) return 1;
  return ui.source == InsidePanel::test ? state.data.test.count : state.data.train.count;
}

const char* split(const InsidePanel& ui) { return ui.source == InsidePanel::test ? "test" : "train"; }

Json inspect(const char* what) {
  Json args;
  args["what"] = what;
  return args;
}

/// A question about the chosen picture. The user's own picture is sent along; others are named by their
/// index.
InsideQuestion about_picture(InsideAnswer& answer, const InsidePanel& ui, const InsideState& state,
                             Json args) {
  if (ui.source == InsidePanel::own) return {answer, "inspect", std::move(args), true, state.own.version()};
  args["image"]["split"] = split(ui);
  args["image"]["index"] = ui.index;
  return {answer, "inspect", std::move(args)};
}

InsideQuestion ask_evidence(const InsidePanel& ui, const InsideState& state) {
  Json args = inspect(kEvidence[ui.method]);
  if (ui.class_index >= 0) args["class"] = ui.class_index;
  if (ui.method == 2) {
    args["size"] = ui.square;
    args["stride"] = kOcclusionStride;
  }
  if (ui.method == 0 && !ui.cam_layer.empty()) args["layer"] = ui.cam_layer;
  InsideQuestion question = about_picture(state.answers.heat, ui, state, std::move(args));
  question.lasts = ui.method == 2;  // the network runs on 256 pictures
  return question;
}

/// True and predicted class in words, with the prediction's probability.
std::string verdict(const InsideState& state, const Json& args) {
  const double label = number_in(args, "label", -1), predicted = number_in(args, "predicted", -1);
  const std::vector<double> probabilities = numbers_in(args, "probabilities");
  if (predicted < 0) return "";
  const auto at = static_cast<std::size_t>(predicted);
  const std::string sure = at < probabilities.size() ? " (" + percent_text(probabilities[at]) + ")" : "";
  std::string text = "predicted as " + class_text(state, static_cast<int>(predicted)) + sure;
  if (label >= 0) text = name_of(state.data.class_names, static_cast<int>(label)) + ", " + text;
  return text;
}

const InsideAnswer& newest_about_picture(const InsidePanel& ui, const InsideState& state,
                                         const std::vector<InsideLayer>& layers) {
  // In the network, the last layer is the one that was asked last.
  const std::size_t count = std::min(layers.size(), state.answers.network.size());
  if (ui.view == InsidePanel::network && count > 0) return state.answers.network[count - 1];
  return ui.view == InsidePanel::evidence ? state.answers.heat : state.answers.maps;
}

/// The number in a text such as 1,234; 0 if it is no number.
double number_typed(const std::string& text) {
  return std::clamp(number_from(text, true).value_or(0), 0.0, 1e9);
}

void draw_steps(InsidePanel& ui, int count) {
  const Stepped to = stepper("inside/index", count_text(ui.index), 9 * em());
  tooltip("Index of the picture, from 0. Type a number to go to it.");
  const int most = std::max(1, count);
  ui.index = (ui.index + to.direction + most) % most;
  if (to.edited) ui.index = std::clamp(static_cast<int>(number_typed(*to.edited)), 0, most - 1);
  same_line_where_fits(button_width("Random"), ImGui::GetStyle().ItemSpacing.x);
  if (button("inside/random", "Random", {.help = "A random picture"})) {
    // Adds a large odd number: never the same picture twice in a row, and no clock is needed.
    ui.index = static_cast<int>(
        (static_cast<std::uint64_t>(ui.index) + 2654435761u * static_cast<std::uint64_t>(++ui.draws)) %
        static_cast<std::uint64_t>(std::max(1, count)));
  }
}

void draw_picture_choice(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers) {
  const bool own = ui.source == InsidePanel::own;
  const InsideAnswer& shown = state.answers.picture;
  if (own ? ui.picture_made.stale(state.own.version(), 1) : ui.picture_made.stale(shown.number))
    ui.picture.assign(own ? state.own.seen() : shown.pictures);
  const float side = 2 * control_height() + ImGui::GetStyle().ItemSpacing.y;
  const ImVec2 low = ImGui::GetCursorScreenPos();
  ui.picture.draw(*ImGui::GetWindowDrawList(), 0, low, ImVec2(low.x + side, low.y + side), 0.3f * em());
  ImGui::Dummy(ImVec2(side, side));
  WidgetRects::mark("inside/picture");
  constexpr const char* kSources[] = {"Test", "Train", "Yours"};
  same_line_where_fits(segmented_width(kSources), 0.8f * em());
  ImGui::BeginGroup();
  if (segmented("inside/split", kSources, ui.source)) ui.index = 0;
  if (!own) {
    same_line_where_fits(9 * em(), em());
    draw_steps(ui, static_cast<int>(picture_count(ui, state)));
  }
  ImGui::SetCursorPosY(ImGui::GetCursorPosY() + 0.3f * em());
  const InsideAnswer& answer = newest_about_picture(ui, state, layers);
  const std::string words = answer.there() ? verdict(state, answer.args) : "";
  if (own) sentence("Draw, choose or photograph your picture under Predictions.");
  wrapped_text(words);
  WidgetRects::mark("inside/verdict", words);
  if (const std::string why = misfit(state.model, state.data); !why.empty()) {
    sentence(why);
    WidgetRects::mark("misfit", why);
  }
  ImGui::EndGroup();
}

}  // namespace

std::vector<InsideQuestion> questions(const InsidePanel& ui, const InsideState& state) {
  std::vector<InsideQuestion> list;
  InsideAnswers& answers = state.answers;
  list.push_back({answers.layers, "inspect", inspect("layers"), false});
  const std::vector<InsideLayer> layers = layers_in(answers.layers);
  const bool pictures = picture_count(ui, state) > ui.index;
  if (pictures && ui.source != InsidePanel::own) {
    Json args;
    args["split"] = split(ui);
    args["indices"] = Json::array({Json(ui.index)});
    list.push_back({answers.picture, "pictures", std::move(args), false});
  }
  if (ui.view == InsidePanel::maps && pictures && find_layer(layers, ui.layer)) {
    Json args = inspect("maps");
    args["layer"] = find_layer(layers, ui.layer)->name;
    list.push_back(about_picture(answers.maps, ui, state, args));
    if (ui.walking) {
      args["what"] = "unit";
      const InsideLayer& layer = *find_layer(layers, ui.layer);
      args["row"] = layer.is_row() ? 0 : ui.unit.row;
      args["column"] = layer.is_row() ? 0 : ui.unit.column;
      args["channel"] =
          layer.is_row() ? ui.unit.row * kPictureSide + ui.unit.column : std::max(0, ui.channel);
      list.push_back(about_picture(answers.unit, ui, state, std::move(args)));
    }
  }
  if (ui.view == InsidePanel::network && pictures) {
    const std::size_t count = std::min(layers.size(), static_cast<std::size_t>(kInsideNetwork));
    while (answers.network.size() < count) answers.network.emplace_back();
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < count; ++i)
      if (i >= ui.blocks.size() || ui.blocks[i].in_view || i + 1 == count) order.push_back(i);
    // The oldest answer first: one is asked at a time,
    // and the first layers' would be outdated again before the last's.
    std::stable_sort(order.begin(), order.end(), [&answers](std::size_t a, std::size_t b) {
      return answers.network[a].asked < answers.network[b].asked;
    });
    for (const std::size_t i : order) {
      Json args = inspect("maps");
      args["layer"] = layers[i].name;
      list.push_back(about_picture(answers.network[i], ui, state, std::move(args)));
    }
  }
  if (ui.view == InsidePanel::filters) {
    if (const InsideLayer* layer = filter_layer(ui, layers)) {
      Json args = inspect("filters");
      args["layer"] = layer->name;
      list.push_back({answers.filters, "inspect", std::move(args), true});
    }
    if (const InsideLayer* layer = ui.top_wanted ? filter_layer(ui, layers) : nullptr) {
      Json args = inspect("top");
      args["layer"] = layer->name;
      args["channel"] = std::clamp(ui.filter, 0, layer->channels() - 1);
      args["count"] = kInsideTop;
      list.push_back({.answer = answers.top, .type = "inspect", .args = std::move(args), .lasts = true});
    }
  }
  if (ui.view == InsidePanel::evidence && pictures) list.push_back(ask_evidence(ui, state));
  if (ui.view == InsidePanel::numbers && !state.data.empty())
    list.push_back({answers.numbers, "inspect", inspect("histograms"), true});
  if (ui.view == InsidePanel::scatter && ui.embedding_wanted && state.data.test.count > 1)
    list.push_back({.answer = answers.scatter, .type = "inspect", .args = inspect("pca"), .lasts = true});
  return list;
}

void draw(InsidePanel& ui, const InsideState& state) {
  if (state.model.empty()) {
    centered_note("Build a network to see what happens inside it for any picture.");
    return;
  }
  int view =
      static_cast<int>(std::find(std::begin(kOfView), std::end(kOfView), ui.view) - std::begin(kOfView));
  segmented("inside/view", kViews, view, state.narrow);
  ui.view = kOfView[view];
  ImGui::Dummy(ImVec2(0, 0.3f * em()));
  const bool of_a_picture =
      ui.view == InsidePanel::network || ui.view == InsidePanel::maps || ui.view == InsidePanel::evidence;
  if (state.data.empty() && ui.view != InsidePanel::filters) {
    centered_note("Load pictures to see what the network computes for them.");
    return;
  }
  if (of_a_picture && picture_count(ui, state) <= ui.index) ui.index = 0;
  if (of_a_picture && picture_count(ui, state) < 1) ui.source = InsidePanel::train;
  const std::vector<InsideLayer> layers = layers_in(state.answers.layers);
  if (of_a_picture) draw_picture_choice(ui, state, layers);
  if (layers.empty()) return explain_missing(state.answers.layers);
  switch (ui.view) {
    case InsidePanel::network:
      return draw_inside_network(ui, state, layers);
    case InsidePanel::filters:
      return draw_inside_filters(ui, state, layers);
    case InsidePanel::evidence:
      return draw_inside_evidence(ui, state, layers);
    case InsidePanel::numbers:
      return draw_inside_numbers(ui, state);
    case InsidePanel::scatter:
      return draw_inside_scatter(ui, state);
    default:
      return draw_inside_maps(ui, state, layers);
  }
}

const InsideLayer* find_layer(const std::vector<InsideLayer>& layers, const std::string& name) {
  for (const InsideLayer& layer : layers)
    if (layer.name == name) return &layer;
  return layers.size() > 1 ? &layers[1] : nullptr;  // the first after the input
}

const InsideLayer* filter_layer(const InsidePanel& ui, const std::vector<InsideLayer>& layers) {
  const InsideLayer* first = nullptr;
  for (const InsideLayer& layer : layers) {
    if (!layer.has_filters) continue;
    if (layer.name == ui.filter_layer) return &layer;
    if (first == nullptr) first = &layer;
  }
  return first;
}

std::string class_text(const InsideState& state, int index) {
  const std::string number = "class " + count_text(index);
  if (!misfit(state.model, state.data).empty()) return number;  // the names are of other classes
  return name_of(state.data.class_names, index, number);
}

std::string channel_text(const InsideLayer& layer, int channel) {
  constexpr std::array<const char*, 3> kColors = {"red", "green", "blue"};
  const std::string which = count_text(channel + 1) + " of " + count_text(layer.channels());
  if (layer.class_name != "InputLayer" || layer.channels() != 3 || channel < 0 || channel >= 3)
    return "channel " + which;
  return std::string(kColors[static_cast<std::size_t>(channel)]) + " channel (" + which + ")";
}

std::string options_text(const InsideState& state, const std::string& name) {
  const Json* config = state.model.config.find("config");
  if (config == nullptr) return "";
  for (const Json& layer : list_in(*config, "layers")) {
    const Json* options = layer.find("config");
    if (options == nullptr || text_in(*options, "name") != name || options->members() == nullptr) continue;
    std::string text;
    for (const auto& [key, value] : *options->members()) {
      const bool plain =
          value.number() != nullptr || value.string() != nullptr || value.elements() != nullptr;
      const bool skipped = key == "name" || key == "dtype" || key.find("initializer") != std::string::npos ||
                           key.find("shape") != std::string::npos ||
                           (value.string() != nullptr && *value.string() == "linear") || key == "data_format";
      if (!plain || skipped) continue;
      const std::string shown = value.string() != nullptr ? *value.string() : value.dump();
      std::string words = key;
      std::replace(words.begin(), words.end(), '_', ' ');
      text.append(text.empty() ? "" : ", ").append(words).append(" ").append(shown);
    }
    return text;
  }
  return "";
}

bool draw_tile(const char* name, const PictureAtlas& atlas, int index, ImVec2 part, float side, bool chosen,
               const std::string& help) {
  ImGui::PushID(index);
  push_grid_cell(index == 0);
  const bool pressed = press_area(name, ImVec2(side, side));
  pop_grid_cell();
  const ImVec2 low = ImGui::GetItemRectMin(), high = ImGui::GetItemRectMax();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  atlas.draw_part(list, index, part, low, high);
  const bool focused = ImGui::IsItemFocused() && ImGui::GetIO().NavVisible;
  if (chosen || focused || ImGui::IsItemHovered())
    list.AddRect(low, high, chosen ? palette().accent : palette().text, 0, 0, 0.14f * em());
  if (ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  tooltip(help);
  WidgetRects::mark(std::string(name) + "/" + std::to_string(index));
  ImGui::PopID();
  return pressed;
}

void outline_field(const Json& answer, ImVec2 low, float side) {
  const Json* field = answer.find("receptive_field");
  if (field == nullptr) return;
  const auto cells = [field](const char* key) { return static_cast<int>(number_in(*field, key)); };
  outline_cells(low, side / kPictureSide, cells("top"), cells("left"), cells("height"), cells("width"),
                palette().accent);
}

void explain_missing(const InsideAnswer& answer) {
  sentence(!answer.error.empty() ? answer.error : "Waiting for the network's answer.");
}

void draw_lasting(InsideAnswer& answer, std::string_view done) {
  const float height = control_height();
  const ImVec2 at = ImGui::GetCursorPos();
  const auto written = [&](std::string_view words) {
    ImGui::SetCursorPosY(at.y + (height - em()) / 2);
    muted(words);
  };
  if (answer.waiting && answer.lasts && !answer.halted) {
    const float width = 9 * em(), thick = 0.5f * em();
    ImGui::SetCursorPosY(at.y + (height - thick) / 2);
    progress_bar(static_cast<float>(answer.share), width, thick, palette().accent);
    WidgetRects::mark("inside/progress", percent_text(answer.share));
    ImGui::SameLine(0, 0.7f * em());
    written("Computing, " + percent_text(answer.share));
    same_line_where_fits(button_width("Cancel"), em());
    if (ImGui::GetCursorPosX() > at.x + 1) ImGui::SetCursorPosY(at.y);
    if (button("inside/cancel", "Cancel", {.kind = Kind::quiet})) answer.halted = true;
  } else if (answer.halted) {
    written("Canceled.");
    ImGui::SameLine(0, em());
    ImGui::SetCursorPosY(at.y);
    if (button("inside/again", "Run again")) {
      answer.halted = false;
      answer.question.clear();
    }
  } else {
    ImGui::SetCursorPosY(at.y + (height - em()) / 2);
    sentence(answer.error.empty() ? done : answer.error);
    ImGui::Dummy(ImVec2(0, std::max(0.0f, at.y + height - ImGui::GetCursorPosY())));
  }
}

}  // namespace playground
