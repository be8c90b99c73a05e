#pragma once
/// Measures how fast a preset trains on this machine (the `measure` request).

#include "web/trainer/jobs.h"
#include "web/trainer/resources.h"

namespace playground::trainer {

/// A job that trains a model of its own on sample pictures; the session's model and data are not touched.
cnn::Result<Job> measure(const Request& request, Resources& resources);

}  // namespace playground::trainer
