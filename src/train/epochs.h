#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/training_length.h"
#include "train/checkpoint.h"

namespace ksweep {

/// A training in epochs of mini-batches that can be interrupted between any two mini-batches.  Epochs and
/// mini-batches count from 0.
class EpochLoop {
 public:
  virtual ~EpochLoop() = default;

  /// Prepares the mini-batches of an epoch from `first` on, which may be after the last one, and resets the
  /// epoch's sums if `first` is 0.  Returns the number of mini-batches in the epoch.
  virtual std::int64_t begin(int epoch, std::int64_t first) = 0;
  virtual void step(int epoch, std::int64_t step, std::int64_t n_steps) = 0;

  /// Returns the training loss of each epoch so far, lower layers of a stack included; null: it is not kept.
  virtual const std::vector<double>* losses() const { return nullptr; }

  /// Evaluates after an epoch.  If it is interrupted, it is repeated.
  virtual void end(int epoch) = 0;

  /// Transfers the complete state before a mini-batch, such that training continues with the same bits.
  virtual void transfer(Archive& archive) = 0;
};

/// Returns the number of mini-batches for n_samples samples; the last one may be smaller.
inline std::int64_t count_mini_batches(std::size_t n_samples, int batch_size) {
  const auto size = static_cast<std::size_t>(batch_size);
  return static_cast<std::int64_t>((n_samples + size - 1) / size);
}

/// Returns the samples of one mini-batch.
inline std::span<const std::uint32_t> mini_batch(std::span<const std::uint32_t> samples, int batch_size,
                                                 std::int64_t step) {
  const auto left = samples.subspan(static_cast<std::size_t>(step) * static_cast<std::size_t>(batch_size));
  return left.first(std::min(static_cast<std::size_t>(batch_size), left.size()));
}

/// Callbacks of a training between mini-batches.
struct TrainingHooks {
  KeepGoing keep_going = [] { return true; };
  Checkpointer* checkpointer = nullptr;  ///< null: the state is not saved
  std::function<void(double)> tell_progress =
      {};  ///< receives the share of mini-batches that are done; may be empty
  std::function<void(const std::vector<double>&)> tell_losses =
      {};  ///< receives the losses of the epochs so far, at the start and after each epoch; may be empty
};

/// The number of epochs, and of passes that they are: fewer if the last one ends early.
struct Epochs {
  int count;
  double passes;

  Epochs(int whole) : count(whole), passes(whole) {}  // NOLINT: a number of whole epochs
  Epochs(const TrainingLength& length) : count(length.n_epochs()), passes(length.n_passes()) {}  // NOLINT
};

/// Runs the remaining mini-batches of all epochs.  name: of this part in the checkpoint.  Throws Interrupted.
void run_epochs(EpochLoop& loop, const std::string& name, const Epochs& epochs, const TrainingHooks& hooks);

}  // namespace ksweep
