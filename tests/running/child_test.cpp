#include "run/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/errors.h"
#include "environment_variable.h"
#include "program_output.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Optional;
using testing::SizeIs;
using testing::ThrowsMessage;

using Words = std::vector<std::string>;
using Changes = std::vector<std::pair<std::string, std::string>>;

constexpr const char* sleeper = "sleep 100 >/dev/null & echo ready; wait; echo lived on";

/// Waits until the program has ended.  Returns its exit code.
std::optional<int> code_at_end(Child& child) {
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
  return child.exit_code();
}

std::optional<int> code_of(const std::string& script) {
  Child child({"sh", "-c", script}, {}, STDOUT_FILENO, STDERR_FILENO);
  return code_at_end(child);
}

std::string output_of_program(const Words& words, const Changes& environment = {}) {
  ProgramOutput output;
  Child child(words, environment, output.file(), STDERR_FILENO);
  return output.rest();
}

/// Whether this process has no child at all, not even one that has ended.
bool has_no_child() {
  siginfo_t info{};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD;
}

/// Returns the state of a process, as in ps: 'T' if it is suspended.
char state_of(pid_t process) {
  std::string line;
  std::getline(std::ifstream("/proc/" + std::to_string(process) + "/stat"), line);
  const auto end_of_name = line.rfind(") ");
  return end_of_name == line.npos ? '-' : line[end_of_name + 2];
}

void wait_for_suspension(pid_t process) {
  while (state_of(process) != 'T') ::sched_yield();
}

TEST(ChildTest, WritesWhereItIsTold) {
  ProgramOutput output, errors;
  {
    Child child({"sh", "-c", "echo done; echo bad >&2"}, {}, output.file(), errors.file());
    EXPECT_THAT(code_at_end(child), Optional(0));
  }
  EXPECT_EQ(output.rest(), "done\n");
  EXPECT_EQ(errors.rest(), "bad\n");
}

TEST(ChildTest, IsInAGroupOfItsOwn) {
  Child child({"sleep", "100"}, {}, STDOUT_FILENO, STDERR_FILENO);
  EXPECT_EQ(::getpgid(child.pid()), child.pid());
  EXPECT_EQ(children_of(::getpid()), std::vector{child.pid()});
}

TEST(ChildTest, ReadsNothing) {
  const TemporaryFolder folder;
  const int before = ::dup(STDIN_FILENO), given = ::open(folder.write("given", "text").c_str(), O_RDONLY);
  ::dup2(given, STDIN_FILENO);
  EXPECT_EQ(output_of_program({"readlink", "/proc/self/fd/0"}), "/dev/null\n");
  ::dup2(before, STDIN_FILENO);
  ::close(given);
  ::close(before);
}

TEST(ChildTest, HasTheEnvironmentOfThisProcessWithTheChanges) {
  const EnvironmentVariable changed("KSWEEP_ONE", "old"), longer("KSWEEP_ONE_MORE", "kept");
  const std::string environment =
      "\n" + output_of_program({"env"}, {{"KSWEEP_ONE", "new"}, {"KSWEEP_TWO", "2"}});
  for (const char* line : {"\nKSWEEP_ONE=new\n", "\nKSWEEP_TWO=2\n", "\nKSWEEP_ONE_MORE=kept\n", "\nPATH="})
    EXPECT_THAT(environment, HasSubstr(line));
  EXPECT_THAT(environment, Not(HasSubstr("\nKSWEEP_ONE=old\n")));
}

TEST(ChildTest, HeedsTheSignalsThatThisProcessIgnores) {
  constexpr int numbers[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGTSTP, SIGXCPU, SIGPIPE};
  std::vector<void (*)(int)> before;
  for (const int number : numbers) before.push_back(::signal(number, SIG_IGN));
  const std::string line = output_of_program({"grep", "SigIgn", "/proc/self/status"});
  for (std::size_t i = 0; i < before.size(); ++i) ::signal(numbers[i], before[i]);
  ASSERT_THAT(line, testing::StartsWith("SigIgn:\t"));
  const unsigned long ignored = std::stoul(line.substr(8), nullptr, 16);
  for (const int number : numbers) EXPECT_EQ(ignored >> (number - 1) & 1, 0u) << number;
}

TEST(ChildTest, TellsItsExitCode) {
  EXPECT_THAT(code_of("exit 0"), Optional(0));
  EXPECT_THAT(code_of("exit 3"), Optional(3));
  EXPECT_THAT(code_of("kill -TERM $$"), Optional(143));
}

TEST(ChildTest, HasNoExitCodeUntilItIsSignalledAndKeepsItThen) {
  Child child({"sleep", "100"}, {}, STDOUT_FILENO, STDERR_FILENO);
  EXPECT_THAT(child.exit_code(), Eq(std::nullopt));
  child.signal(SIGINT);
  EXPECT_THAT(code_at_end(child), Optional(130));
  EXPECT_THAT(child.exit_code(), Optional(130));
  EXPECT_TRUE(has_no_child());
}

