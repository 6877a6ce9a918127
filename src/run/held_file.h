#pragma once

#include <filesystem>
#include <string>

namespace ksweep {

/// A lock for file systems without locks: a file that only one process can create and that names its owner.
/// The lock of a killed process is taken over: at once if it ran on this host (identified by process number,
/// start and boot), otherwise if no status file beside it has changed for a quarter of an hour of the file
/// system's time.
class HeldFile {
 public:
  /// Throws UserError that names the owner if the lock is held.
  explicit HeldFile(std::filesystem::path path);
  ~HeldFile();
  HeldFile(HeldFile&& other) noexcept;
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;
  HeldFile& operator=(HeldFile&&) = delete;

 private:
  std::filesystem::path path_;  ///< empty: moved from
};

/// Returns whether a process that may still run holds the lock.
bool is_held(const std::filesystem::path& path);

/// Returns "host H, process P, since T" for this process, shown to those that find its locks.
std::string this_owner();

[[noreturn]] void refuse_taken(const std::filesystem::path& folder, const std::string& owner);

}  // namespace ksweep
