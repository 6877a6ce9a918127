#pragma once

#include <hdf5.h>

#include <cstddef>
#include <cstdint>

/// For the one source file of a program.
#ifdef KSWEEP_FUZZING
/// HDF5's checksums of its metadata are always right: whoever makes a file to do harm sees to that.
extern "C" herr_t H5F_get_checksums(const std::uint8_t*, std::size_t, std::uint32_t* stored,
                                    std::uint32_t* computed) {
  if (stored) *stored = 0;
  if (computed) *computed = 0;
  return 0;
}
#endif
