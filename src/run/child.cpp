#include "run/child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "base/errors.h"
#include "base/process.h"

namespace ksweep {
namespace {

[[noreturn]] void refuse(const std::string& program, int reason) {
  throw EnvironmentError("{}: cannot be started ({}), so the ranks cannot run. Is it installed and in PATH?",
                         program, std::strerror(reason));
}

/// Prepares the new process and executes the program.  Calls only what POSIX allows between fork and exec.
[[noreturn]] void become(char* const* words, char* const* environment, pid_t parent, int output, int errors,
                         int report) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // the parent died before prctl took effect
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (nothing >= 0) ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGTSTP, SIGXCPU, SIGPIPE})
    ::signal(number, SIG_DFL);
  ::execvpe(words[0], words, environment);
  const int reason = errno;
  (void)!::write(report, &reason, sizeof reason);
  ::_exit(127);
}

std::vector<std::string> changed_environment(
    const std::vector<std::pair<std::string, std::string>>& changes) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : changes) entries.push_back(fmt::format("{}={}", name, value));
  const std::size_t n_changes = entries.size();
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    bool changed = false;
    for (std::size_t i = 0; i < n_changes; ++i) changed = changed || text.starts_with(changes[i].first + "=");
    if (!changed) entries.push_back(text);
  }
  return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Child::Child(const std::vector<std::string>& words,
             const std::vector<std::pair<std::string, std::string>>& environment, int output, int errors) {
  std::vector<std::string> own_words = words, entries = changed_environment(environment);
  const std::vector<char*> word_pointers = pointers(own_words), entry_pointers = pointers(entries);
  int report[2];
  if (::pipe2(report, O_CLOEXEC) != 0) refuse(words[0], errno);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(word_pointers.data(), entry_pointers.data(), parent, output, errors, report[1]);
  const int fork_reason = errno;
  ::close(report[1]);
  int reason = 0;
  const bool failed = pid_ > 0 && ::read(report[0], &reason, sizeof reason) == sizeof reason;
  ::close(report[0]);
  if (pid_ < 0) refuse(words[0], fork_reason);
  if (!failed) return;
  ::waitpid(pid_, nullptr, 0);
  refuse(words[0], reason);
}

Child::~Child() {
  if (exit_code()) return;
  signal(SIGKILL);
  ::waitpid(pid_, nullptr, 0);
}

std::optional<int> Child::exit_code() {
  int status = 0;
  if (code_) return code_;
  const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
  if (ended == pid_) code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (ended < 0 && errno == ECHILD) code_ = 128 + SIGKILL;  // killed by kill_descendants
  return code_;
}

void Child::signal(int number) {
  if (!code_) ::kill(pid_, number);
}

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", none)) {
    const auto pid = static_cast<pid_t>(std::atol(entry.path().filename().c_str()));
    if (pid > 0 && parent_of(pid) == parent && process_lives(pid)) children.push_back(pid);
  }
  return children;
}

namespace {

std::vector<pid_t> descendants_of(pid_t ancestor) {
  std::vector<pid_t> found = children_of(ancestor);
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const pid_t child : children_of(found[i])) found.push_back(child);
  return found;
}

}  // namespace

void suspend_with_descendants() {
  std::vector<pid_t> all;
  // Stops parents first: a stopped process starts no more children.
  for (auto found = descendants_of(::getpid()); found.size() > all.size();
       found = descendants_of(::getpid())) {
    for (const pid_t process : found) ::kill(process, SIGSTOP);
    all = std::move(found);
  }
  ::raise(SIGSTOP);
  for (const pid_t process : all) ::kill(process, SIGCONT);
}

void kill_descendants() {
  using namespace std::chrono_literals;
  const auto end = std::chrono::steady_clock::now() + 10s;
  for (auto children = children_of(::getpid()); !children.empty(); children = children_of(::getpid())) {
    for (const pid_t child : children) ::kill(child, SIGKILL);
    while (::waitpid(-1, nullptr, WNOHANG) > 0) continue;
    if (std::chrono::steady_clock::now() > end) return;  // stuck in the kernel, so waiting is of no use
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace ksweep
