#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ksweep {

/// A program that this process started and looks after.
class Child {
 public:
  /// Starts words[0] (looked up in PATH) in a process group of its own, so that a key press in the terminal reaches
  /// this process alone, without standard input, with these changes to the environment.  `output` and `errors` become
  /// its standard output and error.  It gets SIGTERM if this process dies.  Throws EnvironmentError if it cannot be
  /// started.
  Child(const std::vector<std::string>& words,
        const std::vector<std::pair<std::string, std::string>>& environment, int output, int errors);
  /// Kills it if it still runs.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Its exit code once it has ended, 128 + number for a signal, as a shell has it.
  std::optional<int> exit_code();
  void signal(int number);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::optional<int> code_;
};

/// Makes processes whose parents die children of this one, so that `kill_descendants` finds them.
void adopt_orphans();

/// Ends all that descends from this process, at once, and waits for its end.
void kill_descendants();

/// Processes that this one started and that run.
std::vector<pid_t> children_of(pid_t parent);

/// Stops this process and all that descends from it, until somebody continues this one.
void suspend_with_descendants();

}  // namespace ksweep
