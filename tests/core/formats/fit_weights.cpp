// Weights of other programs for the current network.
#include "core/formats/fit_weights.h"

#include <doctest/doctest.h>

#include <deque>

#include "core/formats/model_files.h"
#include "core/formats/safetensors.h"
#include "tests/core/formats/models.h"

using cnn::Model;
using cnn::TensorView;
using namespace cnn::test;

TEST_SUITE_BEGIN("formats/fit_weights");

namespace {

constexpr std::string_view kLayers = R"(
  {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": [3, 2]}},
  {"class_name": "BatchNormalization", "config": {}},
  {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "padding": "same"}},
  {"class_name": "Conv2D", "config": {"filters": 4, "kernel_size": 3, "padding": "same"}},
  {"class_name": "DepthwiseConv2D", "config": {"kernel_size": 3, "depth_multiplier": 2}},
  {"class_name": "MaxPooling2D", "config": {}},
  {"class_name": "Flatten", "config": {}},
  {"class_name": "Dropout", "config": {"rate": 0.5}},
  {"class_name": "Dense", "config": {"units": 7}},
  {"class_name": "Dense", "config": {"units": 7}},
  {"class_name": "Dense", "config": {"units": 3}})";

/// Arrays with their numbers, as another program stores them.
struct File {
  std::deque<std::vector<float>> numbers;
  std::vector<TensorView> tensors;

  void add(std::string name, std::vector<std::int64_t> shape, std::vector<float> values) {
    numbers.push_back(std::move(values));
    TensorView view;
    view.name = std::move(name), view.shape = std::move(shape);
    view.bytes = {reinterpret_cast<const std::uint8_t*>(numbers.back().data()),
                  numbers.back().size() * sizeof(float)};
    tensors.push_back(std::move(view));
  }
  void sort() {
    std::sort(tensors.begin(), tensors.end(),
              [](const TensorView& a, const TensorView& b) { return a.name < b.name; });
  }
  std::vector<std::uint8_t> bytes() const {
    cnn::Safetensors content;
    content.tensors = tensors;
    return cnn::write_safetensors(content);
  }
};

/// An array in PyTorch's order: element [o][i][h][w] of a convolution is kernel[h][w][i][o].
std::vector<float> turned(const cnn::Parameter& p, const cnn::Shape& maps) {
  const cnn::Shape& s = p.shape;
  std::vector<float> out;
  if (s.rank() == 2) {
    for (int unit = 0; unit < s[1]; ++unit) {
      if (s[0] != static_cast<int>(count(maps))) {
        for (int i = 0; i < s[0]; ++i) out.push_back(p.value[static_cast<std::size_t>(i * s[1] + unit)]);
        continue;
      }
      for (int c = 0; c < maps[2]; ++c) {
        for (int cell = 0; cell < maps[0] * maps[1]; ++cell)
          out.push_back(p.value[static_cast<std::size_t>((cell * maps[2] + c) * s[1] + unit)]);
      }
    }
    return out;
  }
  const bool depthwise = p.name.ends_with("depthwise_kernel");
  const int outer = depthwise ? s[2] : s[3], inner = depthwise ? s[3] : s[2];
  for (int a = 0; a < outer; ++a) {
    for (int b = 0; b < inner; ++b) {
      for (int h = 0; h < s[0]; ++h) {
        for (int w = 0; w < s[1]; ++w) {
          const int in = depthwise ? a : b, out_channel = depthwise ? b : a;
          out.push_back(p.value[static_cast<std::size_t>(((h * s[1] + w) * s[2] + in) * s[3] + out_channel)]);
        }
      }
    }
  }
  return out;
}

File pytorch(const Model& model, const std::vector<std::string>& modules) {
  File file;
  int layer = -1;
  std::size_t module = 0;
  cnn::Shape maps;
  for (int i = 0; i < model.layer_count(); ++i) {
    if (model.layer(i).class_name() == "Flatten") maps = model.layer_shape(model.layer_inputs(i)[0]);
  }
  for (const cnn::Parameter& p : model.parameters()) {
    if (layer >= 0 && p.layer != layer) ++module;
    layer = p.layer;
    const std::string own = p.name.substr(p.name.rfind('/') + 1);
    const std::string word = own == "bias" || own == "beta" ? "bias"
                             : own == "moving_mean"         ? "running_mean"
                             : own == "moving_variance"     ? "running_var"
                                                            : "weight";
    std::vector<std::int64_t> shape(p.shape.begin(), p.shape.end());
    std::vector<float> values(p.value.begin(), p.value.end());
    if (p.shape.rank() == 2) shape = {shape[1], shape[0]};
    if (p.shape.rank() == 4)
      shape = own == "depthwise_kernel"
                  ? std::vector<std::int64_t>{shape[2] * shape[3], 1, shape[0], shape[1]}
                  : std::vector<std::int64_t>{shape[3], shape[2], shape[0], shape[1]};
    if (p.shape.rank() > 1) values = turned(p, maps);
    file.add(modules[module] + "." + word, std::move(shape), std::move(values));
  }
  return file;
}

