#include "run/stop_cause.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "run/signals.h"

namespace ksweep {
namespace {

TEST(StopCause, IsNoneBeforeASignal) { EXPECT_EQ(stop_signal_text(), ""); }

// In a process of its own, as handlers stay.
TEST(StopCause, IsTheFirstSignalAndWhoSentItAndTheSignalDoesWhatItDid) {
  EXPECT_EXIT(
      {
        const auto& stop = catch_stop_signals();
        note_senders();
        note_senders();  // once more changes nothing
        ::kill(::getpid(), SIGUSR2);
        ::kill(::getpid(), SIGUSR1);
        const std::string begin = "SIGUSR2 from process " + std::to_string(::getpid()) + " (";
        std::_Exit(stop && stop_signal_text().starts_with(begin) ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ksweep
