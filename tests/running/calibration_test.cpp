#include "run/calibration.h"

#include <gtest/gtest.h>

#include "planned.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

/// A plan of twelve trials, of which none has a result.
class RunCalibration : public testing::Test {
 protected:
  RunCalibration() {
    for (int seed = 0; seed < 12; ++seed) {
      plan_.push_back(planned(25, seed));
      sweep_.trials.push_back(plan_.back().trial);
    }
  }
  ResultTable table() const {
    return {sweep_, plan_, store_, std::vector(12, true), std::vector(12, false), false};
  }
  void finish(ResultTable& table, std::uint32_t begin, std::uint32_t end) const {
    for (std::uint32_t position = begin; position < end; ++position) {
      TrialResult result = done(plan_[position]);
      result.threads = 1;
      result.started_unix_s = 1e9 + position;
      result.wall_time_s = 10;
      result.probe_time_s = 1;
      store_.write(result);
      table.report({position});
    }
    table.read_reported();
  }
  static DataFacts facts(const Trial&) {
    DataFacts facts;
    facts.n_inputs = 784;
    facts.n_classes = 10;
    facts.n_train = facts.n_validation = facts.n_test = 1000;
    return facts;
  }

  const TemporaryFolder folder_;
  const Store store_ = prepared_store(folder_.path());
  Sweep sweep_;
  std::vector<PlannedTrial> plan_;
};

TEST_F(RunCalibration, IsRenewedWheneverAFifthMoreTrialsHaveFinished) {
  ResultTable results = table();
  Calibration calibration(results, facts, default_rates());
  EXPECT_FALSE(calibration.update());
  finish(results, 0, 10);
  EXPECT_TRUE(calibration.update());
  EXPECT_EQ(calibration.rates().n_measured, 10);
  finish(results, 10, 11);
  EXPECT_FALSE(calibration.update());
  EXPECT_EQ(calibration.rates().n_measured, 10);
  EXPECT_EQ(calibration.latest().n_measured, 11);
  finish(results, 11, 12);
  EXPECT_TRUE(calibration.update());
  EXPECT_EQ(calibration.rates().n_measured, 12);
}

TEST_F(RunCalibration, BeginsWithWhatIsDone) {
  ResultTable results = table();
  finish(results, 0, 3);
  Calibration calibration(results, facts, default_rates());
  EXPECT_EQ(calibration.rates().n_measured, 3);
  EXPECT_FALSE(calibration.update());
}

}  // namespace
}  // namespace ksweep
