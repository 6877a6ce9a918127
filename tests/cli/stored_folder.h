#pragma once

#include <gtest/gtest.h>

#include "store/samples.h"
#include "store/store.h"
#include "temporary_folder.h"

namespace ksweep {

/// A results folder whose records and sweep.h5 agree: one finished trial of its grid, and one of another.
class StoredFolder : public ::testing::Test {
 protected:
  StoredFolder() {
    store_.prepare();
    SweepRecord sweep = sample_record();
    sweep.best.clear();
    sweep.trials = {kept_};
    sweep.others = {other_};
    for (const TrialResult& result : {kept_, other_}) store_.write(result);
    write_sweep_file(folder_ / "sweep.h5", sweep);
  }

  const TemporaryFolder temporary_;
  const std::filesystem::path& folder_ = temporary_.path();
  const Store store_{folder_};
  TrialResult kept_ = stored(0), other_ = stored(1);

 private:
  static TrialResult stored(int seed) {
    TrialResult result = sample_result(seed);
    result.id = trial_id(result.trial);
    result.filters = {};
    return result;
  }
};

}  // namespace ksweep
