#include "core/formats/tfjs.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "core/base/half.h"
#include "core/model/presets.h"
#include "core/run/exec.h"
#include "tests/core/formats/models.h"

using cnn::export_tfjs;
using cnn::FileView;
using cnn::Json;
using cnn::Model;
using cnn::ModelFile;
using namespace cnn::test;

TEST_SUITE_BEGIN("formats/tfjs");

namespace {

/// The parsed model.json and the weights, for tests to modify.
struct Saved {
  Json json;
  ModelFile weights;

  cnn::Result<cnn::LoadedModel> load() const {
    const FileView files[] = {{weights.name, weights.bytes}};
    return cnn::import_tfjs(json, files);
  }
  Json& manifest() { return (*json.find("weightsManifest")->elements())[0]; }
  Json& weight(std::size_t i) { return (*manifest().find("weights")->elements())[i]; }
  Json& layer(std::size_t i) {
    return (*json.find("modelTopology")->find("model_config")->find("config")->find("layers")->elements())[i];
  }
};

Saved saved(const Model& model, std::vector<std::string> class_names = {}) {
  auto files = export_tfjs(model, class_names);
  if (!files) FAIL(files.error().message);
  REQUIRE(files->size() == 2);
  const ModelFile& json = (*files)[0];
  CHECK(json.name == "model.json");
  return {json_of({reinterpret_cast<const char*>(json.bytes.data()), json.bytes.size()}),
          std::move((*files)[1])};
}

cnn::LoadedModel loaded(const Saved& files) {
  auto model = files.load();
  if (!model) FAIL(model.error().message);
  return std::move(*model);
}

std::string problem(const Saved& files) {
  const auto model = files.load();
  if (model) return "";
  CHECK(model.error().code == "bad_model_file");
  return model.error().message;
}

Json small() {
  return sequential(R"({"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 3}},
    {"class_name": "GlobalAveragePooling2D", "config": {}}, {"class_name": "Dense", "config": {"units": 3}})");
}

}  // namespace

TEST_CASE("tfjs: every preset is read back with the same weights and predictions") {
  for (const cnn::Preset& preset : cnn::presets()) {
    CAPTURE(preset.name);
    Model model = model_of(preset.config());
    cnn::LoadedModel back = loaded(saved(model, {"cat", "dög"}));
    CHECK(same_weights(model, back.model));
    CHECK(back.notes.class_names == std::vector<std::string>{"cat", "dög"});
    CHECK(outputs(model) == outputs(back.model));
  }
}

TEST_CASE("tfjs: a layer that is used twice has its weights at both places") {
  // y = mean of x * 0.5 * 0.5 in the first channel and x * 4 in the second.
  Json json = json_of(R"({"format":"layers-model","modelTopology":{"keras_version":"2.15.0","model_config":
    {"class_name":"Functional","config":{"name":"m","layers":[
      {"class_name":"InputLayer","name":"in","config":{"batch_input_shape":[null,1,1,2]},"inbound_nodes":[]},
      {"class_name":"Conv2D","name":"c","config":{"filters":2,"kernel_size":1,"use_bias":false},
       "inbound_nodes":[[["in",0,0,{}]],[["c",0,0,{}]]]},
      {"class_name":"Flatten","name":"flat","config":{},"inbound_nodes":[[["c",1,0,{}]]]}],
      "input_layers":[["in",0,0]],"output_layers":[["flat",0,0]]}}},
    "weightsManifest":[{"paths":["w.bin"],"weights":[{"name":"c/kernel","shape":[1,1,2,2],"dtype":"float32"}]}]})");
  const float kernel[] = {0.5f, 0, 0, 2};
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(kernel);
  const FileView files[] = {{"w.bin", {bytes, sizeof kernel}}};
  auto back = cnn::import_tfjs(json, files);
  if (!back) FAIL(back.error().message);
  const float picture[] = {3, 5};
  cnn::Exec exec(1);
  const float* y = back->model.forward(exec, picture, 1, {});
  CHECK(y[0] == 0.75f);
  CHECK(y[1] == 20);
}

