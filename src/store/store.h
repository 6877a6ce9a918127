#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/trial_result.h"
#include "store/trial_file.h"

namespace ksweep {

/// Folder of one sweep's finished trials, one file each, DIR/trials/ab/ab…ef.h5 (fan-out by id), and of checkpoints.
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

  /// Finished trials with other ids than these: what other grids that were run into this folder have left.  What is
  /// damaged is passed over.
  std::vector<TrialResult> others(const std::set<std::uint64_t>& ids) const;

  void write(const TrialResult& result) const;

  std::filesystem::path trial_path(std::uint64_t id) const;

  /// State of a training that has not ended: DIR/checkpoints/ab/ab…ef.ckpt, named after the training.  Written like a
  /// record; throws UserError.  identity: all that must be equal for the training to go on from it.
  void write_checkpoint(std::uint64_t training_id, const std::string& identity, std::string_view state) const;

  /// Nothing if there is none of this identity.  One that is damaged is removed, with a word to standard error.
  std::optional<std::string> read_checkpoint(std::uint64_t training_id, const std::string& identity) const;
  void remove_checkpoint(std::uint64_t training_id) const;

  /// Removes those of trainings that have ended, and folders left empty.  No writer may be at work.
  void remove_checkpoints_of(const std::set<std::uint64_t>& ended) const;
  void remove_checkpoints_if(const std::function<bool(std::uint64_t training_id)>& unwanted) const;

  /// Changes whenever the checkpoint does; "none" without one.
  std::string checkpoint_mark(std::uint64_t training_id) const;

  std::filesystem::path checkpoint_path(std::uint64_t training_id) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace ksweep
