#include "store/crash_book.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "scratch.h"

namespace ksweep {
namespace {

class CrashBookTest : public Scratch {
 protected:
  CrashBook book() {
    return CrashBook(folder / "crashes", [this](std::uint64_t) { return progress; });
  }
  /// A run that dies in the midst of this training.
  void crash_in(std::uint64_t training) {
    CrashBook of_run = book();
    of_run.open();
    of_run.begin(0, training);
  }
  int counted(std::uint64_t training) {
    CrashBook next = book();
    next.open();
    return next.n_crashes(training);
  }
  std::string progress = "none";
};

TEST_F(CrashBookTest, CountsTheCrashesInARow) {
  for (int i = 0; i < 3; ++i) crash_in(7);
  EXPECT_EQ(counted(7), 3);
  EXPECT_EQ(counted(8), 0);
}

TEST_F(CrashBookTest, SaysOnceThatATrainingCannotBeNoted) {
  CrashBook run = book();
  run.open();
  std::filesystem::create_directory(folder / "crashes" / "active-0");
  ::testing::internal::CaptureStderr();
  run.begin(0, 7);
  run.begin(0, 8);
  const std::string said = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, ::testing::HasSubstr("active-0: cannot be written (Is a directory)"));
  EXPECT_EQ(std::ranges::count(said, '\n'), 1);
}

TEST_F(CrashBookTest, BeginsAnewWhenTheTrainingGotOn) {
  for (int i = 0; i < 3; ++i) crash_in(7);
  EXPECT_EQ(counted(7), 3);
  progress = "a checkpoint";
  crash_in(7);
  EXPECT_EQ(counted(7), 1);
}

TEST_F(CrashBookTest, DoesNotCountWhatEndedOrStoppedInGoodOrder) {
  CrashBook run = book();
  run.open();
  run.begin(0, 7);
  run.end(0);
  EXPECT_EQ(counted(7), 0);
}

TEST_F(CrashBookTest, CountsARankOfThisRunOnce) {
  CrashBook run = book();
  run.open();
  run.begin(2, 7);
  run.count_crash_of(2);
  EXPECT_EQ(run.n_crashes(7), 1);
  EXPECT_TRUE(book().is_suspect(7));
  EXPECT_EQ(counted(7), 1);
}

TEST_F(CrashBookTest, TakesRubbishForNothing) {
  std::filesystem::create_directories(folder / "crashes");
  std::ofstream(folder / "crashes" / "counts") << "\xff\xfe rubbish\n0000000000000007 x\n\n7 2\n";
  std::ofstream(folder / "crashes" / "active-0") << "no id";
  std::ofstream(folder / "crashes" / "active-1") << "";
  EXPECT_EQ(counted(7), 2);
}

TEST_F(CrashBookTest, IsNotHeldUpByPipesInItsFolder) {
  std::filesystem::create_directories(folder / "crashes");
  for (const char* name : {"counts", "active-0"})
    ASSERT_EQ(::mkfifo((folder / "crashes" / name).c_str(), 0600), 0);
  CrashBook run = book();
  EXPECT_THROW(run.open(), UserError);  // counts cannot be written
  run.begin(0, 7);
  EXPECT_EQ(run.n_crashes(7), 0);
}

TEST_F(CrashBookTest, TellsWhatStandsInPlaceOfItsFolder) {
  std::ofstream(folder / "crashes") << "not ours";
  EXPECT_THAT(user_error([&] { book().open(); }),
              ::testing::HasSubstr("crashes: the folder cannot be made (Not a directory)"));
}

TEST_F(CrashBookTest, ForgetsAllWhenToldTo) {
  crash_in(7);
  CrashBook next = book();
  next.open();
  next.forget_all();
  EXPECT_EQ(next.n_crashes(7), 0);
  EXPECT_EQ(counted(7), 0);
}

}  // namespace
}  // namespace ksweep