TEST_CASE("tfjs: every layer is read back; activations that TensorFlow.js lacks become layers") {
  Model model = model_of(sequential(kEveryLayer));
  const Saved files = saved(model);
  cnn::LoadedModel back = loaded(files);
  CHECK(same_weights(model, back.model));
  CHECK(outputs(model) == outputs(back.model));
  CHECK(back.model.find_layer("random_flip") == -1);
  CHECK(back.model.find_layer("conv2d_1_activation") > 0);
  const std::string text = files.json.dump();
  CHECK_FALSE(contains(text, "leaky_relu\""));
  CHECK_FALSE(contains(text, "negative_slope\":0.1"));
}

TEST_CASE("tfjs: names that TensorFlow.js refuses are changed consistently") {
  Json config = small();
  Json& layers = *config.find("config")->find("layers");
  (*layers.elements())[1]["config"]["name"] = "my conv: 1";
  (*layers.elements())[3]["config"]["name"] = "my_conv__1";
  Model model = model_of(config);
  cnn::LoadedModel back = loaded(saved(model));
  CHECK(back.model.find_layer("my_conv__1") == 1);
  CHECK(back.model.find_layer("my_conv__1_1") == 3);
  CHECK(outputs(model) == outputs(back.model));
}

TEST_CASE("tfjs: the error for a layer that TensorFlow.js lacks names the layer") {
  const auto refused = export_tfjs(model_of(sequential(R"({"class_name": "SumPooling2D", "config": {}},
    {"class_name": "Flatten", "config": {}}, {"class_name": "Dense", "config": {"units": 3}})")),
                                   {});
  REQUIRE_FALSE(refused);
  CHECK(contains(refused.error().message, "sum_pooling2d: there is no SumPooling2D in TensorFlow.js"));
  CHECK(refused.error().layer == 1);
}

TEST_CASE("tfjs: weights are found under the names that Keras and older versions use") {
  Model model = model_of(small());
  for (const char* name : {"conv2d/kernel:0", "conv2d/conv2d/kernel", "sequential/conv2d/kernel:0",
                           "sequential_1/model/conv2d/kernel"}) {
    CAPTURE(name);
    Saved files = saved(model);
    files.weight(0)["name"] = name;
    CHECK(same_weights(model, loaded(files).model));
  }
}

TEST_CASE("tfjs: what belongs to an optimizer or to a random state is left out") {
  Model model = model_of(small());
  Saved files = saved(model);
  Json& weights = *files.manifest().find("weights");
  const auto add = [&](const char* name, const char* type, int size, bool of_optimizer) {
    Json entry = Json::object({{"name", name}, {"shape", Json::array({size})}, {"dtype", type}});
    if (of_optimizer) entry["group"] = "optimizer";
    weights.push_back(std::move(entry));
    files.weights.bytes.insert(files.weights.bytes.end(), static_cast<std::size_t>(size) * 4,
                               std::uint8_t{1});
  };
  add("iter", "int32", 1, true);
  add("conv2d/kernel/m", "float32", 54, true);
  add("dropout/seed_generator_state", "int32", 2, false);
  CHECK(same_weights(model, loaded(files).model));
}

TEST_CASE("tfjs: regularizers are read back, and written in a form that TensorFlow.js knows") {
  Json config = small();
  (*config.find("config")->find("layers")->elements())[1]["config"]["kernel_regularizer"] = "l2";
  Model model = model_of(config);
  const Saved files = saved(model);
  CHECK(contains(files.json.dump(),
                 R"("kernel_regularizer":{"class_name":"L1L2","config":{"l1":0,"l2":0.01}})"));
  CHECK(loaded(files).model.parameters()[0].regularizer == cnn::Regularizer{0, 0.01});
}

TEST_CASE("tfjs: unsupported initializers are ignored, because the file has the weights") {
  Model model = model_of(small());
  Saved files = saved(model);
  files.layer(1)["config"]["kernel_initializer"] =
      Json::object({{"class_name", "Orthogonal"}, {"config", Json::object()}});
  files.layer(1)["config"]["bias_initializer"] = "random_normal";
  const cnn::LoadedModel back = loaded(files);
  CHECK(same_weights(model, back.model));
  CHECK(back.model.left_out().empty());
}

TEST_CASE("tfjs: activations that TensorFlow.js cannot load are refused") {
  const auto refusal = [](const std::string& layer) {
    const auto refused = export_tfjs(model_of(sequential(layer + R"(, {"class_name": "Flatten", "config": {}},
      {"class_name": "Dense", "config": {"units": 3}})")),
                                     {});
    REQUIRE_FALSE(refused);
    return refused.error().message;
  };
  CHECK(contains(refusal(R"({"class_name": "ELU", "config": {"alpha": 0.5}})"),
                 "elu: TensorFlow.js supports elu with alpha 1 only, not 0.5"));
  CHECK(contains(refusal(R"({"class_name": "Activation", "config": {"activation": "gelu_new"}})"),
                 "activation: TensorFlow.js cannot load gelu_new"));
}

TEST_CASE("tfjs: quantized weights are restored") {
  Model model = model_of(small());
  const cnn::Parameter& kernel = model.parameters()[0];
  const std::size_t n = kernel.value.size(), rest = saved(model).weights.bytes.size() - 4 * n;
  for (const char* type : {"float16", "uint16", "uint8"}) {
    CAPTURE(type);
    Saved files = saved(model);
    const bool is_half = std::string_view(type) == "float16", is_byte = std::string_view(type) == "uint8";
    const double steps = is_byte ? 255 : 65535, scale = 2 / steps;
    std::vector<std::uint8_t> bytes;
    for (const float value : kernel.value) {
      const auto stored =
          is_half ? cnn::to_half(value) : static_cast<std::uint16_t>(std::lround((value + 1) / scale));
      bytes.push_back(static_cast<std::uint8_t>(stored));
      if (!is_byte) bytes.push_back(static_cast<std::uint8_t>(stored >> 8));
    }
    bytes.insert(bytes.end(), files.weights.bytes.end() - static_cast<std::ptrdiff_t>(rest),
                 files.weights.bytes.end());
    files.weights.bytes = bytes;
    files.weight(0)["quantization"] =
        Json::object({{"dtype", type}, {"scale", scale}, {"min", -1}, {"original_dtype", "float32"}});
    const cnn::LoadedModel back = loaded(files);
    for (std::size_t i = 0; i < n; ++i) {
      CHECK(back.model.parameters()[0].value[i] ==
            doctest::Approx(kernel.value[i]).epsilon(is_byte ? scale : 0x1p-10));
    }
  }
}

TEST_CASE("tfjs: malformed files are refused with a sentence") {
  const Model model = model_of(small());
  struct Case {
    const char* why;
    std::function<void(Saved&)> change;
    const char* says;
  };
  const Case cases[] = {
      {"no topology", [](Saved& f) { f.json.erase("modelTopology"); }, "modelTopology is missing"},
      {"no manifest", [](Saved& f) { f.json.erase("weightsManifest"); }, "weightsManifest is missing"},
      {"a graph model", [](Saved& f) { f.json["format"] = "graph-model"; }, "graph model"},
      {"a layer not known", [](Saved& f) { f.layer(1)["class_name"] = "ConvLSTM2D"; }, "ConvLSTM2D"},
      {"channels first", [](Saved& f) { f.layer(1)["config"]["data_format"] = "channels_first"; },
       "channels_first"},
      {"an activation not known", [](Saved& f) { f.layer(1)["config"]["activation"] = "arctan"; }, "arctan"},
      {"cut off", [](Saved& f) { f.weights.bytes.pop_back(); }, "cut off"},
      {"too long", [](Saved& f) { f.weights.bytes.push_back(0); }, "1 bytes more"},
      {"a weight of nobody", [](Saved& f) { f.weight(0)["name"] = "conv9/kernel"; },
       "\"conv9/kernel\" belongs to no layer"},
      {"a weight twice",
       [](Saved& f) { f.weight(3)["name"] = "conv2d/bias", f.weight(3)["shape"] = Json::array({2}); },
       "\"conv2d/bias\" already has a weight"},
      {"another shape",
       [](Saved& f) {
         f.weight(0)["shape"] = Json::array({3, 3, 2, 3});
       },
       "its layer needs (3, 3, 3, 2)"},
      {"2^63 numbers", [](Saved& f) { f.weight(0)["shape"] = Json::array({9223372036854775808.0}); },
       "not a valid size"},
      {"a product of 2^64",
       [](Saved& f) {
         f.weight(0)["shape"] = Json::array({4294967296.0, 4294967296.0});
       },
       "more numbers than"},
      {"a size of 1.5", [](Saved& f) { f.weight(0)["shape"] = Json::array({1.5}); }, "1.5"},
      {"another type", [](Saved& f) { f.weight(0)["dtype"] = "complex64"; }, "complex64"},
      {"NaN", [](Saved& f) { std::fill_n(f.weights.bytes.begin(), 4, std::uint8_t{0xff}); }, "not a number"},
      {"a missing file",
       [](Saved& f) {
         f.manifest()["paths"] = Json::array({"a.bin", "b.bin"});
       },
       "\"a.bin\""},
      {"paths of another kind", [](Saved& f) { f.manifest()["paths"] = 3; }, "without paths"},
      {"weights of another kind", [](Saved& f) { f.manifest()["weights"] = "all"; }, "without weights"},
      {"a configuration that claims more than the files have",
       [](Saved& f) { f.layer(3)["config"]["units"] = 60000; }, "parameters"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.why);
    Saved files = saved(model);
    c.change(files);
    const std::string message = problem(files);
    CAPTURE(message);
    CHECK(contains(message, c.says));
  }
}

TEST_CASE("model files: each format is detected by its content") {
  Model model = model_of(small());
  for (const std::string_view format : cnn::model_formats()) {
    if (cnn::is_program(format)) continue;  // it is not read back
    CAPTURE(format);
    const auto files = cnn::export_model(format, model, {});
    REQUIRE(files);
    std::vector<FileView> views;
    for (const ModelFile& file : *files) views.push_back({"renamed " + file.name, file.bytes});
    const auto back = cnn::import_model(views);
    if (!back) FAIL(back.error().message);
    CHECK(same_weights(model, back->model));
  }
  const std::string config = small().dump();
  const FileView alone{"net.json", {reinterpret_cast<const std::uint8_t*>(config.data()), config.size()}};
  const auto untrained = cnn::import_model({&alone, 1});
  REQUIRE(untrained);
  CHECK_FALSE(untrained->has_weights);
  const std::vector<std::uint8_t> noise(100, 0xee);
  const FileView nothing{"cat.png", noise};
  CHECK(contains(cnn::import_model({&nothing, 1}).error().message, "cat.png: this is neither"));
  CHECK(cnn::export_model("caffe", model, {}).error().code == "bad_argument");
  CHECK(cnn::export_model("onnx", model, {}, cnn::NumberType::float16).error().code == "bad_argument");
  CHECK(cnn::import_model({}).error().code == "bad_argument");
}

namespace {

FileView view(const std::string& name, const std::string& text) {
  return {name, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
}

}  // namespace

TEST_CASE("model files: of several models at once, it is said which file was read, and why") {
  Model model = model_of(small());
  cnn::ModelNotes notes;
  notes.data = json_of(R"({"label": "my files"})");
  const auto weights = cnn::export_model("safetensors", model, notes),
             onnx = cnn::export_model("onnx", model, {}), tfjs = cnn::export_model("tfjs", model, {});
  REQUIRE((weights && onnx && tfjs));
  const auto said = [](std::vector<FileView> files) {
    const auto loaded = cnn::import_model(files);
    REQUIRE(loaded);
    return loaded->file_taken;
  };
  const FileView a{"a.safetensors", (*weights)[0].bytes}, b{"b.onnx", (*onnx)[0].bytes},
      json{"model.json", (*tfjs)[0].bytes}, shard{(*tfjs)[1].name, (*tfjs)[1].bytes};
  CHECK(said({a, b}) ==
        "b.onnx was read, because an ONNX file always contains the network as well; not read: a.safetensors. "
        "To read another file, open it alone.");
  CHECK(
      said({b, a, json, shard})
          .starts_with(
              "model.json was read, because it describes the network and all its weights; not read: b.onnx, "
              "a.safetensors."));
  CHECK(said({a, {"c.safetensors", a.bytes}}).starts_with("a.safetensors was read, because it came first;"));
  CHECK(said({a}).empty());
  CHECK(said({json, shard}).empty());
  const auto again = cnn::import_model({&a, 1});
  REQUIRE(again);
  CHECK(again->notes.data.is_null());  // a model that is given away does not name the user's files
}

TEST_CASE("model files: other files next to a model are ignored, and labels become class names") {
  Model model = model_of(small());
  const auto files = cnn::export_model("tfjs", model, {});
  REQUIRE(files);
  const std::string json = "\xEF\xBB\xBF" + std::string((*files)[0].bytes.begin(), (*files)[0].bytes.end());
  const std::string metadata = R"({"labels":["cat","dog","fish"],"modelName":"m"})", junk("\0\5\26\7", 4),
                    readme = "# A model", labels = "0 cat\r\n1 dog\n2 fish\n", broken = "{";
  const std::vector<FileView> all = {
      view("._model.json", junk),        view("metadata.json", metadata),
      view("m/.DS_Store", junk),         view("README.md", readme),
      view("m/model.json", json),        {"m/group1-shard1of1.bin", (*files)[1].bytes},
      view("__MACOSX/model.json", junk), view("notes.json", broken)};
  const auto back = cnn::import_model(all);
  if (!back) FAIL(back.error().message);
  CHECK(same_weights(model, back->model));
  CHECK(back->notes.class_names == std::vector<std::string>{"cat", "dog", "fish"});
  const std::vector<FileView> few = {
      view("labels.txt", labels), view("model.json", json), {"group1-shard1of1.bin", (*files)[1].bytes}};
  const auto labeled = cnn::import_model(few);
  REQUIRE(labeled);
  CHECK(labeled->notes.class_names == std::vector<std::string>{"cat", "dog", "fish"});
  const auto onnx = cnn::export_model("onnx", model, {});
  REQUIRE(onnx);
  const std::vector<FileView> zipped = {{"model.onnx", (*onnx)[0].bytes},
                                        view("__MACOSX/._model.onnx", junk)};
  CHECK(cnn::import_model(zipped));
}

TEST_CASE("tfjs: hard_sigmoid is the function of the Keras that trained the model") {
  const Model model = model_of(sequential(R"({"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": 4,
      "activation": {"class_name": "HardSigmoid", "config": {"slope": 0.2}}}})"));
  const auto files = cnn::export_model("tfjs", model, {});
  if (!files) FAIL(files.error().message);
  const std::string json((*files)[0].bytes.begin(), (*files)[0].bytes.end());
  const auto config_of = [&](const std::string& version) {
    std::string text = json;
    const std::string written = "\"2.15.0\"";
    const std::size_t at = text.find(written);
    REQUIRE(at != std::string::npos);
    text.replace(at, written.size(), "\"" + version + "\"");
    const std::vector<FileView> all = {view("model.json", text), {(*files)[1].name, (*files)[1].bytes}};
    const auto loaded = cnn::import_model(all);
    if (!loaded) FAIL(loaded.error().message);
    return loaded->model.config().dump();
  };
  CHECK(contains(config_of("2.15.0"), "\"slope\":0.2"));
  CHECK(contains(config_of("tfjs-layers 4.22.0"), "\"slope\":0.2"));
  CHECK_FALSE(contains(config_of("3.15.1"), "\"slope\":0.2"));
  CHECK(contains(config_of("3.15.1"), "hard_sigmoid"));
}

TEST_CASE(
    "model files: torch.save's files are recognized under any name, and an empty file is reported as empty") {
  const std::string zip("PK\3\4\0\0\x08\x08\0\0\0", 11), legacy = "\x80\2\x8a\nl\xfc\x9c\x46\xf9 j\xa8P\x19.";
  for (const std::string& text : {zip, legacy}) {
    for (const char* name : {"checkpoint.tar", "weights", "pytorch_model.bin"}) {
      const FileView file = view(name, text);
      const auto refused = cnn::import_model({&file, 1});
      REQUIRE_FALSE(refused);
      CAPTURE(refused.error().message);
      CHECK(contains(refused.error().message, "this is a PyTorch file"));
    }
  }
  const std::string nothing;
  const FileView empty = view("net.onnx", nothing);
  const auto refused = cnn::import_model({&empty, 1});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message == "net.onnx: the file is empty: copy or download it again.");
}

TEST_CASE("model files: a file of another program is named, with a way to bring its model") {
  const struct {
    const char *name, *begins, *what, *how;
  } cases[] = {
      {"net.keras", "PK\3\4", "net.keras: this is a Keras model",
       "model.export(\"model.onnx\", format=\"onnx\")"},
      {"net.h5", "\x89HDF\r\n\x1a\n", "HDF5", "keras.models.load_model(\"net.h5\")"},
      {"weights", "\x89HDF\r\n\x1a\n", "HDF5", "keras.models.load_model(\"weights\")"},
      {"net.pt", "PK\3\4", "PyTorch", "torch.onnx.export"},
      {"net.pth", "PK\3\4", "PyTorch", "safetensors.torch.save_file"},
      {"net.tflite", "\x1c   TFL3", "TensorFlow Lite", "tf2onnx.convert --tflite \"net.tflite\""},
      {"saved_model.pb", "\b\1", "SavedModel", "tf2onnx.convert --saved-model"},
      {"net.mat", "MATLAB 5.0 MAT-file", "MATLAB", "exportONNXNetwork"},
      {"net.rar", "Rar!\x1a\7", "RAR", ".zip"},
      {"net.h5", "\x89HDF\r\n\x1a\n", "HDF5", "model.predict(numpy.zeros((1, *model.input_shape[1:])))"},
      {"net.weights.h5", "\x89HDF\r\n\x1a\n", "Keras's weights", "model.load_weights(\"net.weights.h5\")"},
      {"model_best.pth.tar", "anything", "PyTorch", "torch.onnx.export"},
      {"checkpoint.tar", "PK\3\4", "neither", "as ONNX"},
      {"net.pt2", "PK\3\4", "torch.export", "torch.export.load(\"net.pt2\")"},
      {"net.ort", "\x1c   ORTM", "ONNX Runtime", ".onnx file that it was made from"},
      {"w.npy", "\x93NUMPY\1", "NumPy array", "numpy.load(\"w.npy\")"},
      {"m.joblib", "\x80\4", "pickle", "safetensors"},
      {"net.msgpack", "\x81", "Flax", "msgpack_restore(open(\"net.msgpack\""},
      {"net.caffemodel", "x", "Caffe", "ONNX"},
      {"net.prototxt", "name: x", "Caffe", "ONNX"},
      {"yolo.weights", "x", "Darknet", "ONNX"},
      {"net.onnx", "<!DOCTYPE html>", "HTML page", "Download the file itself"},
      {"net.onnx", "version https://git-lfs.github.com/spec/v1", "Git LFS pointer", "git lfs pull"},
      {"net.safetensors", "version https://git-lfs.github.com/spec/v1", "Git LFS pointer", "git lfs pull"},
      {"labels.txt", "cat", "class names", "together with the model's files"},
      {"weights.bin", "x", "numbers alone", "model.json"},
      {"net.xyz", "x", "neither", "as ONNX"},
      {"net.7z", "7z\xbc\xaf\x27\x1c", "7-Zip", ".zip"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    const std::string text = c.begins + std::string(20, ' ');
    const FileView file = view(c.name, text);
    const auto refused = cnn::import_model({&file, 1});
    REQUIRE_FALSE(refused);
    CAPTURE(refused.error().message);
    CHECK(contains(refused.error().message, c.what));
    CHECK(contains(refused.error().message, c.how));
    CHECK_FALSE(contains(refused.error().message, "damaged"));
  }
}
