#pragma once

#include <filesystem>
#include <optional>

namespace ksweep {

/// A folder of this process for temporary files, removed with its contents.  Folders of killed processes are
/// removed by the next process of the same user, which recognises them by their locks: a lock ends with its
/// process.
class ScratchFolder {
 public:
  /// Creates a folder in `base`.  Returns nothing if that fails.
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

/// Creates a folder for temporary files in TMPDIR, or else in the first of /tmp, /var/tmp and /dev/shm.
/// Prints a note if TMPDIR is set but not used.  Throws EnvironmentError if there is no such place.
ScratchFolder temporary_folder();

}  // namespace ksweep
