#include "base/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ksweep {
namespace {

TEST(Process, LivesUntilItEndsNoticedOrNot) {
  EXPECT_TRUE(process_lives(::getpid()));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  siginfo_t ignored;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ignored, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(process_lives(child));
  ::waitpid(child, nullptr, 0);
  EXPECT_FALSE(process_lives(child));
  EXPECT_FALSE(process_lives(0));
  EXPECT_FALSE(process_lives(-1));
}

TEST(Process, HasTheParentThatStartedIt) {
  EXPECT_EQ(parent_of(::getpid()), ::getppid());
  EXPECT_EQ(parent_of(0), 0);
}

TEST(Process, IsToldFromALaterOneByItsStart) {
  const long long own = process_start(::getpid());
  EXPECT_GE(own, process_start(::getppid()));
  EXPECT_GT(own, 0);
  EXPECT_EQ(process_start(-1), 0);
}

TEST(Process, ProgramIsNamedAsItWasCalledUnlessPathLeadsToIt) {
  const auto file = std::filesystem::read_symlink("/proc/self/exe");
  std::string called;
  std::getline(std::ifstream("/proc/self/cmdline", std::ios::binary), called, '\0');
  const std::string path = std::getenv("PATH");
  EXPECT_EQ(program_word(), called);
  ::setenv("PATH", (file.parent_path().string() + ":" + path).c_str(), 1);
  EXPECT_EQ(program_word(), file.filename().string());
  ::setenv("PATH", path.c_str(), 1);
}

TEST(Process, OutputOfACommandIsAllThatItPrints) {
  EXPECT_EQ(output_of("echo one; echo two"), "one\ntwo\n");
  EXPECT_EQ(output_of("yes | head -c 100000").size(), 100000u);
  EXPECT_EQ(output_of("no-such-command 2>/dev/null"), "");
}

}  // namespace
}  // namespace ksweep
