#include "run/crash_policy.h"

#include <fmt/core.h>

#include <cstdio>

namespace ksweep {
namespace {

// A training that was active in this many crashes without a new checkpoint is not tried again.
constexpr int most_crashes = 5;

}  // namespace

bool CrashPolicy::crashed_too_often(std::uint64_t training) const {
  return crashes_.n_crashes(training) >= most_crashes;
}

void CrashPolicy::fail_missing() {
  for (const std::uint32_t position : table_.missing())
    if (crashed_too_often(table_.plan()[position].training_id)) give_up(position);
}

void CrashPolicy::give_up(std::uint32_t position) {
  const std::string crashes = fmt::format(
      "the program died {} times in a row while it was training this, without getting on (killed, out of memory, or a "
      "fault of ksweep)",
      crashes_.n_crashes(table_.plan()[position].training_id));
  table_.fail(position, fmt::format("{}: {}", set_aside_reason, crashes));
  fmt::print(stderr, "ksweep: trial {} failed and is not tried again: {}.\n", table_.name_of(position),
             crashes);
}

bool CrashPolicy::may_try_again(int rank, RankLoss why, const Job* job) {
  fmt::print(stderr, "ksweep: rank {}{}{}.\n", rank,
             why == RankLoss::died ? " has died" : " gives no sign of life: it hangs, or its node is gone",
             job ? " while training " + table_.name_of(job->trials.front()) : "");
  if (!job) return true;
  crashes_.count_crash_of(rank);
  if (!crashed_too_often(job->training_id)) return true;
  for (const std::uint32_t position : job->trials) give_up(position);
  return false;
}

}  // namespace ksweep
