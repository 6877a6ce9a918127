#include "run/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "environment_variable.h"
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

/// A folder for temporary files, and what is printed while it is made.
std::pair<fs::path, std::string> made_with(const char* tmpdir) {
  const EnvironmentVariable given("TMPDIR", tmpdir);
  testing::internal::CaptureStderr();
  const ScratchFolder folder = temporary_folder();
  return {folder.path(), testing::internal::GetCapturedStderr()};
}

TEST_F(ScratchFolderTest, IsInTMPDIR) {
  const auto [path, printed] = made_with(base_.c_str());
  EXPECT_EQ(path.parent_path(), base_);
  EXPECT_EQ(printed, "");
}

TEST_F(ScratchFolderTest, IsElsewhereIfTMPDIRCannotBeUsedWhichIsTold) {
  const std::string absent = base_ / "absent";
  const auto [path, printed] = made_with(absent.c_str());
  EXPECT_EQ(path.parent_path(), "/tmp");
  EXPECT_EQ(printed, "ksweep: TMPDIR = " + absent +
                         " cannot be used (No such file or directory): /tmp is used instead.\n");
}

TEST_F(ScratchFolderTest, WithoutTMPDIRIsInTmpWithoutAWord) {
  for (const char* none : {static_cast<const char*>(nullptr), ""}) {
    const auto [path, printed] = made_with(none);
    EXPECT_EQ(path.parent_path(), "/tmp");
    EXPECT_EQ(printed, "");
  }
}

}  // namespace
}  // namespace ksweep
