#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/datasets/samples.h"
#include "core/inspect/embedding.h"
#include "core/inspect/histograms.h"
#include "core/inspect/occlusion.h"
#include "core/inspect/slices.h"
#include "core/inspect/top_pictures.h"
#include "doctest/doctest.h"

namespace cnn::test {
namespace {

constexpr char kNet[] = R"({"class_name":"Sequential","config":{"name":"net","layers":[
  {"class_name":"InputLayer","config":{"name":"x","batch_shape":[null,32,32,3]}},
  {"class_name":"Conv2D","config":{"name":"conv","filters":4,"kernel_size":3,"strides":2,"activation":"relu"}},
  {"class_name":"MaxPooling2D","config":{"name":"pool","pool_size":5}},
  {"class_name":"Flatten","config":{"name":"flat"}},
  {"class_name":"Dense","config":{"name":"hidden","units":12,"activation":"relu"}},
  {"class_name":"Dense","config":{"name":"out","units":10}}]}})";

struct Setup {
  Dataset data;
  Exec exec{1};
  Model model = make();
  Observer observer = watch();

  Setup() {
    SampleOptions options;
    options.train = 60;
    options.test = 1;
    data = draw_samples(options).train;
  }
  static Model make() {
    auto model = Model::from_config(*parse_json(kNet));
    REQUIRE(model);
    model->initialize(3);
    return std::move(*model);
  }
  Observer watch() {
    auto made = Observer::make(model);
    REQUIRE(made);
    return std::move(*made);
  }
  std::vector<float> picture(std::uint32_t index) {
    Batch batch;
    const std::uint32_t indices[] = {index};
    batch.assemble(exec, data, indices);
    return {batch.x(), batch.x() + kImageBytes};
  }
};

TEST_SUITE_BEGIN("inspect/many");

TEST_CASE("occlusion: each place has the probability of the picture with a gray square there") {
  Setup s;
  const std::vector<float> x = s.picture(4);
  Occlusion occlusion({32, 32, 3}, x, {.class_index = 6, .size = 6, .stride = 5});
  while (!occlusion.done()) REQUIRE(occlusion.step(s.exec, s.observer));
  REQUIRE(occlusion.map().rows == 7);
  REQUIRE(occlusion.map().values.size() == 49);
  // Row 2, column 0 of the map: rows 10 .. 15 (because (5 - 6) / 2 = 0) and columns 0 .. 5 of the picture.
  std::vector<float> covered = x;
  for (int row = 10; row < 16; ++row)
    for (int column = 0; column < 6; ++column)
      for (int c = 0; c < 3; ++c) covered[static_cast<std::size_t>((row * 32 + column) * 3 + c)] = 0.5f;
  REQUIRE(s.observer.look(s.exec, covered));
  CHECK(occlusion.map().values[2 * 7] ==
        doctest::Approx(static_cast<double>(s.observer.probabilities(s.exec)[6])).epsilon(1e-6));
}

TEST_CASE("top pictures: the strongest of all pictures, with the position") {
  Setup s;
  TopPictures top(s.data, 1, 2, 5);
  while (!top.done()) REQUIRE(top.step(s.exec, s.observer));
  REQUIRE(top.best().size() == 5);
  std::vector<float> largest;
  for (std::uint32_t i = 0; i < s.data.size(); ++i) {
    REQUIRE(s.observer.look(s.exec, s.picture(i)));
    const std::span<const float> map = s.observer.output(1);
    float most = 0;
    for (std::size_t at = 2; at < map.size(); at += 4) most = std::max(most, map[at]);
    largest.push_back(most);
  }
  for (const TopPicture& picture : top.best()) {
    CHECK(picture.value == largest[picture.index]);
    REQUIRE(s.observer.look(s.exec, s.picture(static_cast<std::uint32_t>(picture.index))));
    CHECK(s.observer.output(1)[index_of({15, 15, 4}, picture.unit)] == picture.value);
  }
  std::sort(largest.begin(), largest.end(), std::greater<>());
  for (std::size_t i = 0; i < 5; ++i) CHECK(top.best()[i].value == largest[i]);
}