Model built() {
  Model model = model_of(sequential(kLayers));
  for (cnn::Parameter& p : model.parameters()) std::fill(p.value.begin(), p.value.end(), 0.125f);
  return model;
}

std::string fitted_into(Model& model, const File& file) {
  const auto fit = cnn::fit_weights(model, file.tensors, "safetensors");
  return fit ? cnn::to_json(*fit).dump() : fit.error().message;
}

}  // namespace

TEST_CASE("fit weights: PyTorch's names and orders") {
  const Model trained = model_of(sequential(kLayers));
  // of nn.Sequential, whose alphabetical order ("10" before "2") is not the network's; and of named modules
  for (const auto& modules :
       {std::vector<std::string>{"0", "1", "2", "3", "5", "8", "10", "11"},
        std::vector<std::string>{"features.0", "features.1", "features.4", "features.10", "features.12",
                                 "classifier.1", "classifier.3", "classifier.6"},
        std::vector<std::string>{"conv1", "bn1", "layer1.0.conv1", "layer1.0.conv2", "dw", "fc.1", "fc.2",
                                 "fc.10"}}) {
    for (const bool sorted : {false, true}) {
      CAPTURE(modules[0]);
      CAPTURE(sorted);
      File file = pytorch(trained, modules);
      if (sorted) file.sort();
      Model model = built();
      const std::string fit = fitted_into(model, file);
      CAPTURE(fit);
      CHECK(same_weights(trained, model));
    }
  }
}

TEST_CASE("fit weights: Keras's names, also those of another session, and no names at all") {
  const Model trained = model_of(sequential(kLayers));
  for (const char* before : {"", "sequential/", "model/sequential/"}) {
    File file;
    for (const cnn::Parameter& p : trained.parameters())
      file.add(before + p.name + ":0", {p.shape.begin(), p.shape.end()}, {p.value.begin(), p.value.end()});
    file.sort();
    Model model = built();
    const std::string fit = fitted_into(model, file);
    CAPTURE(fit);
    CHECK(same_weights(trained, model));
  }
  File shifted;  // conv2d_1, conv2d_2, conv2d_3 are the first, second and third
  for (const cnn::Parameter& p : trained.parameters()) {
    const std::size_t slash = p.name.rfind('/');
    std::string layer = p.name.substr(0, slash);
    const std::size_t number = layer.find_last_of('_');
    const bool counted =
        number != std::string::npos && std::isdigit(static_cast<unsigned char>(layer[number + 1]));
    const std::string base = counted ? layer.substr(0, number) : layer;
    const int next = (counted ? std::stoi(layer.substr(number + 1)) : 0) + 1;
    shifted.add(base + "_" + std::to_string(next) + p.name.substr(slash), {p.shape.begin(), p.shape.end()},
                {p.value.begin(), p.value.end()});
  }
  Model model = built();
  const std::string fit = fitted_into(model, shifted);
  CAPTURE(fit);
  CHECK(same_weights(trained, model));
}

