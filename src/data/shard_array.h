#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/raw_array.h"

namespace ksweep {

/// Where the numbers of an array lie in an uncompressed file, in C order.
struct ShardArray {
  std::filesystem::path path;
  std::string name;  ///< in messages: the file, or the file and the tensor in it
  Element element = Element::f32;
  std::vector<std::size_t> dims;
  std::uint64_t offset = 0;  ///< bytes before the first number
  bool big_endian = false;
};

/// Reads the numbers of an array.  Throws UserError if the file ends before them.
RawArray read_shard_array(const ShardArray& array);

/// Reads `count` entries of its first axis, from `first` on.
RawArray read_shard_rows(ShardArray array, std::size_t first, std::size_t count);

}  // namespace ksweep
