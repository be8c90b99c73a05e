// Programs for PyTorch and Keras: their text. tests/formats/compare_scripts.py runs them.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/formats/model_files.h"
#include "core/formats/python_text.h"
#include "core/formats/safetensors.h"
#include "core/model/presets.h"

namespace {

using cnn::Json;
using cnn::Model;
using cnn::ModelNotes;

constexpr const char* kPrograms[] = {"pytorch", "keras"};

Json layer(const char* class_name, Json::Object config) {
  return Json::object({{"class_name", class_name}, {"config", std::move(config)}});
}

/// Input, the layers, and a classifier at the end.
Model model_of(Json::Array layers) {
  Json::Array all{layer("InputLayer", {{"batch_input_shape", Json::array({Json(), 32, 32, 3})}})};
  for (Json& one : layers) all.push_back(std::move(one));
  all.push_back(layer("Flatten", {{"name", "rows"}}));
  all.push_back(layer("Dense", {{"units", 10}, {"activation", "softmax"}, {"name", "last"}}));
  auto made = Model::from_config(Json::object(
      {{"class_name", "Sequential"}, {"config", Json::object({{"layers", Json(std::move(all))}})}}));
  if (!made) FAIL(made.error().message);
  made->initialize(1);
  return std::move(*made);
}

Model preset_model(const char* name) {
  auto made = Model::from_config(*cnn::preset(name));
  if (!made) FAIL(made.error().message);
  made->initialize(1);
  return std::move(*made);
}

std::string program(const char* format, const Model& model, const char* fit = "{}",
                    const std::vector<std::string>& class_names = {}) {
  ModelNotes notes;
  notes.class_names = class_names;
  notes.fit = *cnn::parse_json(fit);
  const auto files = cnn::export_model(format, model, notes);
  if (!files) return files.error().code + ": " + files.error().message;
  REQUIRE(files->size() == 2);
  return {files->front().bytes.begin(), files->front().bytes.end()};
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_SUITE_BEGIN("formats/scripts");

TEST_CASE("scripts: the tutorial's programs are those in tests/fixtures/scripts") {
  const Model model = preset_model("tutorial");
  for (const std::string format : kPrograms) {
    CAPTURE("cnn export --model tutorial --format " + format + " writes it anew");
    const std::string path = std::string(CNN_TESTS_DIR) + "/fixtures/scripts/cnn_" + format + ".py";
    std::ifstream file(path, std::ios::binary);
    const std::string expected{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    REQUIRE(expected.size() > 1000);
    CHECK(program(format.c_str(), model, cnn::preset_fit("tutorial").dump().c_str()) == expected);
  }
}

TEST_CASE("scripts: names become identifiers, each another one, and no text ends a string") {
  const std::vector<std::string> hostile{
      "\"\"\"\nimport os\n", "x", "class", "__init__", "forward", "a b", "a-b", "3d", "F", "training"};
  Json::Array layers;
  for (const std::string& name : hostile)
    layers.push_back(layer("Conv2D", {{"filters", 1}, {"kernel_size", 1}, {"name", name}}));
  const Model model = model_of(std::move(layers));
  const std::vector<std::string> classes{"\"; import os #", "</script>", "=1+1", "a\nb", "\\", "'''",
                                         "\"\"\"",          "{x}",       "ü",    "\x7f"};
  for (const char* format : kPrograms) {
    CAPTURE(format);
    const std::string text = program(format, model, "{}", classes);
    CAPTURE(text);
    CHECK_FALSE(has(text, "\nimport os\n\"\"\""));
    CHECK(times(text, "\"\"\"") % 2 == 0);
    CHECK(has(text, "\"\\\"; import os #\""));
    CHECK(has(text, "\"a\\nb\""));
    CHECK_FALSE(has(text, "\na\nb"));
    CHECK_FALSE(has(text, "self.class "));
    CHECK_FALSE(has(text, "self.forward ="));
    CHECK_FALSE(has(text, "self.x ="));
  }
  const std::string text = program("pytorch", model, "{}", classes);
  for (const char* attribute :
       {"self.class_1 = nn", "self.forward_1 = nn", "self.a_b = nn", "self.a_b_1 = nn", "self.layer_3d = nn",
        "self.x_1 = nn", "self.layer___init__ = nn", "self.training_1 = nn"}) {
    CAPTURE(attribute);
    CHECK(has(text, attribute));
  }
}

TEST_CASE("scripts: a program contains what is in use, and nothing else") {
  struct Case {
    const char *fit, *pytorch, *keras;
  };
  const Case cases[] = {
      {R"({"optimizer":{"class_name":"Adam","config":{"weight_decay":0.01}}})", "torch.optim.AdamW(",
       "weight_decay=0.01"},
      {R"({"optimizer":{"class_name":"Adam","config":{"clipnorm":0.5}}})", "clip_grad_norm_(p",
       "clipnorm=0.5"},
      {R"({"optimizer":{"class_name":"Adam","config":{"global_clipnorm":0.5}}})", "clip_grad_norm_(network",
       "global_clipnorm=0.5"},
      {R"({"optimizer":{"class_name":"Adam","config":{"use_ema":true}}})", "AveragedModel(", "use_ema=True"},
      {R"({"optimizer":{"class_name":"Adam","config":{"lookahead_steps":5}}})", "look_ahead(", nullptr},
      {R"({"optimizer":"RMSprop"})", "class RMSprop(", "keras.optimizers.RMSprop("},
      {R"({"schedule":"CosineDecay"})", "def schedule(", "def schedule("},
      {R"({"loss":{"class_name":"SparseCategoricalCrossentropy","config":{"label_smoothing":0.1}}})",
       "label_smoothing=0.1", "label_smoothing=0.1"},
      {R"({"augmentation":[{"class_name":"RandomFlip","config":{"mode":"horizontal"}}]})", "RandomFlip(3)",
       "layers.RandomFlip(\"horizontal\")"},
      {R"({"callbacks":[{"class_name":"EarlyStopping","config":{"patience":3}}]})", "# EarlyStopping",
       "keras.callbacks.EarlyStopping(patience=3)"},
      {R"({"callbacks":[{"class_name":"ReduceLROnPlateau"}]})", "# ReduceLROnPlateau",
       "keras.callbacks.ReduceLROnPlateau()"},
      {R"({"parameter_groups":[{"parameters":"*/bias","learning_rate_factor":2}]})", "2 * LEARNING_RATE",
       nullptr},
      {R"({"shuffle":false})", "torch.arange(count)", "shuffle=False"},
      {R"({"drop_remainder":true})", "count // BATCH_SIZE * BATCH_SIZE", nullptr},
      {R"({"validation_split":0.25})", "VALIDATION_SPLIT", "# held out"},
      {R"({"test_time_augmentation":"mirror"})", "def views(", nullptr},
      {R"({"epochs":1.5})", "math.ceil(EPOCHS)", nullptr},
  };
  const Model model = preset_model("tutorial");
  for (const Case& c : cases) {
    CAPTURE(c.fit);
    CHECK_FALSE(has(program("pytorch", model), c.pytorch));
    CHECK(has(program("pytorch", model, c.fit), c.pytorch));
    if (c.keras) {
      CHECK_FALSE(has(program("keras", model), c.keras));
      CHECK(has(program("keras", model, c.fit), c.keras));
    } else {
      CHECK(program("keras", model, c.fit).starts_with("bad_argument: Keras: "));
    }
  }
  CHECK(has(program("keras", model, R"({"optimizer":{"class_name":"AdamW","config":{"weight_decay":null}}})"),
            "keras.optimizers.Adam(learning_rate=LEARNING_RATE),"));
  Model penalized =
      model_of({layer("Conv2D", {{"filters", 1}, {"kernel_size", 1}, {"kernel_regularizer", "l2"}})});
  CHECK(has(program("pytorch", penalized), "network.conv2d.weight.square().sum()"));
  CHECK(has(program("keras", penalized), "kernel_regularizer=\"l2\""));
}

TEST_CASE("scripts: Keras's best weights are averages where the weights are averaged") {
  const Model model = preset_model("tutorial");
  const char* fit = R"({"optimizer":{"class_name":"Adam","config":{"use_ema":true}},
      "callbacks":[{"class_name":"EarlyStopping","config":{"restore_best_weights":true}}]})";
  CHECK(has(program("keras", model, fit),
            "callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=True),\n            "
            "keras.callbacks.EarlyStopping(restore_best_weights=True)])\n"));
  const char* plain =
      R"({"optimizer":{"class_name":"Adam","config":{"use_ema":true}},"callbacks":["EarlyStopping"]})";
  CHECK(has(program("keras", model, plain), ", keras.callbacks.SwapEMAWeights()])"));
}

TEST_CASE("scripts: what Keras lacks is refused by name, with what to use instead") {
  struct Case {
    const char* class_name;
    Json::Object config;
    const char* says;
  };
  const Case cases[] = {
      {"SumPooling2D", {}, "use AveragePooling2D"},
      {"Maxout", {{"pieces", 3}}, "use Dense or Conv2D"},
      {"RandomCutout", {}, "Keras has no RandomCutout"},
      {"RandomFlip", {{"alternate", true}}, "switch alternate off"},
      {"RandomTranslation",
       {{"height_factor", 0.1}, {"width_factor", 0.1}, {"fill_mode", "mirror"}},
       "use reflect"},
      {"Conv2D", {{"filters", 4}, {"kernel_size", 3}, {"kernel_initializer", "dirac"}}, "use he_normal"},
      {"MaxPooling2D", {{"padding", *cnn::parse_json("[[1,0],[0,1]]")}}, "ZeroPadding2D"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.class_name);
    Json::Object config = c.config;
    config.emplace_back("name", "odd one");
    const std::string said = program("keras", model_of({layer(c.class_name, std::move(config))}));
    CAPTURE(said);
    CHECK(said.starts_with("bad_config: Keras: odd one: "));
    CHECK(has(said, c.says));
  }
}

TEST_CASE("scripts: every layer and every preset has a PyTorch program") {
  for (const cnn::LayerType& type : cnn::layer_types()) {
    const auto made = type.make();
    if (made->min_inputs() > 1 || type.class_name == "InputLayer") continue;
    CAPTURE(type.class_name);
    Json config = Json::object();
    cnn::write_fields(config, [&](cnn::Fields& fields) { made->fields(fields); });
    config["name"] = "one";
    if (type.class_name == "Maxout") config["pieces"] = 3;
    const std::string text =
        program("pytorch", model_of({Json::object({{"class_name", type.class_name}, {"config", config}})}));
    CHECK(has(text, "class Network(nn.Module):"));
  }
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(preset.name);
    const Model model = preset_model(std::string(preset.name).c_str());
    CHECK(has(program("pytorch", model, std::string(preset.fit).c_str()), "class Network(nn.Module):"));
  }
}

