#pragma once

#include <string>

namespace ksweep {

/// Records the first of the signals that this process catches, and its sender, before its handler is called.
/// Must be called after catch_stop_signals().
void note_senders();

/// Returns "SIGTERM from process 4711 (bash)" for the signal that stopped this process; empty if there was
/// none.
std::string stop_signal_text();

}  // namespace ksweep
