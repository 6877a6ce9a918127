#include "run/result_table.h"

#include <gmock/gmock.h>

#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A plan of one trial, which is done.
class ResultTableTest : public testing::Test {
 protected:
  ResultTableTest() { sweep_.trials = {result_.trial}; }
  std::vector<std::uint32_t> missing(bool needs_weights) const {
    return ResultTable(sweep_, plan_, store_, {true}, {needs_weights}, false).missing();
  }

  const TemporaryFolder folder_;
  Store store_ = prepared_store(folder_.path());
  Sweep sweep_;
  const std::vector<PlannedTrial> plan_ = {planned(25)};
  TrialResult result_ = done(plan_[0]);
};

TEST_F(ResultTableTest, MissesTheTrialsWithoutARecord) {
  EXPECT_THAT(missing(false), ElementsAre(0));
  store_.write(result_);
  EXPECT_THAT(missing(false), IsEmpty());
}

TEST_F(ResultTableTest, MissesADoneTrialWithoutTheWeightsThatAreToBeSaved) {
  store_.write(result_);
  EXPECT_THAT(missing(true), ElementsAre(0));
  result_.weights.layers = {{2, 1, {0.5f, -1}, {0.25f}}};
  store_.write(result_);
  EXPECT_THAT(missing(true), IsEmpty());
}

TEST_F(ResultTableTest, TellsTheCommonestReasonOfFailuresAndOfEquallyCommonOnesTheFirst) {
  const std::vector<PlannedTrial> plan = {planned(10), planned(25), planned(40)};
  Sweep sweep;
  for (const PlannedTrial& each : plan) sweep.trials.push_back(each.trial);
  const auto fail = [&](const PlannedTrial& planned, const std::string& reason) {
    TrialResult result = done(planned);
    result.status = Status::failed;
    result.reason = reason;
    store_.write(result);
  };
  const auto failures = [&] {
    return ResultTable(sweep, plan, store_, {true, true, true}, {false, false, false}, false).failures();
  };
  fail(plan[0], "the loss is not a number");
  fail(plan[1], "the mean is too large");
  EXPECT_EQ(failures().commonest_reason, "the loss is not a number");
  EXPECT_EQ(failures().n_of_it, 1u);
  fail(plan[2], "the mean is too large");
  EXPECT_EQ(failures().commonest_reason, "the mean is too large");
  EXPECT_EQ(failures().n_of_it, 2u);
}

}  // namespace
}  // namespace ksweep
