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
        const std::string text = stop_signal_text();
        std::_Exit(stop && text.starts_with(begin) && text.find('\n') == text.npos ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ksweep
