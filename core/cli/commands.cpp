#include "core/cli/commands.h"

#include <thread>

namespace cnn::cli {

Result<std::unique_ptr<Exec>> make_exec(const Arguments& arguments) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  const auto threads = arguments.whole("threads", processors > 0 ? processors : 1, 1, 256);
  if (!threads) return threads.error();
  const KernelSet* kernels = kernel_sets().front();
  if (arguments.has("kernels")) kernels = find_kernel_set(arguments.text("kernels"));
  if (!kernels) {
    std::string names;
    for (const KernelSet* set : kernel_sets()) names += " " + std::string(name_of(*set));
    return Error{"bad_argument", "--kernels: this machine has no kernel set \"" + arguments.text("kernels") +
                                     "\"; it has" + names};
  }
  return std::make_unique<Exec>(*kernels, *threads);
}

}  // namespace cnn::cli
