#include "base/atomic_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "base/errors.h"
#include "lowered_limit.h"
#include "temporary_folder.h"

namespace {

enum class Disk { good, full_at_fsync, loses_bytes };
Disk disk = Disk::good;

}  // namespace

// What is linked calls these in place of libc's.
extern "C" int fsync(int file) {
  if (disk != Disk::full_at_fsync) return static_cast<int>(::syscall(SYS_fsync, file));
  errno = ENOSPC;
  return -1;
}

extern "C" ssize_t write(int file, const void* bytes, std::size_t count) {
  std::string text(static_cast<const char*>(bytes), count);
  if (disk == Disk::loses_bytes && count > 0) text.back() = 0;
  return ::syscall(SYS_write, file, text.data(), count);
}

namespace ksweep {
namespace {

namespace fs = std::filesystem;

/// Lets the disk behave badly for as long as it lives.
struct BadDisk {
  explicit BadDisk(Disk kind) { disk = kind; }
  ~BadDisk() { disk = Disk::good; }
};

class AtomicFile : public ::testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.push_back(entry.path().filename());
    return found;
  }

  static std::string refusal(const fs::path& path, std::string_view bytes = "x") {
    try {
      write_file_atomically(path, bytes);
    } catch (const UserError& error) {
      return error.what();
    }
    return "accepted";
  }

  const TemporaryFolder temporary_;
  const fs::path& folder_ = temporary_.path();
};

TEST_F(AtomicFile, HoldsWhatWasWrittenAndLeavesNoOtherName) {
  const std::string bytes("a\0b\n", 4);
  write_file_atomically(folder_ / "file", bytes);
  EXPECT_EQ(read_file(folder_ / "file"), bytes);
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, AFolderAppearsWithAllItsFiles) {
  write_folder_atomically(folder_ / "a" / "b", [&](const fs::path& folder) {
    EXPECT_FALSE(fs::exists(folder_ / "a" / "b"));
    write_file_atomically(folder / "file", "x");
  });
  EXPECT_EQ(read_file(folder_ / "a" / "b" / "file"), "x");
  EXPECT_THAT(names(), ::testing::ElementsAre("a"));
}

