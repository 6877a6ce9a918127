#include "schedule/attempt.h"

#include <exception>

#include "base/errors.h"

namespace ksweep {

std::optional<JobReport> attempt(const Callbacks& callbacks, std::uint32_t job, int rank,
                                 const KeepGoing& heartbeat) {
  JobReport report;
  try {
    report = callbacks.run_job(job, heartbeat);
  } catch (const Interrupted&) {
    return {};
  } catch (...) {
    report = {};
    report.fault = fault_of(std::current_exception());
  }
  report.job = job;
  report.rank = rank;
  return report;
}

}  // namespace ksweep
