#pragma once

#include <filesystem>
#include <limits>
#include <string>

namespace ksweep {

/// A limit on what a process may use, and what sets it: "the machine", or the file of a control group.
struct Limit {
  double amount = std::numeric_limits<double>::infinity();
  std::string source;
};

/// What the control groups of this process allow, of both versions: the least of its own group and of all groups that
/// this one lies in, be they of a container, of Slurm or of systemd.  All processes of a group share it.
struct GroupLimits {
  Limit cpus;  ///< CPU seconds per second: 1.5 is one CPU and a half
  Limit memory_bytes;
};

/// root: the folder in which /proc and the mounted file systems are looked for.
GroupLimits group_limits(const std::filesystem::path& root = "/");

/// The machine's memory, or less if a control group allows less.
Limit allowed_memory();

/// Throws UserError for more memory than that: the system would end the program without a word.  what needs it: "x.npz: its
/// samples".
void require_memory(double bytes, const std::string& what);

/// CPUs that the calling thread may run on, or as many as the quota of CPU time is worth, if that is less; at least 1.
int usable_cpus();

}  // namespace ksweep
