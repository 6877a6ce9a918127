#include "run/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

class ScratchFolderTest : public ::testing::Test {
 protected:
  bool is_empty() const { return fs::is_empty(base_); }

  const TemporaryFolder temporary_;
  const fs::path& base_ = temporary_.path();
};

TEST_F(ScratchFolderTest, IsRemovedWithAllThatIsInIt) {
  {
    const auto folder = ScratchFolder::below(base_);
    ASSERT_TRUE(folder);
    std::ofstream(folder->path() / "left") << "behind";
    EXPECT_FALSE(is_empty());
  }
  EXPECT_TRUE(is_empty());
}

TEST_F(ScratchFolderTest, OfAKilledProcessIsRemovedByTheNextOneButNotOfALivingOne) {
  const auto living = ScratchFolder::below(base_);
  const pid_t killed = ::fork();
  if (killed == 0) {
    const auto folder = ScratchFolder::below(base_);
    std::ofstream(folder->path() / "left") << "behind";
    ::raise(SIGKILL);
  }
  ::waitpid(killed, nullptr, 0);
  ASSERT_EQ(std::distance(fs::directory_iterator(base_), {}), 2);
  const auto next = ScratchFolder::below(base_);
  EXPECT_TRUE(fs::exists(living->path()));
  EXPECT_EQ(std::distance(fs::directory_iterator(base_), {}), 2);
}

TEST_F(ScratchFolderTest, CannotBeMadeWhereThereIsNoFolder) {
  EXPECT_FALSE(ScratchFolder::below(base_ / "absent"));
}

TEST_F(ScratchFolderTest, LeavesFilesOfOthersAlone) {
  const auto other = base_ / ("ksweep-" + std::to_string(::geteuid()) + ".file");
  std::ofstream(other) << "a file, not a folder";
  const auto folder = ScratchFolder::below(base_);
  EXPECT_TRUE(fs::exists(other));
}

}  // namespace
}  // namespace ksweep
