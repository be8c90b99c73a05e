#include "core/datasets/sample_figures.h"

namespace cnn {
namespace {

constexpr Color kBlack{0.08f, 0.08f, 0.09f}, kWhite{0.93f, 0.93f, 0.92f}, kGlass{0.25f, 0.34f, 0.42f};
constexpr Color kTire{0.11f, 0.11f, 0.12f}, kBeak{0.85f, 0.6f, 0.2f};

bool chance(RandomStream& random, float probability) { return random.uniform() < probability; }

/// Between a and another color, up to `most` of the way. Here and below, at most one argument of
/// a call draws random numbers, because compilers may evaluate the arguments in any order.
Color toward(Color a, Color b, float least, float most, RandomStream& random) {
  return mix(a, b, random.uniform(least, most));
}

Color lit(Color c, float darkest, float brightest, RandomStream& random) {
  return shade(c, random.uniform(darkest, brightest));
}

Color painted(Color base, float most, RandomStream& random) {
  const Color paint = paint_color(random);
  return toward(base, paint, 0, most, random);
}

void wheel(SampleCanvas& canvas, const Pose& pose, Point center, float radius, RandomStream& random) {
  canvas.ellipse(pose, center, radius, radius, kTire);
  canvas.ellipse(pose, center, radius * 0.5f, radius * 0.5f,
                 shade({0.6f, 0.6f, 0.62f}, random.uniform(0.5f, 1.2f)));
}

void airplane(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color body =
      chance(random, 0.6f) ? painted(kWhite, 0.35f, random) : lit({0.55f, 0.56f, 0.58f}, 0.4f, 1.2f, random);
  const Color wing = shade(body, random.uniform(0.7f, 0.95f));
  const float thick = random.uniform(0.1f, 0.17f);
  if (chance(random, 0.35f)) {  // from above
    const float span = random.uniform(0.7f, 1), sweep = random.uniform(0.05f, 0.4f);
    canvas.polygon(pose, {{0.25f, 0}, {-0.05f - sweep, -span}, {-0.2f - sweep, -span}, {-0.2f, 0}}, wing);
    canvas.polygon(pose, {{0.25f, 0}, {-0.05f - sweep, span}, {-0.2f - sweep, span}, {-0.2f, 0}}, wing);
    canvas.polygon(pose, {{-0.65f, 0}, {-0.9f, -0.35f}, {-1, -0.35f}, {-0.9f, 0.35f}, {-0.95f, 0.35f}}, wing);
    canvas.stroke(pose, {-0.9f, 0}, {0.85f, 0}, thick * 0.5f, thick, body);
    return;
  }
  canvas.polygon(pose, {{-0.95f, -0.5f}, {-0.78f, -0.5f}, {-0.5f, -0.02f}, {-0.9f, -0.02f}},
                 chance(random, 0.5f) ? paint_color(random) : wing);
  canvas.stroke(pose, {-0.85f, -0.05f}, {0.8f, 0}, thick * 0.55f, thick, body);
  canvas.polygon(pose, {{-0.9f, -0.08f}, {-0.7f, -0.08f}, {-0.95f, 0.14f}, {-1.05f, 0.14f}}, wing);
  const float drop = random.uniform(0.3f, 0.65f), back = random.uniform(0.15f, 0.5f);
  canvas.polygon(pose, {{0.2f, 0.02f}, {-0.15f, 0.04f}, {-0.25f - back, drop}, {-0.1f - back, drop}}, wing);
  if (chance(random, 0.5f)) canvas.stroke(pose, {0, 0.25f}, {0.18f, 0.25f}, 0.07f, 0.07f, shade(wing, 0.7f));
  canvas.polygon(pose, {{0.66f, -0.1f}, {0.8f, -0.07f}, {0.82f, 0}, {0.68f, 0}}, kGlass);
}

void automobile(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color body = paint_color(random);
  if (chance(random, 0.25f)) {  // from the front
    canvas.stroke(pose, {-0.55f, 0.5f}, {-0.55f, 0.62f}, 0.13f, 0.13f, kTire);
    canvas.stroke(pose, {0.55f, 0.5f}, {0.55f, 0.62f}, 0.13f, 0.13f, kTire);
    canvas.polygon(pose, {{-0.4f, -0.5f}, {0.4f, -0.5f}, {0.6f, 0}, {-0.6f, 0}}, body);
    canvas.polygon(pose, {{-0.34f, -0.42f}, {0.34f, -0.42f}, {0.48f, -0.04f}, {-0.48f, -0.04f}}, kGlass);
    canvas.polygon(pose, {{-0.7f, 0}, {0.7f, 0}, {0.72f, 0.55f}, {-0.72f, 0.55f}}, body);
    for (const float side : {-0.5f, 0.5f}) canvas.ellipse(pose, {side, 0.18f}, 0.12f, 0.09f, kWhite);
    canvas.polygon(pose, {{-0.3f, 0.2f}, {0.3f, 0.2f}, {0.28f, 0.4f}, {-0.28f, 0.4f}}, shade(body, 0.35f));
    return;
  }
  const float roof = random.uniform(-0.55f, -0.38f), hood = random.uniform(-0.12f, 0),
              nose = random.uniform(0.35f, 0.6f);
  const float radius = random.uniform(0.17f, 0.22f);
  canvas.polygon(pose, {{-0.55f, roof}, {0.15f, roof}, {nose, hood}, {-0.9f, hood}}, body);
  canvas.polygon(pose, {{-0.5f, roof + 0.08f}, {-0.16f, roof + 0.08f}, {-0.16f, hood}, {-0.72f, hood}},
                 kGlass);
  canvas.polygon(pose, {{-0.1f, roof + 0.08f}, {0.11f, roof + 0.08f}, {nose - 0.14f, hood}, {-0.1f, hood}},
                 kGlass);
  canvas.polygon(pose, {{-0.98f, hood}, {0.92f, hood}, {1, 0.3f}, {0.95f, 0.42f}, {-1, 0.42f}}, body);
  canvas.ellipse(pose, {0.93f, 0.14f}, 0.07f, 0.06f, kWhite);
  wheel(canvas, pose, {-0.55f, 0.42f}, radius, random);
  wheel(canvas, pose, {0.55f, 0.42f}, radius, random);
}

void truck(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color cab = paint_color(random);
  const Color cargo = chance(random, 0.5f) ? shade(kWhite, random.uniform(0.7f, 1)) : paint_color(random);
  const float cut = random.uniform(0.2f, 0.42f), top = random.uniform(-0.85f, -0.6f),
              radius = random.uniform(0.15f, 0.2f);
  canvas.polygon(pose, {{-1, 0.35f}, {1, 0.35f}, {1, 0.46f}, {-1, 0.46f}}, shade(kTire, 1.8f));
  if (chance(random, 0.25f)) {  // a flatbed with a load
    canvas.polygon(pose, {{-1, 0.1f}, {cut, 0.1f}, {cut, 0.38f}, {-1, 0.38f}}, cargo);
    const Color load = coat_color(random);
    canvas.ellipse(pose, {-0.4f, 0.05f}, 0.5f, random.uniform(0.15f, 0.35f), load);
  } else {
    canvas.polygon(pose, {{-1, top}, {cut, top}, {cut, 0.38f}, {-1, 0.38f}}, cargo);
  }
  const float brow = random.uniform(-0.5f, -0.3f);
  canvas.polygon(pose, {{cut + 0.05f, brow}, {0.8f, brow}, {0.95f, -0.02f}, {1, 0.38f}, {cut + 0.05f, 0.38f}},
                 cab);
  canvas.polygon(pose,
                 {{cut + 0.2f, brow + 0.08f}, {0.76f, brow + 0.08f}, {0.88f, -0.02f}, {cut + 0.2f, -0.02f}},
                 kGlass);
  for (const float at : {-0.75f, -0.35f, 0.68f}) wheel(canvas, pose, {at, 0.48f}, radius, random);
}

void ship(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color hull = chance(random, 0.5f) ? shade(kBlack, random.uniform(1, 4)) : paint_color(random);
  const float deck = random.uniform(0.05f, 0.2f), keel = random.uniform(0.42f, 0.55f);
  if (chance(random, 0.35f)) {  // under sail
    const Color sail = painted(kWhite, 0.3f, random);
    const float mast = random.uniform(-1, -0.75f), at = random.uniform(-0.1f, 0.2f);
    canvas.stroke(pose, {at, mast}, {at, deck}, 0.03f, 0.04f,
                  shade({0.4f, 0.28f, 0.18f}, random.uniform(0.6f, 1.3f)));
    canvas.polygon(pose, {{at - 0.05f, mast + 0.05f}, {at - 0.05f, deck - 0.05f}, {at - 0.7f, deck - 0.08f}},
                   sail);
    canvas.polygon(pose, {{at + 0.06f, mast + 0.15f}, {at + 0.55f, deck - 0.05f}, {at + 0.06f, deck - 0.05f}},
                   shade(sail, 0.88f));
  } else {
    const Color cabin = painted(kWhite, 0.25f, random);
    const float back = random.uniform(-0.85f, -0.5f), front = random.uniform(-0.1f, 0.4f),
                top = random.uniform(-0.4f, -0.15f);
    canvas.polygon(pose, {{back, top}, {front, top}, {front + 0.08f, deck}, {back, deck}}, cabin);
    canvas.polygon(pose,
                   {{back + 0.08f, top + 0.07f},
                    {front - 0.06f, top + 0.07f},
                    {front, top + 0.15f},
                    {back + 0.08f, top + 0.15f}},
                   kGlass);
    const float funnel = random.uniform(back + 0.1f, front - 0.1f);
    canvas.polygon(
        pose, {{funnel, top - 0.32f}, {funnel + 0.16f, top - 0.32f}, {funnel + 0.16f, top}, {funnel, top}},
        paint_color(random));
  }
  canvas.polygon(pose, {{-0.95f, deck}, {1, deck - random.uniform(0, 0.12f)}, {0.75f, keel}, {-0.85f, keel}},
                 hull);
  canvas.polygon(pose, {{-0.87f, keel - 0.1f}, {0.79f, keel - 0.1f}, {0.75f, keel}, {-0.85f, keel}},
                 {0.5f, 0.13f, 0.11f}, random.uniform(0, 1));
}

void bird(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color coat = chance(random, 0.3f) ? paint_color(random) : coat_color(random);
  const Color front = chance(random, 0.5f) ? kWhite : paint_color(random);
  const Color belly = toward(coat, front, 0, 0.6f, random);
  const bool flying = chance(random, 0.4f);
  if (!flying) {
    for (const float at : {-0.06f, 0.12f})
      canvas.stroke(pose, {at, 0.3f}, {at + 0.03f, 0.85f}, 0.03f, 0.03f, shade(kBeak, 0.6f));
  }
  const float neck = random.uniform(0, 0.3f);
  canvas.polygon(pose, {{-0.35f, -0.1f}, {-0.4f, 0.15f}, {-1, random.uniform(0, 0.4f)}, {-0.95f, -0.1f}},
                 shade(coat, 0.8f));
  if (flying)
    canvas.polygon(pose, {{0.2f, -0.05f}, {-0.2f, 0}, {-0.3f, -0.85f}, {-0.05f, -0.95f}}, shade(coat, 0.7f));
  const float length = random.uniform(0.42f, 0.55f), height = random.uniform(0.24f, 0.36f);
  canvas.ellipse(pose.turned(-0.12f), {0, 0.05f}, length, height, belly);
  canvas.stroke(pose, {0.3f, -0.05f}, {0.45f + neck * 0.3f, -0.25f - neck}, 0.2f, 0.15f, coat);
  const Point head{0.48f + neck * 0.3f, -0.3f - neck};
  canvas.ellipse(pose, head, 0.19f, 0.18f, coat);
  const float beak = random.uniform(0.2f, 0.42f);
  canvas.polygon(pose,
                 {{head.x + 0.13f, head.y - 0.06f},
                  {head.x + 0.13f + beak, head.y + 0.04f},
                  {head.x + 0.12f, head.y + 0.1f}},
                 kBeak);
  canvas.ellipse(pose, {head.x + 0.07f, head.y - 0.04f}, 0.045f, 0.045f, kBlack);
  if (flying) {
    const float reach = random.uniform(-0.95f, -0.5f);
    canvas.polygon(pose, {{0.28f, 0}, {-0.25f, 0.1f}, {-0.6f, reach}, {-0.35f, reach - 0.1f}}, coat);
  } else {
    canvas.polygon(pose, {{0.2f, -0.1f}, {0.1f, 0.15f}, {-0.6f, 0.2f}, {-0.4f, 0}}, shade(coat, 0.75f));
  }
}

/// Parameters of the four-legged figures; lengths are in the figure's coordinates.
struct Build {
  float body_x, body_y, leg, leg_thick, neck, neck_thick, head, muzzle;
};

/// Draws body, legs and neck; returns the position of the head.
Point four_legs(SampleCanvas& canvas, const Pose& pose, const Build& b, Color coat, RandomStream& random) {
  const Color far_legs = shade(coat, 0.6f);
  const float stride = random.uniform(-0.14f, 0.14f), hip = b.body_x * 0.78f;
  for (const float at : {-hip + 0.1f, hip - 0.06f}) {
    canvas.stroke(pose, {at, 0.1f}, {at - stride, b.leg}, b.leg_thick * 1.3f, b.leg_thick, far_legs);
  }
  for (const float at : {-hip, hip}) {
    canvas.stroke(pose, {at, 0.1f}, {at + stride, b.leg}, b.leg_thick * 1.6f, b.leg_thick, shade(coat, 0.9f));
  }
  canvas.ellipse(pose, {0, 0.02f}, b.body_x, b.body_y, coat);
  const Point shoulder{b.body_x * 0.75f, -0.08f};
  const float lean = random.uniform(0.35f, 0.9f);
  const Point head{shoulder.x + b.neck * lean, shoulder.y - b.neck * (1.25f - 0.5f * lean)};
  canvas.stroke(pose, shoulder, head, b.neck_thick * 1.4f, b.neck_thick, coat);
  return head;
}

void horse(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color coat = coat_color(random), mane = shade(coat, random.uniform(0.25f, 0.7f));
  canvas.stroke(pose, {-0.55f, -0.05f}, {-0.8f, random.uniform(0.3f, 0.6f)}, 0.07f, 0.1f, mane);
  const Point head =
      four_legs(canvas, pose, {0.56f, 0.27f, 0.88f, 0.055f, 0.48f, 0.14f, 0.15f, 0.3f}, coat, random);
  canvas.stroke(pose, {0.3f, -0.2f}, {head.x - 0.1f, head.y - 0.06f}, 0.06f, 0.08f, mane);
  canvas.stroke(pose, head, {head.x + random.uniform(0.2f, 0.32f), head.y + random.uniform(0.12f, 0.24f)},
                0.14f, 0.09f, coat);
  canvas.polygon(
      pose, {{head.x - 0.08f, head.y - 0.08f}, {head.x + 0.04f, head.y - 0.1f}, {head.x, head.y - 0.27f}},
      mane);
}

void deer(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color any = coat_color(random);
  const Color coat = toward(any, {0.58f, 0.38f, 0.2f}, 0.3f, 0.9f, random);
  canvas.ellipse(pose, {-0.52f, -0.05f}, 0.09f, 0.12f, shade(kWhite, random.uniform(0.7f, 1)));
  const Point head =
      four_legs(canvas, pose, {0.48f, 0.23f, 0.92f, 0.038f, 0.5f, 0.1f, 0.12f, 0.2f}, coat, random);
  canvas.stroke(pose, head, {head.x + random.uniform(0.16f, 0.24f), head.y + 0.09f}, 0.12f, 0.065f, coat);
  canvas.stroke(pose, {head.x - 0.06f, head.y - 0.05f}, {head.x - 0.24f, head.y - 0.14f}, 0.06f, 0.03f,
                shade(coat, 0.75f));
  const Color horn = shade({0.75f, 0.66f, 0.5f}, random.uniform(0.5f, 1.1f));
  if (chance(random, 0.65f)) {
    const float size = random.uniform(0.25f, 0.5f);
    for (const float side : {-0.14f, 0.1f}) {
      const Point tip{head.x + side * 1.6f, head.y - size};
      canvas.stroke(pose, {head.x, head.y - 0.08f}, tip, 0.035f, 0.025f, horn);
      canvas.stroke(pose, {head.x + side * 0.9f, head.y - size * 0.55f}, {tip.x + 0.16f, tip.y + 0.1f}, 0.03f,
                    0.02f, horn);
    }
  }
  if (chance(random, 0.4f)) {
    for (int i = 0; i < 5; ++i) {
      canvas.ellipse(pose, {random.uniform(-0.35f, 0.3f), random.uniform(-0.13f, 0.08f)}, 0.04f, 0.035f,
                     kWhite, 0.8f);
    }
  }
}

/// The head of a cat or a dog from the front.
void face(SampleCanvas& canvas, const Pose& pose, Point at, float r, bool cat, Color coat,
          RandomStream& random) {
  const Color ear = shade(coat, cat ? random.uniform(0.7f, 1) : random.uniform(0.4f, 0.8f));
  for (const float side : {-1.0f, 1.0f}) {
    if (cat) {
      canvas.polygon(pose,
                     {{at.x + side * 0.95f * r, at.y - 0.15f * r},
                      {at.x + side * 0.15f * r, at.y - 0.8f * r},
                      {at.x + side * 0.85f * r, at.y - random.uniform(1.35f, 1.6f) * r}},
                     ear);
    }
  }
  canvas.ellipse(pose, at, r, cat ? 0.85f * r : r, coat);
  if (!cat) {
    const float hang = random.uniform(0.3f, 0.6f);
    for (const float side : {-0.95f, 0.95f}) {
      canvas.stroke(pose, {at.x + side * r, at.y - 0.5f * r}, {at.x + side * 1.15f * r, at.y + hang * r},
                    0.2f * r, 0.3f * r, ear);
    }
  }
  const Color muzzle = mix(coat, kWhite, random.uniform(0, 0.6f));
  canvas.ellipse(pose, {at.x, at.y + 0.42f * r}, (cat ? 0.42f : 0.48f) * r, (cat ? 0.28f : 0.5f) * r, muzzle);
  const Color eye = cat ? mix({0.75f, 0.8f, 0.25f}, kBlack, random.uniform(0, 0.8f)) : kBlack;
  for (const float side : {-0.42f, 0.42f})
    canvas.ellipse(pose, {at.x + side * r, at.y - 0.12f * r}, 0.16f * r, 0.15f * r, eye);
  canvas.ellipse(pose, {at.x, at.y + (cat ? 0.25f : 0.32f) * r}, (cat ? 0.09f : 0.2f) * r,
                 (cat ? 0.07f : 0.15f) * r, cat ? Color{0.75f, 0.45f, 0.45f} : kBlack);
}

void cat_or_dog(SampleCanvas& canvas, const Pose& pose, bool cat, RandomStream& random) {
  const Color coat = coat_color(random);
  if (chance(random, 0.35f)) {  // close up
    canvas.ellipse(pose, {random.uniform(-0.2f, 0.2f), 0.8f}, 0.75f, 0.6f, shade(coat, 0.85f));
    return face(canvas, pose, {0, 0}, random.uniform(0.55f, 0.7f), cat, coat, random);
  }
  const float tail = random.uniform(-0.75f, -0.2f);
  canvas.stroke(pose, {-0.5f, 0.05f}, {cat ? -0.85f : -0.75f, tail}, cat ? 0.06f : 0.08f, cat ? 0.07f : 0.04f,
                shade(coat, 0.85f));
  const Build build = cat ? Build{0.5f, 0.25f, 0.62f, 0.065f, 0.22f, 0.16f, 0.26f, 0.1f}
                          : Build{0.52f, 0.24f, 0.72f, 0.07f, 0.3f, 0.15f, 0.22f, 0.25f};
  const Point head = four_legs(canvas, pose, build, coat, random);
  if (cat && chance(random, 0.5f)) {
    for (const float at : {-0.3f, -0.1f, 0.1f})
      canvas.stroke(pose, {at, -0.2f}, {at + 0.05f, 0.08f}, 0.035f, 0.02f, shade(coat, 0.5f));
  }
  if (cat || chance(random, 0.4f)) return face(canvas, pose, head, cat ? 0.26f : 0.24f, cat, coat, random);
  canvas.ellipse(pose, head, 0.22f, 0.2f, coat);  // a dog's profile
  canvas.stroke(pose, {head.x + 0.1f, head.y + 0.05f},
                {head.x + random.uniform(0.28f, 0.38f), head.y + 0.09f}, 0.11f, 0.07f, coat);
  canvas.ellipse(pose, {head.x + 0.4f, head.y + 0.06f}, 0.05f, 0.05f, kBlack);
  canvas.stroke(pose, {head.x - 0.08f, head.y - 0.1f},
                {head.x - 0.16f, head.y + random.uniform(0.12f, 0.25f)}, 0.08f, 0.1f, shade(coat, 0.6f));
  canvas.ellipse(pose, {head.x + 0.09f, head.y - 0.05f}, 0.04f, 0.04f, kBlack);
}

void frog(SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  const Color green{random.uniform(0.2f, 0.5f), random.uniform(0.42f, 0.7f), random.uniform(0.12f, 0.3f)};
  const Color earth = coat_color(random);
  const float earthy = chance(random, 0.4f) ? random.uniform(0.4f, 0.9f) : 0.15f;
  const Color skin = mix(green, earth, earthy);
  const Color dark = shade(skin, 0.65f);
  const float wide = random.uniform(0.55f, 0.7f), high = random.uniform(0.3f, 0.42f);
  for (const float side : {-1.0f, 1.0f}) {
    canvas.stroke(pose, {side * 0.45f, 0.25f}, {side * 0.9f, random.uniform(0, 0.2f)}, 0.2f, 0.12f, dark);
    canvas.stroke(pose, {side * 0.9f, 0.12f}, {side * 0.7f, 0.6f}, 0.11f, 0.09f, dark);
    canvas.stroke(pose, {side * 0.3f, 0.3f}, {side * 0.35f, 0.68f}, 0.1f, 0.07f, shade(skin, 0.85f));
  }
  canvas.ellipse(pose, {0, 0.18f}, wide, high, skin);
  canvas.ellipse(pose, {0, 0.38f}, wide * 0.7f, high * 0.45f, mix(skin, kWhite, 0.45f));
  canvas.ellipse(pose, {0, -0.1f}, wide * 0.75f, 0.25f, skin);
  for (const float side : {-0.32f, 0.32f}) {
    canvas.ellipse(pose, {side, -0.32f}, 0.17f, 0.16f, skin);
    canvas.ellipse(pose, {side, -0.34f}, 0.11f, 0.1f, {0.8f, 0.7f, 0.25f});
    canvas.ellipse(pose, {side, -0.34f}, 0.06f, 0.06f, kBlack);
  }
  canvas.stroke(pose, {-0.3f, 0.02f}, {0.3f, 0.02f}, 0.025f, 0.025f, shade(skin, 0.4f));
}

}  // namespace

Color paint_color(RandomStream& random) {
  const float value = random.uniform(0.25f, 0.95f), gray = random.uniform(0, 0.75f);
  const Color hue{random.uniform(), random.uniform(), random.uniform()};
  return shade(mix(hue, {0.55f, 0.55f, 0.55f}, gray), 0.35f + value);
}

Color coat_color(RandomStream& random) {
  static constexpr Color kCoats[] = {{0.45f, 0.3f, 0.18f}, {0.68f, 0.5f, 0.3f},   {0.3f, 0.21f, 0.15f},
                                     {0.5f, 0.48f, 0.46f}, {0.14f, 0.13f, 0.13f}, {0.88f, 0.85f, 0.8f},
                                     {0.78f, 0.5f, 0.25f}};
  const Color base = kCoats[random.below(7)];
  const Color other = kCoats[random.below(7)];
  const Color coat = toward(base, other, 0, 0.5f, random);
  return lit(coat, 0.75f, 1.2f, random);
}

void draw_figure(int label, SampleCanvas& canvas, const Pose& pose, RandomStream& random) {
  switch (label) {
    case 0:
      return airplane(canvas, pose, random);
    case 1:
      return automobile(canvas, pose, random);
    case 2:
      return bird(canvas, pose, random);
    case 3:
      return cat_or_dog(canvas, pose, true, random);
    case 4:
      return deer(canvas, pose, random);
    case 5:
      return cat_or_dog(canvas, pose, false, random);
    case 6:
      return frog(canvas, pose, random);
    case 7:
      return horse(canvas, pose, random);
    case 8:
      return ship(canvas, pose, random);
    default:
      return truck(canvas, pose, random);
  }
}

}  // namespace cnn
