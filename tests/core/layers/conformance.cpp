// The contract of core/layers/layer.h, checked for every class of the registry.
#include <algorithm>
#include <cstring>

#include "core/layers/activations.h"
#include "tests/core/kernels/arrays.h"
#include "tests/core/layers/cases.h"

namespace cnn::test {
namespace {

/// count() without its saturation, which makes GCC 12 warn of arrays with -34 elements.
std::size_t small_count(const Shape& shape) { return std::min<std::size_t>(count(shape), 1 << 16); }

/// Calls one layer as the model does, with walls of NaN around every array.
struct LayerHarness {
  const Layer& layer;
  bool training;
  int batch;
  Shape x_shape, y_shape;
  Needs needs;
  bool relu;
  std::vector<Walled> params, gradients;
  Walled x, y, dy, dx, saved, forward_scratch, backward_scratch;

  static Walled of(const Shape& shape, int batch, std::uint64_t seed) {
    return Walled::random(static_cast<std::size_t>(batch) * small_count(shape), seed);
  }
  LayerHarness(const Layer& l, const Shape& in, int n, bool in_training)
      : layer(l),
        training(in_training),
        batch(n),
        x_shape(in),
        y_shape(*l.output_shape(in)),
        needs(l.needs(in, n)),
        relu(l.fuses_relu() && l.activation().kind == Activation::relu),
        x(of(in, n, 1)),
        y(count_of(y_shape)),
        dy(of(y_shape, n, 2)),
        dx(count_of(in)),
        saved(static_cast<std::size_t>((needs.saved_bytes + 3) / 4)),
        forward_scratch(static_cast<std::size_t>(needs.forward_scratch_floats)),
        backward_scratch(static_cast<std::size_t>(needs.backward_scratch_floats)) {
    for (const ParameterSpec& spec : layer.params(x_shape)) {
      Walled value(small_count(spec.shape));
      RandomStream random(params.size() + 3, RandomPurpose::test);
      for (std::size_t i = 0; i < value.size(); ++i) value[i] = random.uniform(0.25f, 1);
      params.push_back(value);
      gradients.emplace_back(small_count(spec.shape));
    }
  }
  std::size_t count_of(const Shape& shape) const {
    return static_cast<std::size_t>(batch) * small_count(shape);
  }

  /// Null where the model passes null.
  static float* pointer(Walled& array) { return array.size() > 0 ? array.data() : nullptr; }

  void forward(Exec& exec) {
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = std::nanf("");
    std::vector<float*> values;
    for (Walled& value : params) values.push_back(value.data());
    const float* xs[] = {x.data()};
    Forward f{exec};
    f.batch = batch, f.training = training, f.relu = relu, f.random = {7, 1, 2};
    f.x_shapes = {&x_shape, 1}, f.xs = xs, f.y_shape = &y_shape, f.y = y.data(), f.params = values;
    f.saved = pointer(saved), f.scratch = pointer(forward_scratch);
    layer.forward(f);
  }

  void backward(Exec& exec, bool want_dx = true) {
    const auto specs = layer.params(x_shape);
    std::vector<const float*> values;
    std::vector<float*> slots;
    for (std::size_t i = 0; i < params.size(); ++i) {
      values.push_back(params[i].data());
      slots.push_back(specs[i].trainable && layer.trainable ? gradients[i].data() : nullptr);
    }
    for (std::size_t i = 0; i < dx.size(); ++i) dx[i] = std::nanf("");
    const float* xs[] = {needs.backward_reads_x ? x.data() : nullptr};
    float* dxs[] = {want_dx ? dx.data() : nullptr};
    Backward b{exec};
    b.batch = batch, b.training = training, b.relu = relu, b.random = {7, 1, 2};
    b.x_shapes = {&x_shape, 1}, b.xs = xs, b.y_shape = &y_shape, b.dy = dy.data(), b.dxs = dxs;
    b.y = needs.backward_reads_y || relu ? y.data() : nullptr;
    b.params = values, b.gradients = slots;
    b.saved = pointer(saved), b.scratch = pointer(backward_scratch);
    layer.backward(b);
  }

