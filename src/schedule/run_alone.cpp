#include <exception>

#include "schedule/attempt.h"
#include "schedule/policy.h"
#include "schedule/run_jobs.h"
#include "schedule/wait.h"

namespace ksweep {

RunEnd run_alone(std::span<const Job> jobs, const Callbacks& callbacks,
                 const std::atomic<bool>& stop_requested, const RunRules& rules) {
  Policy policy = policy_for(jobs, {0});
  Every tick(tick_interval);
  std::exception_ptr fault;
  std::uint32_t running = 0;  // job
  const auto may_go_on = [&] { return !stop_requested && seconds_left(rules) > 0; };
  const KeepGoing heartbeat = [&]() noexcept {
    try {
      if (fault || !tick.due(Every::Clock::now())) return !fault && may_go_on();
      if (callbacks.on_progress) callbacks.on_progress(0, progress_of_job(callbacks));
      if (callbacks.on_detail) callbacks.on_detail(0, running, detail_of_job(callbacks));
      callbacks.on_tick();
    } catch (...) {
      fault = std::current_exception();
    }
    return !fault && may_go_on();
  };
  while (!stop_requested) {
    const auto job = policy.next(0, seconds_left(rules));
    if (!job) break;
    running = *job;
    const auto report = attempt(callbacks, *job, 0, heartbeat);
    if (fault) std::rethrow_exception(fault);
    if (!report) break;
    if (report->fault) raise(report->fault);
    policy.end(0, *job, report->n_failed > 0);
    callbacks.on_report(*report);
  }
  return policy.n_left() == 0 ? RunEnd::complete : RunEnd::stopped;
}

}  // namespace ksweep
