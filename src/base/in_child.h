#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>

namespace ksweep {

/// A child process ended without its answer; the text says how, as in "it crashed (Segmentation fault)".
struct ChildFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What a child may use until it counts as stuck.
struct ChildLimits {
  double cpu_s;
  double memory_bytes;  ///< beyond what the process has already
};

/// Writes to the parent; the end of the child's work if the parent is gone.
using ToParent = std::function<void(std::span<const std::byte> bytes)>;
/// Up to `count` next bytes of the child; fewer only at the end.
using FromChild = std::function<std::size_t(std::byte* into, std::size_t count)>;

/// Does `work` in a forked child and hands what it writes to `take` here, while it is written.
/// For libraries that may crash, hang or fill the memory on hostile input: then only the child ends, and ChildFault is
/// thrown.  A UserError of `work` is thrown here.  `work` must not use MPI or OpenMP.
void in_child(const std::function<void(const ToParent&)>& work,
              const std::function<void(const FromChild&)>& take, const ChildLimits& limits);

/// The same for one text.
std::string text_from_child(const std::function<std::string()>& work, const ChildLimits& limits);

/// Far beyond what reading a file of so many bytes takes.
ChildLimits reading_limits(double n_bytes);

}  // namespace ksweep
