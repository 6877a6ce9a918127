#include "base/in_child.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "base/control_groups.h"
#include "base/descriptor.h"
#include "base/errors.h"

namespace ksweep {
namespace {

enum Answer : unsigned char { answered, refused };  // the first byte that a child writes
constexpr int out_of_memory = 3, failed = 4;        // its exit codes

[[noreturn]] void fail(const char* action) {
  throw ChildFault(fmt::format("cannot {} ({})", action, std::strerror(errno)));
}

void lower(__rlimit_resource resource, double most) {
  rlimit limit{};
  ::getrlimit(resource, &limit);
  if (most < static_cast<double>(limit.rlim_cur)) limit.rlim_cur = static_cast<rlim_t>(std::ceil(most));
  ::setrlimit(resource, &limit);
}

#ifdef KSWEEP_SANITIZE
constexpr bool memory_is_bounded = false;  // the sanitizers' shadow memory must not count
#else
constexpr bool memory_is_bounded = true;
#endif

double address_space_bytes() {
  double pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

void apply(const ChildLimits& limits) {
  lower(RLIMIT_CORE, 0);
  lower(RLIMIT_CPU, limits.cpu_s);
  if (memory_is_bounded) lower(RLIMIT_AS, address_space_bytes() + limits.memory_bytes);
}

void put(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) ::_exit(failed);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

std::size_t get(int descriptor, std::byte* into, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got = ::read(descriptor, into + done, count - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read from a child process");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

/// Runs the child from fork to exit, without the exit handlers of the parent.
[[noreturn]] void be_child(const std::function<void(const ToParent&)>& work, int output,
                           const ChildLimits& limits) {
  ::signal(SIGXCPU, SIG_DFL);
  ::signal(SIGPIPE, SIG_DFL);
  const auto begin = [&](Answer answer) { put(output, std::array{static_cast<std::byte>(answer)}); };
  try {
    apply(limits);
    bool begun = false;
    work([&](std::span<const std::byte> bytes) {
      if (!std::exchange(begun, true)) begin(answered);
      put(output, bytes);
    });
    ::_exit(0);
  } catch (const UserError& error) {
    begin(refused);
    put(output, std::as_bytes(std::span(error.what(), std::strlen(error.what()))));
    ::_exit(0);
  } catch (const std::bad_alloc&) {
    ::_exit(out_of_memory);
  } catch (...) {
    ::_exit(failed);
  }
}

/// Waits for the child to end and returns how it failed, or nothing if it did not.
std::optional<std::string> fault_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return std::nullopt;  // something else has already waited for it
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) return "it came to no end";
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) return std::nullopt;  // we had read enough
  if (WIFSIGNALED(status)) return fmt::format("it crashed ({})", ::strsignal(WTERMSIG(status)));
  if (WEXITSTATUS(status) == out_of_memory) return "it asked for more memory than can be right";
  if (WEXITSTATUS(status) != 0) return "it failed";
  return std::nullopt;
}

void receive(int input, const std::function<void(const FromChild&)>& take) {
  std::byte first{};
  if (get(input, &first, 1) == 0) return;
  if (std::to_integer<int>(first) == answered)
    return take([&](std::byte* into, std::size_t count) { return get(input, into, count); });
  std::string message;
  std::array<std::byte, 4096> part;
  while (const std::size_t got = get(input, part.data(), part.size()))
    message.append(reinterpret_cast<const char*>(part.data()), got);
  throw UserError(message);
}

}  // namespace

void in_child(const std::function<void(const ToParent&)>& work,
              const std::function<void(const FromChild&)>& take, const ChildLimits& limits) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("make a pipe");
  Descriptor input(ends[0]), output(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) fail("start a child process");
  if (child == 0) {
    input.close();
    be_child(work, output, limits);
  }
  output.close();
  std::exception_ptr error;
  try {
    receive(input, take);
  } catch (...) {
    error = std::current_exception();
  }
  input.close();
  if (const auto fault = fault_of(child)) throw ChildFault(*fault);
  if (error) std::rethrow_exception(error);
}

std::string text_from_child(const std::function<std::string()>& work, const ChildLimits& limits) {
  std::string text;
  in_child(
      [&](const ToParent& to) {
        const std::string answer = work();
        to(std::as_bytes(std::span(answer)));
      },
      [&](const FromChild& from) {
        std::array<std::byte, 1 << 16> part;
        while (const std::size_t got = from(part.data(), part.size()))
          text.append(reinterpret_cast<const char*>(part.data()), got);
      },
      limits);
  return text;
}

ChildLimits reading_limits(double n_bytes) {
  // One second for 100 kB; gzip expands a byte to at most 1032.
  return {60 + n_bytes / 1e5, std::min(allowed_memory().amount, 1e9 + 1000 * n_bytes)};
}

}  // namespace ksweep
