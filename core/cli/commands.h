#pragma once
/// The commands of `cnn`.

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
  bool fit_fields;  ///< whether the fields of FitOptions are options
  Result<void> (*run)(const Arguments&);
};

extern const Command train_command, evaluate_command, summary_command, layers_command, bench_command,
    export_command, predict_command;

/// --threads and --kernels, options of every command that computes.
constexpr Option kThreads{"threads", "N", "Number of threads. Default: the number of processors"};
constexpr Option kKernels{"kernels", "NAME", "Kernel set. Default: the fastest this machine supports"};
constexpr Option kPartial{
    "partial", "", "Layers for which the file has no weights keep random ones. Otherwise they are an error."};
Result<std::unique_ptr<Exec>> make_exec(const Arguments&);

}  // namespace cnn::cli
