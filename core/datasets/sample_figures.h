#pragma once

#include "core/base/random.h"
#include "core/datasets/sample_canvas.h"

namespace cnn {

/// The ten figures of the sample pictures, by CIFAR-10's label. Each draws itself into about -1 to 1 under
/// `pose`, facing right, with its own variations of build, view and colour.
void draw_figure(int label, SampleCanvas& canvas, const Pose& pose, RandomStream& random);

/// A colour of painted things: any hue.
Colour paint_colour(RandomStream& random);
/// A colour of coats and feathers: browns, greys, black, white.
Colour coat_colour(RandomStream& random);

}  // namespace cnn
