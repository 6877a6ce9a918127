#include "base/standard_streams.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/errors.h"

namespace ksweep {
namespace {

using testing::ExitedWithCode;

int next_descriptor() {
  const int next = ::dup(STDIN_FILENO);
  ::close(next);
  return next;
}

/// Ends this process as the program ends: with 1 and the reason if its output has not arrived.
[[noreturn]] void end_after_a_check() {
  try {
    check_standard_output();
  } catch (const UserError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    std::_Exit(1);
  }
  std::_Exit(0);
}

TEST(StandardStreams, ThatAreOpenAreLeftAlone) {
  const int before = next_descriptor();
  occupy_standard_streams();
  EXPECT_EQ(next_descriptor(), before);
}

[[noreturn]] void write_with_streams_closed() {
  ::close(STDIN_FILENO);
  ::close(STDOUT_FILENO);
  occupy_standard_streams();
  char letter = 'x';
  const bool none_works = ::read(STDIN_FILENO, &letter, 1) < 0 && ::write(STDOUT_FILENO, &letter, 1) < 0;
  std::_Exit(none_works && next_descriptor() > STDERR_FILENO ? 0 : 1);
}

TEST(StandardStreams, ThatAreClosedAreNotTakenByTheNextFileAndFailAsBefore) {
  EXPECT_EXIT(write_with_streams_closed(), ExitedWithCode(0), "");
}

TEST(StandardOutput, ThatHasArrivedIsNoError) {
  EXPECT_EXIT(
      {
        std::fputs("all", stdout);
        end_after_a_check();
      },
      ExitedWithCode(0), "");
}

TEST(StandardOutput, ThatCannotBeWrittenIsAnErrorWithItsReason) {
  const char* reason = "standard output: cannot be written \\(No space left on device\\): not all of what";
  for (const bool has_failed_before : {false, true})
    EXPECT_EXIT(
        {
          ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
          std::fputs("lost", stdout);
          if (has_failed_before) std::fflush(stdout);
          end_after_a_check();
        },
        ExitedWithCode(1), reason);
}

[[noreturn]] void write_for_a_reader_that_has_gone() {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  (void)!::pipe(ends.data());
  ::dup2(ends[1], STDOUT_FILENO);
  ::close(ends[0]);
  std::fputs("unread", stdout);
  end_after_a_check();
}

TEST(StandardOutput, WhoseReaderHasGoneIsNoError) {
  EXPECT_EXIT(write_for_a_reader_that_has_gone(), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ksweep