TEST_CASE("principal axes: known directions are found, deterministically") {
  // Along (3, 4, 0) / 5 with deviation 2, along (0, 0, 1) with deviation 1, and a little noise perpendicular.
  std::vector<float> rows;
  RandomStream random(2, RandomPurpose::test);
  constexpr std::size_t n = 4000;
  for (std::size_t i = 0; i < n; ++i) {
    const float a = 2 * random.normal(), b = random.normal(), c = 0.1f * random.normal();
    rows.insert(rows.end(), {7 + 0.6f * a - 0.8f * c, 0.8f * a + 0.6f * c, b});
  }
  const PrincipalAxes found = principal_axes(rows, n, 3, 2);
  CHECK(found.axes[0] == doctest::Approx(0.6).epsilon(0.01));
  CHECK(found.axes[1] == doctest::Approx(0.8).epsilon(0.01));
  CHECK(found.axes[5] == doctest::Approx(1).epsilon(0.01));
  CHECK(found.shares[0] == doctest::Approx(4 / 5.01).epsilon(0.05));
  CHECK(found.mean[0] == doctest::Approx(7).epsilon(0.02));
  CHECK(principal_axes(rows, n, 3, 2).axes == found.axes);
  const std::vector<float> same(30, 1.5f);
  const PrincipalAxes none = principal_axes(same, 10, 3, 2);
  CHECK(none.shares == std::vector<double>{0, 0});
  for (const double value : principal_axes(same, 30, 1, 2).axes) CHECK(std::isfinite(value));
}

TEST_CASE("embedding: every picture has a place, and variance along the axes matches their shares") {
  Setup s;
  Embedding embedding(s.data, s.model, 40);
  CHECK(s.model.layer(embedding.layer()).name == "hidden");
  while (!embedding.done()) REQUIRE(embedding.step(s.exec, s.observer));
  const Embedding::Points points = embedding.points();
  REQUIRE(points.places.size() == 80);
  REQUIRE(embedding.predicted().size() == 40);
  CHECK(embedding.indices().back() == 58);
  double mean = 0, squares[2] = {};
  for (std::size_t i = 0; i < 80; ++i) {
    if (i % 2 == 0) mean += static_cast<double>(points.places[i]);
    squares[i % 2] += static_cast<double>(points.places[i]) * static_cast<double>(points.places[i]);
  }
  CHECK(std::fabs(mean) < 1e-3);
  CHECK(squares[0] >= squares[1]);
  CHECK(squares[0] / squares[1] == doctest::Approx(points.shares[0] / points.shares[1]).epsilon(1e-4));
}

TEST_CASE("histogram: every finite number is in a bin") {
  const std::vector<float> numbers = {0, 1, 2, 3, 4, 4, std::nanf(""), INFINITY};
  const Histogram of = histogram(numbers, 4);
  CHECK(of.counts == std::vector<int>{1, 1, 1, 3});
  CHECK(of.low == 0);
  CHECK(of.high == 4);
  CHECK(of.mean == doctest::Approx(14.0 / 6));
  CHECK(histogram(std::vector<float>(3, 2.0f), 2).counts == std::vector<int>{3, 0});
  CHECK(histogram({}, 4).counts.empty());
}

TEST_CASE("histograms: cover every layer; a unit that is never above 0 is dead") {
  Setup s;
  for (Parameter& parameter : s.model.parameters())
    if (parameter.name == "hidden/bias") std::fill_n(parameter.value.begin(), 3, -1e6f);
  s.observer.take_weights(s.model);
  const auto layers = layer_histograms(s.exec, s.observer, s.data, 16);
  REQUIRE(layers);
  REQUIRE(layers->size() == 5);
  const LayerHistograms& hidden = (*layers)[3];
  REQUIRE(hidden.dead);
  CHECK(*hidden.dead >= 0.25);
  CHECK_FALSE((*layers)[4].dead);
  CHECK((*layers)[1].weights.counts.empty());
  CHECK((*layers)[1].activations.counts.size() == 16);
  CHECK(hidden.gradients.high > hidden.gradients.low);
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
