#pragma once

#include <filesystem>
#include <string>

namespace ksweep {

/// A lock for file systems without locks: a file that only one process can create, which tells who did.  Left by a
/// process that was killed it is taken over: at once if its host is this one (by process number, start and boot), else
/// when no status file beside it has changed for a quarter of an hour, in the file system's own time.
class HeldFile {
 public:
  /// Throws UserError that names who holds it if it is held.
  explicit HeldFile(std::filesystem::path path);
  ~HeldFile();
  HeldFile(HeldFile&& other) noexcept;
  HeldFile(const HeldFile&) = delete;
  HeldFile& operator=(const HeldFile&) = delete;
  HeldFile& operator=(HeldFile&&) = delete;

 private:
  std::filesystem::path path_;  ///< empty: moved from
};

/// Whether a process that may live holds it.
bool is_held(const std::filesystem::path& path);

/// "host H, process P, since T": this process, for those who meet its locks.
std::string this_owner();

[[noreturn]] void refuse_taken(const std::filesystem::path& folder, const std::string& owner);

}  // namespace ksweep
