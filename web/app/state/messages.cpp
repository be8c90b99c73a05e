#include "web/app/state/messages.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace playground {

double number_in(const Json& object, std::string_view key, double fallback) {
  const Json* member = object.find(key);
  const double* number = member != nullptr ? member->number() : nullptr;
  return number != nullptr ? *number : fallback;
}

bool flag_in(const Json& object, std::string_view key, bool fallback) {
  const Json* member = object.find(key);
  const bool* flag = member != nullptr ? member->boolean() : nullptr;
  return flag != nullptr ? *flag : fallback;
}

std::string text_in(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  const std::string* text = member != nullptr ? member->string() : nullptr;
  return text != nullptr ? *text : std::string();
}

const Json::Array& list_in(const Json& object, std::string_view key) {
  static const Json::Array none;
  const Json* member = object.find(key);
  const Json::Array* list = member != nullptr ? member->elements() : nullptr;
  return list != nullptr ? *list : none;
}

std::vector<std::vector<double>> rows_in(const Json& object, std::string_view key, std::size_t width) {
  std::vector<std::vector<double>> rows;
  for (const Json& json : list_in(object, key)) {
    const Json::Array* elements = json.elements();
    if (elements == nullptr || elements->size() < width) continue;
    std::vector<double>& row = rows.emplace_back();
    for (const Json& element : *elements)
      row.push_back(element.number() != nullptr ? *element.number() : std::nan(""));
  }
  return rows;
}

std::vector<double> numbers_in(const Json& object, std::string_view key) {
  std::vector<double> numbers;
  for (const Json& element : list_in(object, key))
    numbers.push_back(element.number() != nullptr ? *element.number() : 0);
  return numbers;
}

std::vector<std::string> texts_in(const Json& object, std::string_view key) {
  std::vector<std::string> texts;
  for (const Json& element : list_in(object, key))
    texts.push_back(element.string() != nullptr ? *element.string() : "");
  return texts;
}

std::vector<std::vector<float>> probabilities_in(std::span<const std::uint8_t> bytes, std::size_t count) {
  std::vector<std::vector<float>> rows(count);
  const std::size_t classes = count > 0 ? bytes.size() / sizeof(float) / count : 0;
  for (std::size_t i = 0; i < count && classes > 0; ++i) {
    rows[i].resize(classes);
    std::memcpy(rows[i].data(), bytes.data() + i * classes * sizeof(float), classes * sizeof(float));
  }
  return rows;
}

namespace {

std::optional<double> maybe_number(const Json& object, std::string_view key) {
  const Json* member = object.find(key);
  if (member == nullptr || member->number() == nullptr) return {};
  return *member->number();
}

int integer_in(const Json& object, std::string_view key) { return static_cast<int>(number_in(object, key)); }

std::vector<Field> read_fields(const Json& owner, std::string_view key) {
  std::vector<Field> fields;
  for (const Json& json : list_in(owner, key)) {
    Field field;
    field.name = text_in(json, "name");
    field.type = text_in(json, "type");
    field.help = text_in(json, "help");
    if (const Json* standard = json.find("default")) field.standard = *standard;
    field.min = maybe_number(json, "min");
    field.max = maybe_number(json, "max");
    field.step = maybe_number(json, "step");
    field.choices = texts_in(json, "choices");
    field.optional = flag_in(json, "optional");
    field.required = flag_in(json, "required");
    field.empty = text_in(json, "empty");
    if (const Json* begins = json.find("begins")) field.begins = *begins;
    fields.push_back(std::move(field));
  }
  return fields;
}

std::vector<Type> read_types(const Json& args, std::string_view key) {
  std::vector<Type> types;
  for (const Json& json : list_in(args, key))
    types.push_back({text_in(json, "class_name"), text_in(json, "help"), text_in(json, "group"),
                     read_fields(json, "fields")});
  return types;
}

SplitInfo read_split(const Json& args, std::string_view key) {
  const Json* split = args.find(key);
  if (split == nullptr) return {};
  return {number_in(*split, "count"), numbers_in(*split, "per_class"), numbers_in(*split, "mean"),
          numbers_in(*split, "std")};
}

LoadReport read_report(const Json& json) {
  LoadReport report;
  report.line = text_in(json, "line");
  report.notes = texts_in(json, "notes");
  for (const Json& one : list_in(json, "left_out"))
    report.left_out.push_back({text_in(one, "why"), number_in(one, "count"), texts_in(one, "names")});
  return report;
}

}  // namespace

Backend read_backend(const Json& args) {
  const Json* json = args.find("backend");
  if (json == nullptr) return {};
  const int threads = static_cast<int>(number_in(*json, "threads", 1));
  return {flag_in(*json, "simd"),
          flag_in(*json, "relaxed_simd"),
          flag_in(*json, "isolated"),
          threads,
          static_cast<int>(number_in(*json, "most_threads", threads)),
          text_in(*json, "kernel_set"),
          text_in(*json, "variant")};
}

