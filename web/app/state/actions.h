#pragma once
/// The actions a panel can request. Panels return them; only App (app_actions.cpp) turns them into messages
/// or changes of state.

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
/// New weights from the seed. The trained weights are lost; the run stays in the list.
struct Reset {};
struct LoadData {
  std::string source;
  double most = 0;  ///< pictures of each split; 0: all
};
struct CancelLoad {};
struct ForgetData {};
struct ChooseFiles {
  std::string kind;
  bool answered = false;
};
/// What to do once the network has been built.
enum class Then { nothing, train, step };
/// Builds the model of this configuration, or of a preset if one is named. Asks first where a preset would
/// replace trained weights, unless that was answered.
struct Build {
  cnn::Json config;
  std::string preset;
  bool answered = false;
  Then then = Then::nothing;
};
/// The edited network becomes the one in use again.
struct Discard {
  Then then = Then::nothing;
};
/// Opens a layer's settings.
struct ShowLayer {
  int layer;
};
struct Check {
  cnn::Json config;
};
/// The pixels that the network's first layer takes, "0..1" or "0..255". The weights stay.
struct SetInputRange {
  std::string range;
};
struct SetLive {
  std::optional<double> learning_rate, batch_size;
};
struct FitChanged {};  ///< settings for the next training
struct ShowPictures {
  int actual = -1, predicted = -1;
};
/// All pictures of the data set.
struct ShowData {};
/// A part of the page. network: as a picture; own_maps: of the user's picture; normed_matrix:
/// with counts and shares.
enum class Place { data, model, training, network, own_maps, curves, normed_matrix, class_array };
struct Show {
  Place place;
};
/// The inside of the network for a picture of the data set.
struct LookInside {
  bool test;
  int index;
};
/// One of them in detail.
struct LookAt {
  bool test;
  int index;
};
/// A picture of the user's own from "file", "clipboard" or "camera". "nothing" turns the camera off; its last
/// frame stays.
struct TakePicture {
  std::string from;
};
struct DrawAgain {};  ///< new random draws of the augmentation of the picture in detail
/// Validates on this share of the training pictures; 0: on the test pictures.
struct HoldOut {
  double share = 0;
  std::string refused{};  ///< instead: a text that is no such share
};
struct Gallery {};  ///< the filter or page of the gallery changed
struct SaveText {
  std::string name, text;
};
struct CopyText {
  std::string text;
};
/// A drawing as a file: name.svg as it is, name.png rendered by the browser.
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
/// Makes the network and settings of a run the current ones.
struct UseRun {
  int id;
  bool answered = false;
};
/// A trained network of this project.
struct LoadModel {
  std::string name;
  bool answered = false;
  bool show = false;  ///< then its predictions are shown
};
struct Learn {};        ///< the chapters
struct Evaluate {};     ///< the current weights on the test pictures
struct ShowText {};     ///< the page as text, to select and copy
struct ShowNotices {};  ///< the licenses of everything in the page
struct Download {
  std::string format;
};
struct Share {};
/// Sets up what a link holds after its "#", as if the page had been opened with it. The weights are new. Asks
/// first where that would replace trained ones, unless that was answered.
struct OpenLink {
  std::string hash;
  bool train = false;  ///< then start training
  bool answered = false;
  std::string about{};  ///< what is set up, said once it is
};
/// Measures for two seconds how fast this machine trains a preset.
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
                 action::Check, action::SetInputRange, action::SetLive, action::FitChanged,
                 action::ShowPictures, action::Gallery, action::SaveText, action::CopyText,
                 action::SavePicture, action::Download, action::ShowRun, action::RenameRun, action::DeleteRun,
                 action::UseRun, action::LoadModel, action::Evaluate, action::ShowText, action::ShowNotices,
                 action::Share, action::Theme, action::ShowData, action::LookAt, action::TakePicture,
                 action::DrawAgain, action::HoldOut, action::OpenLink, action::ShareChapter, action::Measure,
                 action::Discard, action::ShowLayer, action::Learn, action::Show, action::LookInside>;
using UiRequest = std::optional<Action>;

}  // namespace playground