TEST_CASE("scripts: the weights are in PyTorch's order") {
  Model model =
      model_of({layer("Conv2D", {{"filters", 2}, {"kernel_size", 3}, {"name", "c"}}),
                layer("DepthwiseConv2D", {{"kernel_size", 3}, {"depth_multiplier", 2}, {"name", "d"}})});
  const auto files = cnn::export_model("pytorch", model, {});
  REQUIRE(files);
  const auto weights = cnn::read_safetensors((*files)[1].bytes);
  REQUIRE(weights);
  const auto at = [&](const char* name, std::size_t index) {
    const cnn::TensorView* array = weights->find(name);
    REQUIRE(array);
    std::vector<float> numbers(array->count());
    cnn::copy_floats(*array, numbers);
    return numbers.at(index);
  };
  const auto kernel = std::as_const(model).parameters()[0].value;  // [3, 3, 3, 2]
  CHECK(weights->find("c.weight")->shape == std::vector<std::int64_t>{2, 3, 3, 3});
  // out 1, in 2, row 0, column 1
  CHECK(at("c.weight", ((1 * 3 + 2) * 3 + 0) * 3 + 1) == kernel[((0 * 3 + 1) * 3 + 2) * 2 + 1]);
  const auto depthwise = std::as_const(model).parameters()[2].value;  // [3, 3, 2, 2]
  CHECK(weights->find("d.weight")->shape == std::vector<std::int64_t>{4, 1, 3, 3});
  // channel 1, kernel 0: filter 2; row 2, column 1
  CHECK(at("d.weight", (2 * 3 + 2) * 3 + 1) == depthwise[((2 * 3 + 1) * 2 + 1) * 2 + 0]);
}