  bool walls_stand() const {
    bool stand = x.walls_stand() && y.walls_stand() && dy.walls_stand() && dx.walls_stand() &&
                 saved.walls_stand() && forward_scratch.walls_stand() && backward_scratch.walls_stand();
    for (const Walled& array : params) stand = stand && array.walls_stand();
    for (const Walled& array : gradients) stand = stand && array.walls_stand();
    return stand;
  }
};

bool is_finite(const Walled& array) {
  return std::all_of(array.data(), array.data() + array.size(), [](float v) { return std::isfinite(v); });
}

bool same_bits(const Walled& a, const Walled& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Calls body(layer, case) for every case that computes something. A layer that is only an activation is
/// replaced by its ActivationStep.
template <class Body>
void for_each_layer(Body body) {
  for (const LayerCase& c : layer_cases()) {
    CAPTURE(c.why);
    CAPTURE(c.class_name);
    CAPTURE(c.training);
    const std::unique_ptr<Layer> layer = make(c);
    if (layer->group() == "Activation" && layer->activation().kind != Activation::linear) {
      body(ActivationStep(layer->activation()), c);
    } else if (!layer->is_identity(c.training)) {
      body(*layer, c);
    }
  }
}

TEST_SUITE_BEGIN("layers/conformance");

TEST_CASE("conformance: a configuration reads back the same, and every field has a sentence") {
  for (const LayerCase& c : layer_cases()) {
    CAPTURE(c.class_name);
    CAPTURE(c.why);
    const std::unique_ptr<Layer> layer = make(c);
    CHECK(layer->class_name() == c.class_name);
    CHECK_FALSE(layer->help().empty());
    CHECK_FALSE(layer->group().empty());
    Json config = Json::object();
    write_fields(config, [&](Fields& field) { layer->fields(field); });
    const std::unique_ptr<Layer> again = make({c.why, c.class_name, config.dump(), c.x});
    Json second = Json::object();
    write_fields(second, [&](Fields& field) { again->fields(field); });
    CHECK(config == second);
  }
  const Json types = describe_layer_types();
  REQUIRE(types.elements()->size() == layer_types().size());
  for (const Json& type : *types.elements()) {
    for (const Json& field : *type.find("fields")->elements()) {
      CAPTURE(field.dump());
      CHECK(field.find("help")->string()->size() > 5);
      CHECK(field.find("default"));
    }
  }
}

TEST_CASE("conformance: forward fills the whole output and backward every gradient, and nothing else") {
  for_each_layer([](const Layer& layer, const LayerCase& c) {
    Exec exec(1);
    LayerHarness harness(layer, c.x, 3, c.training);
    harness.forward(exec);
    CHECK(is_finite(harness.y));
    harness.backward(exec);
    CHECK(is_finite(harness.dx));
    for (const Walled& gradient : harness.gradients) CHECK(is_finite(gradient));
    CHECK(harness.walls_stand());
    // Parameter gradients accumulate.
    const std::vector<Walled> once = harness.gradients;
    harness.backward(exec);
    for (std::size_t p = 0; p < once.size(); ++p) {
      for (std::size_t i = 0; i < once[p].size(); ++i) {
        CHECK(harness.gradients[p][i] == doctest::Approx(2 * once[p][i]).epsilon(1e-5));
      }
    }
    // The input's gradient may be unwanted.
    for (Walled& gradient : harness.gradients) gradient = Walled(gradient.size());
    harness.backward(exec, false);
    for (std::size_t p = 0; p < once.size(); ++p) CHECK(same_bits(harness.gradients[p], once[p]));
  });
}

TEST_CASE("conformance: one, two and three threads give the same bits") {
  for_each_layer([](const Layer& layer, const LayerCase& c) {
    Exec one(1);
    LayerHarness expected(layer, c.x, 5, c.training);
    expected.forward(one), expected.backward(one);
    for (const int threads : {2, 3}) {
      Exec several(threads);
      LayerHarness harness(layer, c.x, 5, c.training);
      harness.forward(several), harness.backward(several);
      CHECK(same_bits(harness.y, expected.y));
      CHECK(same_bits(harness.dx, expected.dx));
      for (std::size_t p = 0; p < harness.params.size(); ++p) {
        CHECK(same_bits(harness.gradients[p], expected.gradients[p]));
        CHECK(same_bits(harness.params[p], expected.params[p]));
      }
    }
  });
}

TEST_CASE("conformance: a batch of four is four batches of one") {
  for_each_layer([](const Layer& layer, const LayerCase& c) {
    if (c.training) return;  // then draws depend on the index in the batch, and normalization on all of it
    Exec exec(1);
    LayerHarness all(layer, c.x, 4, false);
    all.forward(exec);
    for (std::size_t image = 0; image < 4; ++image) {
      LayerHarness one(layer, c.x, 1, false);
      std::copy_n(all.x.data() + image * one.x.size(), one.x.size(), one.x.data());
      one.forward(exec);
      for (std::size_t i = 0; i < one.y.size(); ++i) {
        CHECK(one.y[i] == doctest::Approx(all.y[image * one.y.size() + i]).epsilon(1e-5));
      }
    }
  });
}

TEST_CASE("conformance: equal, zero and huge inputs give finite outputs and gradients") {
  for_each_layer([](const Layer& layer, const LayerCase& c) {
    Exec exec(1);
    for (const float value : {0.0f, 1.0f, 1e4f, -1e4f}) {
      CAPTURE(value);
      LayerHarness harness(layer, c.x, 3, c.training);
      for (std::size_t i = 0; i < harness.x.size(); ++i) harness.x[i] = value;
      harness.forward(exec), harness.backward(exec);
      CHECK(is_finite(harness.y));
      CHECK(is_finite(harness.dx));
      for (const Walled& gradient : harness.gradients) CHECK(is_finite(gradient));
      harness.x[0] = -value;
      harness.forward(exec), harness.backward(exec);
      CHECK(is_finite(harness.y));
      CHECK(is_finite(harness.dx));
    }
  });
}

TEST_SUITE_END();

}  // namespace
}  // namespace cnn::test
