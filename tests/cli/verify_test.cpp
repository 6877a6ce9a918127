#include "cli/verify.h"

#include <gmock/gmock.h>

#include <set>

#include "base/errors.h"
#include "kernels/isa.h"
#include "refusal.h"
#include "stored_folder.h"
#include "sweep/planned_trials.h"
#include "trained_on_digits.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Verify : public StoredFolder {
 protected:
  /// The exit code, without training anything again unless asked to; what was printed is in printed_.
  int code(long sample = 0, bool all = false) {
    ::testing::internal::CaptureStdout();
    const int code = verify_command({folder_, sample, 0, all, {}, {}});
    printed_ = ::testing::internal::GetCapturedStdout();
    return code;
  }
  std::string printed_;
};

TEST_F(Verify, OfWhatIsSoundSucceeds) {
  EXPECT_EQ(code(), 0) << printed_;
  EXPECT_THAT(printed_, HasSubstr("all is as it should be"));
}

TEST_F(Verify, OfAFaultFailsSoThatScriptsNotice) {
  kept_.test_accuracy = 0.5;
  store_.write(kept_);
  EXPECT_EQ(code(), static_cast<int>(ExitCode::failed_trials));
  EXPECT_THAT(printed_, HasSubstr("FAULT"));
  EXPECT_THAT(printed_, HasSubstr("1 fault found"));
}

TEST_F(Verify, CountsWhatIsSound) {
  EXPECT_EQ(code(), 0);
  EXPECT_THAT(printed_, HasSubstr("records    2 sound\n"));
  EXPECT_THAT(printed_, HasSubstr("sweep.h5   2 of 2 finished trials as in the records; results_sha256 "));
  EXPECT_THAT(printed_,
              HasSubstr("note       1 trial of other grids, as in their records; they are trained again "
                        "with --all\n"));
}

// What is retrained shows in what cannot be: these records have no instruction set.
TEST_F(Verify, RetrainsFinishedTrialsOfTheGridOrElseAll) {
  TrialResult failed = failed_result(2);
  failed.id = trial_id(failed.trial);
  store_.write(failed);
  code(3);
  EXPECT_THAT(printed_, HasSubstr("note       1 trial cannot be retrained: computed with "));
  EXPECT_THAT(printed_, Not(HasSubstr("retraining ")));
  code(3, true);
  EXPECT_THAT(printed_, HasSubstr("note       2 trials cannot be retrained: computed with "));
}

TEST_F(Verify, SaysWhyTrialsCannotBeRetrained) {
  TrialResult earlier = sample_result(2);  // its id is not what this version makes of it
  earlier.filters = {};
  store_.write(earlier);
  kept_.instruction_set = "of a later CPU";
  store_.write(kept_);
  code(3);
  EXPECT_THAT(
      printed_,
      HasSubstr(
          "note       1 trial cannot be retrained: computed with of a later CPU kernels, which this CPU "
          "lacks\n"));
  EXPECT_THAT(printed_,
              HasSubstr("note       1 trial cannot be retrained: made by a version of ksweep with other "
                        "results\n"));
  for (const std::string& isa : all_isas()) {
    if (!runs_here(isa) || reproduces(isa)) continue;
    kept_.instruction_set = isa;
    store_.write(kept_);
    code(3);
    EXPECT_THAT(printed_,
                HasSubstr("note       1 trial cannot be retrained: computed by a version of ksweep whose " +
                          isa + " kernels gave other bits\n"));
  }
}

