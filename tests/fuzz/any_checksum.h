#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>

/// Included by the only source file of a program.
#ifdef KSWEEP_FUZZING
/// Accepts all HDF5 metadata checksums: a malicious file would have valid ones.
extern "C" herr_t H5F_get_checksums(const std::uint8_t*, std::size_t, std::uint32_t* stored,
                                    std::uint32_t* computed) {
  if (stored) *stored = 0;
  if (computed) *computed = 0;
  return 0;
}
#endif
