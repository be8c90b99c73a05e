// Small cases computed by hand, and properties of single layers.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "core/layers/batch_normalization.h"
#include "core/model/model.h"

namespace cnn::test {
namespace {

/// A model of one layer, or several separated by commas, on pictures of the given shape.
Model model_of(const std::string& shape, const std::string& layers) {
  const auto config = parse_json(
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"InputLayer","config":{"batch_input_shape":[null,)" +
      shape + R"(]}},{"class_name":"Activation","config":{"name":"x","activation":"linear"}},)" + layers +
      "]}}");
  REQUIRE(config);
  auto model = Model::from_config(*config);
  REQUIRE_MESSAGE(model, (model ? "" : model.error().message));
  return std::move(*model);
}

struct Run {
  Model model;
  Exec exec{1};
  std::vector<float> x;
  int batch;

  Run(Model m, std::vector<float> pictures, ForwardOptions options = {})
      : model(std::move(m)), x(std::move(pictures)) {
    const std::size_t numbers = count(model.input_shape());
    REQUIRE(numbers > 0);
    batch = static_cast<int>(x.size() / numbers);
    options.keep_all = true;
    REQUIRE(model.forward(exec, x.data(), batch, options));
  }
  std::vector<float> y() const {
    const auto output = model.layer_output(model.layer_count() - 1);
    return {output.begin(), output.end()};
  }
  std::vector<float> dx(const std::vector<float>& dy) {
    model.backward(exec, dy.data());
    const auto gradient = model.layer_gradient(1);
    return {gradient.begin(), gradient.end()};
  }
};

using Floats = std::vector<float>;

TEST_SUITE_BEGIN("layers/max_pooling2d");

TEST_CASE("max_pooling2d: the largest of each window, and its gradient goes to the winner") {
  Run run(model_of("2,4,1", R"({"class_name":"MaxPooling2D"})"), {1, 5, 2, 2, 3, 4, 2, 2});
  CHECK(run.y() == Floats{5, 2});
  CHECK(run.dx({10, 20}) == Floats{0, 10, 20, 0, 0, 0, 0, 0});  // a tie goes to the first
}

TEST_CASE("max_pooling2d: gradients of overlapping windows add up, NaN wins, padding never wins") {
  Run overlap(model_of("1,3,1", R"({"class_name":"MaxPooling2D","config":{"pool_size":[1,2],"strides":1}})"),
              {0, 7, 1});
  CHECK(overlap.y() == Floats{7, 7});
  CHECK(overlap.dx({1, 2}) == Floats{0, 3, 0});
  Run padded(model_of("1,3,1", R"({"class_name":"MaxPooling2D","config":{"padding":"same"}})"), {-3, -2, -1});
  CHECK(padded.y() == Floats{-2, -1});
  Run hostile(model_of("1,2,1", R"({"class_name":"MaxPooling2D","config":{"pool_size":[1,2]}})"),
              {std::nanf(""), 1});
  CHECK(std::isnan(hostile.y()[0]));
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/mean_pooling2d");

TEST_CASE("average_pooling2d: padding does not count; sum_pooling2d: the sum is not divided") {
  const std::string same = R"("config":{"padding":"same"}})";
  Run mean(model_of("3,3,1", R"({"class_name":"AveragePooling2D",)" + same), {1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(mean.y() == Floats{3, 4.5f, 7.5f, 9});
  CHECK(mean.dx({4, 2, 2, 1}) == Floats{1, 1, 1, 1, 1, 1, 1, 1, 1});
  Run sum(model_of("3,3,1", R"({"class_name":"SumPooling2D",)" + same), {1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(sum.y() == Floats{12, 9, 15, 9});
  CHECK(sum.dx({1, 2, 3, 4}) == Floats{1, 1, 2, 1, 1, 2, 3, 3, 4});
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/conv2d");

TEST_CASE("conv2d: an edge detector by hand") {
  Model model = model_of(
      "3,3,1", R"({"class_name":"Conv2D","config":{"filters":1,"kernel_size":[1,2],"padding":"same"}})");
  const float kernel[] = {1, -1};
  std::copy_n(kernel, 2, model.parameters()[0].value.begin());
  model.parameters()[1].value[0] = 0.5f;
  Run run(std::move(model), {1, 1, 4, 2, 0, 0, 0, 3, 3});
  CHECK(run.y() == Floats{0.5f, -2.5f, 4.5f, 2.5f, 0.5f, 0.5f, -2.5f, 0.5f, 3.5f});
  CHECK(run.dx({1, 0, 0, 0, 0, 0, 0, 0, 2}) == Floats{1, -1, 0, 0, 0, 0, 0, 0, 2});
  CHECK(run.model.parameters()[0].gradient[0] == 1 + 2 * 3);
  CHECK(run.model.parameters()[0].gradient[1] == 1);  // the cell beyond the border is 0
  CHECK(run.model.parameters()[1].gradient[0] == 3);
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/batch_normalization");

TEST_CASE("batch_normalization: by hand, and the moving averages follow the batch") {
  Model model =
      model_of("1", R"({"class_name":"BatchNormalization","config":{"momentum":0.75,"epsilon":0}})");
  model.initialize(1);
  CHECK(model.parameters()[0].name == "batch_normalization/gamma");
  CHECK(model.parameters()[0].value[0] == 1);
  CHECK(model.parameters()[3].name == "batch_normalization/moving_variance");
  CHECK(model.parameters()[3].gradient.empty());
  CHECK_FALSE(model.parameters()[3].trainable);
  Run run(std::move(model), {1, 5, 1, 5}, {.training = true});
  CHECK(run.y() == Floats{-1, 1, -1, 1});
  CHECK(run.model.parameters()[2].value[0] == 0.75f * 0 + 0.25f * 3);
  CHECK(run.model.parameters()[3].value[0] == 0.75f * 1 + 0.25f * 4);  // biased variance, as Keras has it
  // A dy that is a multiple of y plus a constant gives dx = 0.
  for (const float d : run.dx({-1, 3, -1, 3})) CHECK(std::fabs(d) < 1e-6f);
}

TEST_CASE(
    "batch_normalization: outside training, and while frozen, the moving averages are used and stay fixed") {
  for (const bool frozen : {false, true}) {
    Model model = model_of(
        "1", std::string(R"({"class_name":"BatchNormalization","config":{"epsilon":0,"trainable":)") +
                 (frozen ? "false}}" : "true}}"));
    model.initialize(1);
    model.parameters()[2].value[0] = 2;
    model.parameters()[3].value[0] = 4;
    Run run(std::move(model), {4, 0}, {.training = frozen});
    CHECK(run.y() == Floats{1, -1});
    CHECK(run.dx({1, 3}) == Floats{0.5f, 1.5f});
    CHECK(run.model.parameters()[2].value[0] == 2);
    CHECK(run.model.parameters()[3].value[0] == 4);
    CHECK(run.model.summary().trainable == (frozen ? 0u : 2u));
  }
}

TEST_CASE("batch_normalization: channels are the last axis") {
  BatchNormalization layer;
  layer.axis = 1;
  CHECK(layer.output_shape({7}));
  const auto wrong = layer.output_shape({7, 7, 3});
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "axis must be -1, the last (channels), not 1");
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/dropout");

TEST_CASE("dropout: the given share is dropped and the rest scaled, in gradients too; a seed repeats") {
  const std::vector<float> ones(10000, 1.0f);
  const auto run_with = [&](std::uint64_t seed, std::uint64_t step, bool training = true) {
    return Run(model_of("10000", R"({"class_name":"Dropout","config":{"rate":0.25}})"), ones,
               {.training = training, .seed = seed, .step = step});
  };
  Run run = run_with(1, 1);
  const Floats y = run.y();
  const auto dropped = std::count(y.begin(), y.end(), 0.0f);
  CHECK(std::abs(static_cast<double>(dropped) - 2500) <
        5 * std::sqrt(10000 * 0.25 * 0.75));  // five standard errors
  for (const float value : y) CHECK((value == 0.0f || value == doctest::Approx(1 / 0.75f)));
  CHECK(run.dx(ones) == y);
  CHECK(run_with(1, 1).y() == y);
  CHECK(run_with(1, 2).y() != y);
  CHECK(run_with(2, 1).y() != y);
  CHECK(run_with(1, 1, false).y() == ones);
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/maxout");

TEST_CASE("maxout: neighboring channels compete") {
  Run run(model_of("4", R"({"class_name":"Maxout"})"), {1, 2, -3, -4, 5, 5, 0, 1});
  CHECK(run.y() == Floats{2, -3, 5, 1});
  CHECK(run.dx({1, 2, 3, 4}) == Floats{0, 1, 2, 0, 3, 0, 0, 4});
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/normalization");

TEST_CASE("normalization: mean and variance come from the configuration or from parameters") {
  const Floats x = {1, 2, 3, 6};
  CHECK(Run(model_of("2", R"({"class_name":"Normalization","config":{"mean":[1,2],"variance":[1,4]}})"), x)
            .y() == Floats{0, 0, 2, 2});
  Model model = model_of("2", R"({"class_name":"Normalization"})");
  REQUIRE(model.parameters().size() == 2);
  CHECK(model.parameters()[0].name == "normalization/mean");
  CHECK_FALSE(model.parameters()[0].trainable);
  model.initialize(1);
  CHECK(Run(std::move(model), x).y() == x);
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/add");

TEST_CASE("add: inputs of different shapes are refused") {
  const std::string functional =
      R"({"class_name":"Functional","config":{"layers":[{"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,4,4,2]},"inbound_nodes":[]},
      {"class_name":"MaxPooling2D","name":"small","config":{},"inbound_nodes":[[["in",0,0,{}]]]},
      {"class_name":"Add","name":"sum","config":{},"inbound_nodes":[[["in",0,0,{}],["small",0,0,{}]]]}],"input_layers":[["in",0,0]],"output_layers":[["sum",0,0]]}})";
  const auto model = Model::from_config(*parse_json(functional));
  REQUIRE_FALSE(model);
  CHECK(model.error().message ==
        "sum: all its inputs must have the same shape, but they are (4, 4, 2) and (2, 2, 2)");
  CHECK(model.error().layer == 2);
  const auto alone = Model::from_config(*parse_json(
      R"({"class_name":"Sequential","config":{"layers":[{"class_name":"Add","config":{"batch_input_shape":[null,2,2,1]}}]}})"));
  REQUIRE_FALSE(alone);
  CHECK(alone.error().message ==
        "add: it takes at least 2 inputs, not 1; for one input and a number use Rescaling");
}

TEST_SUITE_END();
TEST_SUITE_BEGIN("layers/augmentation");

/// The distinct outputs of many draws on a picture of four numbers, and how often each occurred.
std::map<Floats, int> outcomes(const std::string& layer, const Floats& picture, const std::string& shape) {
  std::map<Floats, int> found;
  constexpr int draws = 2000;
  Floats batch;
  for (int i = 0; i < draws; ++i) batch.insert(batch.end(), picture.begin(), picture.end());
  Run run(model_of(shape, layer), batch, {.training = true, .seed = 4, .step = 2});
  const Floats y = run.y();
  for (std::size_t i = 0; i < y.size(); i += picture.size()) {
    ++found[Floats(y.begin() + static_cast<std::ptrdiff_t>(i),
                   y.begin() + static_cast<std::ptrdiff_t>(i + picture.size()))];
  }
  // The same key repeats the draws, another step changes them, and outside training there are none.
  CHECK(Run(model_of(shape, layer), batch, {.training = true, .seed = 4, .step = 2}).y() == y);
  CHECK(Run(model_of(shape, layer), batch, {.training = true, .seed = 4, .step = 3}).y() != y);
  CHECK(Run(model_of(shape, layer), batch).y() == batch);
  // Each outcome is equally likely: five standard errors.
  for (const auto& [outcome, times] : found) {
    const double share = 1.0 / static_cast<double>(found.size());
    CHECK(std::abs(times - draws * share) < 5 * std::sqrt(draws * share));
  }
  return found;
}
std::set<Floats> keys(const std::map<Floats, int>& found) {
  std::set<Floats> list;
  for (const auto& [outcome, times] : found) list.insert(outcome);
  return list;
}

TEST_CASE("random_flip: each direction that mode names, half of the time") {
  const auto flips = [](const std::string& mode) {
    return keys(
        outcomes(R"({"class_name":"RandomFlip","config":{"mode":")" + mode + "\"}}", {1, 2, 3, 4}, "2,2,1"));
  };
  CHECK(flips("horizontal") == std::set<Floats>{{1, 2, 3, 4}, {2, 1, 4, 3}});
  CHECK(flips("vertical") == std::set<Floats>{{1, 2, 3, 4}, {3, 4, 1, 2}});
  CHECK(flips("horizontal_and_vertical") ==
        std::set<Floats>{{1, 2, 3, 4}, {2, 1, 4, 3}, {3, 4, 1, 2}, {4, 3, 2, 1}});
}

TEST_CASE("random_translation: shifts by whole pixels, and each fill_mode fills the border") {
  const auto moves = [](const std::string& mode, const std::string& factor = "0.5") {
    return keys(outcomes(R"({"class_name":"RandomTranslation","config":{"height_factor":0,"width_factor":)" +
                             factor + R"(,"fill_value":9,"fill_mode":")" + mode + "\"}}",
                         {1, 2, 3, 4}, "1,4,1"));
  };
  CHECK(moves("constant") ==
        std::set<Floats>{{3, 4, 9, 9}, {2, 3, 4, 9}, {1, 2, 3, 4}, {9, 1, 2, 3}, {9, 9, 1, 2}});
  CHECK(moves("reflect") ==
        std::set<Floats>{{3, 4, 4, 3}, {2, 3, 4, 4}, {1, 2, 3, 4}, {1, 1, 2, 3}, {2, 1, 1, 2}});
  CHECK(moves("mirror") ==
        std::set<Floats>{{3, 4, 3, 2}, {2, 3, 4, 3}, {1, 2, 3, 4}, {2, 1, 2, 3}, {3, 2, 1, 2}});
  CHECK(moves("nearest") ==
        std::set<Floats>{{3, 4, 4, 4}, {2, 3, 4, 4}, {1, 2, 3, 4}, {1, 1, 2, 3}, {1, 1, 1, 2}});
  CHECK(moves("wrap", "0.25") == std::set<Floats>{{2, 3, 4, 1}, {1, 2, 3, 4}, {4, 1, 2, 3}});
}

TEST_CASE("random_cutout: a rectangle is covered, clipped at the border") {
  CHECK(keys(outcomes(
            R"({"class_name":"RandomCutout","config":{"height_factor":1,"width_factor":0.5,"fill_value":9}})",
            {1, 2, 3, 4}, "1,4,1")) ==
        std::set<Floats>{{9, 2, 3, 4}, {9, 9, 3, 4}, {1, 9, 9, 4}, {1, 2, 9, 9}});
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
