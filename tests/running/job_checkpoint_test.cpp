#include "run/job_checkpoint.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/errors.h"
#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::Eq;
using testing::Optional;

class JobCheckpointTest : public testing::Test {
 protected:
  JobCheckpoint checkpoint(int interval_s, bool is_suspect = false,
                           const std::string& identity = "k = 10") const {
    return {store_, 7, identity, interval_s, is_suspect};
  }
  double worth_s(int interval_s, bool is_suspect = false) const {
    return checkpoint(interval_s, is_suspect).functions().worth_s;
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
};

TEST_F(JobCheckpointTest, KeepsTheStateForTheSameTraining) {
  JobCheckpoint kept = checkpoint(60), same = checkpoint(60), other = checkpoint(60, false, "k = 25");
  EXPECT_THAT(kept.functions().load(), Eq(std::nullopt));
  kept.functions().save("epoch 3");
  EXPECT_THAT(same.functions().load(), Optional(Eq("epoch 3")));
  EXPECT_THAT(other.functions().load(), Eq(std::nullopt));
}

TEST_F(JobCheckpointTest, RemovesItWhenTheResultsAreStored) {
  JobCheckpoint kept = checkpoint(60);
  kept.functions().save("epoch 3");
  kept.remove();
  EXPECT_FALSE(std::filesystem::exists(store_.checkpoint_path(7)));
}

TEST_F(JobCheckpointTest, ASaveIsWorthItAfterTwoSecondsOrTheIntervalIfThatIsLess) {
  EXPECT_EQ(worth_s(60), 2);
  EXPECT_EQ(worth_s(2), 2);
  EXPECT_EQ(worth_s(1), 1);
  EXPECT_EQ(worth_s(0), 2);
  EXPECT_EQ(worth_s(60, true), 0.25);
}

TEST_F(JobCheckpointTest, WithoutAnIntervalNoneIsEverDue) {
  JobCheckpoint kept = checkpoint(0), suspect = checkpoint(0, true);
  EXPECT_FALSE(kept.functions().due());
  EXPECT_FALSE(suspect.functions().due());
}

TEST_F(JobCheckpointTest, OneIsDueOnlyAfterTheInterval) {
  const auto begin = Stopwatch::Clock::now();
  JobCheckpoint kept = checkpoint(600);
  EXPECT_TRUE(!kept.functions().due() || Stopwatch::seconds_since(begin) >= 600);
}

TEST_F(JobCheckpointTest, OfASuspectOneIsDueAfterAQuarterOfASecondAndAgainAfterTheSave) {
  auto begin = Stopwatch::Clock::now();
  JobCheckpoint suspect = checkpoint(60, true);
  const Checkpoints functions = suspect.functions();
  while (!functions.due()) continue;
  EXPECT_GE(Stopwatch::seconds_since(begin), 0.25);
  begin = Stopwatch::Clock::now();
  functions.save("epoch 3");
  EXPECT_TRUE(!functions.due() || Stopwatch::seconds_since(begin) >= 0.25);
}

TEST_F(JobCheckpointTest, ThatCannotBeSavedIsReportedOnceAndTheTrainingGoesOn) {
  std::filesystem::remove_all(folder_.path() / "checkpoints");
  folder_.write("checkpoints", "no folder");
  JobCheckpoint kept = checkpoint(60), other = checkpoint(60);
  testing::internal::CaptureStderr();
  kept.functions().save("epoch 3");
  const std::string report = testing::internal::GetCapturedStderr();
  EXPECT_THAT(report, testing::StartsWith("ksweep: " + (folder_.path() / "checkpoints").string()));
  EXPECT_THAT(report, testing::EndsWith(" Training goes on without a checkpoint.\n"));
  testing::internal::CaptureStderr();
  kept.functions().save("epoch 4");
  other.functions().save("epoch 4");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace ksweep