TEST_CASE("fit weights: what fits is loaded, what does not is listed") {
  const Model trained = model_of(sequential(kLayers));
  File file = pytorch(trained, {"a", "b", "c", "d", "e", "f", "g", "head"});
  std::erase_if(file.tensors, [](const TensorView& t) { return t.name.starts_with("b."); });
  for (TensorView& t : file.tensors) {
    if (t.name == "head.weight") t.shape = {7, 3};
  }
  file.add("a.num_batches_tracked", {1}, {3});
  file.add("a.alpha", {1}, {3});
  Model model = built();
  CHECK(
      fitted_into(model, file) ==
      R"({"loaded":["a -> conv2d","c -> conv2d_1","d -> conv2d_2","e -> depthwise_conv2d","f -> dense","g -> dense_1"],)"
      R"("unused":["a.alpha","head.weight","head.bias"],"missing":["batch_normalization","dense_2"],)"
      R"("text":"Only 6 of 8 layers got weights from the file; not batch_normalization, dense_2. Matched by order, because the names do not match: conv2d_1, conv2d_2. Compare a prediction with the original model's."})");
  CHECK(model.parameters().back().value[0] == 0.125f);
  File nothing;
  nothing.add("x.weight", {2, 2}, {1, 2, 3, 4});
  const std::string message = fitted_into(model, nothing);
  CAPTURE(message);
  CHECK(message.find("safetensors: no array fits a layer of the current network; the file begins with "
                     "\"x.weight\" "
                     "(2, 2), the network with \"conv2d/kernel\" (3, 2, 3, 4)") == 0);
}

TEST_CASE("fit weights: a file without a configuration goes into the current network") {
  const Model trained = model_of(sequential(kLayers));
  const auto bytes = pytorch(trained, {"0", "1", "2", "3", "5", "8", "10", "11"}).bytes();
  const cnn::FileView file{"weights.safetensors", bytes};
  const Model model = built();
  const auto loaded = cnn::import_model({&file, 1}, &model);
  if (!loaded) FAIL(loaded.error().message);
  CHECK(same_weights(trained, loaded->model));
  CHECK(loaded->fitted.find("loaded")->elements()->size() == 8);
  const auto alone = cnn::import_model({&file, 1});
  REQUIRE_FALSE(alone);
  CHECK(alone.error().message.find("import them into it") != std::string::npos);
  const auto own = cnn::export_model("safetensors", trained, {});
  REQUIRE(own);
  const cnn::FileView whole{"model.safetensors", (*own)[0].bytes};
  const auto into = cnn::import_weights({&whole, 1}, model);
  REQUIRE(into);
  CHECK(same_weights(trained, into->model));
  CHECK_FALSE(into->fitted.is_null());
}

TEST_CASE("fit weights: layers of one shape that only their order distinguishes are reported as a guess") {
  const Model trained = model_of(sequential(kLayers));
  const auto text_of = [&](const std::vector<std::string>& modules) {
    const File file = pytorch(trained, modules);
    Model model = built();
    const auto fit = cnn::fit_weights(model, file.tensors, "safetensors");
    REQUIRE(fit);
    return *cnn::to_json(*fit).find("text")->string();
  };
  CHECK(text_of({"stem", "bn", "zeta", "alpha", "dw", "one", "two", "head"}) ==
        "All layers got weights from the file. Matched by order, because the names do not match: conv2d_1, "
        "conv2d_2. "
        "Compare a prediction with the original model's.");
  CHECK(text_of({"0", "1", "2", "3", "5", "8", "10", "11"}) == "All layers got weights from the file.");
  CHECK(text_of({"conv1", "bn1", "layer1.0.conv1", "layer1.0.conv2", "dw", "fc.1", "fc.2", "fc.10"}) ==
        "All layers got weights from the file.");
}

TEST_CASE("fit weights: an import without a network of its own refuses weights that belong to another one") {
  const Model trained = model_of(sequential(kLayers));
  File file = pytorch(trained, {"a", "b", "c", "d", "e", "f", "g", "head"});
  std::erase_if(file.tensors,
                [](const TensorView& t) { return !t.name.starts_with("a.") && !t.name.starts_with("b."); });
  file.add("z.weight", {9, 9}, std::vector<float>(81, 1.0f));
  const auto bytes = file.bytes();
  const cnn::FileView view{"weights.safetensors", bytes};
  const Model model = built();
  const auto refused = cnn::import_model({&view, 1}, &model);
  REQUIRE_FALSE(refused);
  CHECK(
      refused.error().message ==
      "safetensors: its weights fit only 2 of 8 layers of the network (a -> conv2d, b -> "
      "batch_normalization), so "
      "they belong to another one. Build that network first; or, to take just these, choose \"Weights from a "
      "file\" in the network's menu, in a script {into: 'model'}.");
  const auto asked = cnn::import_weights({&view, 1}, model);
  if (!asked) FAIL(asked.error().message);
  CHECK(asked->fitted.find("loaded")->elements()->size() == 2);
}

TEST_CASE(
    "fit weights: weights next to a configuration are loaded into it, whatever the current network is") {
  const Model trained = model_of(sequential(kLayers));
  const auto bytes = pytorch(trained, {"0", "1", "2", "3", "5", "8", "10", "11"}).bytes();
  const std::string config = trained.config().dump();
  const cnn::FileView configuration{"model.json",
                                    {reinterpret_cast<const std::uint8_t*>(config.data()), config.size()}};
  const auto own = cnn::export_model("safetensors", trained, {});
  REQUIRE(own);
  const Model other = model_of(sequential(R"({"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": 4, "activation": "softmax"}})"));
  for (const auto& weights :
       {cnn::FileView{"weights.safetensors", bytes}, cnn::FileView{"whole.safetensors", (*own)[0].bytes}}) {
    for (const Model* built : {static_cast<const Model*>(nullptr), &other}) {
      for (const bool first : {false, true}) {
        std::vector<cnn::FileView> files{configuration, weights};
        if (first) std::swap(files[0], files[1]);
        const auto loaded = cnn::import_model(files, built);
        if (!loaded) FAIL(loaded.error().message);
        CHECK(loaded->has_weights);
        CHECK(same_weights(trained, loaded->model));
        CHECK(loaded->fitted.find("missing")->elements()->empty());
      }
    }
  }
}

TEST_CASE("fit weights: a configuration with unreadable weights next to it is refused, not initialized") {
  const Model trained = model_of(sequential(kLayers));
  const std::string config = trained.config().dump(), metadata = R"({"keras_version": "3.15.1"})";
  const auto view = [](const char* name, const std::string& text) {
    return cnn::FileView{name, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}};
  };
  const auto message = [&](const char* name, const std::string& text) {
    const std::vector<cnn::FileView> files{view("config.json", config), view("metadata.json", metadata),
                                           view(name, text)};
    const auto opened = cnn::import_model(files);
    return opened ? std::string(opened->has_weights ? "weights" : "") : opened.error().message;
  };
  const std::string hdf = "\x89HDF\r\n\x1a\n" + std::string(600, ' ');
  CHECK(
      message("model.weights.h5", hdf) ==
      "model.weights.h5: this is a file of Keras's weights (HDF5), without the network, which cannot be "
      "opened here. "
      "In Python: import keras, numpy; model = "
      "keras.models.model_from_json(open(\"config.json\").read()); model.load_weights(\"model.weights.h5\"); "
      "model.predict(numpy.zeros((1, *model.input_shape[1:]))); model.export(\"model.onnx\", "
      "format=\"onnx\"). "
      "Then open model.onnx here.");
  CHECK(message("net.h5", hdf + "model_config").find("keras.models.load_model(\"net.h5\")") !=
        std::string::npos);
  CHECK(message("net.pth", "PK\3\4").find("a PyTorch file") != std::string::npos);
  CHECK(message("weights.bin", std::string(8, 'x')).find("\"config.json\" is a configuration only") !=
        std::string::npos);
  for (const char* harmless : {"README.md", "labels.txt", "page.html"})
    CHECK(message(harmless, "a\nb") == "");
}

