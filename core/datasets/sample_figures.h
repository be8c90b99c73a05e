#pragma once
/// What each class of the sample pictures looks like.

#include "core/base/random.h"
#include "core/datasets/sample_canvas.h"

namespace cnn {

/// Draws the figure for a CIFAR-10 label. Each figure spans about -1 to 1 under `pose`, faces right, and
/// varies in build, view and color.
void draw_figure(int label, SampleCanvas& canvas, const Pose& pose, RandomStream& random);

/// A random color for painted things: any hue.
Color paint_color(RandomStream& random);
/// A random color for fur and feathers: browns, grays, black, white.
Color coat_color(RandomStream& random);

}  // namespace cnn
