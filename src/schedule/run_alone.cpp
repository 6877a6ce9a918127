#include <exception>

#include "core/errors.h"
#include "schedule/attempt.h"
#include "schedule/policy.h"
#include "schedule/run.h"
#include "schedule/wait.h"

namespace ksweep {

RunEnd run_alone(std::span<const Job> jobs, const Callbacks& callbacks,
                 const std::atomic<bool>& stop_requested, const RunRules& rules) {
  Policy policy = policy_for(jobs, {0});
  Every tick(tick_interval);
  std::exception_ptr fault;
  const Heartbeat heartbeat = [&]() noexcept {
    try {
      if (!fault && tick.due(Every::Clock::now())) callbacks.on_tick();
    } catch (...) {
      fault = std::current_exception();
    }
    return !fault && !stop_requested && seconds_left(rules) > 0;
  };
  while (!stop_requested) {
    const auto job = policy.next(0, seconds_left(rules));
    if (!job) break;
    const auto report = attempt(callbacks, *job, 0, heartbeat);
    if (fault) std::rethrow_exception(fault);
    if (!report) break;
    if (!report->error.empty()) throw UserError(report->error);
    policy.end(0, *job, report->n_failed > 0);
    callbacks.on_report(*report);
  }
  return policy.n_left() == 0 ? RunEnd::complete : RunEnd::stopped;
}

}  // namespace ksweep
