#include "run/stop_cause.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace ksweep {
namespace {

// Signal handlers can only access global variables.
std::atomic<int> first_signal = 0;
std::atomic<long> sender = 0;
char sender_name[32];  // written once, before first_signal is set
std::atomic<bool> taken = false;
void (*handlers[NSIG])(int);

/// Reads the sender's name at once, since a `kill` soon ends.  Calls only what POSIX allows in a handler.
void note_name(long pid) {
  char path[40] = "/proc/", digits[20];
  int n_digits = 0;
  for (; pid > 0; pid /= 10) digits[n_digits++] = static_cast<char>('0' + pid % 10);
  char* end = path + std::strlen(path);
  while (n_digits > 0) *end++ = digits[--n_digits];
  std::memcpy(end, "/comm", sizeof "/comm");
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  const auto n_read = ::read(file, sender_name, sizeof sender_name - 1);
  ::close(file);
  sender_name[n_read > 0 ? n_read - 1 : 0] = '\0';  // without the newline
}

void on_signal(int number, siginfo_t* info, void*) {
  const int code_of_errno = errno;
  if (!taken.exchange(true)) {
    const bool is_of_process =
        info->si_code == SI_USER || info->si_code == SI_QUEUE || info->si_code == SI_TKILL;
    const bool is_timer = number == SIGXCPU && info->si_pid == ::getpid();  // see signals.cpp
    sender = is_of_process && !is_timer ? info->si_pid : -1;
    if (sender > 0) note_name(sender);
    first_signal = number;
  }
  handlers[number](number);
  errno = code_of_errno;
}

}  // namespace

void note_senders() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ}) {
    struct sigaction action {};
    if (::sigaction(number, nullptr, &action) != 0 || action.sa_flags & SA_SIGINFO) continue;
    if (action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL) continue;
    handlers[number] = action.sa_handler;
    action.sa_sigaction = on_signal;
    action.sa_flags |= SA_SIGINFO;
    ::sigaction(number, &action, nullptr);
  }
}

std::string stop_signal_text() {
  const int number = first_signal;
  if (number == 0) return {};
  const char* name = ::sigabbrev_np(number);
  std::string text = name ? fmt::format("SIG{}", name) : fmt::format("SIG{}", number);
  const long pid = sender;
  if (pid < 0) return text + " from the terminal or the system";
  if (pid == 0) return text + " from a process that is not seen from here";
  return fmt::format("{} from process {}{}", text, pid,
                     *sender_name ? fmt::format(" ({})", sender_name) : ", which has ended");
}

}  // namespace ksweep
