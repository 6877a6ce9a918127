#include "run/relay.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <thread>
#include <utility>

#include "base/errors.h"

namespace ksweep {
namespace {

constexpr std::size_t most_kept = 1 << 20;  // beyond it, the child is not read and waits

bool takes_more(int file) {
  pollfd state{file, POLLOUT, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLOUT | POLLERR | POLLHUP | POLLNVAL));
}

}  // namespace

Relay::Relay(int to, std::vector<std::string> unsaid) : to_(to), unsaid_(std::move(unsaid)) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw EnvironmentError(
        "a pipe cannot be made ({}), so the ranks could not be heard. Allow more open files (ulimit -n).",
        std::strerror(errno));
  exit_ = ends[0];
  entrance_ = ends[1];
  ::fcntl(exit_, F_SETFL, O_NONBLOCK);
}

Relay::~Relay() {
  close_entrance();
  ::close(exit_);
}

void Relay::close_entrance() {
  if (entrance_ >= 0) ::close(std::exchange(entrance_, -1));
}

void Relay::move() {
  take_in();
  if (!held_) pass_on();
}

void Relay::discard() {
  take_in();
  text_.clear();
}

void Relay::finish(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (held_ = false, move(); !text_.empty() && std::chrono::steady_clock::now() < end; move())
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

void Relay::take_in() {
  std::array<char, 1 << 14> part;
  while (text_.size() < most_kept) {
    const ssize_t got = ::read(exit_, part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return;
    text_.append(part.data(), static_cast<std::size_t>(got));
    leave_out();
  }
}

/// Only whole lines can be recognised.
void Relay::leave_out() {
  for (const std::string& words : unsaid_)
    for (std::size_t at = text_.find(words); at != text_.npos; at = text_.find(words, at)) {
      const std::size_t end = text_.find('\n', at), before = text_.rfind('\n', at);
      if (end == text_.npos) break;
      const std::size_t begin = before == text_.npos ? 0 : before + 1;
      text_.erase(begin, end + 1 - begin);
      at = begin;
    }
}

void Relay::pass_on() {
  std::size_t done = 0;
  while (done < text_.size() && takes_more(to_)) {
    // A pipe that is ready accepts this much without blocking.
    const ssize_t put =
        ::write(to_, text_.data() + done, std::min<std::size_t>(PIPE_BUF, text_.size() - done));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == EAGAIN) break;
    if (put < 0 && errno != EPIPE) fault_ = errno;
    done = put < 0 ? text_.size() : done + static_cast<std::size_t>(put);
  }
  text_.erase(0, done);
}

}  // namespace ksweep
