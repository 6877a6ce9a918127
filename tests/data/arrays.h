#pragma once

#include "data/raw_array.h"

namespace ksweep {

/// Returns an array called "file" of these bytes.
inline RawArray array(std::vector<std::size_t> dims, Element element, const std::string& content) {
  const auto* bytes = reinterpret_cast<const std::byte*>(content.data());
  return {"file", std::move(dims), element, {bytes, bytes + content.size()}};
}

}  // namespace ksweep
