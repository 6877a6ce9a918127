#include "run/crash_policy.h"

#include <gmock/gmock.h>

#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int rank = 1, most_crashes = 5;

/// Two trials of one training and one of another, none of which has a result.
class CrashPolicyTest : public testing::Test {
 protected:
  CrashPolicyTest() { crashes_.open(); }
  static std::vector<PlannedTrial> three_planned() {
    std::vector<PlannedTrial> plan = {planned(10), planned(25), planned(40)};
    plan[0].training_id = plan[1].training_id = 7;
    plan[2].training_id = 8;
    return plan;
  }
  /// Returns what is told.
  std::string lose(int times) {
    testing::internal::CaptureStderr();
    for (int i = 0; i < times; ++i) {
      crashes_.begin(rank, job_.training_id);
      may_try_again_ = policy_.may_try_again(rank, RankLoss::died, &job_);
    }
    return testing::internal::GetCapturedStderr();
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  const Sweep sweep_;
  const std::vector<PlannedTrial> plan_ = three_planned();
  CrashBook crashes_{folder_.path() / "crashes", [](std::uint64_t) { return "no further"; }};
  ResultTable table_{sweep_, plan_, store_, {true, true, true}, {false, false, false}, false};
  CrashPolicy policy_{crashes_, table_};
  const Job job_{.training_id = 7, .trials = {0, 1}};
  bool may_try_again_ = false;
};

TEST_F(CrashPolicyTest, ATrainingIsTriedAgainUntilTheProgramHasDiedFiveTimesInIt) {
  lose(most_crashes - 1);
  EXPECT_TRUE(may_try_again_);
  EXPECT_EQ(table_.count(Status::failed), 0u);
  EXPECT_THAT(lose(1), AllOf(HasSubstr("rank 1 has died while training"),
                             HasSubstr("failed and is not tried again: the program "
                                       "died 5 times in a row")));
  EXPECT_FALSE(may_try_again_);
  for (const std::size_t position : {0, 1}) {
    EXPECT_EQ(table_.trials()[position].status, Status::failed);
    EXPECT_THAT(table_.trials()[position].reason, HasSubstr("died 5 times in a row"));
  }
  EXPECT_EQ(table_.trials()[2].status, Status::missing);
}

TEST_F(CrashPolicyTest, TheNextRunDoesNotTryItEither) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < most_crashes; ++i) {
    crashes_.begin(rank, 7);
    if (i == most_crashes - 1) policy_.fail_missing();
    EXPECT_EQ(table_.count(Status::failed), 0u);
    crashes_.count_crash_of(rank);
  }
  policy_.fail_missing();
  testing::internal::GetCapturedStderr();
  EXPECT_EQ(table_.count(Status::failed), 2u);
  EXPECT_EQ(table_.trials()[2].status, Status::missing);
}

TEST_F(CrashPolicyTest, ARankWithoutWorkIsNoFaultOfATraining) {
  testing::internal::CaptureStderr();
  for (int i = 0; i < 2 * most_crashes; ++i)
    EXPECT_TRUE(policy_.may_try_again(rank, RankLoss::silent, nullptr));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("rank 1 gives no sign of life: it hangs"));
}

}  // namespace
}  // namespace ksweep
