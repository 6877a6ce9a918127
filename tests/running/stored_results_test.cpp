#include "run/stored_results.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

/// What a store with the second of two trials holds of a plan.
class StoredResults : public testing::Test {
 protected:
  StoredResults() {
    TrialResult result = done(plan_[1]);
    result.validation_accuracy = 0.75;
    store_.write(result);
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  std::vector<PlannedTrial> plan_ = {planned(10), planned(25)};
};

TEST_F(StoredResults, AreInTheOrderOfThePlanWithThoseThatAreMissing) {
  const auto results = stored_results(plan_, store_);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].status, Status::missing);
  EXPECT_EQ(results[0].trial.k, 10);
  EXPECT_EQ(results[1].status, Status::done);
  EXPECT_EQ(results[1].trial.k, 25);
  EXPECT_EQ(results[1].id, plan_[1].id);
  EXPECT_EQ(results[1].validation_accuracy, 0.75);
}

TEST_F(StoredResults, OfAnotherTrialWithTheSameIdAreNone) {
  plan_[1].trial.k = 26;
  const auto results = stored_results(plan_, store_);
  EXPECT_EQ(results[1].status, Status::missing);
  EXPECT_EQ(results[1].trial.k, 26);
}

TEST_F(StoredResults, ThatAreDamagedAreNoneAndStayInPlace) {
  const auto path = store_.trial_path(plan_[1].id);
  std::filesystem::resize_file(path, 100);
  testing::internal::CaptureStderr();
  EXPECT_EQ(stored_results(plan_, store_)[1].status, Status::missing);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace ksweep