/// A results folder of two trials that were trained, in milliseconds, on the built-in digits.
class Retraining : public ::testing::Test {
 protected:
  Retraining() {
    store_.prepare();
    for (const int seed : {0, 1}) trained_.push_back(trained(seed));
  }
  static TrialResult trained(int seed) {
    TrialResult result = trained_on_digits(trial_of_digits(seed));
    result.wall_time_s = 45;
    return result;
  }
  /// The exit code once the trials are stored; what was printed is in printed_.
  int code(long sample, long seed = 0) {
    SweepRecord sweep;
    sweep.axes = {"train.seed"};
    sweep.trials = trained_;
    for (const TrialResult& result : trained_) store_.write(result);
    write_sweep_file(folder_.path() / "sweep.h5", sweep);
    ::testing::internal::CaptureStdout();
    int code = -1;
    const std::string refused = refusal([&] {
      code = verify_command({folder_.path(), sample, seed, false, 1, {}});
    });
    printed_ = ::testing::internal::GetCapturedStdout() + refused;
    return code;
  }
  /// How a trial is named.
  static std::string name(const TrialResult& result) {
    return id_text(result.id) + " (seed=" + std::to_string(result.trial.seed) + ", " +
           result.instruction_set + ")";
  }

  const TemporaryFolder folder_;
  const Store store_{folder_.path()};
  std::vector<TrialResult> trained_;
  std::string printed_;
};

TEST_F(Retraining, OfSoundTrialsGivesTheSameBits) {
  trained_[1].train_loss_curve.clear();  // as if an earlier version had not measured these
  trained_[1].test_mse = not_measured;
  EXPECT_EQ(code(3), 0);
  EXPECT_THAT(printed_, HasSubstr("retraining 2 trials of 2, which took 1 min 30 s\n"));
  for (const TrialResult& result : trained_)
    EXPECT_THAT(printed_, HasSubstr("\n           " + name(result) + ": the same bits\n"));
}

TEST_F(Retraining, OfATrialThatDiffersIsAFault) {
  trained_[1].test_mse = 0.5;
  EXPECT_EQ(code(2), static_cast<int>(ExitCode::failed_trials));
  EXPECT_THAT(printed_, HasSubstr(name(trained_[0]) + ": the same bits\n"));
  EXPECT_THAT(printed_, HasSubstr(name(trained_[1]) + ": differs\n"));
  EXPECT_THAT(printed_,
              HasSubstr("FAULT      trial " + name(trained_[1]) + ": test_mse is 0.5 in its record, but "));
  EXPECT_THAT(printed_, HasSubstr("1 fault found\n"));
}

// On other samples it ends once it has been told what is retrained, which the times tell apart.
TEST_F(Retraining, OfASampleTakesOneThatTheSeedChooses) {
  trained_.assign(6, trained_[0]);
  for (int i = 0; i < 6; ++i) {
    TrialResult& result = trained_[static_cast<std::size_t>(i)];
    result.trial.data_hash = "0123abcd";
    result.trial.seed = i;
    result.id = trial_id(result.trial);
    result.wall_time_s = 40 + i;
  }
  std::set<std::string> chosen;
  for (const long seed : {0, 1, 2, 3}) {
    code(1, seed);
    EXPECT_THAT(printed_, HasSubstr("retraining 1 trial of 6, which took 4"));
    chosen.insert(printed_);
  }
  EXPECT_GT(chosen.size(), 1u);
  const std::string last = printed_;
  code(1, 3);
  EXPECT_EQ(printed_, last);
}

TEST_F(Retraining, OfTrialsWithoutATimeCountsNoneForThem) {
  trained_[0].wall_time_s = not_measured;
  EXPECT_EQ(code(2), 0);
  EXPECT_THAT(printed_, HasSubstr("retraining 2 trials of 2, which took 45 s\n"));
}

TEST_F(Retraining, OnOtherSamplesWouldProveNothing) {
  trained_.pop_back();
  trained_[0].trial.data_hash = "0123abcd";
  trained_[0].id = trial_id(trained_[0].trial);
  EXPECT_EQ(code(1), -1);
  EXPECT_THAT(printed_,
              HasSubstr("retraining would prove nothing. Give their folder with --data-dir, or --sample 0 to "
                        "check the files alone."));
}

}  // namespace
}  // namespace ksweep
