#pragma once

namespace ksweep {

/// Teaches libhdf5 to unpack what h5py packs with compression="lzf" (registered filter 32000).
void register_lzf_filter();

}  // namespace ksweep