Catalog read_catalog(const Json& args) {
  Catalog catalog{read_types(args, "layer_types"),
                  read_types(args, "optimizers"),
                  read_types(args, "schedules"),
                  read_types(args, "losses"),
                  read_types(args, "augmentations"),
                  read_types(args, "callbacks"),
                  {},
                  read_fields(args, "fit_fields"),
                  read_fields(args, "group_fields")};
  for (const Json& json : list_in(args, "presets"))
    catalog.presets.push_back({text_in(json, "name"), text_in(json, "title"), text_in(json, "help"),
                               json.find("fit") != nullptr ? *json.find("fit") : Json::object()});
  return catalog;
}

DataSetInfo read_dataset(const Json& args) {
  DataSetInfo data;
  if (const Json* report = args.find("report"); report != nullptr) data.report = read_report(*report);
  data.label = text_in(args, "label");
  if (const Json* source = args.find("source")) data.source = *source;
  data.synthetic = flag_in(args, "synthetic");
  data.class_names = texts_in(args, "class_names");
  data.train = read_split(args, "train");
  data.test = read_split(args, "test");
  return data;
}

Sources read_sources(const Json& args) {
  Sources sources;
  sources.asked = true;
  sources.beside_page = flag_in(args, "beside_page");
  if (const Json* kept = args.find("kept"); kept != nullptr && kept->members() != nullptr) {
    sources.kept_label = text_in(*kept, "label");
    sources.kept_bytes = number_in(*kept, "bytes");
  }
  sources.huggingface = text_in(args, "huggingface");
  sources.beside_bytes = number_in(args, "beside_bytes");
  sources.huggingface_bytes = number_in(args, "huggingface_bytes");
  if (const Json* part = args.find("part"); part != nullptr) {
    sources.part_pictures = number_in(*part, "pictures");
    sources.part_bytes = number_in(*part, "bytes");
  }
  if (const std::string unasked = text_in(args, "unasked"); !unasked.empty()) sources.unasked = unasked;
  return sources;
}

LoadProgress read_progress(const Json& args) {
  return {text_in(args, "source"),
          text_in(args, "file"),
          number_in(args, "received"),
          number_in(args, "total"),
          number_in(args, "bytes_per_second"),
          number_in(args, "seconds_left", -1),
          number_in(args, "records"),
          !flag_in(args, "done")};
}

ModelInfo read_model(const Json& args) {
  ModelInfo model;
  if (const Json* config = args.find("config")) model.config = *config;
  model.name = text_in(args, "name");
  model.preset = text_in(args, "preset");
  model.classes = integer_in(args, "classes");
  model.input_range = text_in(args, "input_range");
  model.input_text = text_in(args, "input_text");
  model.from_file = args.find("can_continue") != nullptr;
  model.file_notes = text_in(args, "file_taken");
  if (const std::string output = text_in(args, "output_taken"); !output.empty())
    model.file_notes += (model.file_notes.empty() ? "" : "\n") + output;
  if (const Json* fitted = args.find("fitted"))
    model.file_notes += (model.file_notes.empty() ? "" : "\n") + text_in(*fitted, "text");
  for (const std::string& one : texts_in(args, "left_out"))
    model.file_notes +=
        (model.file_notes.empty() ? "" : "\n") + ("Left out because only training needs it: " + one) + ".";
  const Json* summary = args.find("summary");
  if (summary == nullptr) return model;
  model.text = text_in(*summary, "text");
  model.total = number_in(*summary, "total");
  model.trainable = number_in(*summary, "trainable");
  model.non_trainable = number_in(*summary, "non_trainable");
  for (const Json& json : list_in(*summary, "rows")) {
    SummaryRow row;
    row.layer = static_cast<int>(number_in(json, "layer", -1));
    row.name = text_in(json, "name");
    row.class_name = text_in(json, "class_name");
    for (const double size : numbers_in(json, "output_shape"))
      row.output_shape.push_back(static_cast<int>(size));
    row.parameters = number_in(json, "parameters");
    row.flops = number_in(json, "flops");
    row.bytes = number_in(json, "bytes");
    row.trainable = flag_in(json, "trainable", true);
    model.rows.push_back(std::move(row));
  }
  return model;
}

HistoryRow read_history_row(const Json& args) {
  HistoryRow row;
  row.epoch = integer_in(args, "epoch");
  row.at = row.epoch;
  row.loss = number_in(args, "loss");
  row.accuracy = number_in(args, "accuracy");
  row.seconds = number_in(args, "seconds");
  row.images_per_second = number_in(args, "images_per_second");
  row.learning_rate = number_in(args, "learning_rate");
  row.val_loss = maybe_number(args, "val_loss");
  row.val_accuracy = maybe_number(args, "val_accuracy");
  row.tta_accuracy = maybe_number(args, "tta_accuracy");
  return row;
}

