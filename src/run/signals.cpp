#include "run/signals.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <ctime>
#include <limits>

namespace ksweep {
namespace {

// Signal handlers can only access global variables.
std::atomic<bool> stop_requested = false, cpu_time_spent = false, suspension_requested = false;
std::atomic<long> first_at_s[NSIG];
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<long>::is_always_lock_free);

/// Calls only what POSIX allows in a handler.
void on_signal(int number) {
  std::timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const long now_s = now.tv_sec + 1;  // never 0, which means "not yet"
  long first = 0;
  if (!first_at_s[number].compare_exchange_strong(first, now_s) && now_s - first > insist_after_s)
    ::_exit(128 + number);
  stop_requested = true;
}

/// The kernel sends the signal every second.
void on_cpu_time(int) { cpu_time_spent = stop_requested = true; }

void on_suspension(int) { suspension_requested = true; }

void handle(int number, void (*handler)(int)) {
  struct sigaction action {};
  if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  ::sigaction(number, &action, nullptr);
}

void on_timer(int) { ::raise(SIGXCPU); }

/// Makes a timer send XCPU while there is time to save running trainings.  The kernel sends it when the limit
/// is reached, and sends KILL instead if that is the hard limit, as with `ulimit -t`.  The timer uses the
/// clock of the limit, which counts ticks: on a busy machine CLOCK_PROCESS_CPUTIME_ID is a tenth behind.
void announce_end_of_cpu_time() {
  const double limit_s = cpu_time_limit_s();
  if (!std::isfinite(limit_s)) return;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
  const double used_s = seconds(used.ru_utime) + seconds(used.ru_stime);
  const double left_s = std::max(0.01, limit_s - std::min(60.0, limit_s / 10) - used_s);
  handle(SIGPROF, on_timer);
  itimerval when{};
  when.it_value.tv_sec = static_cast<time_t>(left_s);
  when.it_value.tv_usec = static_cast<suseconds_t>(1e6 * (left_s - std::floor(left_s)));
  ::setitimer(ITIMER_PROF, &when, nullptr);
}

}  // namespace

const std::atomic<bool>& catch_stop_signals() {
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) handle(number, on_signal);
  handle(SIGXCPU, on_cpu_time);
  ::signal(SIGPIPE, SIG_IGN);
  announce_end_of_cpu_time();
  return stop_requested;
}

bool cpu_time_is_spent() { return cpu_time_spent; }

double cpu_time_limit_s() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return std::numeric_limits<double>::infinity();
  return static_cast<double>(limit.rlim_cur);
}

std::atomic<bool>& catch_suspension() {
  handle(SIGTSTP, on_suspension);
  return suspension_requested;
}

}  // namespace ksweep
