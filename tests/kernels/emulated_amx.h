#pragma once

#include <string>
#include <vector>

#include "kernels/isa.h"
#include "kernels/screening.h"

namespace ksweep {

/// The portable kernels with the screening of --isa amx, compiled from the same source, its tiles in plain memory.
const Kernels& emulated_amx_kernels();

/// All kernels that screen and that this machine can run: the emulated ones, and those of its CPU.
inline std::vector<const Kernels*> screening_kernels() {
  std::vector<const Kernels*> list{&emulated_amx_kernels()};
  for (const std::string& isa : all_isas())
    if (kernels_for(isa).screening) list.push_back(&kernels_for(isa));
  return list;
}

}  // namespace ksweep
