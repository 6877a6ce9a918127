#include "data/lzf_filter.h"

#include <hdf5.h>
#include <lzf.h>

#include <cstdlib>

namespace ksweep {
namespace {

constexpr H5Z_filter_t lzf_filter = 32000;
constexpr std::size_t chunk_size_value =
    2;  // position among the filter's values: revision, version of LZF, bytes of a chunk

/// Source: h5py, lzf/lzf_filter.c, "Compression Filter" (the values) and docs/high/dataset.rst, "LZF filter".
std::size_t unpack(unsigned flags, std::size_t n_values, const unsigned values[], std::size_t n_bytes,
                   std::size_t* buffer_size, void** buffer) {
  if (!(flags & H5Z_FLAG_REVERSE) || n_values <= chunk_size_value || values[chunk_size_value] == 0) return 0;
  const std::size_t size = values[chunk_size_value];
  void* unpacked = std::malloc(size);  // freed by libhdf5
  if (!unpacked) return 0;
  const std::size_t done =
      lzf_decompress(*buffer, static_cast<unsigned>(n_bytes), unpacked, static_cast<unsigned>(size));
  if (done == 0) {
    std::free(unpacked);
    return 0;
  }
  std::free(*buffer);
  *buffer = unpacked;
  *buffer_size = size;
  return done;
}

}  // namespace

void register_lzf_filter() {
  static const H5Z_class2_t filter{H5Z_CLASS_T_VERS, lzf_filter, 0, 1, "lzf", nullptr, nullptr, unpack};
  H5Zregister(&filter);
}

}  // namespace ksweep
