#pragma once

#include "core/base/random.h"
#include "core/datasets/sample_canvas.h"

namespace cnn {

/// The ten figures of the sample pictures, by CIFAR-10's label. Each draws itself into about -1 to 1 under
/// `pose`, facing right, with its own variations of build, view and color.
void draw_figure(int label, SampleCanvas& canvas, const Pose& pose, RandomStream& random);

/// A color of painted things: any hue.
Color paint_color(RandomStream& random);
/// A color of coats and feathers: browns, grays, black, white.
Color coat_color(RandomStream& random);

}  // namespace cnn
