#include "run/held_file.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/errors.h"
#include "base/host.h"
#include "temporary_folder.h"

namespace ksweep {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

class HeldFileTest : public testing::Test {
 protected:
  void write(const std::string& text, std::chrono::minutes age) {
    std::ofstream(path_) << text;
    fs::last_write_time(path_, fs::file_time_type::clock::now() - age);
  }

  const TemporaryFolder folder_;
  const fs::path path_ = folder_.path() / "run.lock.held";
};

TEST_F(HeldFileTest, IsHeldUntilItsOwnerEnds) {
  {
    const HeldFile held(path_);
    EXPECT_TRUE(is_held(path_));
    EXPECT_THAT([&] { HeldFile second(path_); },
                ThrowsMessage<UserError>(AllOf(HasSubstr("another run is at work here (host " + host_name()),
                                               HasSubstr("process " + std::to_string(::getpid())))));
  }
  EXPECT_FALSE(is_held(path_));
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(HeldFileTest, OfAKilledProcessIsTakenOver) {
  const pid_t child = ::fork();
  if (child == 0) {
    const HeldFile held(path_);
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_TRUE(fs::exists(path_));
  EXPECT_FALSE(is_held(path_));
  const HeldFile held(path_);
  EXPECT_TRUE(is_held(path_));
}

TEST_F(HeldFileTest, OfAProcessThatHasTheNumberOfItsOwnerButBeganLaterIsNotHeld) {
  std::string owner, host, pid, boot;
  long long start = 0;
  {
    const HeldFile held(path_);
    std::ifstream file(path_);
    std::getline(file, owner);
    file >> host >> pid >> start >> boot;
  }
  write(fmt::format("{}\n{} {} {} {}\n", owner, host, pid, start, boot), std::chrono::minutes(0));
  EXPECT_TRUE(is_held(path_));
  write(fmt::format("{}\n{} {} {} {}\n", owner, host, pid, start - 1, boot), std::chrono::minutes(0));
  EXPECT_FALSE(is_held(path_));
}

TEST_F(HeldFileTest, OfAnotherHostHoldsForAQuarterOfAnHour) {
  const std::string text = "host elsewhere, process 7, since May\nelsewhere 7 1 boot\n";
  write(text, std::chrono::minutes(10));
  EXPECT_TRUE(is_held(path_));
  write(text, std::chrono::minutes(20));
  EXPECT_FALSE(is_held(path_));
}

TEST_F(HeldFileTest, WithoutWordsBelongsToSomebodyForAsLong) {
  for (const char* text : {"", "\n", "host elsewhere", "host elsewhere\nelsewhere x"}) {
    write(text, std::chrono::minutes(10));
    EXPECT_TRUE(is_held(path_)) << text;
    write(text, std::chrono::minutes(20));
    EXPECT_FALSE(is_held(path_)) << text;
  }
}

}  // namespace
}  // namespace ksweep
