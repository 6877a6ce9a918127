#pragma once

#include <string>
#include <vector>

namespace ksweep {

std::string host_name();

/// Model name of the CPU, as /proc/cpuinfo gives it.
std::string cpu_model();

/// Numbers of the logical CPUs that the calling thread may run on.
std::vector<int> allowed_cpus();

/// The same of the whole process, when it started.  OpenMP's runtime ties the main thread to the first place of OMP_PLACES
/// before main() begins, and nothing tells that place from a limit afterwards; this was read before.
std::vector<int> cpus_at_start();

/// Lets the calling thread, and threads that it starts from now on, run on these CPUs, as far as the system permits.
void allow_cpus(const std::vector<int>& cpus);

/// Now, in seconds since 1970-01-01 00:00:00 UTC.
double unix_time_s();

/// The same instant as ISO 8601 text in UTC.
std::string iso_time(double unix_s);

}  // namespace ksweep
