#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ksweep {

/// A program that this process started and supervises.
class Child {
 public:
  /// Starts words[0] (looked up in PATH) in its own process group, so that a key press in the terminal
  /// reaches only this process, without standard input, and with these changes to the environment.  `output`
  /// and `errors` become its standard output and error.  It gets SIGTERM if this process dies.  Throws
  /// EnvironmentError if it cannot be started.
  Child(const std::vector<std::string>& words,
        const std::vector<std::pair<std::string, std::string>>& environment, int output, int errors);
  /// Kills the program if it is still running.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Returns its exit code once it has ended; 128 + number for a signal, as in a shell.
  std::optional<int> exit_code();
  void signal(int number);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
  std::optional<int> code_;
};

/// Makes orphaned descendants children of this process, so that `kill_descendants` finds them.
void adopt_orphans();

/// Kills all descendants of this process, and waits until they have ended.
void kill_descendants();

/// Returns the running child processes of `parent`.
std::vector<pid_t> children_of(pid_t parent);

/// Suspends this process and all its descendants until it is continued from outside.
void suspend_with_descendants();

}  // namespace ksweep
