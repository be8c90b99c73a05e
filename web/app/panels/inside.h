// Inside: what the network that trains makes of one picture (feature maps, a unit's sum by hand, filters,
// what speaks for a class) and how its numbers are doing (distributions, the embedding of the test pictures).
#pragma once

#include <string>
#include <vector>

#include "web/app/controls/color_maps.h"
#include "web/app/controls/figures.h"
#include "web/app/panels/number_history.h"
#include "web/app/state/inside_answers.h"
#include "web/app/state/own_picture.h"
#include "web/app/state/pictures.h"

namespace playground {

constexpr int kInsideMaps = 256;                                            ///< of a layer, in view
constexpr const char* kEvidence[] = {"grad_cam", "saliency", "occlusion"};  ///< by InsidePanel::method
constexpr int kOcclusionStride = 2;
constexpr int kInsideTop = 16;      ///< pictures that excite a filter most
constexpr int kInsideNumbers = 64;  ///< layers whose distributions are shown

/// What the user chose.
struct InsidePanel {
  enum View { maps, filters, evidence, numbers, scatter };
  int view = maps;
  enum Source { test, train, own };
  int source = test;
  int index = 0;  ///< of the picture in its split
  int draws = 0;  ///< of the random button

  std::string layer;     ///< of the maps; empty: the first
  int channel = 0;       ///< the map that is enlarged
  bool before = false;   ///< the activation function
  bool walking = false;  ///< a unit was pressed
  Cell unit;
  int walk_channel = -1;  ///< whose products are in view; -1: where they weigh most
  int walk_step = -1;     ///< the product that is added just now; -1: all are

  std::string filter_layer;
  int filter = 0;
  bool top_wanted = false;  ///< the pictures that excite it most

  int method = 0;        ///< Grad-CAM, saliency, occlusion
  int class_index = -1;  ///< -1: the one it is taken for
  float strength = 0.65f;
  int square = 8;
  std::string cam_layer;  ///< whose maps Grad-CAM weighs; empty: the last that has any
  Cell spot;              ///< of the heat map, under the pointer or moved to by keys
  bool embedding_wanted = false;
  int hovered = -1;

  // Pictures made of answers, and which answer and choice they show.
  PictureAtlas picture{1}, map_tiles{kInsideMaps}, filter_tiles{kInsideMaps}, top_pictures{kInsideTop},
      heat{1}, number_tiles{kInsideNumbers * kNumberKinds.size()}, scatter_picture{1};
  struct Made {
    int number = -1, choice = -1;
    bool stale(int answer, int with = 0) {
      if (number == answer && choice == with) return false;
      number = answer, choice = with;
      return true;
    }
  };
  NumberHistory history;  ///< of the answer, as it is drawn
  PlotView dead_view;
  Made picture_made, maps_made, filters_made, top_made, heat_made, numbers_made, scatter_made;
  float map_low = 0, map_high = 1, heat_high = 1;
};

struct InsideState {
  const DataSetInfo& data;
  const ModelInfo& model;
  const Training& training;
  InsideAnswers& answers;
  const OwnPicture& own;
  bool narrow = false;
};

/// What the view in front needs to be told, the most urgent first.
std::vector<InsideQuestion> questions(const InsidePanel& ui, const InsideState& state);
void draw(InsidePanel& ui, const InsideState& state);

// The views, a file each.
void draw_inside_maps(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_walk(InsidePanel& ui, const InsideState& state);
void draw_inside_filters(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_evidence(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_numbers(InsidePanel& ui, const InsideState& state);
void draw_inside_scatter(InsidePanel& ui, const InsideState& state);

// What they share.
const InsideLayer* find_layer(const std::vector<InsideLayer>& layers, const std::string& name);
/// The first with filters; null where none has any.
const InsideLayer* filter_layer(const InsidePanel& ui, const std::vector<InsideLayer>& layers);
std::string class_text(const InsideState& state, int index);
/// The layer's options that differ from nothing said, as "filters 32, kernel 3x3, same, relu".
std::string options_text(const InsideState& state, const std::string& layer);
/// A tile to press, `side` wide and high; true: it was pressed.
bool draw_tile(const char* name, const PictureAtlas& atlas, int index, ImVec2 part, float side, bool chosen,
               const std::string& help);
/// The receptive field that an answer tells, on a picture of that side.
void outline_field(const Json& answer, ImVec2 low, float side);
/// Why there is nothing to see yet: waiting, or the answer's own sentence.
void explain_missing(const InsideAnswer& answer);
/// Of a question that takes a while: how far it is, with a button that halts it, or that it was ended; `done`
/// is said when there is nothing to wait for.
void draw_lasting(InsideAnswer& answer, std::string_view done);
/// Appends a picture cell to bytes: `at(row, column)` gives colors.
template <class Color>
void add_tile(std::vector<std::uint8_t>& rgb, int rows, int columns, Color at) {
  const std::size_t first = rgb.size();
  rgb.resize(first + kPictureBytes);
  for (int row = 0; row < rows && row < kPictureSide; ++row)
    for (int column = 0; column < columns && column < kPictureSide; ++column) {
      const Rgb c = at(row, column);
      for (std::size_t i = 0; i < 3; ++i)
        rgb[first + static_cast<std::size_t>((row * kPictureSide + column) * 3) + i] = c[i];
    }
}

}  // namespace playground
