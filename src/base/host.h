#pragma once

#include <string>
#include <vector>

namespace ksweep {

std::string host_name();

/// Returns the CPU's model name from /proc/cpuinfo.
std::string cpu_model();

/// Returns the numbers of the logical CPUs that the calling thread may run on.
std::vector<int> allowed_cpus();

/// The same for the whole process when it started.  OpenMP's runtime binds the main thread to the first place
/// of OMP_PLACES before main() begins, which later cannot be told from a limit; this set was read before
/// that.
std::vector<int> cpus_at_start();

/// Allows the calling thread, and threads that it starts from now on, these CPUs, as far as the system
/// permits.
void allow_cpus(const std::vector<int>& cpus);

/// Returns the current time in seconds since 1970-01-01 00:00:00 UTC.
double unix_time_s();

/// Returns such a time as ISO 8601 text in UTC.
std::string iso_time(double unix_s);

}  // namespace ksweep
