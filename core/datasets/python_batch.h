#pragma once
/// Batches of CIFAR's Python version, which are pickles.

#include <cstdint>
#include <string>
#include <vector>

#include "core/archives/byte_sink.h"

namespace cnn {

/// A batch of CIFAR-10's or CIFAR-100's Python version.
struct PythonBatch {
  std::vector<std::uint8_t> labels;         // of CIFAR-10, or the fine ones of CIFAR-100
  std::vector<std::uint8_t> coarse_labels;  // of CIFAR-100 only
  Bytes pixels;                             // [N, 3072], planes; inside the file's bytes or `decoded`
  std::vector<std::vector<std::uint8_t>> decoded;
};

/// Reads the pickle of such a batch: a dictionary with "data", a NumPy array of bytes, and "labels", or
/// "fine_labels" and "coarse_labels". A pickle is a program; of its instructions only those that build
/// such a dictionary are known, and they run nothing. Errors: bad_data, without the file's name.
Result<PythonBatch> read_python_batch(Bytes pickle);

/// Reads batches.meta or meta: the list "label_names", or "fine_label_names", or of groups
/// "coarse_label_names". Errors as above.
Result<std::vector<std::string>> read_python_names(Bytes pickle, bool coarse);

}  // namespace cnn
