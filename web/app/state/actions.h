// What a panel can ask for. Panels return these; app.cpp alone turns them into messages or changes of state.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "core/base/json.h"

namespace playground {

namespace action {
struct Train {};
struct Pause {};
struct Resume {};
struct Step {};
struct Stop {};
/// New weights from the seed; what was learned is lost, the run stays in the list.
struct Reset {};
struct LoadData {
  std::string source;
};
struct CancelLoad {};
struct ForgetData {};
struct ChooseFiles {
  std::string kind;
};
/// Makes the model of this configuration (or of a preset, by name) the one that trains.
struct Build {
  cnn::Json config;
  std::string preset;
};
struct Check {
  cnn::Json config;
};
struct SetLive {
  std::optional<double> learning_rate, batch_size;
};
struct FitChanged {};  ///< settings for the next training
struct ShowPictures {
  int actual = -1, predicted = -1;
};
/// The data set's pictures, all of them.
struct ShowData {};
/// One of them closely.
struct LookAt {
  bool test;
  int index;
};
/// A picture of one's own, from: file, clipboard, camera; nothing: the camera goes out, its last frame stays.
struct TakePicture {
  std::string from;
};
struct DrawAgain {};  ///< other draws of its augmentation
/// That share of the training pictures validates; 0: the test pictures do.
struct HoldOut {
  double share;
};
struct Gallery {};  ///< the gallery's filter or page changed
struct SaveText {
  std::string name, text;
};
struct CopyText {
  std::string text;
};
/// A drawing as a file: name.svg as it is, name.png painted by the browser.
struct SavePicture {
  std::string name, svg;
};
struct ShowRun {
  int id;
  bool shown;
};
struct RenameRun {
  int id;
  std::string name;
};
struct DeleteRun {
  int id;
};
/// Network and settings of a run become the present ones.
struct UseRun {
  int id;
};
/// A trained network of this project.
struct LoadModel {
  std::string name;
};
struct Evaluate {};     ///< the present weights on the test pictures
struct ShowText {};     ///< the page in words, to select and copy from
struct ShowNotices {};  ///< the licenses of what the page is made of
struct Download {
  std::string format;
};
struct Share {};
/// Sets up what a link holds after its "#", as if the page had been opened with it; weights begin anew.
struct OpenLink {
  std::string hash;
  bool train = false;  ///< and start the training
};
/// How fast this machine trains that preset: two seconds of the trainer's time.
struct Measure {
  std::string preset;
};
struct ShareChapter {
  std::string name;
};
struct Theme {};
}  // namespace action

using Action =
    std::variant<action::Train, action::Pause, action::Resume, action::Step, action::Stop, action::Reset,
                 action::LoadData, action::CancelLoad, action::ForgetData, action::ChooseFiles, action::Build,
                 action::Check, action::SetLive, action::FitChanged, action::ShowPictures, action::Gallery,
                 action::SaveText, action::CopyText, action::SavePicture, action::Download, action::ShowRun,
                 action::RenameRun, action::DeleteRun, action::UseRun, action::LoadModel, action::Evaluate,
                 action::ShowText, action::ShowNotices, action::Share, action::Theme, action::ShowData,
                 action::LookAt, action::TakePicture, action::DrawAgain, action::HoldOut, action::OpenLink,
                 action::ShareChapter, action::Measure>;
using UiRequest = std::optional<Action>;

}  // namespace playground
