// Trainings that are stopped, saved and resumed.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/training/trainer.h"
#include "tests/core/training/training.h"

TEST_SUITE_BEGIN("core/trainer");

using namespace training_tests;

TEST_CASE("trainer: when stopped between two epochs, progress is the end of the first") {
  Training t(R"({"epochs":3,"batch_size":32})");
  while (t.trainer->history().empty()) REQUIRE(t.trainer->step());
  CHECK(t.trainer->progress().epoch == 2);
  CHECK(t.trainer->progress().step == 0);
  t.trainer->stop();
  CHECK(t.trainer->progress().epoch == 1);
  CHECK(t.trainer->progress().step == 4);
  CHECK(t.trainer->progress().steps_per_epoch == 4);
}

TEST_CASE("trainer: saving and resuming at any step is bit-identical") {
  constexpr const char* fits[] = {
      R"({"epochs":3,"batch_size":16})",
      R"({"epochs":3,"batch_size":16,"optimizer":{"class_name":"SGD","config":{"momentum":0.9,"use_ema":true}},
          "schedule":{"class_name":"OneCycle","config":{}}})",
      R"({"epochs":4,"batch_size":16,"optimizer":{"class_name":"RMSprop","config":{"momentum":0.5,"global_clipnorm":0.5}},
          "validation_split":0.3,"callbacks":[
            {"class_name":"EarlyStopping","config":{"patience":1,"restore_best_weights":true}},
            {"class_name":"ReduceLROnPlateau","config":{"patience":1}}]})"};
  for (const char* fit : fits) {
    CAPTURE(fit);
    Training whole(fit);
    whole.run();
    for (const int at : {0, 3, 7, 8, 9, 17, 20, 1000}) {  // during epochs and during validation
      CAPTURE(at);
      Training first(fit);
      first.run(at);
      Saved saved(first);
      Training second(fit);
      REQUIRE(saved.into(second));
      CHECK(Saved(second).json == saved.json);
      second.run();
      CHECK(weights(second.model) == weights(whole.model));
      CHECK(history_text(*second.trainer) == history_text(*whole.trainer));
      CHECK(second.trainer->ending() == whole.trainer->ending());
    }
  }
}

TEST_CASE("trainer: continued with fewer epochs than were trained, it is finished") {
  Training first(R"({"epochs":3,"batch_size":20})");
  while (first.trainer->history().size() < 2) REQUIRE(first.trainer->step());
  REQUIRE(first.trainer->step());
  Saved saved(first);
  Training second(R"({"epochs":1,"batch_size":20})");
  REQUIRE(saved.into(second));
  CHECK(second.trainer->done());
  CHECK(second.trainer->ending() == cnn::Ending::finished);
}

TEST_CASE("trainer: a finished training resumes with more epochs") {
  Training three(R"({"epochs":3,"batch_size":20})"), two(R"({"epochs":2,"batch_size":20})");
  three.run();
  two.run();
  Saved saved(two);
  Training more(R"({"epochs":3,"batch_size":20})");
  REQUIRE(saved.into(more));
  CHECK(!more.trainer->done());
  more.run();
  CHECK(weights(more.model) == weights(three.model));
}

TEST_CASE("trainer: stopping and resuming at any step is bit-identical") {
  constexpr const char* fit =
      R"({"epochs":2,"batch_size":20,"optimizer":{"class_name":"Adam","config":{"use_ema":true}}})";
  Training whole(fit);
  whole.run();
  for (const int at : {1, 5, 6, 8}) {  // 5 steps an epoch, then two slices of validation
    CAPTURE(at);
    Training first(fit);
    first.run(at);
    first.trainer->stop();
    Saved saved(first);
    Training second(fit);
    REQUIRE(saved.into(second));
    second.run();
    CHECK(weights(second.model) == weights(whole.model));
    CHECK(history_text(*second.trainer) == history_text(*whole.trainer));
  }
}

TEST_CASE("trainer: a saved training that does not fit is an error that names the mismatch") {
  Training t(R"({"epochs":2,"batch_size":20})");
  t.run(3);
  const Saved saved(t);
  const auto problem = [&](auto change) {
    Saved changed = saved;
    change(changed);
    Training into(R"({"epochs":2,"batch_size":20})");
    const auto result = changed.into(into);
    return result ? std::string() : result.error().message;
  };
  CHECK(problem([](Saved&) {}) == "");
  CHECK(problem([](Saved& s) { s.json = "{}"; }).find("epoch is missing or out of range") !=
        std::string::npos);
  CHECK(problem([](Saved& s) { s.arrays[0].second.pop_back(); }).find("optimizer/m/conv2d/kernel has") !=
        std::string::npos);
  CHECK(problem([](Saved& s) {
          s.arrays.erase(s.arrays.begin());
        }).find("optimizer/m/conv2d/kernel is missing") != std::string::npos);
  const auto replace = [](const char* from, const char* to) {
    return [=](Saved& s) { s.json.replace(s.json.find(from), std::strlen(from), to); };
  };
  CHECK(problem(replace("\"epoch_images\":100", "\"epoch_images\":101")).find("the data set has 100") !=
        std::string::npos);
  CHECK(problem(replace("\"position\":60", "\"position\":-1")) != "");
  CHECK(problem(replace("\"position\":60", "\"position\":1e300")) != "");
  CHECK(problem(replace("\"phase\":0", "\"phase\":7")) != "");
}
