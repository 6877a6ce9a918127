#include "run/scratch_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

namespace ksweep {
namespace {

namespace fs = std::filesystem;

class ScratchFolderTest : public ::testing::Test {
 protected:
  ScratchFolderTest() {
    std::string name = fs::temp_directory_path() / "ksweep-scratch-test-XXXXXX";
    base_ = ::mkdtemp(name.data());
  }
  ~ScratchFolderTest() override { fs::remove_all(base_); }
  bool is_empty() const { return fs::is_empty(base_); }

  fs::path base_;
};

TEST_F(ScratchFolderTest, is_removed_with_all_that_is_in_it) {
  {
    const auto folder = ScratchFolder::below(base_);
    ASSERT_TRUE(folder);
    std::ofstream(folder->path() / "left") << "behind";
    EXPECT_FALSE(is_empty());
  }
  EXPECT_TRUE(is_empty());
}

TEST_F(ScratchFolderTest, of_a_killed_process_is_removed_by_the_next_one_but_not_of_a_living_one) {
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

TEST_F(ScratchFolderTest, cannot_be_made_where_there_is_no_folder) {
  EXPECT_FALSE(ScratchFolder::below(base_ / "absent"));
}

TEST_F(ScratchFolderTest, leaves_files_of_others_alone) {
  const auto other = base_ / ("ksweep-" + std::to_string(::geteuid()) + ".file");
  std::ofstream(other) << "a file, not a folder";
  const auto folder = ScratchFolder::below(base_);
  EXPECT_TRUE(fs::exists(other));
}

}  // namespace
}  // namespace ksweep
