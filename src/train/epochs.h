#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "train/checkpoint.h"

namespace ksweep {

/// A training that goes through its samples in epochs of mini-batches, and can be left between any two of them.  Epochs and
/// mini-batches count from 0.
class EpochLoop {
 public:
  virtual ~EpochLoop() = default;

  /// Makes ready for the mini-batches of an epoch from `first` on, which may be beyond the last one; what the epoch counts
  /// begins anew if `first` is 0.  Returns how many mini-batches the epoch has.
  virtual std::int64_t begin(int epoch, std::int64_t first) = 0;
  virtual void step(int epoch, std::int64_t step, std::int64_t n_steps) = 0;

  /// What is found out after an epoch.  If it is left half done, it is done again.
  virtual void end(int epoch) = 0;

  /// All that must be known before a mini-batch for the same bits after it.
  virtual void transfer(Archive& archive) = 0;
};

/// How many mini-batches so many samples make, the last one perhaps smaller than the others.
inline std::int64_t count_mini_batches(std::size_t n_samples, int batch_size) {
  const auto size = static_cast<std::size_t>(batch_size);
  return static_cast<std::int64_t>((n_samples + size - 1) / size);
}

/// The samples of one of them.
inline std::span<const std::uint32_t> mini_batch(std::span<const std::uint32_t> samples, int batch_size,
                                                 std::int64_t step) {
  const auto left = samples.subspan(static_cast<std::size_t>(step) * static_cast<std::size_t>(batch_size));
  return left.first(std::min(static_cast<std::size_t>(batch_size), left.size()));
}

/// What a training asks and tells between mini-batches.
struct TrainingHooks {
  KeepGoing keep_going = [] { return true; };
  Checkpointer* checkpointer = nullptr;  ///< null: the state is not kept
  std::function<void(double)> tell_progress =
      {};  ///< told the share of the mini-batches that are done, if anybody listens
};

/// Runs what is left of all epochs.  name: of its part in the checkpoint.  Throws Interrupted.
void run_epochs(EpochLoop& loop, const std::string& name, int n_epochs, const TrainingHooks& hooks);

}  // namespace ksweep
