#include "schedule/signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace ksweep {
namespace {

// Each in a process of its own, as handlers stay.

void exit_0_if(bool good) { std::_Exit(good ? 0 : 1); }

TEST(Signals, each_stop_signal_sets_the_flag) {
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

TEST(Signals, an_echo_of_the_same_signal_is_not_an_insistence) {
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

TEST(Signals, the_same_signal_long_after_ends_the_process) {
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

TEST(Signals, a_hangup_that_nohup_ignores_stays_ignored) {
  EXPECT_EXIT(
      {
        ::signal(SIGHUP, SIG_IGN);
        const auto& stop = catch_stop_signals();
        ::raise(SIGHUP);
        exit_0_if(!stop);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ksweep
