#pragma once
/// The parts of AppState: filled from messages (messages.cpp), read by the panels. Nothing here draws or
/// sends.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "web/app/state/series.h"

namespace playground {

using cnn::Json;

/// A setting, as described by layers, optimizers and trainings in the reply to `hello` (web/protocol.json).
struct Field {
  std::string name, type, help;
  Json standard;                              ///< the default
  std::optional<double> min, max, step = {};  ///< step: of the plus and minus buttons
  std::vector<std::string> choices;
  bool optional = false, required = false;  ///< required: a configuration must contain it
  std::string empty{};                      ///< what an optional field without a value shows; "": auto
  Json begins = {};                         ///< what a new form starts with, where it is not the default
};

struct Type {
  std::string class_name, help, group;
  std::vector<Field> fields;
};

struct Preset {
  std::string name, title, help;
  Json fit = Json::object();  ///< the training settings that suit it
};

struct Backend {
  bool simd = false, relaxed_simd = false, isolated = false;
  int threads = 1, most_threads = 1;
  std::string kernel_set, variant;
};

struct Catalog {
  std::vector<Type> layers, optimizers, schedules, losses, augmentations, callbacks;
  std::vector<Preset> presets;
  std::vector<Field> fit_fields, group_fields;  ///< of a training, and of its parameter groups
};

struct SplitInfo {
  double count = 0;
  std::vector<double> per_class, mean, deviation;  ///< mean and deviation per channel, of values 0 to 1
};

/// What a load read as what, and what it left out.
struct LoadReport {
  struct LeftOut {
    std::string why;
    double count = 0;
    std::vector<std::string> names;  ///< the first ones
  };
  std::string line;  ///< everything in one line; empty if there is no report
  std::vector<LeftOut> left_out;
  std::vector<std::string> notes;
};

struct DataSetInfo {
  Json source;  ///< {kind, name, ...}: what to load it from again
  std::string label;
  LoadReport report;
  bool synthetic = false;
  std::vector<std::string> class_names;
  SplitInfo train, test;
  bool empty() const { return train.count <= 0; }
};

struct Sources {
  bool asked = false, beside_page = false;
  std::string kept_label;  ///< empty: the browser stores no data set
  double kept_bytes = 0;
  double beside_bytes = 0, huggingface_bytes = 0;  ///< of their downloads; 0: not known
  double part_pictures = 0, part_bytes = 0;  ///< of the part of the data beside the page; 0: there is none
  std::string huggingface;
  std::string unasked = "sample";  ///< what is loaded if the user has not chosen
};

struct LoadProgress {
  std::string source, file;
  double received = 0, total = 0, bytes_per_second = 0, seconds_left = -1, records = 0;
  bool running = false;
};

struct SummaryRow {
  int layer = -1;  ///< index in the configuration's list; -1: none
  std::string name, class_name;
  std::vector<int> output_shape;
  double parameters = 0, flops = 0, bytes = 0;
  bool trainable = true;
};

struct ModelInfo {
  Json config;
  std::string name, text;
  std::string preset;                   ///< name of the ready-made network that it is; empty: it is none
  std::string input_range, input_text;  ///< the pixels it takes, as in a configuration and for people
  std::string
      file_notes;  ///< of the file it came from, a sentence a line: what was left out, which output was taken
  bool from_file = false;
  std::vector<SummaryRow> rows;
  double total = 0, trainable = 0, non_trainable = 0;
  int classes = 0;
  bool empty() const { return rows.empty(); }
};

/// Why predictions of the model do not apply to the data set, in words; empty: they do.
std::string misfit(const ModelInfo& model, const DataSetInfo& data);
/// Names for the network's outputs: those of the data, if it has as many classes.
std::vector<std::string> output_names(const ModelInfo& model, const DataSetInfo& data);

/// A configuration checked without building it: what the builder shows during edits.
struct Checked {
  Json config;  ///< the configuration that was checked
  ModelInfo model;
  std::string error;
  int error_layer = -1;  ///< -1: the error is about the whole network
};

enum class RunState { empty, loading, ready, training, validating, paused, evaluating };

struct HistoryRow {
  int epoch = 0;
  /// End of the epoch on the x axis of the curves. It can differ from `epoch`: a training stopped within an
  /// epoch continues from there.
  double at = 0;
  double loss = 0, accuracy = 0, seconds = 0, images_per_second = 0, learning_rate = 0;
  std::optional<double> val_loss{}, val_accuracy{};
  std::optional<double> tta_accuracy{};  ///< with test-time augmentation, after the last epoch
};

struct Training {
  RunState state = RunState::empty;
  int epoch = 0, epochs = 0, step = 0, steps_per_epoch = 0;
  double loss = 0, accuracy = 0, images_per_second = 0, eta_seconds = -1, learning_rate = 0;
  /// Resets the progress; it belonged to another network.
  void forget() { *this = Training{state}; }
  bool busy() const { return state == RunState::training || state == RunState::validating; }
  bool running() const { return busy() || state == RunState::paused; }
};

struct NamedScore {
  std::string name;
  double precision = 0, recall = 0, f1 = 0, support = 0;
};

struct Evaluation {
  int classes = 0, epoch = 0;
  double loss = 0, accuracy = 0;
  std::vector<int> confusion;  ///< [true][predicted]
  std::vector<NamedScore> per_class;
  std::string split;
  int at(int actual, int predicted) const {
    return confusion[static_cast<std::size_t>(actual * classes + predicted)];
  }
  int row_sum(int actual) const;
  int column_sum(int predicted) const;
};

/// Pictures predicted with about the same confidence.
struct CalibrationBin {
  double confidence = 0, accuracy = 0, count = 0;
};

struct GalleryItem {
  int index = 0, label = 0, predicted = 0;
  std::vector<float> probabilities;
};
/// The predicted class of every test picture, in stored order, as the true ones.
struct PredictedClasses {
  std::vector<std::uint8_t> predicted, labels;
  int epoch = 0;  ///< of the weights that predicted
  bool waiting = false;
};
constexpr int kGalleryPage = 48;  ///< pictures of one page

/// Norms of a layer's weights and of their gradient over the epochs.
struct LayerCurves {
  std::string layer;
  std::vector<Point> weights, gradient;
};

/// One training from new weights on, stored for comparison with others.
struct Run {
  int id = 0;
  std::string name;
  Json config, fit;
  std::string data;
  double parameters = 0;  ///< of its network; 0: not known
  std::string key;        ///< under which the browser keeps it; empty: not yet
  std::vector<HistoryRow> history;
  StepSeries steps;
  std::vector<Point> speed, rate;  ///< images per second and learning rate over the epochs
  std::vector<LayerCurves> norms;
  std::vector<Mark> marks;
  bool shown = true, finished = false;
  bool earlier = false;  ///< of an earlier visit, and not continued in this one
};

/// The training behind the current weights; null: none.
const Run* current_run(const std::vector<Run>& runs);
/// The epoch whose `value` is best, of those that have a finite one; null: none has.
const HistoryRow* best_row(const Run& run, std::optional<double> HistoryRow::*value, bool highest);

/// A layer's share of a training step, per picture.
struct ProfilePass {
  double microseconds = 0, operations = 0, share = 0;  ///< share of the whole step
};
struct ProfileRow {
  std::string name;
  ProfilePass forward, backward, update;  ///< update: the optimizer's own row
};
struct StepProfile {
  double images = 0, seconds = 0;
  int threads = 1;
  std::string kernel_set;
  std::vector<ProfileRow> rows;
};

/// How fast the trainer trains and evaluates a preset's network.
struct Measured {
  std::string preset;
  double trained_per_second = 0, evaluated_per_second = 0;  ///< pictures; 0: not measured
  int threads = 1;
  bool running = false;
};

struct Notice {
  std::string message;
  bool error = true;
  bool lasting = false;  ///< stays until the user's next action, even after recovery
};

/// A setting that the trainer refused.
struct Refusal {
  std::string field, message;
};

}  // namespace playground
