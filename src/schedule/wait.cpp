#include "schedule/wait.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <ctime>

namespace ksweep {

void BackOff::pause() {
  // Ends threads that may still spin after the last parallel region (OMP_WAIT_POLICY=active); OpenMP restarts
  // them.
  if (n_yielded_ == 0) omp_pause_resource_all(omp_pause_soft);
  if (n_yielded_++ < n_yields) {
    ::sched_yield();
    return;
  }
  // std::this_thread::sleep_for would continue to sleep after a signal.
  const std::timespec time{0, static_cast<long>(next_.count()) * 1000};
  ::nanosleep(&time, nullptr);
  next_ = std::min(2 * next_, longest);
}

void sleep_until_complete(MPI_Request& request) {
  BackOff back_off;
  for (;;) {
    int complete = 0;
    MPI_Test(&request, &complete, MPI_STATUS_IGNORE);
    if (complete) return;
    back_off.pause();
  }
}

void sleeping_barrier(MPI_Comm comm) {
  MPI_Request request;
  MPI_Ibarrier(comm, &request);
  sleep_until_complete(request);
}

}  // namespace ksweep
