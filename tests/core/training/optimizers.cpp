#include "core/training/optimizers.h"

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/training/fit_options.h"

TEST_SUITE_BEGIN("core/optimizers");

namespace {

struct Run {
  std::vector<float> weights;
  std::vector<std::vector<float>> slots;
};

/// Gradients that depend on step and index.
float gradient(int step, std::size_t i) {
  return std::sin(static_cast<float>(step) + 0.7f * static_cast<float>(i));
}

/// Steps from the weights 1, 2, ..., n. rise: the learning rate's growth per step, relative to the first
/// rate.
Run run(const cnn::Optimizer& optimizer, int steps, std::size_t n, double weight_decay = 0, double rise = 0) {
  cnn::Exec exec;
  Run r;
  for (std::size_t i = 0; i < n; ++i) r.weights.push_back(static_cast<float>(i + 1));
  r.slots.assign(optimizer.slots().size(), std::vector<float>(n));
  for (int step = 1; step <= steps; ++step) {
    std::vector<float> g(n);
    for (std::size_t i = 0; i < n; ++i) g[i] = gradient(step, i);
    float* slots[2] = {};
    for (std::size_t s = 0; s < r.slots.size(); ++s) slots[s] = r.slots[s].data();
    cnn::OptimizerStep s;
    s.step = step;
    s.learning_rate = optimizer.learning_rate * (1 + rise * (step - 1));
    s.weight_decay = weight_decay;
    s.size = n;
    s.weights = r.weights.data();
    s.gradients = g.data();
    s.slots = slots;
    optimizer.update(exec, s);
  }
  return r;
}

/// Compares with the same steps in double precision: formula(w, g, t) updates one weight.
template <class Formula>
void check(const cnn::Optimizer& optimizer, Formula formula, double weight_decay = 0) {
  const std::size_t n = 37;
  const Run r = run(optimizer, 12, n, weight_decay);
  for (std::size_t i = 0; i < n; ++i) {
    Formula fresh = formula;  // with its own moments
    double w = static_cast<double>(i + 1);
    for (int t = 1; t <= 12; ++t) {
      w -= optimizer.learning_rate * weight_decay * w;
      fresh(w, gradient(t, i), t);
    }
    CAPTURE(i);
    CHECK(r.weights[i] == doctest::Approx(w).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("optimizers: SGD, plain, with momentum and with Nesterov momentum, follows its formula") {
  cnn::Sgd sgd;
  sgd.learning_rate = 0.1;
  check(sgd, [](double& w, double g, int) { w -= 0.1 * g; });
  CHECK(sgd.slots().empty());
  sgd.momentum = 0.9;
  check(sgd, [v = 0.0](double& w, double g, int) mutable { w += v = 0.9 * v - 0.1 * g; });
  sgd.nesterov = true;
  check(sgd, [v = 0.0](double& w, double g, int) mutable {
    v = 0.9 * v - 0.1 * g;
    w += 0.9 * v - 0.1 * g;
  });
  check(
      sgd,
      [v = 0.0](double& w, double g, int) mutable {
        v = 0.9 * v - 0.1 * g;
        w += 0.9 * v - 0.1 * g;
      },
      0.05);
}

TEST_CASE("optimizers: SGD in PyTorch's form, with weight decay in the velocity and the rate outside") {
  cnn::Sgd sgd;
  sgd.learning_rate = 0.1;
  sgd.momentum = 0.85;
  sgd.form = cnn::Sgd::Form::pytorch;
  for (const bool nesterov : {false, true}) {
    CAPTURE(nesterov);
    sgd.nesterov = nesterov;
    const Run r = run(sgd, 12, 37, 0.3, 0.25);
    for (std::size_t i = 0; i < 37; ++i) {
      double w = static_cast<double>(i + 1), buffer = 0;
      for (int t = 1; t <= 12; ++t) {  // torch.optim.SGD's documentation
        const double g = static_cast<double>(gradient(t, i)) + 0.3 * w;
        buffer = 0.85 * buffer + g;
        w -= 0.1 * (1 + 0.25 * (t - 1)) * (nesterov ? g + 0.85 * buffer : buffer);
      }
      CAPTURE(i);
      CHECK(r.weights[i] == doctest::Approx(w).epsilon(1e-5));
    }
  }
}

TEST_CASE("optimizers: both forms of SGD agree at a constant rate and differ under a schedule") {
  cnn::Sgd keras, pytorch;
  keras.momentum = pytorch.momentum = 0.85;
  keras.nesterov = pytorch.nesterov = true;
  pytorch.form = cnn::Sgd::Form::pytorch;
  const Run a = run(keras, 12, 1), b = run(pytorch, 12, 1);
  CHECK(a.weights[0] == doctest::Approx(b.weights[0]).epsilon(1e-6));
  const Run c = run(keras, 12, 1, 0, 0.25), d = run(pytorch, 12, 1, 0, 0.25);
  CHECK(c.weights[0] != doctest::Approx(d.weights[0]).epsilon(1e-3));
}

TEST_CASE("optimizers: RMSprop follows its formula") {
  cnn::RmsProp rms;
  rms.learning_rate = 0.01;
  check(rms, [v = 0.0](double& w, double g, int) mutable {
    v = 0.9 * v + 0.1 * g * g;
    w -= 0.01 * g / std::sqrt(v + 1e-7);
  });
  rms.momentum = 0.8;
  check(rms, [v = 0.0, m = 0.0](double& w, double g, int) mutable {
    v = 0.9 * v + 0.1 * g * g;
    w -= m = 0.8 * m + 0.01 * g / std::sqrt(v + 1e-7);
  });
}

TEST_CASE("optimizers: Adam and AdamW follow their formula") {
  cnn::Adam adam;
  const auto formula = [m = 0.0, v = 0.0](double& w, double g, int t) mutable {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    w -= 0.001 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * m / (std::sqrt(v) + 1e-7);
  };
  check(adam, formula);
  cnn::AdamW adamw;
  CHECK(adamw.weight_decay == 0.004);
  check(adamw, formula, 0.004);
}

TEST_CASE("optimizers: defaults are Keras's, and settings survive JSON") {
  CHECK(cnn::Choice<cnn::Optimizer>("Adam").to_json().dump() == "\"Adam\"");
  cnn::Choice<cnn::Optimizer> choice("Adam");
  CHECK(choice.from_json(cnn::Json("SGD")) == "");
  CHECK(choice->learning_rate == 0.01);
  const auto text = R"({"class_name":"RMSprop","config":{"momentum":0.5,"clipnorm":1}})";
  CHECK(choice.from_json(*cnn::parse_json(text)) == "");
  CHECK(dynamic_cast<const cnn::RmsProp&>(*choice).momentum == 0.5);
  const cnn::Json written = choice.to_json();
  cnn::Choice<cnn::Optimizer> again("Adam");
  CHECK(again.from_json(written) == "");
  CHECK(again.to_json() == written);
  CHECK(written.dump() ==
        R"({"class_name":"RMSprop","config":{"learning_rate":0.001,"rho":0.9,"momentum":0.5,"epsilon":1e-07,)"
        R"("weight_decay":null,"clipnorm":1,"global_clipnorm":null,"use_ema":false,"ema_momentum":0.99,)"
        R"("lookahead_steps":0,"lookahead_decay":0.5,"lookahead_power":0}})");
}

TEST_CASE("fit options: an error names the field, the value found and the value expected") {
  const auto problem = [](const char* text) {
    const auto options = cnn::FitOptions::from_json(*cnn::parse_json(text));
    return options ? std::string() : options.error().code + ": " + options.error().message;
  };
  CHECK(problem("{}") == "");
  CHECK(problem(R"({"batch_size":0})") ==
        "bad_argument: fit: batch_size must be a whole number from 1 to 100000, not 0");
  CHECK(problem(R"({"optimizer":"Adagrad"})") ==
        "bad_argument: fit: optimizer must be one of Adam, AdamW, SGD, RMSprop, not \"Adagrad\"");
  CHECK(problem(R"({"optimizer":{"class_name":"SGD","config":{"momentum":2}}})")
            .find("momentum must be a number from 0 to 1, not 2") != std::string::npos);
  CHECK(problem(R"({"optimizer":5})") ==
        "bad_argument: fit: optimizer must be a class name or {class_name, config}, not 5");
  CHECK(problem(R"({"epoch":5})").find("fit: ") != std::string::npos);
  CHECK(problem(R"({"callbacks":{}})") == "bad_argument: fit: callbacks must be a list, not an object");
  CHECK(problem(R"({"callbacks":["Nothing"]})").find("one of EarlyStopping, ReduceLROnPlateau") !=
        std::string::npos);
  CHECK(
      problem(R"({"parameter_groups":[{"learning_rate_factor":-1}]})").find("learning_rate_factor must be") !=
      std::string::npos);
  CHECK(problem(R"({"optimizer":{"class_name":"SGD","config":{"clipnorm":1,"global_clipnorm":1}}})")
            .find("only one of them") != std::string::npos);
}

TEST_CASE("fit options: all settings survive JSON") {
  const char* text =
      R"({"epochs":3,"batch_size":32,"optimizer":{"class_name":"SGD","config":{"momentum":0.9,"nesterov":true}},)"
      R"("learning_rate":0.05,"schedule":{"class_name":"CosineDecay","config":{"warmup_epochs":1}},)"
      R"("loss":{"class_name":"SparseCategoricalCrossentropy","config":{"label_smoothing":0.1}},"seed":7,)"
      R"("shuffle":false,"validation_split":0.1,"callbacks":[{"class_name":"EarlyStopping","config":{"patience":2}}],)"
      R"("augmentation":[{"class_name":"RandomFlip","config":{}}],)"
      R"("parameter_groups":[{"parameters":"*/bias","weight_decay":0}]})";
  const auto options = cnn::FitOptions::from_json(*cnn::parse_json(text));
  REQUIRE(options);
  const cnn::Json written = options->to_json();
  const auto again = cnn::FitOptions::from_json(written);
  REQUIRE(again);
  CHECK(again->to_json() == written);
  CHECK(again->parameter_groups.at(0).fits("conv2d_1/bias"));
  CHECK(!again->parameter_groups.at(0).fits("conv2d_1/kernel"));
  CHECK(dynamic_cast<const cnn::Sgd&>(*again->optimizer).nesterov);
  CHECK(again->learning_rate == 0.05);
}

TEST_CASE("fit options: forms have help for every field, and families list their members") {
  const cnn::Json forms = cnn::describe_fit_options();
  for (const cnn::Json& form : *forms.elements()) {
    CAPTURE(form.dump());
    CHECK(!form.find("help")->string()->empty());
  }
  const auto names = [](const cnn::Json& family) {
    std::string all;
    for (const cnn::Json& entry : *family.elements()) {
      all += *entry.find("class_name")->string() + " ";
      CHECK(!entry.find("help")->string()->empty());
      for (const cnn::Json& field : *entry.find("fields")->elements())
        CHECK(!field.find("help")->string()->empty());
    }
    return all;
  };
  CHECK(names(cnn::describe_family<cnn::Optimizer>()) == "Adam AdamW SGD RMSprop ");
  CHECK(names(cnn::describe_family<cnn::Schedule>()) ==
        "Constant StepDecay CosineDecay OneCycle LinearCycle Triangular ");
  CHECK(names(cnn::describe_family<cnn::Loss>()) == "SparseCategoricalCrossentropy ");
  CHECK(names(cnn::describe_family<cnn::Callback>()) == "EarlyStopping ReduceLROnPlateau ");
}
