#pragma once

namespace ksweep {

/// Asks Linux for the tile registers, as it wants to be before their first use; once granted, all threads have them.
/// Source: Linux, Documentation/arch/x86/xstate.rst.  Ask only where CPUID tells of AMX.
bool linux_permits_amx();

}  // namespace ksweep
