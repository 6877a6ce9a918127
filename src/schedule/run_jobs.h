#pragma once

#include <mpi.h>

#include <atomic>
#include <span>

#include "core/job.h"
#include "schedule/callbacks.h"

namespace ksweep {

/// Runs every job once, on all ranks of `world`; rank 0 coordinates and runs jobs, too.  Waiting costs no CPU
/// time.  Collective: every rank passes the same jobs and gets the same outcome.
///
/// A stop requested on any rank stops all ranks, and jobs in progress are abandoned.  So does a fault on any
/// rank; then every rank throws a UserError with the same text, which one of them should print.  If other
/// ranks do not answer, a rank ends by itself within seconds of a stop.
RunOutcome run_jobs(MPI_Comm world, std::span<const Job> jobs, const Callbacks& callbacks,
                    const std::atomic<bool>& stop_requested, const RunRules& rules = {});

/// The same in a single process and without MPI.
RunEnd run_alone(std::span<const Job> jobs, const Callbacks& callbacks,
                 const std::atomic<bool>& stop_requested, const RunRules& rules = {});

}  // namespace ksweep
