#include "run/result_table.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// A plan of one trial, which is done.
class ResultTableTest : public testing::Test {
 protected:
  ResultTableTest() {
    std::string name = fs::temp_directory_path() / "ksweep-table-test-XXXXXX";
    folder_ = ::mkdtemp(name.data());
    store_ = Store(folder_);
    store_.prepare();
    result_.trial = default_trial();
    result_.id = trial_id(result_.trial);
    result_.status = Status::done;
    sweep_.trials = {result_.trial};
    plan_ = {{result_.trial, result_.id, training_id(result_.trial)}};
  }
  ~ResultTableTest() override { fs::remove_all(folder_); }
  std::vector<std::uint32_t> missing(bool needs_weights) const {
    return ResultTable(sweep_, plan_, store_, {true}, {needs_weights}, false).missing();
  }

  fs::path folder_;
  Store store_{"."};
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
