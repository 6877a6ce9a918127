#include "store/store.h"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/atomic_file.h"
#include "base/host.h"
#include "core/trial_keys.h"
#include "equal.h"
#include "samples.h"
#include "scratch.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Root may write everywhere: it plays user 65534 (nobody) while this lives.
class AsPlainUser {
 public:
  AsPlainUser() { EXPECT_TRUE(!root_ || ::seteuid(65534) == 0); }
  ~AsPlainUser() { EXPECT_TRUE(!root_ || ::seteuid(0) == 0); }

 private:
  const bool root_ = ::geteuid() == 0;
};

class StoreTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    store = Store(folder / "results");
    store.prepare();
  }
  std::optional<TrialResult> read(const TrialResult& of) { return store.read(of.id, identity(of.trial)); }
  bool has(const TrialResult& of) { return store.has(of.id, identity(of.trial)); }
  void overwrite(const TrialResult& of, const std::string& bytes) {
    fs::create_directories(store.trial_path(of.id).parent_path());
    std::ofstream(store.trial_path(of.id), std::ios::binary) << bytes;
  }
  Store store{"."};
};

TEST_F(StoreTest, FindsNothingBeforeATrialIsWritten) {
  EXPECT_FALSE(read(sample_result()));
  EXPECT_FALSE(has(sample_result()));
}

TEST_F(StoreTest, ReadsBackWhatItWrote) {
  const auto result = sample_result();
  store.write(result);
  EXPECT_TRUE(has(result));
  const auto back = read(result);
  ASSERT_TRUE(back);
  expect_same_record(result, *back);
}

TEST_F(StoreTest, SpreadsTrialsOverFoldersByTheirId) {
  EXPECT_EQ(store.trial_path(0xabcdef0123456789), folder / "results/trials/ab/abcdef0123456789.h5");
}

TEST_F(StoreTest, LeavesNoTemporaryFilesBehind) {
  store.write(sample_result());
  int n_files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) n_files += entry.is_regular_file();
  EXPECT_EQ(n_files, 1);
}

TEST_F(StoreTest, SetsAsideADamagedFileAndCountsItsTrialAsNotDone) {
  const auto result = sample_result();
  store.write(result);
  std::string bytes = read_file(store.trial_path(result.id));
  bytes[bytes.size() / 2] ^= 4;
  overwrite(result, bytes);
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(read(result));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              AllOf(HasSubstr("damaged"), HasSubstr(id_text(result.id))));
  EXPECT_FALSE(fs::exists(store.trial_path(result.id)));
  EXPECT_TRUE(fs::exists(folder / "results/trials/damaged" / (id_text(result.id) + ".h5")));
  store.write(result);
  EXPECT_TRUE(has(result));
}

TEST_F(StoreTest, SetsAsideWhateverStandsInPlaceOfAFile) {
  const auto result = sample_result();
  const fs::path path = store.trial_path(result.id);
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 2; ++i) {
    fs::create_directories(path / "inside");
    EXPECT_FALSE(has(result));
    EXPECT_FALSE(read(result));
    store.write(result);
    EXPECT_TRUE(read(result));
    fs::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_FALSE(has(result));
    EXPECT_FALSE(read(result));
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("there is no file, but a folder, a pipe"));
  std::vector<std::string> kept;
  for (const auto& entry : fs::directory_iterator(folder / "results/trials/damaged"))
    kept.push_back(entry.path().filename());
  const std::string name = path.filename();
  EXPECT_THAT(kept, testing::UnorderedElementsAre(name, name + ".2", name + ".3", name + ".4"));
}

TEST_F(StoreTest, FindsFinishedTrialsOfOtherGridsAndPassesOverTheDamagedOnes) {
  const auto known = sample_result(0), other = sample_result(1), damaged = sample_result(2);
  for (const auto& result : {known, other, failed_result(3), damaged}) store.write(result);
  overwrite(damaged, "damaged");
  const auto found = store.others({known.id});
  ASSERT_EQ(found.size(), 2u);
  for (const auto& result : found) EXPECT_TRUE(result.id == other.id || result.id == failed_result(3).id);
}

TEST_F(StoreTest, LooksForATrialWithoutTouchingADamagedOrForeignFile) {
  const auto result = sample_result(0), other = sample_result(1);
  store.write(other);
  const std::string foreign = read_file(store.trial_path(other.id));
  ::testing::internal::CaptureStderr();
  for (const std::string& bytes : {std::string("damaged"), foreign}) {
    overwrite(result, bytes);
    EXPECT_FALSE(has(result));
    EXPECT_EQ(read_file(store.trial_path(result.id)), bytes);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_FALSE(fs::exists(folder / "results/trials/damaged"));
}

TEST_F(StoreTest, AcceptsNoFileCutShort) {
  const auto result = sample_result();
  store.write(result);
  const std::string bytes = read_file(store.trial_path(result.id));
  ::testing::internal::CaptureStderr();
  for (std::size_t size = 0; size < bytes.size(); size += 97) {
    overwrite(result, bytes.substr(0, size));
    EXPECT_FALSE(read(result)) << size;
    overwrite(result, bytes.substr(0, size));
    EXPECT_FALSE(has(result)) << size;
  }
  ::testing::internal::GetCapturedStderr();
}

TEST_F(StoreTest, DoesNotTakeAnotherTrialsFileUnderThisName) {
  const auto result = sample_result(0), other = sample_result(1);
  store.write(other);
  overwrite(result, read_file(store.trial_path(other.id)));
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(read(result));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("another trial's record"));
}

