#pragma once

namespace ksweep {

/// Has idle OpenMP threads fall asleep after a tenth of a millisecond, where libgomp's default has them spin for
/// milliseconds: longer than a whole mini-batch takes, so that a core that something else uses now and then
/// slowed a trial of two threads tenfold.  libgomp reads this from the environment before main() and offers no other
/// way: starts the program anew in this process, with GOMP_SPINCOUNT and OMP_WAIT_POLICY set.  Does nothing if the user has set it or
/// OMP_WAIT_POLICY.  To be called before MPI is.
void limit_spinning(char** argv);

}  // namespace ksweep
