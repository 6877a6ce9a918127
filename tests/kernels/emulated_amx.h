#pragma once

#include <string>
#include <vector>

#include "kernels/isa.h"
#include "kernels/screening.h"

namespace ksweep {

/// Returns portable kernels with the candidate search of --isa amx, compiled from the same source with
/// emulated tiles.
const Kernels& emulated_amx_kernels();

/// Returns all kernels with a candidate search that this machine can run: the emulated ones and those of its
/// CPU.
inline std::vector<const Kernels*> screening_kernels() {
  std::vector<const Kernels*> list{&emulated_amx_kernels()};
  for (const std::string& isa : all_isas())
    if (kernels_for(isa).screening) list.push_back(&kernels_for(isa));
  return list;
}

}  // namespace ksweep
