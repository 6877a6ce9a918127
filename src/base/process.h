#pragma once

#include <string>

namespace ksweep {

/// Whether a process of this host is running; a zombie is not.
bool process_lives(long pid);

/// Returns a process's parent; 0 if there is no such process.
long parent_of(long pid);

/// Returns the start time of a process of this host in clock ticks since boot; 0 if there is no such process.
/// Distinguishes a process from a later one with the same number.
long long process_start(long pid);

/// Returns the standard output of a shell command; empty if it cannot be run.
std::string output_of(const std::string& command);

/// Returns the word that calls this program in the current folder: its file's name if PATH leads to this very file, else
/// as it was called.
std::string program_word();

}  // namespace ksweep
