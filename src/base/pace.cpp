#include "base/pace.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace ksweep {
namespace {

/// Longer than Linux's time slices of a few milliseconds, so that both choices compete with the same
/// processes.
constexpr double window_s = 0.03;
constexpr double first_gap_s = 0.5, longest_gap_s = 8;
/// After a trial, no other is made for this many times the time that it lost.
constexpr double cost_ratio = 20;
/// Gains for which another choice is taken: if a second measurement confirms it, and at once.
constexpr double worthwhile = 1.05, clear = 4;
/// If speed changes by this factor, the pieces of work or the machine have changed.
constexpr double changed = 1.5;

double seconds(Pace::Clock::duration time) { return std::chrono::duration<double>(time).count(); }

Pace::Clock::duration duration(double time_s) {
  return std::chrono::duration_cast<Pace::Clock::duration>(std::chrono::duration<double>(time_s));
}

double cpu_time_of_process() {
  std::timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

}  // namespace

Pace::Pace() : Pace(cpu_time_of_process) {}

void Pace::begin(Clock::time_point now) { enter(Phase::settled, now); }

void Pace::enter(Phase phase, Clock::time_point now) {
  phase_ = phase;
  n_done_ = 0;
  window_begin_ = now;
  window_cpu_s_ = cpu_time_();
}

/// cpu_s: CPU time of one piece.
bool Pace::trial_is_due(double rate, double cpu_s, Clock::time_point now) const {
  const double waited_s = seconds(now - settled_at_);
  // One thread would take at most that long: long pieces are tried rarely.
  const bool is_long = all_ && cpu_s > window_s && waited_s < cost_ratio * cpu_s;
  if (is_long || now < not_before_) return false;
  return waited_s > gap_s_ || rate > changed * known_rate_ || rate < known_rate_ / changed;
}

/// Evaluates a window that has ended.
void Pace::take(double rate, double cpu_s, Clock::time_point now) {
  switch (phase_) {
    case Phase::settled:
      rate_ = rate;
      return enter(trial_is_due(rate, cpu_s, now) ? Phase::other : Phase::settled, now);
    case Phase::other:
      other_rate_ = rate;
      other_s_ = seconds(now - window_begin_);
      if (rate <= worthwhile * rate_ || rate >= clear * rate_) return settle(rate >= clear * rate_, now);
      return enter(Phase::again, now);
    case Phase::again:
      rate_ = std::max(rate_, rate);
      return settle(other_rate_ > worthwhile * rate_, now);
  }
}

void Pace::settle(bool changes, Clock::time_point now) {
  if (changes) all_ = !all_;
  const double lost_s = changes ? 0 : other_s_ * std::max(0.0, 1 - other_rate_ / rate_);
  not_before_ = now + duration(cost_ratio * lost_s);
  gap_s_ = changes || gap_s_ == 0 ? first_gap_s : std::min(2 * gap_s_, longest_gap_s);
  known_rate_ = changes ? other_rate_ : rate_;
  settled_at_ = now;
  enter(Phase::settled, now);
}

int Pace::next(int most, Clock::time_point now) {
  if (most != most_) {  // first call, or CPUs were lent
    most_ = most;
    all_ = true;
    gap_s_ = 0;
    settled_at_ = not_before_ = now;
    enter(Phase::settled, now);
    return most;
  }
  ++n_done_;
  const double time_s = seconds(now - window_begin_);
  if (time_s >= window_s) take(n_done_ / time_s, (cpu_time_() - window_cpu_s_) / n_done_, now);
  return uses_all() ? most_ : 1;
}

}  // namespace ksweep
