// The chapters about training and judging: real steps, and the run and matrix of the workbench.
#include <cmath>

#include "tests/web/app/learn_reader.h"
#include "web/app/learn/small_training.h"

namespace playground::test {
namespace {

TEST_SUITE_BEGIN("web/learn");

TEST_CASE("training chapter: the loss falls at the right rate, and not at one that is too large") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
  reader.open("training");
  const double start = number_after(reader, "the loss is ");
  Heard heard{reader};
  reader.press("training/step");
  CHECK(heard.changed());
  CHECK(says(reader, "After 1 step "));
  for (int i = 0; i < 5; ++i) reader.press("training/epoch");
  const double later = number_after(reader, "the loss is ");
  CHECK(later < 0.8 * start);
  reader.press("training/batch/60");
  CHECK(says(reader, "a batch of 60"));
  reader.press("training/again");
  CHECK(says(reader, "After 0 steps"));
  reader.press("training/too small");
  reader.press("training/epoch");
  const double slow = number_after(reader, "the loss is ");
  CHECK(slow < start * 1.2);
  CHECK(slow > later);
  reader.press("training/again");
  reader.press("training/diverging");
  reader.press("training/epoch");
  const bool worse = says(reader, "diverged") || number_after(reader, "the loss is ") > start;
  CHECK(worse);
}

TEST_CASE("training chapter: dropout and augmentation start a new training and keep the previous curves") {
  for (const char* name : {"training/dropout", "training/augmentation"}) {
    CAPTURE(name);
    Reader reader;
    ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
    reader.open("training");
    for (int i = 0; i < 3; ++i) reader.press("training/epoch");
    const double plain = number_after(reader, "the loss is ");
    CHECK_FALSE(reader.find("legend/Loss/validation, earlier"));
    reader.press(name);
    CHECK(says(reader, "After 0 steps"));
    CHECK(reader.find("legend/Loss/validation, earlier"));
    for (int i = 0; i < 3; ++i) reader.press("training/epoch");
    CHECK(number_after(reader, "the loss is ") > plain);  // both make training harder
    reader.press("training/again");
    CHECK_FALSE(reader.find("legend/Loss/validation, earlier"));
  }
}

TEST_CASE("training chapter: the loss predicted along the gradient is the loss after the step") {
  Reader reader;
  SmallTraining training(reader.lesson(), Net(),
                         {layer("AveragePooling2D", {{"pool_size", 4}}), layer("Flatten"),
                          layer("Dense", {{"units", 10}, {"activation", "softmax"}})});
  REQUIRE(training.ready());
  const int all = training.pictures();
  constexpr double kRates[] = {0, 0.2};
  const std::vector<double> predicted = training.along_gradient(reader.panel.exec, kRates, all);
  const double before = training.step(reader.panel.exec, 0.2, all);
  CHECK(before == doctest::Approx(predicted[0]).epsilon(1e-6));
  CHECK(training.on_training(reader.panel.exec).loss == doctest::Approx(predicted[1]).epsilon(1e-5));
  CHECK(predicted[1] < predicted[0]);
}

TEST_CASE("training chapter: the wheel over a plot scrolls the chapter") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 500);
  reader.open("training");
  reader.point("plot/training/slope", 0.5f, 0.5f);
  const float before = reader.find("plot/training/slope")->y;
  ImGui::GetIO().AddMouseWheelEvent(0, -1);
  for (int i = 0; i < 5; ++i) reader.frame();
  const auto after = reader.find("plot/training/slope");
  REQUIRE(after);
  CHECK(after->y < before);
}

TEST_CASE("training chapter: plots the workbench's run") {
  Reader reader;
  Run run;
  for (int epoch = 1; epoch <= 5; ++epoch) {
    HistoryRow row;
    row.epoch = epoch;
    row.accuracy = 0.4 + 0.08 * epoch;
    row.val_accuracy = 0.6;
    row.val_loss = std::abs(epoch - 3) + 1.0;
    run.history.push_back(row);
  }
  reader.runs.push_back(run);
  ImGui::GetIO().DisplaySize = ImVec2(1280, 2000);
  reader.open("training");
  CHECK(reader.find("legend/The workbench's run/validation"));
  reader.runs.clear();
  CHECK_FALSE(reader.find("legend/The workbench's run/validation"));
}

TEST_CASE("judging chapter: precision and recall of the workbench's matrix, worked out") {
  Reader reader;
  ImGui::GetIO().DisplaySize = ImVec2(1280, 1600);
  reader.evaluation.classes = 10;
  reader.evaluation.epoch = 2;
  reader.evaluation.confusion.assign(100, 0);
  const auto set = [&](int actual, int predicted, int count) {
    reader.evaluation.confusion[static_cast<std::size_t>(actual * 10 + predicted)] = count;
  };
  set(3, 3, 6);  // of eight cats six are found, and two more animals are called cats
  set(3, 5, 2);
  set(5, 3, 2);
  set(5, 5, 10);
  reader.open("judging");
  CHECK(says(reader, "16 of 20 test pictures"));
  CHECK(says(reader, "cat: recall 75.0 %, precision 75.0 %"));
  CHECK(says(reader, "Of 8, 2 were predicted as dog"));
  reader.point("judging/matrix", 0.55f, 0.55f);
  CHECK(says(reader, "dog: recall 83.3 %, precision 83.3 %"));
}

TEST_CASE("judging chapter: without a run it shows the matrix of its own small network") {
  Reader reader;
  reader.open("judging");
  CHECK(says(reader, "of 40 test pictures"));
  CHECK(number_after(reader, "an accuracy of ") > 30);
}

TEST_SUITE_END();

}  // namespace
}  // namespace playground::test
