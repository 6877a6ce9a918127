#pragma once

namespace ksweep {

/// Lets the main thread run on all CPUs that the process was allowed when it started: OpenMP's runtime has tied it to
/// one of them if OMP_PROC_BIND, OMP_PLACES or GOMP_CPU_AFFINITY said so.  To be called first of all.
void untie_main_thread();

/// Sets OpenMP up as this program needs it, by variables that libgomp reads before main() and offers no other way for:
/// starts the program anew in this process if they were otherwise.  To be called before MPI is.
///
/// Idle threads fall asleep after a tenth of a millisecond, where libgomp's default has them spin for milliseconds:
/// longer than a whole mini-batch takes, so that a core that something else uses now and then slowed a trial of two
/// threads tenfold.  Not if the user has set GOMP_SPINCOUNT or OMP_WAIT_POLICY.
///
/// Threads are tied to no places: each rank's would be tied to the same first ones, and could not use CPUs that are
/// lent.  Says so if the user has asked for it.
void set_up_openmp(char** argv);

}  // namespace ksweep
