#include "core/datasets/samples.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/random.h"
#include "core/datasets/sample_canvas.h"
#include "core/datasets/sample_figures.h"

namespace cnn {
namespace {

constexpr int kClasses = 10;
constexpr std::uint32_t kFirstTest = 1u << 31;
constexpr std::uint32_t kLabels = 1, kPicture = 2;  // streams of one seed
constexpr float kMiddle = static_cast<float>(kImageSide) / 2;

enum class Scene { sky, sea, meadow, road, indoors };

/// Things are mostly, but not always, where they belong: the scene is a hint, not an answer.
Scene choose_scene(int label, RandomStream& random) {
  if (random.uniform() < 0.3f) return static_cast<Scene>(random.below(5));
  const float coin = random.uniform();
  switch (label) {
    case 0:
      return coin < 0.75f ? Scene::sky : Scene::road;
    case 1:
    case 9:
      return coin < 0.75f ? Scene::road : Scene::meadow;
    case 2:
      return coin < 0.45f ? Scene::sky : coin < 0.85f ? Scene::meadow : Scene::sea;
    case 3:
    case 5:
      return coin < 0.5f ? Scene::indoors : Scene::meadow;
    case 6:
      return coin < 0.6f ? Scene::meadow : coin < 0.8f ? Scene::sea : Scene::indoors;
    case 8:
      return Scene::sea;
    default:
      return coin < 0.85f ? Scene::meadow : Scene::road;
  }
}

Color around(Color c, float spread, RandomStream& random) {
  const float light = random.uniform(1 - spread, 1 + spread);
  return {c.r * light + random.uniform(-0.08f, 0.08f), c.g * light + random.uniform(-0.08f, 0.08f),
          c.b * light + random.uniform(-0.08f, 0.08f)};
}

void draw_scene(Scene scene, SampleCanvas& canvas, RandomStream& random) {
  constexpr Color kBlueSky{0.45f, 0.66f, 0.9f}, kGraySky{0.72f, 0.74f, 0.76f}, kDusk{0.8f, 0.55f, 0.4f};
  const float weather = random.uniform();
  const Color sky = around(weather < 0.55f ? kBlueSky : weather < 0.88f ? kGraySky : kDusk, 0.25f, random);
  const float horizon = random.uniform(0.35f, 0.75f) * static_cast<float>(kImageSide);
  const auto blobs = [&](int count, float low, float high, float rx, float ry, Color base, float opacity) {
    for (int i = 0; i < count; ++i) {
      const Pose at{1, 0, 0, 1, {random.uniform(0, 32), random.uniform(low, high)}};
      const float wide = rx * random.uniform(0.5f, 1.5f), high = ry * random.uniform(0.5f, 1.5f);
      canvas.ellipse(at, {0, 0}, wide, high, around(base, 0.3f, random), opacity);
    }
  };
  canvas.background(sky, mix(sky, {0.9f, 0.9f, 0.88f}, random.uniform(0, 0.6f)));
  switch (scene) {
    case Scene::sky:
      return blobs(static_cast<int>(random.below(5)), 0, 32, 7, 2.5f, {0.92f, 0.92f, 0.93f}, 0.6f);
    case Scene::sea: {
      const Color sea = around({0.16f, 0.36f, 0.5f}, 0.4f, random);
      canvas.ground(horizon, mix(sea, sky, 0.3f), sea);
      return blobs(7, horizon, 32, 5, 0.5f, mix(sea, {1, 1, 1}, 0.35f), 0.6f);
    }
    case Scene::meadow: {
      const Color grass = around(
          random.uniform() < 0.7f ? Color{0.3f, 0.48f, 0.2f} : Color{0.62f, 0.55f, 0.34f}, 0.35f, random);
      if (random.uniform() < 0.5f) blobs(6, horizon - 6, horizon, 5, 5, {0.2f, 0.33f, 0.17f}, 0.9f);  // trees
      canvas.ground(random.uniform() < 0.3f ? 0 : horizon, shade(grass, 0.8f), shade(grass, 1.1f));
      return blobs(12, horizon, 32, 1.6f, 0.9f, grass, 0.6f);
    }
    case Scene::road: {
      if (random.uniform() < 0.6f)
        blobs(4, horizon - 5, horizon, 6, 5,
              random.uniform() < 0.5f ? Color{0.5f, 0.42f, 0.37f} : Color{0.22f, 0.34f, 0.2f}, 0.9f);
      const Color road = around({0.4f, 0.4f, 0.41f}, 0.35f, random);
      canvas.ground(horizon, road, shade(road, 0.85f));
      return blobs(3, horizon + 3, 32, 4, 0.5f, {0.85f, 0.85f, 0.8f}, 0.5f);
    }
    case Scene::indoors: {
      const Color wall = paint_color(random), floor = around({0.55f, 0.42f, 0.3f}, 0.4f, random);
      canvas.background(mix(wall, {0.8f, 0.78f, 0.74f}, 0.5f), mix(wall, {0.7f, 0.68f, 0.64f}, 0.5f));
      if (random.uniform() < 0.7f) canvas.ground(horizon, floor, shade(floor, 0.8f));
      return blobs(3, 0, 32, 4, 5, paint_color(random), 0.8f);
    }
  }
}

/// Position, size and rotation of the figure; planes and birds rotate the most.
Pose choose_pose(int label, RandomStream& random) {
  const float size = kMiddle * random.uniform(0.55f, 1.05f);
  const float stretch = random.uniform(0.85f, 1.18f), mirror = random.uniform() < 0.5f ? -1.0f : 1.0f;
  const float play = 1.15f * (1.05f * kMiddle - size * 0.7f);
  const Point center{kMiddle + random.uniform(-0.7f, 0.7f) * play,
                     kMiddle + random.uniform(-0.6f, 0.6f) * play};
  const Pose upright{size * stretch * mirror, 0, 0, size / stretch, center};
  const float turn = label == 0 ? 0.3f : label == 2 ? 0.2f : label == 8 ? 0.06f : 0.12f;
  return upright.turned(random.uniform(-turn, turn));
}

/// Unrelated shapes in front of the figure or beside it.
void draw_clutter(SampleCanvas& canvas, int count, float size, RandomStream& random) {
  for (int i = 0; i < count; ++i) {
    const Color color = random.uniform() < 0.5f ? paint_color(random) : coat_color(random);
    const Pose straight{size, 0, 0, size, {random.uniform(0, 32), random.uniform(0, 32)}};
    const Pose at = straight.turned(random.uniform(-1, 1));
    const float x = random.uniform(0.3f, 1), y = random.uniform(0.2f, 0.8f);
    switch (random.below(3)) {
      case 0:
        canvas.ellipse(at, {0, 0}, x, y, color);
        break;
      case 1:
        canvas.polygon(at, {{-x, -y}, {x, -y}, {x, y}, {-x, y}}, color);
        break;
      default:
        canvas.stroke(at, {-2 * x, 0}, {2 * x, 0}, 0.2f * y, 0.2f * y, color);
        break;
    }
  }
}

void draw_set(std::uint64_t seed, std::uint32_t first, int count, Dataset& to) {
  to.class_names = cifar10_class_names();
  to.synthetic = true;
  to.labels.resize(static_cast<std::size_t>(std::max(count, 0)));
  to.images.resize(to.labels.size() * kImageBytes);
  std::array<std::uint8_t, kClasses> order{};
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::uint32_t index = first + static_cast<std::uint32_t>(i);
    if (i % kClasses == 0) {
      RandomStream random(seed, RandomPurpose::sample_data, index, kLabels);
      for (std::size_t k = 0; k < kClasses; ++k) {  // an inside-out shuffle of 0 .. 9
        const std::size_t at = random.below(static_cast<std::uint32_t>(k + 1));
        order[k] = order[at];
        order[at] = static_cast<std::uint8_t>(k);
      }
    }
    to.labels[i] = order[i % kClasses];
    draw_sample(seed, index, to.labels[i], to.images.data() + i * kImageBytes);
  }
}

}  // namespace

void draw_sample(std::uint64_t seed, std::uint32_t index, int label, std::uint8_t* image) {
  RandomStream random(seed, RandomPurpose::sample_data, index, kPicture);
  SampleCanvas canvas;
  draw_scene(choose_scene(label, random), canvas, random);
  draw_clutter(canvas, static_cast<int>(random.below(4)), 5, random);
  draw_figure(label, canvas, choose_pose(label, random), random);
  if (random.uniform() < 0.5f) draw_clutter(canvas, 1 + static_cast<int>(random.below(2)), 4.5f, random);
  const float grain = random.uniform(0.02f, 0.1f), blotches = random.uniform(0.02f, 0.1f);
  canvas.noise(random, grain, blotches);
  const float contrast = random.uniform(0.6f, 1.15f), brightness = random.uniform(-0.12f, 0.12f);
  canvas.store(contrast, brightness, image);
}

DatasetPair draw_samples(const SampleOptions& options) {
  DatasetPair data;
  draw_set(options.seed, 0, options.train, data.train);
  draw_set(options.seed, kFirstTest, options.test, data.test);
  return data;
}

}  // namespace cnn