TEST_CASE("scripts: the names of the classes tell where the pictures are") {
  const Model model = preset_model("tutorial");
  CHECK(has(program("pytorch", model), "torchvision.datasets.CIFAR10("));
  CHECK(has(program("keras", model), "keras.datasets.cifar10.load_data()"));
  const std::vector<std::string> own{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  CHECK(has(program("pytorch", model, "{}", own), "ImageFolder("));
  CHECK(has(program("keras", model, "{}", own), "image_dataset_from_directory("));
}

TEST_CASE("scripts: pictures of another size or of other classes than the names say come from folders") {
  const auto sized = [](int side) {
    Json::Array all{layer("InputLayer", {{"batch_input_shape", Json::array({Json(), side, side, 3})}}),
                    layer("GlobalAveragePooling2D", {}), layer("Dense", {{"units", 10}})};
    auto made = Model::from_config(Json::object(
        {{"class_name", "Sequential"}, {"config", Json::object({{"layers", Json(std::move(all))}})}}));
    if (!made) FAIL(made.error().message);
    made->initialize(1);
    return std::move(*made);
  };
  const Model tutorial = preset_model("tutorial");
  for (const std::string format : kPrograms) {
    CAPTURE(format);
    const std::string cifar10 = format == "keras" ? "keras.datasets.cifar10" : "torchvision.datasets.CIFAR10";
    CHECK(has(program(format.c_str(), sized(32)), cifar10));
    CHECK_FALSE(has(program(format.c_str(), sized(48)), cifar10));
    // The page names the classes of its data set, which need not be those of the network.
    const std::string two = program(format.c_str(), tutorial, "{}", {"cat", "dog"});
    CHECK_FALSE(has(two, cifar10));
    CHECK_FALSE(has(two, "\"cat\""));
    CHECK(has(two, "# The data set had 2 classes and the network has 10"));
    CHECK(has(two, "CLASSES = [str(label) for label in range(10)]"));
  }
}

TEST_CASE("scripts: classes that cannot be names of folders have numbers for folders") {
  const Model model = preset_model("tutorial");
  std::vector<std::string> names{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j k"};
  for (const char* format : kPrograms) {
    CHECK_FALSE(has(program(format, model, "{}", names), "FOLDERS"));
    for (const char* odd : {"a/b", "", "A", "a\nb", "c:", "..", "j ", ".j", "\\", "\x7f"}) {
      CAPTURE(odd);
      std::vector<std::string> others = names;
      others.back() = odd;
      const std::string text = program(format, model, "{}", others);
      CHECK(has(text, "\nFOLDERS = ["));
      CHECK(has(text, std::string(format) == "keras" ? "class_names=FOLDERS" : "FOLDERS.index("));
      CHECK(has(text, "data/train/LABEL/"));
    }
  }
}

TEST_CASE("scripts: a network that takes no color pictures is refused") {
  Json::Array all{layer("InputLayer", {{"batch_input_shape", Json::array({Json(), 32, 32, 1})}}),
                  layer("GlobalAveragePooling2D", {}), layer("Dense", {{"units", 10}})};
  auto gray = Model::from_config(Json::object(
      {{"class_name", "Sequential"}, {"config", Json::object({{"layers", Json(std::move(all))}})}}));
  REQUIRE(gray);
  gray->initialize(1);
  for (const char* format : kPrograms) {
    const std::string said = program(format, *gray);
    CHECK(said.starts_with("bad_config: "));
    CHECK(has(said, "[32, 32, 1]; export it as onnx"));
  }
}

TEST_CASE("scripts: a number that is not finite is one in Python, too") {
  CHECK(cnn::python_value(Json(std::nan(""))) == "float(\"nan\")");
  CHECK(cnn::python_value(Json(HUGE_VAL)) == "float(\"inf\")");
  CHECK(cnn::python_number(-HUGE_VAL) == "-float(\"inf\")");
  CHECK(cnn::python_value(Json::array({1, 0.5})) == "(1, 0.5)");
}

TEST_CASE("scripts: Keras's arguments without a default are written") {
  CHECK(has(program("keras", model_of({layer("AveragePooling2D", {})})), "layers.AveragePooling2D(2)"));
  CHECK(has(program("keras", model_of({layer("MaxPooling2D", {})})), "layers.MaxPooling2D()"));
  CHECK(has(program("keras", model_of({layer("Rescaling", {{"scale", 1}})})), "layers.Rescaling(1)"));
}

TEST_CASE("scripts: a largest number that occurs twice gives its gradient to one of both") {
  const std::string text =
      program("pytorch", model_of({layer("Conv2D", {{"filters", 4}, {"kernel_size", 1}}),
                                   layer("Maxout", {{"pieces", 2}}), layer("GlobalMaxPooling2D", {})}));
  CHECK_FALSE(has(text, "amax"));
  CHECK(has(text, ".max(2).values"));
  CHECK(has(text, "F.adaptive_max_pool2d(x, 1).flatten(1)"));
}

TEST_CASE("scripts: a network without weights that learn has nothing to train") {
  Model model = model_of({layer("Normalization", {})});
  const auto freeze = [](Model& all) {
    for (int i = 0; i < all.layer_count(); ++i) all.set_trainable(i, false);
  };
  freeze(model);
  const std::string text = program(
      "pytorch", model, R"({"augmentation":[{"class_name":"RandomFlip"}],"callbacks":["EarlyStopping"]})");
  CAPTURE(text);
  CHECK(has(text, "No layer has weights that learn"));
  CHECK(has(text, "    adapt(network, images)\n    return network\n"));
  for (const char* part :
       {"optimizer", "backward", "EPOCHS", "RandomFlip", "Monitor", "def batches", "*test)\n        if"})
    CHECK_FALSE(has(text, part));
}

TEST_CASE("scripts: a training takes the weights of frozen layers, which it could not learn") {
  Model model = model_of({layer("Conv2D", {{"filters", 4}, {"kernel_size", 1}, {"trainable", false}}),
                          layer("PReLU", {{"trainable", false}}), layer("BatchNormalization", {})});
  const std::string torch = program("pytorch", model), keras = program("keras", model);
  CHECK(has(torch, "FROZEN = [\"conv2d\", \"p_re_lu\"]\n"));
  CHECK(has(torch, "if name.split(\".\")[0] in FROZEN}"));
  CHECK(has(keras, "load_weights(network, frozen=True)"));
  for (const std::string& text : {torch, keras})
    CHECK(has(text, "new weights, but for layers that are frozen"));
  for (const char* format : kPrograms) CHECK_FALSE(has(program(format, preset_model("tutorial")), "rozen"));
}

TEST_CASE("scripts: PyTorch's normalization of a single number is avoided") {
  const Model rows =
      model_of({layer("GlobalAveragePooling2D", {{"keepdims", true}}), layer("BatchNormalization", {})});
  const Model maps = model_of({layer("BatchNormalization", {})});
  CHECK(has(program("pytorch", rows), "if len(batch) >= 2 * WORLD_SIZE:"));
  CHECK(has(program("pytorch", rows), "\n- batches of a single picture"));
  CHECK(has(program("pytorch", maps), "if len(batch) >= WORLD_SIZE:"));
  const std::string said = program("pytorch", rows, R"({"batch_size":1})");
  CHECK(said.starts_with("bad_argument: PyTorch: batch_normalization: "));
  CHECK(has(said, "choose a batch_size of 2 or more"));
  CHECK(has(program("keras", rows, R"({"batch_size":1})"), "BATCH_SIZE = 1\n"));
}

TEST_CASE("scripts: a program says at its head what it does not take over") {
  const Model model = preset_model("vgg_bn");
  for (const char* format : kPrograms) {
    const std::string text = program(format, model), head = text.substr(0, text.find("\nimport "));
    CAPTURE(head);
    CHECK(has(head, "What it does not take over from the page:\n- the pictures: "));
    CHECK(has(head, "\n- the state of the optimizer and the history"));
    CHECK(has(head, "\n- the random numbers"));
    CHECK(has(head, std::string(format) == "keras" ? "\n- moves by whole pixels" : "\n- moving variances"));
    CHECK(times(program(format, preset_model("tutorial")), "\n- ") == 3);
  }
}

TEST_CASE("scripts: settings that cannot be read are refused") {
  const Model model = preset_model("tutorial");
  for (const char* format : kPrograms) {
    CHECK(program(format, model, R"({"epochs":-1})").starts_with("bad_argument: "));
    CHECK(program(format, model, R"({"validate":false,"callbacks":["EarlyStopping"]})")
              .starts_with("bad_argument: "));
  }
}

TEST_SUITE_END();
