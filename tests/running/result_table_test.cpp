#include "run/result_table.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A plan of one trial, which is done.
class ResultTableTest : public testing::Test {
 protected:
  ResultTableTest() {
    store_.prepare();
    result_.trial = default_trial();
    result_.id = trial_id(result_.trial);
    result_.status = Status::done;
    sweep_.trials = {result_.trial};
    plan_ = {{result_.trial, result_.id, training_id(result_.trial)}};
  }
  std::vector<std::uint32_t> missing(bool needs_weights) const {
    return ResultTable(sweep_, plan_, store_, {true}, {needs_weights}, false).missing();
  }

  const TemporaryFolder folder_;
  Store store_{folder_.path()};
  Sweep sweep_;
  TrialResult result_;
  std::vector<PlannedTrial> plan_;
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

}  // namespace
}  // namespace ksweep
