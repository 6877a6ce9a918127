#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ksweep {

/// An in-memory folder, removed at the end of the process that made it, not of its children.
class MemoryFolder {
 public:
  MemoryFolder() {
    std::string name = "/dev/shm/ksweep-fuzz-XXXXXX";
    if (!::mkdtemp(name.data())) throw std::logic_error("no folder in memory");
    path_ = name;
  }
  ~MemoryFolder() {
    std::error_code none;
    if (::getpid() == maker_) std::filesystem::remove_all(path_, none);
  }
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  pid_t maker_ = ::getpid();
};

/// Returns this process's in-memory folder, for readers that find files by their names.
inline const std::filesystem::path& memory_folder() {
  static const MemoryFolder folder;
  return folder.path();
}

}  // namespace ksweep
