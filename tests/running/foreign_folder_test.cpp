#include "run/foreign_folder.h"

#include <gmock/gmock.h>

#include "core/trial_keys.h"
#include "refusal.h"
#include "store/store.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

PlannedTrial planned(int k) {
  Trial trial = default_trial();
  trial.k = k;
  return {trial, trial_id(trial), training_id(trial)};
}

TEST(ForeignFolder, OfTrialsOfAnotherSweepIsRefused) {
  const TemporaryFolder folder;
  const Store store(folder.path());
  store.prepare();
  EXPECT_EQ(refusal([&] { refuse_foreign_folder(folder.path(), {}, {planned(10)}); }), "accepted");
  for (const int k : {25, 40}) {
    TrialResult result;
    result.trial = planned(k).trial;
    result.id = planned(k).id;
    result.status = Status::done;
    store.write(result);
  }
  EXPECT_THAT(
      refusal([&] { refuse_foreign_folder(folder.path(), {}, {planned(10)}); }),
      ::testing::HasSubstr("holds 2 finished trials (and no sweep.h5 that says of which sweep), none of "
                           "which is one of this sweep"));
  EXPECT_EQ(refusal([&] {
              refuse_foreign_folder(folder.path(), {}, {planned(10), planned(25)});
            }),
            "accepted");
}

}  // namespace
}  // namespace ksweep
