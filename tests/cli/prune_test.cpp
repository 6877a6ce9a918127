#include "cli/prune.h"

#include <gmock/gmock.h>

#include "stored_folder.h"

namespace ksweep {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Prune : public StoredFolder {
 protected:
  std::string output(bool dry_run) const {
    ::testing::internal::CaptureStdout();
    EXPECT_EQ(prune_command({.folder = folder_, .dry_run = dry_run}), 0);
    return ::testing::internal::GetCapturedStdout();
  }
  bool is_stored(const TrialResult& result) const { return fs::exists(store_.trial_path(result.id)); }
};

TEST_F(Prune, RemovesTheTrialsOfOtherGridsAndNoOthers) {
  EXPECT_THAT(output(false), HasSubstr("1 trial of other grids removed; 1 trial of the grid kept"));
  EXPECT_FALSE(is_stored(other_));
  EXPECT_TRUE(is_stored(kept_));
  EXPECT_TRUE(read_sweep_file(folder_ / "sweep.h5").others.empty());
  EXPECT_THAT(output(false), HasSubstr("0 trials of other grids removed"));
}

TEST_F(Prune, OnlyToShowItRemovesNothing) {
  const std::string shown = output(true);
  EXPECT_THAT(shown, HasSubstr(id_text(other_.id)));
  EXPECT_THAT(shown, HasSubstr("1 trial of other grids would be removed; 1 trial of the grid kept"));
  EXPECT_TRUE(is_stored(other_));
  EXPECT_EQ(read_sweep_file(folder_ / "sweep.h5").others.size(), 1u);
}

}  // namespace
}  // namespace ksweep
