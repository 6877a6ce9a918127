#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "scratch.h"
#include "store/store.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::uint64_t id = 0xab12, other_id = 0xcd34;

class CheckpointsTest : public Scratch {
 protected:
  void SetUp() override {
    Scratch::SetUp();
    store = Store(folder / "results");
    store.prepare();
    store.write_checkpoint(id, "avx2 7", state);
  }

  /// What reading says to standard error.
  std::string complaint_of_reading() {
    testing::internal::CaptureStderr();
    EXPECT_EQ(store.read_checkpoint(id, "avx2 7"), std::nullopt);
    return testing::internal::GetCapturedStderr();
  }

  const std::string state{"\0weights\n", 9};
  Store store{""};
};

TEST_F(CheckpointsTest, AreReadBackByTheTrainingThatWroteThem) {
  EXPECT_EQ(store.read_checkpoint(id, "avx2 7"), state);
  EXPECT_EQ(store.checkpoint_path(id), store.folder() / "checkpoints/00/000000000000ab12.ckpt");
}

TEST_F(CheckpointsTest, AreAbsentForAnyOtherTraining) {
  EXPECT_EQ(store.read_checkpoint(id, "avx2 8"), std::nullopt);
  EXPECT_EQ(store.read_checkpoint(other_id, "avx2 7"), std::nullopt);
  fs::copy_file(store.checkpoint_path(id), store.checkpoint_path(other_id));
  EXPECT_EQ(store.read_checkpoint(other_id, "avx2 7"), std::nullopt);
  EXPECT_TRUE(store.read_checkpoint(id, "avx2 7"));
}

TEST_F(CheckpointsTest, ThatAreDamagedAreRemovedWithAWord) {
  const std::string whole = read_file(store.checkpoint_path(id));
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, std::size_t{512}, whole.size() - 1}) {
    write_file_atomically(store.checkpoint_path(id), whole.substr(0, size));
    EXPECT_THAT(complaint_of_reading(), HasSubstr("damaged")) << size;
    EXPECT_FALSE(fs::exists(store.checkpoint_path(id)));
  }
  std::string flipped = whole;
  flipped[520] ^= 1;
  write_file_atomically(store.checkpoint_path(id), flipped);
  EXPECT_THAT(complaint_of_reading(), HasSubstr("damaged"));
}

TEST_F(CheckpointsTest, ThatCannotBeReadAreAbsentWithAWord) {
  fs::remove(store.checkpoint_path(id));
  fs::create_directory(store.checkpoint_path(id));
  EXPECT_THAT(complaint_of_reading(), HasSubstr("cannot be read"));
}

TEST_F(CheckpointsTest, ReplaceTheOlder) {
  store.write_checkpoint(id, "avx2 7", "newer");
  EXPECT_EQ(store.read_checkpoint(id, "avx2 7"), "newer");
}

TEST_F(CheckpointsTest, ThatCannotBeWrittenAreTheUsersToMend) {
  fs::remove_all(store.folder() / "checkpoints");
  write_file_atomically(store.folder() / "checkpoints", "a file is in the way");
  EXPECT_THROW(store.write_checkpoint(id, "avx2 7", state), UserError);
}

TEST_F(CheckpointsTest, OfEndedTrainingsAreRemovedAndTheirFoldersToo) {
  store.write_checkpoint(other_id, "avx2 7", state);
  const fs::path half_written = store.checkpoint_path(id).string() + std::string(temporary_mark) + "n1.17";
  std::ofstream(half_written) << "a save that was killed";
  write_file_atomically(store.folder() / "checkpoints" / "00" / "note.txt", "somebody else's");
  store.remove_checkpoints_of({id, 77});
  EXPECT_FALSE(fs::exists(store.checkpoint_path(id)));
  EXPECT_FALSE(fs::exists(half_written));
  EXPECT_TRUE(fs::exists(store.checkpoint_path(other_id)));
  EXPECT_TRUE(fs::exists(store.folder() / "checkpoints/00/note.txt"));
  fs::remove(store.folder() / "checkpoints/00/note.txt");
  store.remove_checkpoint(other_id);
  store.remove_checkpoints_of({});
  EXPECT_FALSE(fs::exists(store.folder() / "checkpoints"));
}

}  // namespace
}  // namespace ksweep