TEST(ChildTest, WhoseEndSomebodyElseSawCountsAsKilled) {
  Child child({"true"}, {}, STDOUT_FILENO, STDERR_FILENO);
  ::waitpid(child.pid(), nullptr, 0);
  EXPECT_THAT(child.exit_code(), Optional(137));
}

TEST(ChildTest, ThatCannotBeStartedSaysWhy) {
  const auto start = [](const std::string& program) {
    Child child({program}, {}, STDOUT_FILENO, STDERR_FILENO);
  };
  EXPECT_THAT(
      [&] { start("ksweep-no-such-program"); },
      ThrowsMessage<EnvironmentError>(
          "ksweep-no-such-program: cannot be started (No such file or directory), so the ranks cannot "
          "run. Is it installed and in PATH?"));
  const TemporaryFolder folder;
  const std::string path = folder.write("program", "text");
  EXPECT_THAT([&] { start(path); },
              ThrowsMessage<EnvironmentError>(path + ": cannot be started (Permission denied), so the ranks "
                                                     "cannot run. Is it installed and in PATH?"));
  EXPECT_TRUE(has_no_child());
}

TEST(ChildTest, LeavesNoFileOpenHere) {
  const auto n_open = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = n_open();
  code_of("exit 0");
  EXPECT_ANY_THROW(Child({"ksweep-no-such-program"}, {}, STDOUT_FILENO, STDERR_FILENO));
  EXPECT_EQ(n_open(), before);
}

TEST(ChildTest, IsKilledAtTheEndOfItsScope) {
  ProgramOutput output;
  pid_t group = 0;
  {
    Child child({"sh", "-c", sleeper}, {}, output.file(), STDERR_FILENO);
    group = child.pid();
    EXPECT_EQ(output.line(), "ready");
  }
  EXPECT_EQ(output.rest(), "");
  EXPECT_TRUE(has_no_child());
  ::kill(-group, SIGKILL);  // what the shell has started
}

TEST(ChildTest, IsToldOfTheDeathOfThisProcess) {
  ProgramOutput output;
  const pid_t parent = ::fork();
  if (parent == 0) {
    Child child(
        {"sh", "-c",
         "trap 'kill $!; echo told; exit' TERM; sleep 20 >/dev/null & echo ready; wait; echo forgotten"},
        {}, output.file(), STDERR_FILENO);
    output.line();
    std::_Exit(0);
  }
  ::waitpid(parent, nullptr, 0);
  EXPECT_EQ(output.rest(), "told\n");
}

// In processes of their own, as one that has adopted orphans goes on doing so.
TEST(Descendants, ThatAreOrphansAreAdoptedAndKilled) {
  EXPECT_EXIT(
      {
        adopt_orphans();
        ProgramOutput output;
        Child child({"sh", "-c", "sleep 100 >/dev/null & echo ready"}, {}, output.file(), STDERR_FILENO);
        const bool has_ended = output.rest() == "ready\n" && code_at_end(child) == 0;
        const bool adopted = children_of(::getpid()).size() == 1;
        kill_descendants();
        std::_Exit(has_ended && adopted && children_of(::getpid()).empty() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Descendants, OfARunningChildAreKilledWithIt) {
  EXPECT_EXIT(
      {
        adopt_orphans();
        ProgramOutput output;
        Child child({"sh", "-c", sleeper}, {}, output.file(), STDERR_FILENO);
        const bool is_ready = output.line() == "ready";
        kill_descendants();
        const bool all_ended = children_of(::getpid()).empty() && output.rest().empty();
        std::_Exit(is_ready && all_ended && child.exit_code() == 137 ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST(Descendants, DoNotIncludeThoseThatHaveEnded) {
  Child child({"true"}, {}, STDOUT_FILENO, STDERR_FILENO);
  siginfo_t info{};
  ::waitid(P_PID, static_cast<id_t>(child.pid()), &info, WEXITED | WNOWAIT);
  EXPECT_THAT(children_of(::getpid()), IsEmpty());
}

TEST(Descendants, AreSuspendedAndContinuedWithThisProcess) {
  const pid_t process = ::fork();
  if (process == 0) {
    adopt_orphans();
    ProgramOutput output;
    Child child({"sh", "-c", sleeper}, {}, output.file(), STDERR_FILENO);
    output.line();
    suspend_with_descendants();
    const bool goes_on = state_of(child.pid()) != 'T' && state_of(children_of(child.pid()).at(0)) != 'T';
    kill_descendants();
    std::_Exit(goes_on ? 0 : 1);
  }
  int status = 0;
  ::waitpid(process, &status, WUNTRACED);
  ASSERT_TRUE(WIFSTOPPED(status));
  const auto children = children_of(process);
  ASSERT_THAT(children, SizeIs(1));
  wait_for_suspension(children[0]);
  const auto grandchildren = children_of(children[0]);
  ASSERT_THAT(grandchildren, SizeIs(1));
  wait_for_suspension(grandchildren[0]);
  ::kill(process, SIGCONT);
  ::waitpid(process, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace ksweep
