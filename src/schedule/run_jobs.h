#pragma once

#include <mpi.h>

#include <atomic>
#include <span>

#include "core/job.h"
#include "schedule/callbacks.h"

namespace ksweep {

/// Runs every job once, on all ranks of `world`; rank 0 coordinates and takes jobs like the others.  Waiting
/// costs no CPU time.  Collective: every rank gives the same jobs and gets the same end.
///
/// A stop requested on any rank stops them all: jobs in progress are abandoned.  So does a fault, on any
/// rank; then every rank throws a UserError of the same text, which one of them should print.
/// Without an answer of the others a rank ends by itself within seconds of a stop.
RunOutcome run_jobs(MPI_Comm world, std::span<const Job> jobs, const Callbacks& callbacks,
                    const std::atomic<bool>& stop_requested, const RunRules& rules = {});

/// The same in a single process and without MPI.
RunEnd run_alone(std::span<const Job> jobs, const Callbacks& callbacks,
                 const std::atomic<bool>& stop_requested, const RunRules& rules = {});

}  // namespace ksweep
