#include "run/relay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>

namespace {

bool reader_is_slow = false;

}  // namespace

// What is linked calls this in place of libc's.
extern "C" ssize_t write(int file, const void* bytes, std::size_t count) {
  if (!reader_is_slow) return ::syscall(SYS_write, file, bytes, count);
  errno = EAGAIN;
  return -1;
}

namespace ksweep {
namespace {

using namespace std::chrono_literals;

/// A pipe to relay to.
struct Reader {
  std::array<int, 2> ends{};
  Reader() {
    EXPECT_EQ(::pipe(ends.data()), 0);
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  }
  ~Reader() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  /// What has arrived so far.
  std::string read() const {
    std::array<char, 1 << 16> part{};
    return {part.data(),
            static_cast<std::size_t>(std::max<ssize_t>(0, ::read(ends[0], part.data(), part.size())))};
  }
};

void say(const Relay& relay, const std::string& text) {
  ASSERT_EQ(::write(relay.entrance(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
}

TEST(Relay, PassesOnWhatComesIn) {
  const Reader reader;
  Relay relay(reader.ends[1]);
  say(relay, "one\n");
  relay.move();
  EXPECT_EQ(reader.read(), "one\n");
}

TEST(Relay, LeavesOutWholeLinesThatNobodyWants) {
  const Reader reader;
  Relay relay(reader.ends[1], {"CHATTER"});
  say(relay, "one\n[vm:1] CHATTER in file\ntwo\n[vm:2] CHATTER again\nCHATTER is not ended");
  relay.move();
  EXPECT_EQ(reader.read(), "one\ntwo\nCHATTER is not ended");
}

TEST(Relay, KnowsWhyNotAllWasPassedOn) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  Relay relay(full);
  EXPECT_EQ(relay.fault(), 0);
  say(relay, "lost\n");
  relay.move();
  EXPECT_EQ(relay.fault(), ENOSPC);
  ::close(full);
}

TEST(Relay, KeepsWhatMayBeSaidAgainAndForgetsItIfItIs) {
  const Reader reader;
  Relay relay(reader.ends[1]);
  relay.hold(true);
  say(relay, "refused\n");
  relay.move();
  relay.discard();
  say(relay, "refused again\n");
  relay.move();
  relay.finish(1s);
  EXPECT_EQ(reader.read(), "refused again\n");
}

TEST(Relay, OutlivesItsReader) {
  ::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  Relay relay(ends[1]);
  ::close(ends[0]);
  say(relay, "lost\n");
  relay.finish(1h);  // returns at once
  ::close(ends[1]);
}

TEST(Relay, KeepsWhatAReaderDoesNotTakeAtOnce) {
  const Reader reader;
  Relay relay(reader.ends[1]);
  say(relay, "later\n");
  reader_is_slow = true;
  relay.move();
  reader_is_slow = false;
  relay.move();
  EXPECT_EQ(reader.read(), "later\n");
  EXPECT_EQ(relay.fault(), 0);
}

TEST(Relay, DoesNotWaitForASlowReader) {
  const Reader reader;
  Relay relay(reader.ends[1]);
  const std::string part(1 << 15, 'x');
  for (int i = 0; i < 8; ++i) {
    say(relay, part);  // more than a pipe holds
    relay.move();
  }
  std::size_t n_read = 0;
  for (std::string got = reader.read(); !got.empty(); got = reader.read()) {
    n_read += got.size();
    relay.move();
  }
  EXPECT_EQ(n_read, 8 * part.size());
}

}  // namespace
}  // namespace ksweep