TEST_CASE("fit weights: counters of whole numbers are no reason to refuse a file") {
  std::string header =
      R"({"0.weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"0.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[8,16]}})";
  header.append((8 - header.size() % 8) % 8, ' ');
  std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(header.size()), 0, 0, 0, 0, 0, 0, 0};
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.insert(bytes.end(), 16, std::uint8_t{0});
  const auto file = cnn::read_safetensors(bytes);
  if (!file) FAIL(file.error().message);
  CHECK(file->tensors.size() == 1);
  CHECK(file->counters == std::vector<std::string>{"0.num_batches_tracked"});
}

TEST_CASE("a safetensors file opens for any header length, also if the first byte looks like an ONNX model") {
  const Model model = model_of(sequential(R"({"class_name": "Flatten", "config": {}},
    {"class_name": "Dense", "config": {"units": 4, "activation": "softmax"}})"));
  const auto written = cnn::export_model("safetensors", model, {});
  REQUIRE(written);
  const std::vector<std::uint8_t>& bytes = (*written)[0].bytes;
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  for (int first = 0; first < 256; first += 8) {
    CAPTURE(first);
    const std::size_t spaces = (static_cast<std::size_t>(first) + 256 - length % 256) % 256;
    const std::uint64_t longer = length + spaces;
    std::vector<std::uint8_t> padded(8);
    std::memcpy(padded.data(), &longer, 8);
    padded.insert(padded.end(), bytes.begin() + 8, bytes.begin() + 8 + static_cast<std::ptrdiff_t>(length));
    padded.insert(padded.end(), spaces, ' ');
    padded.insert(padded.end(), bytes.begin() + 8 + static_cast<std::ptrdiff_t>(length), bytes.end());
    const cnn::FileView view{"model.safetensors", padded};
    const auto loaded = cnn::import_model({&view, 1});
    CHECK_MESSAGE(loaded, (loaded ? "" : loaded.error().message));
  }
}

TEST_SUITE_END();
