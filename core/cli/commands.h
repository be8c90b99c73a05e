#pragma once
/// core/cli/commands.h: the commands of `cnn`. Each takes the words after its name.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/cli/arguments.h"
#include "core/run/exec.h"

namespace cnn::cli {

struct Command {
  std::string_view name;
  std::string_view help;
  std::span<const Option> options;
  bool fit_fields;  ///< takes the fields of a training as options
  Result<void> (*run)(const Arguments&);
};

extern const Command train_command, evaluate_command, summary_command, layers_command, bench_command,
    export_command, predict_command;

/// --threads and --kernels, which all commands that compute take.
constexpr Option kThreads{"threads", "N", "Threads; default: as many as the machine has processors."};
constexpr Option kKernels{"kernels", "NAME",
                          "Kernel set (--help of bench lists them); default: the best here."};
Result<std::unique_ptr<Exec>> make_exec(const Arguments&);

}  // namespace cnn::cli
