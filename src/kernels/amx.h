#pragma once

namespace ksweep {

/// Requests permission to use the tile registers, as Linux requires before their first use, and returns
/// whether it was granted, which holds for all threads.  Call it only if CPUID reports AMX.  Source: Linux,
/// Documentation/arch/x86/xstate.rst.
bool linux_permits_amx();

}  // namespace ksweep
