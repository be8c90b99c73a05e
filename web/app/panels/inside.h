#pragma once
/// The Inside tab. For one picture: feature maps, the sum of a single unit, filters, and the evidence for a
/// class. For the whole network: distributions of its numbers, and an embedding of the test pictures.

#include <span>
#include <string>
#include <vector>

#include "web/app/controls/color_maps.h"
#include "web/app/controls/figures.h"
#include "web/app/panels/number_history.h"
#include "web/app/state/inside_answers.h"
#include "web/app/state/own_picture.h"
#include "web/app/state/pictures.h"

namespace playground {

constexpr int kInsideMaps = 256;                                            ///< maps shown of a layer
constexpr const char* kEvidence[] = {"grad_cam", "saliency", "occlusion"};  ///< by InsidePanel::method
constexpr int kOcclusionStride = 2;
constexpr int kInsideNetwork = 192;  ///< layers of the network as a picture
constexpr int kInsideTop = 16;       ///< pictures with the strongest responses of a filter
constexpr int kInsideNumbers = 64;   ///< layers whose distributions are shown

/// The numbers that are the ends of a map's color scale: from 0, or with both signs symmetric around it.
struct MapRange {
  float low = 0, high = 0;
  bool dead() const { return low == 0 && high == 0; }
  /// The color of a number on this scale.
  Rgb shade(float value) const;
};
/// Of one channel of [..., channels]; of all if channel is negative.
MapRange range_of_map(std::span<const float> numbers, int channels, int channel);
/// Channels by their largest number, dead ones last.
std::vector<int> strongest_first(const std::vector<MapRange>& ranges);

/// The user's choices, and the textures drawn from the answers.
struct InsidePanel {
  enum View { maps, filters, evidence, numbers, scatter, network };
  int view = maps;
  enum Source { test, train, own };
  int source = test;
  int index = 0;  ///< of the picture in its split
  int draws = 0;  ///< presses of the random button

  std::string layer;           ///< whose maps are shown; empty: the first
  int channel = -1;            ///< the enlarged map; -1: the strongest
  bool one_scale = false;      ///< one scale of colors for all maps of a layer; otherwise each has its own
  std::vector<int> map_order;  ///< channels in the order of their tiles
  bool before = false;         ///< shows the values before the activation function
  bool walking = false;        ///< a unit was pressed: shows its sum
  Cell unit;
  int walk_channel = -1;  ///< input channel whose products are shown; -1: the one with the largest sum
  int walk_step = -1;     ///< the product being added; -1: all are added

  std::string filter_layer;
  int filter = 0;
  bool top_wanted = false;  ///< shows the pictures with its strongest responses

  int method = 0;         ///< Grad-CAM, saliency, occlusion
  int class_index = -1;   ///< -1: the predicted class
  float opacity = 0.65f;  ///< of the heat map
  int square = 8;
  std::string cam_layer;  ///< layer for Grad-CAM; empty: the last with maps
  Cell spot;              ///< selected cell of the heat map
  bool embedding_wanted = false;
  int hovered = -1;

  // Textures made of answers, and the answer and choice each was made of.
  PictureAtlas picture{1}, map_tiles{kInsideMaps}, filter_tiles{kInsideMaps}, top_pictures{kInsideTop},
      heat{1}, network_tiles{kInsideNetwork}, number_tiles{kInsideNumbers * kNumberKinds.size()},
      scatter_picture{1};
  struct Made {
    int number = -1, choice = -1;
    bool stale(int answer, int with = 0) {
      if (number == answer && choice == with) return false;
      number = answer, choice = with;
      return true;
    }
  };
  NumberHistory history;  ///< the numbers answer, prepared for drawing
  PlotView dead_view;
  Made picture_made, maps_made, filters_made, top_made, heat_made, numbers_made, scatter_made, network_made;
  std::string order_question;  ///< what map_order belongs to
  std::vector<MapRange> map_ranges;
  /// Of each layer in the picture of the network: the map that stands for it, and whether it was on screen.
  struct NetworkBlock {
    std::string question;
    int channel = -1;
    bool in_view = true;
  };
  std::vector<NetworkBlock> blocks;
  float heat_high = 1, filter_high = 1;
  ImVec2 heat_part{1, 1};  ///< columns and rows of the heat map's tile

  /// Shows the maps of that picture.
  void look_at(bool of_test, int picture) {
    source = of_test ? test : train;
    index = picture;
    if (view != evidence) view = maps;
  }
};

struct InsideState {
  const DataSetInfo& data;
  const ModelInfo& model;
  const Training& training;
  InsideAnswers& answers;
  const OwnPicture& own;
  bool narrow = false;
};

/// The questions of the visible view, the most urgent first.
std::vector<InsideQuestion> questions(const InsidePanel& ui, const InsideState& state);
void draw(InsidePanel& ui, const InsideState& state);

/// The views, one file each.
void draw_inside_network(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_maps(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_walk(InsidePanel& ui, const InsideState& state);
void draw_inside_filters(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_evidence(InsidePanel& ui, const InsideState& state, const std::vector<InsideLayer>& layers);
void draw_inside_numbers(InsidePanel& ui, const InsideState& state);
void draw_inside_scatter(InsidePanel& ui, const InsideState& state);

// Shared by the views.

/// The layer of that name, otherwise the first after the input; null if there is none.
void choose_layer_named(InsidePanel& ui, const std::string& name);
const InsideLayer* find_layer(const std::vector<InsideLayer>& layers, const std::string& name);
/// The chosen layer with filters, otherwise the first with filters; null if there is none.
const InsideLayer* filter_layer(const InsidePanel& ui, const std::vector<InsideLayer>& layers);
std::string class_text(const InsideState& state, int index);
/// A channel of a layer's output, from 1: "channel 3 of 32"; of the input picture "red channel (1 of 3)".
std::string channel_text(const InsideLayer& layer, int channel);
/// The layer's settings in words, as "filters 32, padding same, activation relu"; initializers and the like
/// are left out.
std::string options_text(const InsideState& state, const std::string& layer);
/// A tile as a button, `side` wide and high. True: it was pressed.
bool draw_tile(const char* name, const PictureAtlas& atlas, int index, ImVec2 part, float side, bool chosen,
               const std::string& help);
/// Outlines the answer's receptive field on a picture of that side.
void outline_field(const Json& answer, ImVec2 low, float side);
/// Why there is nothing to show yet: the answer is awaited, or its error.
void explain_missing(const InsideAnswer& answer);
/// The state of a long question: its progress with a Cancel button, or that it was canceled; otherwise its
/// error or `done`.
void draw_lasting(InsideAnswer& answer, std::string_view done);
/// Appends a 32 x 32 RGB tile; `at(row, column)` gives its colors.
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
