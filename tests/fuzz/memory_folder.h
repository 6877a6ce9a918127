#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace ksweep {

/// This process's folder on no disk, for readers that look for files by their names.
inline const std::filesystem::path& memory_folder() {
  static const std::filesystem::path path = [] {
    std::string name = "/dev/shm/ksweep-fuzz-XXXXXX";
    return std::filesystem::path(::mkdtemp(name.data()));
  }();
  return path;
}

}  // namespace ksweep
