#pragma once

namespace ksweep {

/// Lets the main thread run on all CPUs that the process was allowed at its start: OpenMP's runtime has bound
/// it to one of them if OMP_PROC_BIND, OMP_PLACES or GOMP_CPU_AFFINITY required it.  Must be called first.
void untie_main_thread();

/// Sets OpenMP up for this program, by variables that libgomp reads before main() and has no other interface
/// for: executes the program again in this process if they had other values.  Must be called before MPI_Init.
///
/// Idle threads sleep after a tenth of a millisecond.  By default libgomp lets them spin for milliseconds,
/// longer than a whole mini-batch takes, so that a core that another process used now and then slowed a trial
/// of two threads tenfold.  Not changed if the user has set GOMP_SPINCOUNT or OMP_WAIT_POLICY.
///
/// Threads are not bound to places: those of all ranks would be bound to the same first places, and could not
/// use CPUs that are lent.  Prints a note if the user has requested binding.
void set_up_openmp(char** argv);

}  // namespace ksweep
