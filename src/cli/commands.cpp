#include "cli/commands.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>

#include "base/errors.h"
#include "base/suggest.h"
#include "cli/help.h"

namespace ksweep {
namespace {

void print_overview(const std::string& program, std::span<const Command> commands) {
  if (program == "ksweep")
    std::cout << "ksweep: how does accuracy depend on k? Sweeps of k-sparse autoencoders under MPI.\n\n";
  std::cout << "Usage: " << program << " COMMAND ...\n\nCommands:\n";
  std::size_t width = 0;
  for (const Command& command : commands) width = std::max(width, command.name.size());
  for (const Command& command : commands)
    std::cout << fmt::format("  {:{}}  {}\n", command.name, width, command.summary);
  std::cout << '\n' << program << " COMMAND --help explains a command";
  if (program == "ksweep") std::cout << "; ksweep --version says how this program was built";
  std::cout << ".\n";
}

[[noreturn]] void refuse(const std::string& program, std::span<const Command> commands,
                         const std::string& word) {
  std::vector<std::string> names{"--help", "--version"};
  std::string listed;
  for (const Command& command : commands) {
    names.push_back(command.name);
    listed += (listed.empty() ? "" : ", ") + command.name;
  }
  const std::string near = nearest(word, names);
  throw UserError(
      "there is no command `{} {}`: what to do is unknown. {}", program, word,
      near.empty() ? "Commands are " + listed + "." : fmt::format("Did you mean `{} {}`?", program, near));
}

}  // namespace

int dispatch(const std::string& program, std::span<const Command> commands, const Arguments& arguments) {
  const std::string first = arguments.empty() ? "" : arguments.front();
  if (first.empty() || first == "--help" || first == "-h" || first == "help") {
    print_overview(program, commands);
    return static_cast<int>(first.empty() ? ExitCode::usage : ExitCode::done);
  }
  if (first == "--version" && program == "ksweep") {
    std::cout << version_text();
    return static_cast<int>(ExitCode::done);
  }
  const auto command = std::ranges::find(commands, first, &Command::name);
  if (command == commands.end()) refuse(program, commands, first);
  return command->run({arguments.begin() + 1, arguments.end()});
}

}  // namespace ksweep
