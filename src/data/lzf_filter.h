#pragma once

namespace ksweep {

/// Registers a decompressor for h5py's compression="lzf" (filter 32000) with libhdf5.
void register_lzf_filter();

}  // namespace ksweep
