#include "run/time_limit.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <map>

#include "base/host.h"

namespace ksweep {
namespace {

using ::testing::Eq;
using ::testing::Optional;

TEST(SecondsOfDuration, ReadsAllFormsOfSlurm) {
  EXPECT_THAT(seconds_of_duration("30"), Optional(1800.0));
  EXPECT_THAT(seconds_of_duration("30:15"), Optional(1815.0));
  EXPECT_THAT(seconds_of_duration("2:30:15"), Optional(9015.0));
  EXPECT_THAT(seconds_of_duration("1-2"), Optional(93600.0));
  EXPECT_THAT(seconds_of_duration("1-2:30"), Optional(95400.0));
  EXPECT_THAT(seconds_of_duration("1-2:30:15\n"), Optional(95415.0));
}

TEST(SecondsOfDuration, OfWhatIsNoneIsNothing) {
  for (const char* text : {"UNLIMITED", "INVALID", "", "-5", "1:2:3:4", "1h", "NOT_SET"})
    EXPECT_THAT(seconds_of_duration(text), Eq(std::nullopt)) << text;
}

struct Job {
  std::map<std::string, std::string> variables;
  std::string left;
  int n_asked = 0;
  TimeLimit limit(std::optional<double> given = {}) {
    const auto lookup = [this](const char* name) -> const char* {
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    };
    return TimeLimit(given, lookup, [this](const std::string&) {
      ++n_asked;
      return left;
    });
  }
};

/// The time that is left runs on while the test reads it.
auto JustBelow(double seconds) {
  return ::testing::AllOf(::testing::Le(seconds), ::testing::Gt(seconds - 9));
}

TEST(TimeLimitTest, IsNoneOutsideOfAJob) { EXPECT_TRUE(std::isinf(Job().limit().seconds_left())); }

TEST(TimeLimitTest, LeavesATenthOfTheTimeToSaveInButAtMostAMinute) {
  EXPECT_THAT(Job().limit(100).seconds_left(), JustBelow(90));
  EXPECT_THAT(Job().limit(36'000).seconds_left(), JustBelow(35'940));
}

TEST(TimeLimitTest, IsTheEndOfTheSlurmJob) {
  Job job{{{"SLURM_JOB_ID", "7"}}, "1:00:00"};
  EXPECT_THAT(job.limit().seconds_left(), JustBelow(3540));
  job.variables["SLURM_JOB_END_TIME"] = std::to_string(static_cast<long>(unix_time_s()) + 7200);
  EXPECT_THAT(job.limit().seconds_left(), JustBelow(7140));
}

TEST(TimeLimitTest, GivenByHandComesBeforeTheJobs) {
  Job job{{{"SLURM_JOB_ID", "7"}}, "1:00:00"};
  EXPECT_THAT(job.limit(100).seconds_left(), JustBelow(90));
}

TEST(TimeLimitTest, OfAJobThatWasExtendedIsAskedForAgainBeforeItCounts) {
  Job job{{{"SLURM_JOB_ID", "7"}}, "0:00"};
  TimeLimit limit = job.limit();
  job.left = "2:00:00";
  EXPECT_THAT(limit.seconds_left(), JustBelow(7140));
}

TEST(TimeLimitTest, ThatHasPassedIsNotAskedForAgainAndAgain) {
  Job job{{{"SLURM_JOB_ID", "7"}}, "0:00"};
  TimeLimit limit = job.limit();
  for (int i = 0; i < 10; ++i) EXPECT_LE(limit.seconds_left(), 0);
  EXPECT_EQ(job.n_asked, 2);
}

TEST(LimitGiven, OfSlurmsWordsForNoneIsNone) {
  for (const char* text : {"0", "0:00", "0-0", "UNLIMITED", "unlimited", "INFINITE"})
    EXPECT_THAT(limit_given(text), Optional(std::numeric_limits<double>::infinity())) << text;
  EXPECT_THAT(limit_given("0:05"), Optional(5.0));
  EXPECT_THAT(limit_given("soon"), Eq(std::nullopt));
}

TEST(TimeLimitTest, ThatIsNoneOrBeyondAllClocksNeverStops) {
  for (const double given : {std::numeric_limits<double>::infinity(), 1e12, 1e300}) {
    Job job{{{"SLURM_JOB_ID", "7"}}, "1:00:00"};
    TimeLimit limit = job.limit(given);
    EXPECT_TRUE(std::isinf(limit.seconds_left()));
    EXPECT_EQ(limit.cause(), "");
  }
  Job unlimited{{{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", "18446744073709551614"}}, "UNLIMITED"};
  EXPECT_TRUE(std::isinf(unlimited.limit().seconds_left()));
}

TEST(TimeLimitTest, OfAnEndThatHasPassedIsAskedOfSlurm) {
  for (const char* stale : {"1000000000", "0", "UNLIMITED", ""}) {
    Job job{{{"SLURM_JOB_ID", "7"}, {"SLURM_JOB_END_TIME", stale}}, "2:00:00"};
    EXPECT_THAT(job.limit().seconds_left(), JustBelow(7140)) << stale;
    job.left = "";  // such a job is not known any more
    TimeLimit limit = job.limit();
    EXPECT_TRUE(std::isinf(limit.seconds_left())) << stale;
    EXPECT_THAT(limit.note(), ::testing::HasSubstr("squeue knows no end of the Slurm job 7"));
  }
  Job outside{{{"SLURM_JOB_END_TIME", "1000000000"}}, ""};
  EXPECT_TRUE(std::isinf(outside.limit().seconds_left()));
}

TEST(TimeLimitTest, TellsItsCause) {
  EXPECT_EQ(Job().limit(100).cause(), "the time limit of 1 min 40 s (--time-limit)");
  Job job{{{"SLURM_JOB_ID", "7"}}, "1:00:00"};
  EXPECT_EQ(job.limit().cause(), "the end of the Slurm job 7 (squeue)");
  job.variables["SLURM_JOB_END_TIME"] = std::to_string(static_cast<long>(unix_time_s()) + 7200);
  EXPECT_EQ(job.limit().cause(), "the end of the Slurm job 7 (SLURM_JOB_END_TIME)");
  EXPECT_EQ(Job().limit().cause(), "");
}

}  // namespace
}  // namespace ksweep
