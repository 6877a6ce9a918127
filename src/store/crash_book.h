#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace ksweep {

/// What each rank trains at the moment, on disk, so that after a crash it is known what may have caused it; and how
/// often each training was interrupted that way.  Files: FORMAT.md.  None of them holds a result: what cannot be read
/// counts as absent.
class CrashBook {
 public:
  /// A file that changes whenever the training gets on (its checkpoint); text that names its present state.
  using ProgressOf = std::function<std::string(std::uint64_t training)>;

  explicit CrashBook(std::filesystem::path folder, ProgressOf progress_of);

  /// To be called by one process before a run: makes the folder, and counts a crash for every training that was
  /// active when an earlier run ended without a word.
  void open();

  void begin(int rank, std::uint64_t training) const;  ///< the rank trains this now; never throws
  void end(int rank) const;  ///< and no longer: done, failed or stopped in good order

  /// A rank of this run is gone: counts a crash for what it was training.
  void count_crash_of(int rank);

  /// Crashes in a row in which this training was active and did not get on.
  int n_crashes(std::uint64_t training) const;

  /// The same as far as the file tells, for ranks that do not keep the book.
  bool is_suspect(std::uint64_t training) const;

  void forget_all();

 private:
  struct Entry {
    int n_crashes = 0;
    std::string progress;  ///< as of the last crash
  };
  std::filesystem::path active_file(int rank) const;
  void count_active(const std::filesystem::path& file);
  std::map<std::uint64_t, Entry> read() const;
  void write() const;

  std::filesystem::path folder_;
  ProgressOf progress_of_;
  std::map<std::uint64_t, Entry> entries_;
};

}  // namespace ksweep
