#include "base/host.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>

#include "base/utf8.h"

namespace ksweep {

std::string host_name() {
  char name[256] = "unknown";
  ::gethostname(name, sizeof name - 1);
  return as_utf8(name);
}

std::string cpu_model() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  return "unknown";
}

namespace {

/// A set for machines of up to 8192 logical CPUs; a single cpu_set_t ends at 1024.
struct CpuSet {
  static constexpr std::size_t n_sets = 8;
  static constexpr std::size_t size = n_sets * sizeof(cpu_set_t);
  static constexpr int n_cpus = 8 * static_cast<int>(size);
  cpu_set_t sets[n_sets] = {};
};

CpuSet set_at_start;
bool knows_set_at_start = false;

/// Runs before all constructors, also those of shared libraries, and so before the sanitizers are
/// initialised.
__attribute__((no_sanitize("address", "thread", "undefined"))) void note_set_at_start() {
  knows_set_at_start = ::syscall(SYS_sched_getaffinity, 0, CpuSet::size, set_at_start.sets) > 0;
}

__attribute__((section(".preinit_array"), used)) void (*const before_constructors)() = note_set_at_start;

std::vector<int> cpus_of(const CpuSet& set) {
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CpuSet::n_cpus; ++cpu)
    if (CPU_ISSET_S(cpu, CpuSet::size, set.sets)) cpus.push_back(cpu);
  return cpus;
}

}  // namespace

std::vector<int> allowed_cpus() {
  CpuSet set;
  return ::sched_getaffinity(0, CpuSet::size, set.sets) == 0 ? cpus_of(set) : std::vector<int>();
}

std::vector<int> cpus_at_start() { return knows_set_at_start ? cpus_of(set_at_start) : allowed_cpus(); }

void allow_cpus(const std::vector<int>& cpus) {
  CpuSet set;
  for (const int cpu : cpus) CPU_SET_S(cpu, CpuSet::size, set.sets);
  ::sched_setaffinity(0, CpuSet::size, set.sets);
}

double unix_time_s() {
  using namespace std::chrono;
  return duration<double>(system_clock::now().time_since_epoch()).count();
}

std::string iso_time(double unix_s) {
  const auto seconds = static_cast<std::time_t>(unix_s);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace ksweep
