#include "web/app/panels/model_files.h"

#include "web/app/controls/cards.h"
#include "web/app/controls/texts.h"
#include "web/app/controls/widgets.h"

namespace playground {
namespace {

struct FileFormat {
  const char *name, *title, *about;
};
constexpr FileFormat kFormats[] = {
    {"onnx", "ONNX", "For ONNX Runtime and most other tools"},
    {"tfjs", "TensorFlow.js", "A zip: model.json and weights, for TensorFlow.js and Keras"},
    {"safetensors", "safetensors", "The weights, for PyTorch, JAX and NumPy"},
    {"pytorch", "PyTorch script", "A zip: a program that builds, trains and evaluates it, and its weights"},
    {"keras", "Keras script", "The same for Keras 3"},
    {"checkpoint", "Checkpoint", "Weights, optimizer and history: training continues from it here"},
};

UiRequest draw_formats(bool changed) {
  UiRequest asked;
  ImGui::SetNextWindowSize(ImVec2(popup_width(30), 0));
  if (!ImGui::BeginPopup("download model")) return asked;
  if (changed) {
    sentence("Saves the network in use, without your change.");
    WidgetRects::mark("download/which");
  }
  for (const FileFormat& format : kFormats) {
    if (menu_entry((std::string("download/") + format.name).c_str(), format.title))
      asked = action::Download{format.name};
    push_size(0.87f);
    ImGui::Indent(em());
    sentence(format.about);
    ImGui::Unindent(em());
    pop_font();
  }
  ImGui::EndPopup();
  return asked;
}

}  // namespace

UiRequest draw_model_files(bool changed) {
  UiRequest asked;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() - outdent());
  if (button("model/download", "Download",
             {.kind = Kind::quiet, .icon = Icon::download, .help = "The network with its weights, as files"}))
    ImGui::OpenPopup("download model");
  if (const UiRequest format = draw_formats(changed)) asked = format;
  const char* open = "Open a file";
  same_line_where_fits(text_size(open).x + 1.5f * em(), 0.2f * em());
  if (button("model/open", open,
             {.kind = Kind::quiet,
              .help = "ONNX, TensorFlow.js or safetensors, from here or from another tool"}))
    asked = action::ChooseFiles{"model"};
  return asked;
}

}  // namespace playground
