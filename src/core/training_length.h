#pragma once

#include <algorithm>
#include <cstdint>

#include "core/trial.h"

namespace ksweep {

/// How long a training of codes is: epochs, which are passes over the training part in an order of their own, each in
/// mini-batches.  With Trial::samples the last epoch may end early, and its last mini-batch may be smaller than the others.
class TrainingLength {
 public:
  /// n_train: samples of the training part; batch_size: of a whole mini-batch.  Both at least 1.
  TrainingLength(const Trial& trial, std::int64_t n_train, std::int64_t batch_size)
      : n_train_(n_train),
        batch_size_(batch_size),
        n_samples_(trial.samples > 0 ? trial.samples : std::int64_t{trial.epochs} * n_train) {}

  /// Returns the number of samples in all epochs together.
  std::int64_t n_samples() const { return n_samples_; }

  /// Returns the number of epochs, including one that ends early.
  int n_epochs() const { return static_cast<int>(quotient_rounded_up(n_samples_, n_train_)); }

  /// Returns the number of passes over the training part; not whole if the last one ends early.
  double n_passes() const { return static_cast<double>(n_samples_) / static_cast<double>(n_train_); }

  /// Returns the number of samples, or of mini-batches, in an epoch (from 0).
  std::int64_t samples_of(int epoch) const { return std::min(n_train_, n_samples_ - epoch * n_train_); }
  std::int64_t steps_of(int epoch) const { return quotient_rounded_up(samples_of(epoch), batch_size_); }

  /// Returns the number of mini-batches before an epoch (from 0), or in the whole training.
  std::int64_t steps_before(int epoch) const { return epoch * quotient_rounded_up(n_train_, batch_size_); }
  std::int64_t n_steps() const {
    return n_samples_ == 0 ? 0 : steps_before(n_epochs() - 1) + steps_of(n_epochs() - 1);
  }

 private:
  static std::int64_t quotient_rounded_up(std::int64_t count, std::int64_t by) {
    return (count + by - 1) / by;
  }

  std::int64_t n_train_, batch_size_, n_samples_;
};

}  // namespace ksweep
