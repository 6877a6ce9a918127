#pragma once

#include <filesystem>
#include <limits>
#include <optional>
#include <string>

namespace ksweep {

/// A limit on what a process may use, and its origin: "the machine", or the file of a control group.
struct Limit {
  double amount = std::numeric_limits<double>::infinity();
  std::string source;
};

/// The limits that control groups (versions 1 and 2) set for this process: the smallest of its own group and
/// of all parent groups, be they of a container, of Slurm or of systemd.  All processes of a group share
/// them.
struct GroupLimits {
  Limit cpus;  ///< CPU seconds per second: 1.5 is one CPU and a half
  Limit memory_bytes;
};

/// root: the folder that holds /proc and the mounted file systems.
GroupLimits group_limits(const std::filesystem::path& root = "/");

/// Allows this process, and those of its node that share its data, no more than the memory of the option --memory, if it was
/// given.
void allow_memory_given(std::optional<double> gigabytes);

/// Returns the machine's memory, or a control group's limit or that of --memory if that is less.
Limit allowed_memory();

/// Throws UserError if `bytes` exceeds allowed_memory(): the system would kill the program without a message.
/// what: who needs it, "x.npz: its samples".
void require_memory(double bytes, const std::string& what);

/// Returns the number of CPUs that the calling thread may run on, or the quota of CPU time if that is less;
/// at least 1.
int usable_cpus();

}  // namespace ksweep
