#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/trial_result.h"

namespace ksweep {

/// What a reader of a trial file wants of it.
enum class Detail { numbers, with_filters, everything };

/// Folder of one sweep's finished trials, one file each: DIR/trials/ab/ab…ef.h5 (fan-out by id).
/// Safe for any number of writers; what is written stands whole or not at all.
class Store {
 public:
  /// Creates nothing yet.
  explicit Store(std::filesystem::path folder);

  /// Creates the folders, proves that they can be written, and removes temporary files of killed writers of
  /// this host.  Throws UserError.
  void prepare() const;

  /// A finished trial's record: present, checksum right and identity(trial) equal; otherwise nothing.  A record
  /// that is damaged, or another trial's, counts as absent and is set aside under DIR/trials/damaged/, with a
  /// word to standard error.
  std::optional<TrialResult> read(std::uint64_t id, const std::string& identity,
                                  Detail detail = Detail::numbers) const;

  /// Whether there is a file with the right checksum and identity.  Changes nothing: what is damaged, or another
  /// trial's, stays where it is.
  bool has(std::uint64_t id, const std::string& identity) const;

  void write(const TrialResult& result) const;

  std::filesystem::path trial_path(std::uint64_t id) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace ksweep
