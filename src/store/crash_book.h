#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace ksweep {

/// Records on disk which training each rank runs, so that after a crash its possible cause is known, and how
/// often each training was active in a crash.  Files: FORMAT.md.  None of them holds a result; unreadable
/// ones count as absent.
class CrashBook {
 public:
  /// Returns a text that changes whenever the training makes progress: the state of its checkpoint.
  using ProgressOf = std::function<std::string(std::uint64_t training)>;

  explicit CrashBook(std::filesystem::path folder, ProgressOf progress_of);

  /// Creates the folder, and counts a crash for every training that was still active when an earlier run
  /// ended.  Called by one process before a run.
  void open();

  void begin(int rank, std::uint64_t training)
      const;  ///< the rank now runs this training; never throws, says once if that cannot be noted
  void end(int rank) const;  ///< and no longer: done, failed or stopped properly

  /// Counts a crash for the training of a rank that this run has lost.
  void count_crash_of(int rank);

  /// Returns the number of consecutive crashes in which this training was active without progress.
  int n_crashes(std::uint64_t training) const;

  /// Returns whether the file lists a crash of this training.  For ranks that did not call open().
  bool is_suspect(std::uint64_t training) const;

  void forget_all();

 private:
  struct Entry {
    int n_crashes = 0;
    std::string progress;  ///< state at the last crash
  };
  std::filesystem::path active_file(int rank) const;
  void count_active(const std::filesystem::path& file);
  void say_unnoted(const std::filesystem::path& file, int reason) const;
  std::map<std::uint64_t, Entry> read() const;
  void write() const;

  std::filesystem::path folder_;
  ProgressOf progress_of_;
  std::map<std::uint64_t, Entry> entries_;
  mutable bool has_said_unnoted_ = false;
};

}  // namespace ksweep
