#include "core/formats/keras_script.h"

#include <algorithm>
#include <cmath>

#include "core/formats/keras_network.h"
#include "core/formats/python_pictures.h"
#include "core/formats/python_text.h"
#include "core/formats/python_training.h"
#include "core/formats/safetensors.h"
#include "core/training/augmented.h"
#include "core/training/fit_options.h"

namespace cnn {
namespace {

constexpr std::string_view kKerasBegin = R"("""A network of the CNN playground and its training, in Keras 3.

pip install keras tensorflow safetensors

python cnn_keras.py            evaluates the weights that lie beside it; without them it trains
python cnn_keras.py --train    trains new weights and saves them as trained.keras
@NOTES@"""
import os
import sys

import keras
import numpy as np
from keras import layers
from safetensors.numpy import load_file

)";

constexpr std::string_view kKerasFolder = R"(

def load_data():
    """The pictures in @PLACE@, from 0 to 1, and their labels."""
    parts = []
    for part in ("data/train", "data/test"):
        data = keras.utils.image_dataset_from_directory(
            part, class_names=@FOLDERS@, batch_size=None, shuffle=False,
            image_size=@SIZE@, crop_to_aspect_ratio=True)
        images, labels = zip(*data)
        parts.append((np.array(images, "float32") / 255, np.array(labels)))
    return parts
)";

constexpr std::string_view kDataset = R"(

def load_data():
    """Pictures [N, 32, 32, 3] from 0 to 1, and their labels, for training and test."""
    (x_train, y_train), (x_test, y_test) = keras.datasets.@LOAD@
    return ((x_train.astype("float32") / 255, y_train.ravel()),
            (x_test.astype("float32") / 255, y_test.ravel()))
)";

constexpr std::string_view kLoadWeights = R"(

def load_weights(network@PARAMETER@):
    arrays = load_file(WEIGHTS)
    for layer in network.layers:
        if layer.weights and not isinstance(layer, layers.Normalization)@WHICH@:
            layer.set_weights([arrays[f"{layer.name}/{weight.name}"] for weight in layer.weights])
)";

constexpr std::string_view kLoadFrozen = R"(        if os.path.exists(WEIGHTS):
            load_weights(network, frozen=True)  # they keep their weights
)";

std::string load_function(bool freezes) {
  const std::string text =
      replaced(std::string(kLoadWeights), "@PARAMETER@", freezes ? ", frozen=False" : "");
  return replaced(text, "@WHICH@", freezes ? " and not (frozen and layer.trainable)" : "");
}

constexpr std::string_view kKerasMain = R"(

def main():
    keras.utils.set_random_seed(SEED)
    train_data, (x_test, y_test) = load_data()
    network = make_network()
    network.summary()
    if "--train" in sys.argv or not os.path.exists(WEIGHTS):
@FROZEN@        train(network, *train_data, x_test, y_test)
        network.save("trained.keras")
    else:
        load_weights(network)
    predicted = network.predict(x_test, batch_size=500).argmax(1)
    matrix = np.zeros((len(CLASSES), len(CLASSES)), int)
    np.add.at(matrix, (y_test, predicted), 1)
    print(f"test accuracy {(predicted == y_test).mean():.4f}")
    print("confusion matrix: a row for each true class, a column for each predicted one")
    for name, row in zip(CLASSES, matrix):
        print("".join(f"{count:6}" for count in row), name)


if __name__ == "__main__":
    main()
)";

Error lacks(const std::string& what) { return {"bad_argument", "Keras: " + what}; }

/// What Keras's fit does otherwise.
Result<void> check(const FitOptions& fit, const Model& model) {
  const Optimizer& optimizer = *fit.optimizer;
  const auto callbacks = callbacks_of(fit);
  const bool has_plateau = std::any_of(callbacks.begin(), callbacks.end(), [](const auto& callback) {
    return callback->class_name() == "ReduceLROnPlateau";
  });
  if (fit.epochs != std::floor(fit.epochs))
    return lacks("epochs is " + to_text(fit.epochs) + "; it trains whole epochs only.");
  if (fit.drop_remainder) return lacks("drop_remainder: fit trains the last batch, too; switch it off.");
  if (!fit.parameter_groups.empty())
    return lacks("parameter_groups: there is one learning rate for all; remove the groups.");
  if (optimizer.lookahead_steps > 0)
    return lacks("lookahead_steps: there is no Lookahead; set 0, or use_ema.");
  if (fit.test_time_augmentation != Views::plain)
    return lacks("test_time_augmentation: evaluate has none; choose plain.");
  if (is_scheduled(fit) && has_plateau)
    return lacks("ReduceLROnPlateau does not go with a schedule; remove one of them.");
  if (optimizer.class_name() == "SGD") {
    const auto& sgd = static_cast<const Sgd&>(optimizer);
    const bool decays = optimizer.weight_decay.value_or(0) > 0, moves = changes_rate(fit);
    if (sgd.form == Sgd::Form::pytorch && sgd.momentum > 0 && (decays || moves))
      return lacks("SGD's form pytorch differs from Keras's; choose the form keras.");
  }
  const bool logits = model.ends_in_softmax() || fit.loss->outputs == Outputs::logits;
  const Activation end = model.layer(model.layer_count() - 1).activation().kind;
  if (!logits && (fit.loss->outputs == Outputs::probabilities || end == Activation::sigmoid))
    return lacks(
        "its cross-entropy divides outputs by their sum, which are no softmax here; end with softmax.");
  return {};
}

/// Calls of keras.callbacks with the arguments that differ from the defaults.
std::vector<std::string> callback_calls(const FitOptions& fit) {
  std::vector<std::string> calls;
  bool restores = false;
  for (const auto& callback : callbacks_of(fit)) {
    restores = restores || callback->restores_best_weights();
    Json own = Json::object(), defaults = Json::object();
    write_fields(own, [&](Fields& fields) { callback->fields(fields); });
    const auto fresh = make_member<Callback>(callback->class_name());
    write_fields(defaults, [&](Fields& fields) { fresh->fields(fields); });
    std::string words;
    for (const std::string& word : keras_arguments(own, defaults))
      words += (words.empty() ? "" : ", ") + word;
    calls.push_back("keras.callbacks." + std::string(callback->class_name()) + "(" + words + ")");
  }
  if (fit.optimizer->use_ema && restores) {
    // EarlyStopping keeps what the model has at the end of an epoch: the averages have to be in it then.
    calls.insert(calls.begin(), "keras.callbacks.SwapEMAWeights(swap_on_epoch=True)");
  } else if (fit.optimizer->use_ema) {
    calls.push_back("keras.callbacks.SwapEMAWeights()");
  }
  if (is_scheduled(fit)) calls.push_back("Schedule(len(x_train))");
  return calls;
}

constexpr std::string_view kSchedule = R"(

class Schedule(keras.callbacks.Callback):
    """Sets the learning rate of each step, in whose middle the schedule is read."""

    def __init__(self, count):
        super().__init__()
        self.count, self.epoch = count, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        done = batch * BATCH_SIZE
        position = self.epoch + (done + min(BATCH_SIZE, self.count - done) / 2) / self.count
        self.model.optimizer.learning_rate = LEARNING_RATE * schedule(position)
)";

/// The lines "optimizer=...,".
std::string optimizer_lines(const FitOptions& fit) {
  const auto fresh = make_member<Optimizer>(fit.optimizer->class_name());
  Json own = Json::object(), defaults = Json::object();
  const Json written = fit.optimizer.to_json();  // its class, alone where all settings are the defaults
  if (const Json* config = written.find("config")) own = *config;
  write_fields(defaults, [&](Fields& fields) { fresh->fields(fields); });
  for (const std::string_view key :
       {"learning_rate", "form", "lookahead_steps", "lookahead_decay", "lookahead_power"})
    own.erase(key);
  std::string name(fit.optimizer->class_name());
  if (name == "AdamW" && !fit.optimizer->weight_decay) {  // Keras's wants a number
    name = "Adam";
    own.erase("weight_decay");
  }
  std::vector<std::string> words = keras_arguments(own, defaults);
  words.insert(words.begin(), "learning_rate=LEARNING_RATE");
  return python_list("        optimizer=keras.optimizers." + name + "(", words, "),", 12);
}

/// The function train(), and what it needs.
std::string training(const FitOptions& fit, const Model& model,
                     const std::vector<std::string>& augmentation) {
  std::string text;
  if (is_scheduled(fit)) text += python_schedule(*fit.schedule) + std::string(kSchedule);
  const double smoothing = static_cast<const SparseCategoricalCrossentropy&>(*fit.loss).label_smoothing;
  text += "\n\ndef train(network, x_train, y_train, x_test, y_test):\n";
  if (fit.validation_split > 0) {
    text += "    count = int(len(x_train) * " + python_number(1 - fit.validation_split) + ")\n";
    text +=
        "    x_test, y_test = x_train[count:], y_train[count:]  # held out\n    x_train, y_train = "
        "x_train[:count], y_train[:count]\n";
  }
  if (smoothing > 0) {
    text += "    y_train = keras.utils.to_categorical(y_train, len(CLASSES))\n";
    if (fit.validate) text += "    y_test = keras.utils.to_categorical(y_test, len(CLASSES))\n";
  }
  std::string model_name = "network";
  if (!augmentation.empty()) {
    model_name = "model";
    text += "    model = keras.Sequential([\n        keras.Input(network.input_shape[1:]),\n";
    for (const std::string& call : augmentation) text += "        " + call + ",\n";
    text += "        network,\n    ])\n";
  }
  std::string loss =
      smoothing > 0 ? "keras.losses.CategoricalCrossentropy(" : "keras.losses.SparseCategoricalCrossentropy(";
  std::vector<std::string> words;
  if (!model.ends_in_softmax()) words.push_back("from_logits=True");
  if (smoothing > 0) words.push_back("label_smoothing=" + python_number(smoothing));
  if (fit.loss->reduction == Reduction::sum) words.push_back("reduction=\"sum\"");
  for (std::size_t i = 0; i < words.size(); ++i) loss += (i == 0 ? "" : ", ") + words[i];
  text += "    " + model_name + ".compile(\n" + optimizer_lines(fit) + "        loss=" + loss +
          "),\n        metrics=[\"accuracy\"])\n";
  std::string call = model_name + ".fit(\n        x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS";
  if (fit.validate) call += ", validation_data=(x_test, y_test)";
  if (!fit.shuffle) call += ", shuffle=False";
  const std::vector<std::string> callbacks = callback_calls(fit);
  if (!callbacks.empty()) {
    return text + "    return " + call + ",\n" + python_list("        callbacks=[", callbacks, "])", 12);
  }
  return text + "    return " + call + ")\n";
}

std::string keras_load_function(const ScriptPictures& pictures, const Shape& picture) {
  const ScriptData data = pictures.data;
  if (data == ScriptData::folder) {
    const std::string text =
        replaced(std::string(kKerasFolder), "@SIZE@",
                 "(" + std::to_string(picture[0]) + ", " + std::to_string(picture[1]) + ")");
    return replaced(replaced(text, "@PLACE@", pictures.place), "@FOLDERS@", pictures.folders);
  }
  const std::string_view load = data == ScriptData::cifar10    ? "cifar10.load_data()"
                                : data == ScriptData::cifar100 ? "cifar100.load_data()"
                                                               : "cifar100.load_data(label_mode=\"coarse\")";
  return replaced(std::string(kDataset), "@LOAD@", load);
}

/// What the program does not take over.
std::vector<std::string> notes_of(const KerasNetwork& network, const std::vector<std::string>& augmentation,
                                  const ScriptPictures& pictures) {
  std::vector<std::string> notes;
  notes.push_back(pictures.data == ScriptData::folder
                      ? "the pictures: it reads those in " + pictures.place
                      : "the pictures: it reads those that keras.datasets downloads");
  notes.push_back(std::string(kStateNote) + (network.freezes ? kExceptFrozen : ""));
  notes.push_back(kRandomNote);
  const bool moves = network.text.find("RandomTranslation(") != std::string::npos ||
                     std::any_of(augmentation.begin(), augmentation.end(), [](const std::string& call) {
                       return call.starts_with("layers.RandomTranslation(");
                     });
  if (network.has_means)
    notes.push_back("new numbers for Normalization: its mean and variance are those of the page's pictures");
  if (moves)
    notes.push_back(
        "moves by whole pixels: Keras's RandomTranslation draws parts of one and takes the nearest pixel");
  return notes;
}

}  // namespace

Result<std::vector<ModelFile>> export_keras(const Model& model, const ModelNotes& notes) {
  const Result<FitOptions> fit = script_fit(notes.fit);
  if (!fit) return fit.error();
  if (auto able = check(*fit, model); !able) return able.error();
  const Result<std::optional<Model>> augmentation = augmentation_model(fit->augmentation);
  if (!augmentation) return augmentation.error();
  std::vector<std::string> augments;
  if (*augmentation) {
    auto calls = keras_augmentation(**augmentation);
    if (!calls) return calls.error();
    augments = std::move(*calls);
  }
  const Result<KerasNetwork> network = write_keras_network(model);
  if (!network) return network.error();

  const Result<ScriptPictures> pictures = script_pictures("Keras", model, notes.class_names);
  if (!pictures) return pictures.error();

  std::string text =
      replaced(std::string(kKerasBegin), "@NOTES@", script_notes(notes_of(*network, augments, *pictures)));
  if (is_scheduled(*fit)) text = replaced(std::move(text), "import os\n", "import math\nimport os\n");
  text += "EPOCHS = " + python_number(fit->epochs) + "\nBATCH_SIZE = " + std::to_string(fit->batch_size) +
          "\nLEARNING_RATE = " + python_number(fit->rate()) + "\nSEED = " + std::to_string(fit->seed) + "\n" +
          pictures->constants +
          "WEIGHTS = os.path.join(os.path.dirname(__file__), \"cnn_keras.safetensors\")\n";
  text += network->text + keras_load_function(*pictures, model.input_shape()) +
          load_function(network->freezes) + training(*fit, model, augments) +
          replaced(std::string(kKerasMain), "@FROZEN@", network->freezes ? kLoadFrozen : "");

  Safetensors weights;
  const std::span<const Parameter> parameters = model.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const auto& [layer, array] = network->names[i];
    if (!layer.empty())
      weights.tensors.push_back(
          view_of(std::string(layer).append("/").append(array), parameters[i].shape, parameters[i].value));
  }
  std::vector<ModelFile> files;
  files.push_back({"cnn_keras.py", {text.begin(), text.end()}});
  files.push_back({"cnn_keras.safetensors", write_safetensors(weights)});
  return files;
}

}  // namespace cnn
