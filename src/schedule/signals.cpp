#include "schedule/signals.h"

#include <unistd.h>

#include <csignal>
#include <ctime>

namespace ksweep {
namespace {

// Handlers can reach only what is global.
std::atomic<bool> stop_requested = false;
std::atomic<long> first_at_s[NSIG];
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<long>::is_always_lock_free);

/// Calls only what POSIX allows in a handler.
void on_signal(int number) {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const long now_s = now.tv_sec + 1;  // never 0, which stands for "not yet"
  long first = 0;
  if (!first_at_s[number].compare_exchange_strong(first, now_s) && now_s - first > insist_after_s)
    ::_exit(128 + number);
  stop_requested = true;
}

void handle(int number) {
  struct sigaction action {};
  if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_signal;
  ::sigaction(number, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& catch_stop_signals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) handle(number);
  return stop_requested;
}

}  // namespace ksweep