Json history_row_json(const HistoryRow& row) {
  Json json;
  json["epoch"] = row.epoch;
  const auto put = [&json](const char* key, std::optional<double> value) {
    if (value && std::isfinite(*value)) json[key] = *value;
  };
  put("loss", row.loss);
  put("accuracy", row.accuracy);
  put("val_loss", row.val_loss);
  put("val_accuracy", row.val_accuracy);
  put("tta_accuracy", row.tta_accuracy);
  put("learning_rate", row.learning_rate);
  put("seconds", row.seconds);
  put("images_per_second", row.images_per_second);
  return json;
}

StepProfile read_profile(const Json& args) {
  StepProfile profile;
  profile.images = number_in(args, "images");
  profile.seconds = number_in(args, "seconds");
  profile.threads = static_cast<int>(number_in(args, "threads", 1));
  profile.kernel_set = text_in(args, "kernel_set");
  for (const Json& json : list_in(args, "rows")) {
    const auto pass = [&json](std::string_view name) -> ProfilePass {
      const Json* cell = json.find(name);
      if (cell == nullptr) return {};
      return {number_in(*cell, "microseconds"), number_in(*cell, "operations"), number_in(*cell, "share")};
    };
    profile.rows.push_back({text_in(json, "name"), pass("forward"), pass("backward"), pass("update")});
  }
  return profile;
}

Evaluation read_evaluation(const Json& args) {
  Evaluation evaluation;
  evaluation.epoch = integer_in(args, "epoch");
  evaluation.loss = number_in(args, "loss");
  evaluation.accuracy = number_in(args, "accuracy");
  evaluation.split = text_in(args, "split");
  const Json::Array& rows = list_in(args, "confusion_matrix");
  const std::size_t classes = rows.size();
  for (const Json& row : rows) {
    if (row.elements() == nullptr || row.elements()->size() != classes) return {};  // not square
    for (const Json& cell : *row.elements())
      evaluation.confusion.push_back(cell.number() != nullptr ? static_cast<int>(*cell.number()) : 0);
  }
  evaluation.classes = static_cast<int>(classes);
  for (const Json& json : list_in(args, "per_class"))
    evaluation.per_class.push_back({text_in(json, "name"), number_in(json, "precision"),
                                    number_in(json, "recall"), number_in(json, "f1"),
                                    number_in(json, "support")});
  return evaluation;
}

RunState read_state(std::string_view name) {
  constexpr std::pair<std::string_view, RunState> kStates[] = {
      {"loading", RunState::loading},   {"ready", RunState::ready},
      {"training", RunState::training}, {"validating", RunState::validating},
      {"paused", RunState::paused},     {"evaluating", RunState::evaluating}};
  for (const auto& [text, state] : kStates)
    if (text == name) return state;
  return RunState::empty;
}

namespace {

/// Norms of weights and gradient, layer by layer.
void read_norms(const Json& args, double epoch, std::vector<LayerCurves>& norms) {
  for (const Json& json : list_in(args, "norms")) {
    const Json::Array* row = json.elements();
    if (row == nullptr || row->size() < 3 || (*row)[0].string() == nullptr || (*row)[1].number() == nullptr ||
        (*row)[2].number() == nullptr)
      continue;
    const std::string& layer = *(*row)[0].string();
    auto curves =
        std::find_if(norms.begin(), norms.end(), [&](const LayerCurves& c) { return c.layer == layer; });
    if (curves == norms.end()) curves = norms.insert(norms.end(), {layer, {}, {}});
    add_bounded(curves->weights, {epoch, *(*row)[1].number()});
    add_bounded(curves->gradient, {epoch, *(*row)[2].number()});
  }
}

}  // namespace

void read_step(const Json& args, Training& training, Run& run, const Continued& before) {
  training.epoch = integer_in(args, "epoch") + before.epochs;
  training.epochs = integer_in(args, "epochs") + before.epochs;
  training.step = integer_in(args, "step");
  training.steps_per_epoch = integer_in(args, "steps_per_epoch");
  training.loss = number_in(args, "loss", std::nan(""));
  training.accuracy = number_in(args, "accuracy");
  training.images_per_second = number_in(args, "images_per_second");
  training.eta_seconds = number_in(args, "eta_seconds", -1);
  training.learning_rate = number_in(args, "learning_rate");
  for (const std::vector<double>& point : rows_in(args, "points", 3)) {
    // The event gives the position of its own step in the epoch; earlier points count back from there.
    const double behind = number_in(args, "global_step") - point[0];
    const double epoch = before.at + number_in(args, "epoch") - 1 +
                         (training.step - behind) / std::max(1, training.steps_per_epoch);
    run.steps.add(point[0] + before.steps, epoch, static_cast<float>(point[1]), static_cast<float>(point[2]));
  }
  const double now = run.steps.empty() ? 0 : run.steps.points().back().epoch;
  if (training.images_per_second > 0) add_bounded(run.speed, {now, training.images_per_second});
  if (training.learning_rate > 0) add_bounded(run.rate, {now, training.learning_rate});
  read_norms(args, now, run.norms);
}

}  // namespace playground
