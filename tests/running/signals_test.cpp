#include "run/signals.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace ksweep {
namespace {

// Each in a process of its own, as handlers stay.

void exit_0_if(bool good) { std::_Exit(good ? 0 : 1); }

TEST(Signals, EachStopSignalSetsTheFlag) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) {
    EXPECT_EXIT(
        {
          const auto& stop = catch_stop_signals();
          const bool before = stop;
          ::raise(number);
          exit_0_if(!before && stop);
        },
        ::testing::ExitedWithCode(0), "")
        << number;
  }
}

TEST(Signals, AnEchoOfTheSameSignalIsNotAnInsistence) {
  EXPECT_EXIT(
      {
        const auto& stop = catch_stop_signals();
        ::raise(SIGTERM);
        ::raise(SIGTERM);
        ::raise(SIGUSR1);
        exit_0_if(stop);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Signals, TheSameSignalLongAfterEndsTheProcess) {
  EXPECT_EXIT(
      {
        catch_stop_signals();
        ::raise(SIGTERM);
        ::sleep(insist_after_s + 1);
        ::raise(SIGTERM);
        std::_Exit(0);
      },
      ::testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST(Signals, AHangupThatNohupIgnoresStaysIgnored) {
  EXPECT_EXIT(
      {
        ::signal(SIGHUP, SIG_IGN);
        const auto& stop = catch_stop_signals();
        ::raise(SIGHUP);
        exit_0_if(!stop);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Signals, AWriteThatNobodyReadsEndsNothing) {
  EXPECT_EXIT(
      {
        const auto& stop = catch_stop_signals();
        ::raise(SIGPIPE);
        exit_0_if(!stop);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Signals, TheEndOfTheCpuTimeIsAStopHoweverOftenItIsTold) {
  EXPECT_EXIT(
      {
        const auto& stop = catch_stop_signals();
        ::raise(SIGXCPU);
        ::sleep(insist_after_s + 1);
        ::raise(SIGXCPU);
        exit_0_if(stop && cpu_time_is_spent());
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Signals, TheStopComesBeforeTheCpuTimeIsSpent) {
  EXPECT_EXIT(
      {
        rlimit limit{};
        limit.rlim_cur = limit.rlim_max = 3;  // the kernel would kill at once then
        ::setrlimit(RLIMIT_CPU, &limit);
        const auto& stop = catch_stop_signals();
        while (!stop) continue;
        exit_0_if(cpu_time_is_spent() && cpu_time_limit_s() == 3);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(Signals, ASuspensionCanBeCaught) {
  EXPECT_EXIT(
      {
        auto& suspended = catch_suspension();
        ::raise(SIGTSTP);
        exit_0_if(suspended);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ksweep
