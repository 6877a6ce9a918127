#pragma once

#include <string>

namespace ksweep {

/// From now on the first of the signals that this process catches is noted, with who sent it; what handles it is called
/// as before.  To be called after catch_stop_signals().
void note_senders();

/// "SIGTERM from process 4711 (bash)": the signal that stopped this process; empty if none came.
std::string stop_signal_text();

}  // namespace ksweep
