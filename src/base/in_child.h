#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

namespace ksweep {

/// A child process ended without an answer; the text says how: "it crashed (Segmentation fault)".
struct ChildFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Limits beyond which a child counts as stuck.
struct ChildLimits {
  double cpu_s;
  double memory_bytes;  ///< beyond what the process has already
};

/// Writes to the parent; ends the child if the parent is gone.
using ToParent = std::function<void(std::span<const std::byte> bytes)>;
/// Reads up to `count` bytes from the child; fewer only at the end.
using FromChild = std::function<std::size_t(std::byte* into, std::size_t count)>;

/// Runs `work` in a forked child and passes its output to `take` in this process as it is written.  For
/// libraries that may crash, hang or fill the memory on hostile input: then only the child ends, and this
/// throws ChildFault.  A UserError of `work` is rethrown here.  `work` must not use MPI or OpenMP.
void in_child(const std::function<void(const ToParent&)>& work,
              const std::function<void(const FromChild&)>& take, const ChildLimits& limits);

/// The same for work that returns one text.
std::string text_from_child(const std::function<std::string()>& work, const ChildLimits& limits);

/// Returns limits far beyond what reading a file of `n_bytes` takes.
ChildLimits reading_limits(double n_bytes);

}  // namespace ksweep
