// Runs the program `cnn` as a user does.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/base/json.h"
#include "tests/core/archives/archives.h"

TEST_SUITE_BEGIN("core/cli");

namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  const auto bytes = tests::read_file(path.string());
  return std::string(bytes.begin(), bytes.end());
}

/// Runs `cnn` in a temporary folder.
struct Shell {
  fs::path folder;
  std::string out, err;
  int status = -1;

  explicit Shell(const char* name) : folder(fs::temp_directory_path() / ("cnn_cli_" + std::string(name))) {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  ~Shell() { fs::remove_all(folder); }
  void cnn(const std::string& words) {
    const std::string command = "cd '" + folder.string() + "' && '" CNN_PROGRAM "' " + words + " >out 2>err";
    status = std::system(command.c_str());
    out = text_of(folder / "out");
    err = text_of(folder / "err");
  }
  std::string file(const char* name) const { return text_of(folder / name); }
  void write(const char* name, const std::string& text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
};

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

constexpr const char* kSmall =
    "train --data sample:3 --limit 100 --test-limit 50 --model tutorial_small --batch-size 20 --quiet ";

}  // namespace

TEST_CASE("cli: a training prints one line per epoch and writes the history; its model can be evaluated") {
  Shell shell("train");
  shell.cnn(std::string(kSmall) +
            "--epochs 2 --save m.safetensors --history h.json --step-losses steps --report");
  CHECK(shell.err == "");
  REQUIRE(shell.status == 0);
  CHECK(has(shell.out, "sample:3: 100 training and 50 test pictures, synthetic\n"));
  CHECK(has(shell.out, "Epoch 2/2 - "));
  CHECK(has(shell.out, "weighted avg"));
  const std::string steps = shell.file("steps");
  CHECK(std::count(steps.begin(), steps.end(), '\n') == 10);
  const auto history = cnn::parse_json(shell.file("h.json"));
  REQUIRE(history);
  REQUIRE(history->elements()->size() == 2);
  shell.cnn(std::string(kSmall) + "--epochs 2 --history h.csv");
  CHECK(has(shell.file("h.csv"), "epoch,loss,accuracy,val_loss"));

  // Evaluates the whole test set of that seed, so only the format is checked here.
  shell.cnn("evaluate --data sample:3 --model m.safetensors --json");
  REQUIRE(shell.status == 0);
  const auto result = cnn::parse_json(shell.out);
  REQUIRE(result);
  CHECK(result->find("confusion_matrix")->elements()->size() == 10);
  shell.cnn("evaluate --data sample:3 --model m.safetensors --split train");
  CHECK(has(shell.out, "f1-score"));
}

TEST_CASE("cli: a resumed training has the losses of an uninterrupted one") {
  Shell shell("resume");
  shell.cnn(std::string(kSmall) + "--epochs 3 --save whole.safetensors --history whole.csv");
  shell.cnn(std::string(kSmall) + "--epochs 2 --save part.safetensors");
  shell.cnn(
      "train --data sample:3 --limit 100 --test-limit 50 --quiet --resume part.safetensors --epochs 3 "
      "--save part.safetensors --history part.csv");
  CHECK(shell.err == "");
  REQUIRE(shell.status == 0);
  CHECK(has(shell.out, "Epoch 3/3"));
  CHECK(!has(shell.out, "Epoch 2/3"));
  const auto losses = [&](const char* name) {  // epoch to learning_rate; the times after them differ
    const std::string text = shell.file(name), row = text.substr(text.rfind("\n3,"));
    std::size_t end = 0;
    for (int column = 0; column < 6; ++column) end = row.find(',', end + 1);
    return row.substr(0, end);
  };
  CHECK(has(losses("whole.csv"), ",0.001"));
  CHECK(losses("part.csv") == losses("whole.csv"));
  shell.cnn(std::string(kSmall) +
            "--epochs 3 --model whole.safetensors --epochs 1");  // as a start, not a continuation
  CHECK(has(shell.out, "Epoch 1/1"));
}

TEST_CASE("cli: the command line overrides settings from a file") {
  Shell shell("fit");
  shell.write("fit.json",
              R"({"epochs":1,"batch_size":50,"optimizer":{"class_name":"SGD","config":{"momentum":0.9}}})");
  shell.cnn(std::string(kSmall) + "--fit fit.json --learning-rate=0.125");
  CHECK(shell.err == "");
  CHECK(has(shell.out, "Epoch 1/1"));
  CHECK(has(shell.out, "learning_rate: 0.125"));
  shell.write("fit.json", "[]");
  shell.cnn(std::string(kSmall) + "--fit fit.json");
  CHECK(has(shell.err, "fit.json: must be a JSON object"));
}

TEST_CASE("cli: a configuration file is a model") {
  Shell shell("config");
  shell.write("model.json", R"({"class_name":"Sequential","config":{"name":"mine","layers":[
    {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
    {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":10,"activation":"softmax"}}]}})");
  shell.cnn("summary --model model.json");
  CHECK(has(shell.out, "Total params: 30,730"));
  shell.cnn("summary --model model.json --json");
  CHECK(cnn::parse_json(shell.out));
  shell.cnn("summary");
  CHECK(has(shell.out, "tutorial_small"));
  shell.cnn("layers");
  CHECK(has(shell.out, "Conv2D: "));
  shell.cnn("bench --model model.json --seconds 1 --threads 1");
  CHECK(has(shell.out, "training: "));
  CHECK(has(shell.out, "dense "));
}

TEST_CASE("cli: layers without weights in the file are named, and are an error without --partial") {
  Shell shell("partial");
  const auto network = [](int classes) {
    return R"({"class_name":"Sequential","config":{"name":"mine","layers":[
      {"class_name":"InputLayer","config":{"batch_input_shape":[null,32,32,3]}},
      {"class_name":"Flatten","config":{}},{"class_name":"Dense","config":{"units":4}},
      {"class_name":"Dense","config":{"units":)" +
           std::to_string(classes) + R"(,"activation":"softmax"}}]}})";
  };
  shell.write("hundred.json", network(100));
  shell.write("ten.json", network(10));
  shell.write("pictures", std::string(3072, 'x'));
  shell.cnn("export --model hundred.json --format safetensors --out w.safetensors");
  CHECK(shell.err == "hundred.json: it has no weights, so they are random\n");
  REQUIRE(shell.status == 0);
  const std::string fit = "--model w.safetensors --into ten.json ";
  for (const std::string& command :
       {"predict --pictures pictures " + fit, "export --format onnx --out m.onnx " + fit,
        "evaluate --data sample " + fit}) {
    CAPTURE(command);
    shell.cnn(command);
    CHECK(shell.status != 0);
    CHECK(shell.out == "");
    CHECK(has(shell.err, "Loaded: dense -> dense\n"));
    CHECK(has(shell.err, "Without weights in the file: dense_1\n"));
    CHECK(has(shell.err,
              "Only 1 of 2 layers got weights from the file; not dense_1. To keep random weights "
              "there, add --partial."));
  }
  shell.cnn("predict --pictures pictures --partial " + fit);
  CHECK(shell.status == 0);
  CHECK(has(shell.err, "Without weights in the file: dense_1\n"));
  CHECK(has(shell.out, "["));
  shell.cnn("summary " + fit);
  CHECK(shell.status == 0);
  CHECK(has(shell.out, "Only 1 of 2 layers got weights"));
  shell.write("model.weights.h5", "\x89HDF\r\n\x1a\n");  // as an unpacked .keras has it
  shell.cnn("predict --pictures pictures --model ten.json");
  CHECK(shell.status != 0);
  CHECK(has(shell.err, "model.weights.h5: this is a file of Keras's weights"));
  CHECK(has(shell.err, "open(\"ten.json\")"));
  shell.cnn("summary --model ten.json");
  CHECK(shell.status == 0);
}

TEST_CASE("cli: mistakes give a message on standard error and a nonzero status") {
  struct Case {
    const char* words;
    const char* says;
  };
  constexpr Case cases[] = {
      {"", "usage: cnn COMMAND"},
      {"fly", "cnn: there is no command \"fly\""},
      {"train", "cnn: --data is missing"},
      {"train --data", "cnn: --data needs a value: SOURCE"},
      {"train data", "cnn: \"data\" is not an option"},
      {"train --data sample --color red", "cnn: there is no option --color"},
      {"train --data sample --batch-size 0", "batch_size must be a whole number from 1"},
      {"train --data sample --limit 5 --batch-size 6",
       "Batch size 6 is larger than the 5 training pictures; choose 5 or less"},
      {"train --data sample --limit none", "--limit must be a whole number from 1 to"},
      {"train --data sample --optimizer Magic", "optimizer must be one of Adam"},
      {"train --data sample --model nothing", "there is no preset \"nothing\"; there are tutorial"},
      {"train --data sample --model nothing.json", "nothing.json: cannot be opened"},
      {"train --data sample --kernels abacus",
       "--kernels: this machine has no kernel set \"abacus\"; it has"},
      {"train --data nowhere", "nowhere: there is no such file or folder"},
      {"train --data .", "there is no CIFAR-10 batch (.bin) in this folder"},
      {"train --data sample --resume nothing.safetensors", "cannot be opened"},
      {"evaluate --data sample", "--model is missing"},
      {"evaluate --data sample --model tutorial --split half", "--split must be test or train"},
      {"summary --model broken.json", "broken.json: "},
      {"summary --model broken.safetensors", "broken.safetensors: "},
  };
  Shell shell("mistakes");
  shell.write("broken.json", "{");
  shell.write("broken.safetensors", "nothing");
  for (const Case& c : cases) {
    shell.cnn(c.words);
    const std::string words = c.words;
    CAPTURE(words);
    CHECK(shell.status != 0);
    CHECK(has(shell.err, c.says));
  }
}

TEST_CASE("cli: --help names every option and every field of a training") {
  Shell shell("help");
  shell.cnn("--help");
  CHECK(shell.status == 0);
  shell.cnn("train --help");
  CHECK(shell.status == 0);
  for (const char* option :
       {"--data SOURCE", "--resume FILE", "--batch-size VALUE", "--callbacks JSON", "AdamW"}) {
    CHECK(has(shell.out, option));
  }
}

TEST_CASE("cli: a model exported in any format predicts the same") {
  Shell shell("formats");
  shell.write("pictures", std::string(32 * 32 * 3, '\x30') + std::string(32 * 32 * 3, '\xc0'));
  shell.cnn("export --model tutorial_small --format safetensors --out m.safetensors");
  REQUIRE(shell.status == 0);
  shell.cnn("predict --model m.safetensors --pictures pictures");
  REQUIRE(shell.status == 0);
  const std::string probabilities = shell.out;
  const auto rows = cnn::parse_json(probabilities);
  REQUIRE(rows);
  CHECK(rows->elements()->size() == 2);
  CHECK((*rows->elements())[0].elements()->size() == 10);
  for (const char* way : {"tfjs --out tfjs", "onnx --out m.onnx"}) {
    CAPTURE(way);
    shell.cnn(std::string("export --model m.safetensors --format ") + way);
    REQUIRE(shell.status == 0);
    const bool is_folder = std::string_view(way).substr(0, 4) == "tfjs";
    for (const char* source : {is_folder ? "tfjs" : "m.onnx", is_folder ? "tfjs/model.json" : "m.onnx"}) {
      shell.cnn(std::string("predict --pictures pictures --model ") + source);
      CHECK(shell.out == probabilities);
    }
  }
  shell.cnn("export --model m.safetensors --format safetensors --half --out half.safetensors");
  CHECK(shell.file("half.safetensors").size() < shell.file("m.safetensors").size() / 2 + 2000);
  shell.cnn("export --model m.safetensors --format caffe --out x");
  CHECK(shell.status != 0);
  CHECK(has(shell.err, "expected one of safetensors, tfjs, onnx, pytorch, keras"));
  shell.cnn("predict --model m.safetensors --pictures half.safetensors");
  CHECK(has(shell.err, "not a whole number of pictures"));
}

TEST_CASE("cli: a folder of batches is a data set") {
  Shell shell("batches");
  const auto write = [&](const char* name, const tests::ByteVector& bytes) {
    shell.write(name, std::string(bytes.begin(), bytes.end()));
  };
  write("data_batch_1.bin", tests::cifar_batch({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  write("test_batch.bin", tests::cifar_batch({3}));
  shell.cnn("train --data . --model tutorial_small --epochs 1 --quiet");
  CHECK(has(shell.out, ".: 10 training and 1 test pictures\n"));
  CHECK(shell.status == 0);
  write("data_batch_2.bin", {11});
  shell.cnn("train --data . --model tutorial_small");
  CHECK(has(shell.err, "data_batch_2.bin: label 11; labels here are 0 to 9"));
}