TEST_F(StoreTest, DoesNotTakeARecordOfAnotherSpecificationWithTheSameId) {
  const auto result = sample_result();
  store.write(result);
  ::testing::internal::CaptureStderr();
  EXPECT_FALSE(store.read(result.id, identity(result.trial) + "model.new = 1\n"));
  ::testing::internal::GetCapturedStderr();
}

TEST_F(StoreTest, KeepsOneWholeFileWhenTwoProcessesWriteTheSameTrialAtOnce) {
  const auto result = sample_result();
  std::vector<pid_t> writers;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        for (int n = 0; n < 50; ++n) store.write(result);
        ::_exit(0);
      } catch (...) {
        ::_exit(1);
      }
    }
    writers.push_back(child);
  }
  while (!fs::exists(store.trial_path(result.id))) ::usleep(100);
  for (int n = 0; n < 200; ++n) EXPECT_TRUE(has(result));
  for (const pid_t writer : writers) {
    int status = -1;
    ASSERT_EQ(::waitpid(writer, &status, 0), writer);
    EXPECT_EQ(status, 0);
  }
  ASSERT_TRUE(read(result));
  const auto in_folder = fs::directory_iterator(store.trial_path(result.id).parent_path());
  EXPECT_EQ(std::distance(begin(in_folder), end(in_folder)), 1);
}

TEST_F(StoreTest, RemovesTemporaryFilesOfDeadWritersOfThisHostOnly) {
  const pid_t dead = ::fork();
  if (dead == 0) ::_exit(0);
  // Ended, but its parent has not noticed: so are orphans where the first process of a container notices none.
  siginfo_t ignored;
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(dead), &ignored, WEXITED | WNOWAIT), 0);
  const auto trials = folder / "results/trials";
  const std::string mark(temporary_mark);
  const auto leftover = trials / ("a.h5" + mark + host_name() + "." + std::to_string(dead));
  const auto of_the_living = trials / ("a.h5" + mark + host_name() + "." + std::to_string(::getpid()));
  const auto elsewhere = trials / ("a.h5" + mark + "other-host." + std::to_string(dead));
  for (const auto& path : {leftover, of_the_living, elsewhere}) std::ofstream(path) << "x";
  store.prepare();
  ::waitpid(dead, nullptr, 0);
  EXPECT_FALSE(fs::exists(leftover));
  EXPECT_TRUE(fs::exists(of_the_living));
  EXPECT_TRUE(fs::exists(elsewhere));
}

TEST_F(StoreTest, RefusesAnOutputBelowAFile) {
  std::ofstream(folder / "file") << "x";
  const auto text = user_error([&] { Store(folder / "file/results").prepare(); });
  EXPECT_THAT(text, AllOf(HasSubstr("file is not a folder"), HasSubstr("--output")));
}

TEST_F(StoreTest, RefusesAnOutputThatIsAFile) {
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(user_error([&] { Store(folder / "file").prepare(); }), HasSubstr("file is not a folder"));
}

TEST_F(StoreTest, RefusesAnOutputWhereNoFolderCanBeMade) {
  const auto text = user_error([] { Store("/proc/ksweep-results").prepare(); });
  EXPECT_THAT(text,
              AllOf(HasSubstr("/proc/ksweep-results"), HasSubstr("cannot be made"), HasSubstr("--output")));
}

TEST_F(StoreTest, RefusesAFolderThatThisUserMayNotWrite) {
  fs::permissions(folder, fs::perms::others_exec | fs::perms::others_read, fs::perm_options::add);
  fs::permissions(folder / "results/trials", fs::perms::owner_write, fs::perm_options::remove);
  const AsPlainUser plain;
  const auto text = user_error([&] { store.prepare(); });
  EXPECT_THAT(text, AllOf(HasSubstr("Permission denied"), HasSubstr("Choose a folder you may write")));
}

TEST_F(StoreTest, RefusesAFullDisk) {
  const auto disk = folder / "disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=16k") != 0)
    GTEST_SKIP() << "NOT TESTED: this user may not mount a small disk";
  const auto text = user_error([&] { Store(disk / "results").prepare(); });
  ::umount(disk.c_str());
  EXPECT_THAT(text, AllOf(HasSubstr("No space left on device"), HasSubstr("Free some space")));
}

}  // namespace
}  // namespace ksweep
