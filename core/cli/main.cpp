// The program `cnn`: trains, evaluates and prints networks on the command line.
#include <cstdio>
#include <string>
#include <string_view>

#include "core/cli/commands.h"

namespace {

using cnn::cli::Command;

constexpr const Command* kCommands[] = {&cnn::cli::train_command,   &cnn::cli::evaluate_command,
                                        &cnn::cli::summary_command, &cnn::cli::layers_command,
                                        &cnn::cli::bench_command,   &cnn::cli::export_command,
                                        &cnn::cli::predict_command};

std::string usage() {
  std::string text = "usage: cnn COMMAND [--option VALUE ...]\n\n";
  for (const Command* command : kCommands) {
    std::string name = "  " + std::string(command->name);
    name.resize(12, ' ');
    text += name + std::string(command->help) + "\n";
  }
  return text +
         "\n  cnn COMMAND --help lists the options of a command.\n"
         "  cnn train --data sample --model tutorial_small --epochs 2 runs without a data file.\n";
}

std::string usage(const Command& command) {
  std::string text = "usage: cnn " + std::string(command.name) + " [--option VALUE ...]\n" +
                     std::string(command.help) + "\n\n" + cnn::cli::usage_of(command.options);
  if (command.fit_fields) text += "\n" + cnn::cli::usage_of_fit_fields();
  return text;
}

int fail(const std::string& message) {
  std::fprintf(stderr, "cnn: %s\n", message.c_str());
  return 1;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view first = count > 1 ? words[1] : "";
  if (first == "--help" || first == "-h" || first == "help") {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  for (const Command* command : kCommands) {
    if (first != command->name) continue;
    for (int i = 2; i < count; ++i) {
      if (std::string_view(words[i]) != "--help" && std::string_view(words[i]) != "-h") continue;
      std::fputs(usage(*command).c_str(), stdout);
      return 0;
    }
    const auto arguments = cnn::cli::Arguments::read({words + 2, static_cast<std::size_t>(count - 2)},
                                                     command->options, command->fit_fields);
    if (!arguments) return fail(arguments.error().message);
    const auto done = command->run(*arguments);
    return done ? 0 : fail(done.error().message);
  }
  if (count > 1) fail("there is no command \"" + std::string(first) + "\"");
  std::fputs(usage().c_str(), stderr);
  return 2;
}
