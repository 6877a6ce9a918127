#include "run/report_errors.h"

#include <gmock/gmock.h>

#include <chrono>
#include <stdexcept>

#include "base/build_info.h"
#include "base/errors.h"
#include "environment_variable.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;

struct Outcome {
  int code;
  std::string message;
};

template <class Error>
Outcome outcome_of(const Error& error) {
  ::testing::internal::CaptureStderr();
  const int code = report_errors([&]() -> int { throw error; });
  return {code, ::testing::internal::GetCapturedStderr()};
}

TEST(Errors, WithoutOneTheWorksOwnCodeIsReturned) {
  EXPECT_EQ(report_errors([] { return 75; }), 75);
}

TEST(Errors, AUsersMistakeIsShownAsItIs) {
  const Outcome outcome = outcome_of(UserError("x.cfg:7: what, why. Do this."));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.message, "x.cfg:7: what, why. Do this.\n");
}

TEST(Errors, AnUnfitEnvironmentHasItsOwnCode) {
  EXPECT_EQ(outcome_of(EnvironmentError("no cores")).code, 3);
  EXPECT_EQ(outcome_of(std::bad_alloc()).code, 3);
}

TEST(Errors, AMistakeOfOursIsNotBlamedOnTheUser) {
  const Outcome outcome = outcome_of(std::logic_error("vector::at"));
  EXPECT_EQ(outcome.code, 79);
  EXPECT_THAT(outcome.message, HasSubstr("internal error: vector::at\nThis is a mistake in ksweep"));
  EXPECT_THAT(outcome_of(42).message, HasSubstr("This is a mistake in ksweep"));
}

TEST(Errors, OfAMistakeOfOursItIsSaidWhatToSend) {
  const std::string message = outcome_of(std::logic_error("vector::at")).message;
  EXPECT_THAT(message, HasSubstr("Please report it with the command, the sweep file, the last lines of the "
                                 "log and this one:\nksweep "));
  EXPECT_THAT(message, HasSubstr(build_info().version + ", commit " + build_info().commit + ", " +
                                 build_info().compiler));
}

TEST(Errors, OfSeveralRanksOnlyTheFirstSpeaks) {
  const auto outcome_on = [](const char* rank) {
    const EnvironmentVariable of_rank("OMPI_COMM_WORLD_RANK", rank);
    return outcome_of(UserError("wrong"));
  };
  const Outcome second = outcome_on("1"), first = outcome_on("0");
  EXPECT_EQ(second.code, 1);
  EXPECT_EQ(second.message, "");
  EXPECT_EQ(first.message, "wrong\n");
}

TEST(Errors, UnderMpirunTheFirstRankLeavesTimeToReadWhatItHasPrinted) {
  using Clock = std::chrono::steady_clock;
  const EnvironmentVariable of_rank("OMPI_COMM_WORLD_RANK", "0"), of_ranks("OMPI_COMM_WORLD_SIZE", "2");
  for (const int code : {75, 1}) {
    const auto begin = Clock::now();
    EXPECT_EQ(report_errors([code] { return code; }), code);
    EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(200));
  }
}

}  // namespace
}  // namespace ksweep