TEST_F(AtomicFile, AFolderOfWhichAFileFailsLeavesNothing) {
  const auto fail = [](const fs::path& folder) {
    write_file_atomically(folder / "file", "x");
    throw UserError("no more");
  };
  EXPECT_THROW(write_folder_atomically(folder_ / "b", fail), UserError);
  EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(AtomicFile, AFolderThatIsThereIsNotReplaced) {
  fs::create_directory(folder_ / "b");
  bool filled = false;
  EXPECT_THROW(write_folder_atomically(folder_ / "b", [&](const fs::path&) { filled = true; }), UserError);
  EXPECT_FALSE(filled);
}

TEST_F(AtomicFile, ReplacesAnOlderFile) {
  write_file_atomically(folder_ / "file", "a longer text");
  write_file_atomically(folder_ / "file", "short");
  EXPECT_EQ(read_file(folder_ / "file"), "short");
}

TEST_F(AtomicFile, MayBeMadeInPieces) {
  write_file_in_pieces(folder_ / "file", [](const TakeBytes& take) {
    take("some, ");
    take("");
    take(std::string(300'000, 'x'));
  });
  EXPECT_EQ(read_file(folder_ / "file"), "some, " + std::string(300'000, 'x'));
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, IsNotLeftWhenItsPiecesEndInAnError) {
  const auto make = [](const TakeBytes& take) {
    take("half");
    throw std::runtime_error("no more");
  };
  EXPECT_THROW(write_file_in_pieces(folder_ / "file", make), std::runtime_error);
  EXPECT_THAT(names(), ::testing::IsEmpty());
}

TEST_F(AtomicFile, MayBeEmptyOrLarge) {
  write_file_atomically(folder_ / "empty", "");
  EXPECT_EQ(read_file(folder_ / "empty"), "");
  const std::string large(3'000'000, 'x');
  write_file_atomically(folder_ / "large", large);
  EXPECT_EQ(read_file(folder_ / "large"), large);
}

TEST_F(AtomicFile, WithoutItsFolderIsRefused) {
  const fs::path path = folder_ / "absent" / "file";
  EXPECT_EQ(refusal(path), path.string() +
                               ": cannot create (No such file or directory): the file was not written. "
                               "The folder is not there: make it and try again.");
}

TEST_F(AtomicFile, OnWhatIsAFolderIsRefusedAndLeavesNothing) {
  fs::create_directories(folder_ / "target" / "inside");
  EXPECT_THAT(refusal(folder_ / "target"),
              ::testing::HasSubstr("cannot rename a finished file to this name"));
  EXPECT_THAT(names(), ::testing::ElementsAre("target"));
}

// A limit on the file size stands for a full disk: write() comes back short, then fails.
TEST_F(AtomicFile, ThatCannotBeWrittenWholeLeavesTheOldOne) {
  write_file_atomically(folder_ / "file", "old");
  std::signal(SIGXFSZ, SIG_IGN);
  std::string message;
  {
    const LoweredLimit small(RLIMIT_FSIZE, 4096);
    message = refusal(folder_ / "file", std::string(100'000, 'x'));
  }
  EXPECT_THAT(message,
              ::testing::HasSubstr("file: cannot write (File too large): the file was not written."));
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, OnADiskThatIsFullOnlyAtFsyncLeavesTheOldOne) {
  write_file_atomically(folder_ / "file", "old");
  const BadDisk bad(Disk::full_at_fsync);
  EXPECT_THAT(refusal(folder_ / "file"),
              ::testing::HasSubstr("file: cannot make the content durable (No space left on device)"));
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, OnADiskThatLosesBytesLeavesTheOldOne) {
  write_file_atomically(folder_ / "file", "old");
  const BadDisk bad(Disk::loses_bytes);
  EXPECT_THAT(refusal(folder_ / "file"), ::testing::HasSubstr("file: cannot read back what was written"));
  EXPECT_THROW(write_file_in_pieces(folder_ / "file", [](const TakeBytes& take) { take("pieces"); }),
               UserError);
  EXPECT_EQ(read_file(folder_ / "file"), "old");
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, OfWhichNoneIsThereCannotBeRead) {
  try {
    read_file(folder_ / "absent");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(),
              (folder_ / "absent").string() +
                  ": cannot be read (No such file or directory): its content is needed. Check the path "
                  "and its permissions.");
  }
  EXPECT_THROW(read_file(folder_), UserError);
}

TEST_F(AtomicFile, FollowsLinksToAFileAndToWhereNoneIsYet) {
  write_file_atomically(folder_ / "file", "old");
  fs::create_symlink("file", folder_ / "link");
  fs::create_symlink(folder_ / "later", folder_ / "dangling");
  write_file_atomically(folder_ / "link", "new");
  write_file_atomically(folder_ / "dangling", "first");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link") && fs::is_symlink(folder_ / "dangling"));
  EXPECT_EQ(read_file(folder_ / "file"), "new");
  EXPECT_EQ(read_file(folder_ / "later"), "first");
}

TEST_F(AtomicFile, KeepsThePermissionsOfTheOlderOne) {
  write_file_atomically(folder_ / "file", "old");
  fs::permissions(folder_ / "file", fs::perms(0600));
  write_file_atomically(folder_ / "file", "new");
  EXPECT_EQ(fs::status(folder_ / "file").permissions(), fs::perms(0600));
}

TEST_F(AtomicFile, OfANewNameIsForWhomTheUmaskLeaves) {
  for (const mode_t mask : {0u, 022u, 077u}) {
    const mode_t before = ::umask(mask);
    write_file_atomically(folder_ / std::to_string(mask), "new");
    ::umask(before);
    EXPECT_EQ(fs::status(folder_ / std::to_string(mask)).permissions(), fs::perms(0666 & ~mask)) << mask;
  }
}

TEST_F(AtomicFile, WritesThroughAPipeAndLeavesIt) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read_input(folder_ / "pipe", 1000); });
  write_output(folder_ / "pipe", "through");
  reader.join();
  EXPECT_EQ(got, "through");
  EXPECT_TRUE(fs::is_fifo(folder_ / "pipe"));
}

TEST_F(AtomicFile, DoesNotWaitForAReaderWhereNobodyNamedThePipe) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(folder_ / "pipe"), ::testing::HasSubstr("a pipe that nobody reads"));
}

TEST_F(AtomicFile, WritesThroughADeviceAndLeavesIt) {
  const fs::path null = folder_ / "null", full = folder_ / "full";
  if (::mknod(null.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0 ||
      ::mknod(full.c_str(), S_IFCHR | 0666, makedev(1, 7)) != 0)
    GTEST_SKIP() << "devices cannot be made here";
  if (std::ofstream(null).fail()) GTEST_SKIP() << "devices do not work in this folder";
  write_file_atomically(null, "gone");
  EXPECT_TRUE(fs::is_character_file(null));
  EXPECT_THAT(refusal(full), ::testing::HasSubstr("cannot write (No space left on device)"));
  EXPECT_TRUE(fs::is_character_file(full));
}

TEST_F(AtomicFile, IsNoPipeThatNobodyWritesTo) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  try {
    read_file(folder_ / "pipe");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("it is a pipe or a device, not a file"));
  }
}

}  // namespace
}  // namespace ksweep
