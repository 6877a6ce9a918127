#include "core/atomic_file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/errors.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public ::testing::Test {
 protected:
  AtomicFile() { fs::create_directories(folder_); }
  ~AtomicFile() override { fs::remove_all(folder_); }

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

  const fs::path folder_ = fs::path(::testing::TempDir()) / ("atomic" + std::to_string(::getpid()));
};

TEST_F(AtomicFile, HoldsWhatWasWrittenAndLeavesNoOtherName) {
  const std::string bytes("a\0b\n", 4);
  write_file_atomically(folder_ / "file", bytes);
  EXPECT_EQ(read_file(folder_ / "file"), bytes);
  EXPECT_THAT(names(), ::testing::ElementsAre("file"));
}

TEST_F(AtomicFile, ReplacesAnOlderFile) {
  write_file_atomically(folder_ / "file", "a longer text");
  write_file_atomically(folder_ / "file", "short");
  EXPECT_EQ(read_file(folder_ / "file"), "short");
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
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{4096, limit.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = refusal(folder_ / "file", std::string(100'000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &limit);
  EXPECT_THAT(message,
              ::testing::HasSubstr("file: cannot write (File too large): the file was not written."));
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

}  // namespace
}  // namespace ksweep
