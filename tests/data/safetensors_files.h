#pragma once

#include <string>

#include "data/files.h"

namespace ksweep {

/// Returns a safetensors file of this header and these numbers.
inline std::string safetensors(const std::string& header, const std::string& content) {
  std::string length(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) length[i] = static_cast<char>(header.size() >> 8 * i & 0xff);
  return length + header + content;
}

/// Returns the header of one array `name` that fills the file.
inline std::string one_tensor(const std::string& dtype, const std::string& shape, std::size_t n_bytes,
                              const std::string& name = "acts") {
  return "{\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[0," +
         std::to_string(n_bytes) + "]}}";
}

}  // namespace ksweep
