#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/seed_pair.h"
#include "core/trial_result.h"
#include "store/trial_file.h"

namespace ksweep {

/// The folder of one sweep: finished trials, one file each, DIR/trials/ab/ab…ef.h5 (fan-out by id), and
/// checkpoints.  Safe for any number of concurrent writers; files are written atomically.
class Store {
 public:
  /// Does not create anything yet.
  explicit Store(std::filesystem::path folder);

  /// Creates the folders, checks that they are writable, and removes temporary files of killed writers on
  /// this host.  Throws UserError.
  void prepare() const;

  /// Returns the record of a finished trial if its checksum is valid and its identity(trial) matches;
  /// otherwise nothing.  A damaged record, or one of another trial, counts as absent and is moved to
  /// DIR/trials/damaged/, with a message on standard error.
  std::optional<TrialResult> read(std::uint64_t id, const std::string& identity,
                                  Detail detail = Detail::numbers) const;

  /// Returns whether there is a file with a valid checksum and this identity.  Changes nothing: damaged files
  /// and those of other trials stay in place.
  bool has(std::uint64_t id, const std::string& identity) const;

  /// Returns the finished trials whose ids are not among these: results of other grids that were run into
  /// this folder.  Skips damaged files.
  std::vector<TrialResult> others(const std::set<std::uint64_t>& ids) const;

  void write(const TrialResult& result) const;

  std::filesystem::path trial_path(std::uint64_t id) const;

  /// Write, read and look for how alike two seeds are, DIR/pairs/ab/ab…ef.h5, in the same way as a trial's record.  identity: of both
  /// trainings.  A damaged file counts as absent, with a message on standard error.
  void write_pair(const SeedPair& pair, const std::string& identity) const;
  std::optional<SeedPair> read_pair(std::uint64_t id, const std::string& identity) const;
  bool has_pair(std::uint64_t id, const std::string& identity) const;
  /// Removes the pairs with a training that is not among these, and what cannot be read of them.
  void keep_pairs_of(const std::set<std::uint64_t>& trainings) const;
  std::filesystem::path pair_path(std::uint64_t id) const;

  /// Writes the state of an unfinished training to DIR/checkpoints/ab/ab…ef.ckpt, named after the training,
  /// in the same way as a record.  identity: everything that must be equal for the training to continue from
  /// it.  Throws UserError.
  void write_checkpoint(std::uint64_t training_id, const std::string& identity, std::string_view state) const;

  /// Returns nothing if there is no checkpoint with this identity.  Removes a damaged one, with a message on
  /// standard error.
  std::optional<std::string> read_checkpoint(std::uint64_t training_id, const std::string& identity) const;
  void remove_checkpoint(std::uint64_t training_id) const;

  /// Removes the checkpoints of trainings that have ended, and empty folders.  No writer may be active.
  void remove_checkpoints_of(const std::set<std::uint64_t>& ended) const;
  void remove_checkpoints_if(const std::function<bool(std::uint64_t training_id)>& unwanted) const;

  /// Returns a text that changes whenever the checkpoint does; "none" without one.
  std::string checkpoint_mark(std::uint64_t training_id) const;

  std::filesystem::path checkpoint_path(std::uint64_t training_id) const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace ksweep
