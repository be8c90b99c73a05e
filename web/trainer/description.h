#pragma once
/// The reply to `hello`: what runs here, and what there is to choose from.

#include "web/trainer/resources.h"

namespace playground::trainer {

cnn::Json describe_trainer(Resources& resources);

}  // namespace playground::trainer
