#pragma once

#include <string>

namespace ksweep {

/// Whether a process of this host runs; one that has ended and waits to be noticed by its parent does not.
bool process_lives(long pid);

/// The process that started this one; 0 if there is no such process.
long parent_of(long pid);

/// When a process of this host was started, in clock ticks since the host was; 0 if there is no such process.  Tells
/// a process from a later one that got the same number.
long long process_start(long pid);

/// What a shell command prints on its standard output; nothing if it cannot be run.
std::string output_of(const std::string& command);

}  // namespace ksweep
