#pragma once
/// Operates the Learn tab in the chapters' tests: opens chapters, presses, drags, and reads their captions.

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/layers/layer.h"
#include "core/model/presets.h"
#include "core/training/fit_options.h"
#include "doctest/doctest.h"
#include "tests/web/app/headless.h"
#include "web/app/learn/learn.h"
#include "web/app/state/messages.h"

namespace playground::test {

/// Noise with a bright square whose place depends on the class, so that there is something to learn.
inline void draw_pictures(LessonPictures& pictures, int count, std::uint64_t seed) {
  cnn::RandomStream random(seed, cnn::RandomPurpose::shuffle, 0, 0);
  std::uint64_t at = 0;
  for (int i = 0; i < count; ++i) {
    const int label = i % 10;
    pictures.labels.push_back(label);
    for (int pixel = 0; pixel < kPictureSide * kPictureSide; ++pixel)
      for (int channel = 0; channel < 3; ++channel) {
        const bool bright = pixel / kPictureSide / 8 * 4 + pixel % kPictureSide / 8 == label;
        pictures.rgb.push_back(static_cast<std::uint8_t>(random.number(at++) % 128 + (bright ? 100 : 0)));
      }
  }
  pictures.first.assign(pictures.rgb);
}

inline const std::vector<std::string> kClassNames = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                     "dog",      "frog",       "horse", "ship", "truck"};

/// The Learn panel with data, and the actions of a reader.
struct Reader {
  HeadlessGui gui;
  LearnPanel panel;
  LessonPictures train, test;
  Evaluation evaluation;
  std::vector<Run> runs;
  bool narrow = false, at_stake = false;
  Measured measured;
  DataSetInfo data;
  Training training;
  ModelInfo model;
  PredictedClasses classes;
  Catalog types;
  Json fit = Json::object();
  bool trained = false;

  Reader() {
    draw_pictures(train, 60, 1);
    draw_pictures(test, 40, 2);
  }
  Lesson lesson() {
    return {panel.exec, train, test,     1,     kClassNames, evaluation, runs, narrow,
            measured,   data,  training, model, classes,     types,      fit,  trained};
  }
  UiRequest draw_once() { return draw(panel, lesson(), at_stake); }
  void frame() {
    gui.frame([this] { return draw_once(); });
  }
  void open(const char* name) {
    REQUIRE(panel.go_to(name));
    frame();
    frame();
  }
  std::string says() { return panel.chapter->outcome(); }
  UiRequest press(const std::string& name) {
    REQUIRE_MESSAGE(find(name), name);
    return gui.press(name, [this] { return draw_once(); });
  }
  std::optional<ImVec4> find(const std::string& name) {
    frame();
    frame();
    return WidgetRects::find(name);
  }
  /// Moves the pointer to a place within a widget, in fractions of its size.
  void point(const std::string& name, float x, float y) {
    const auto rect = find(name);
    REQUIRE_MESSAGE(rect, name);
    ImGui::GetIO().AddMousePosEvent(rect->x + x * rect->z + 1, rect->y + y * rect->w);
    frame();
    ImGui::GetIO().AddMousePosEvent(rect->x + x * rect->z, rect->y + y * rect->w);
    frame();
    frame();
  }
  void drag(const std::string& name, float from, float to) {
    point(name, from, 0.5f);
    ImGui::GetIO().AddMouseButtonEvent(0, true);
    frame();
    point(name, to, 0.5f);
    ImGui::GetIO().AddMouseButtonEvent(0, false);
    frame();
    frame();
  }
};

/// The catalog as the trainer's `hello` describes it, from the core's own descriptions.
inline Catalog catalog() {
  Json hello;
  hello["layer_types"] = cnn::describe_layer_types();
  hello["fit_fields"] = cnn::describe_fit_options();
  hello["presets"] = Json::array();
  for (const cnn::Preset& preset : cnn::presets())
    hello["presets"].push_back(
        Json::object({{"name", preset.name}, {"title", preset.title}, {"help", preset.help}}));
  return read_catalog(hello);
}

/// Tells whether the caption has changed since the last call.
struct Heard {
  Reader& reader;
  std::string before = reader.says();
  bool changed() {
    reader.frame();
    const bool other = reader.says() != before;
    before = reader.says();
    return other;
  }
};

inline bool says(Reader& reader, std::string_view words) {
  return reader.says().find(words) != std::string::npos;
}

/// The number at the beginning of a text, such as 1,234.5.
inline double leading_number(std::string_view text) {
  std::string plain;
  for (const char c : text.substr(0, text.find_first_not_of("0123456789.,-")))
    if (c != ',') plain += c;
  return std::strtod(plain.c_str(), nullptr);
}

/// The first number after these words.
inline double number_after(Reader& reader, std::string_view words) {
  const std::string all = reader.says();
  const std::size_t at = all.find(words);
  REQUIRE_MESSAGE(at != std::string::npos, all);
  return leading_number(std::string_view(all).substr(at + words.size()));
}

}  // namespace playground::test
