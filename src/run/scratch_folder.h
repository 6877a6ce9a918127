#pragma once

#include <filesystem>
#include <optional>

namespace ksweep {

/// A folder of this process's own for files that must not stay, removed with all that is in it.  Those of processes that
/// were killed are removed by the next one, of the same user: a lock, which ends with its process, tells.
class ScratchFolder {
 public:
  /// Below `base`.  Nothing if none can be made there.
  static std::optional<ScratchFolder> below(const std::filesystem::path& base);

  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder(std::filesystem::path path, int lock) : path_(std::move(path)), lock_(lock) {}

  std::filesystem::path path_;
  int lock_;  ///< negative: moved from
};

/// Where temporary files can be made: TMPDIR, or else the first of /tmp, /var/tmp and /dev/shm; says so if it is not
/// TMPDIR although there is one.  Throws EnvironmentError if there is no such place.
ScratchFolder temporary_folder();

}  // namespace ksweep
