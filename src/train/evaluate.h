#pragma once

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "base/keep_going.h"
#include "core/trial_result.h"
#include "measure/fvu.h"
#include "train/layer_training.h"

namespace ksweep {

struct Reconstruction {
  double mse = 0;            ///< mean over samples and inputs of (reconstruction - input)^2
  double squared_error = 0;  ///< the same as a sum
  double l0 = 0;             ///< mean number of non-zero hidden units of a sample
  double fvu = not_measured, cosine = not_measured, norm_ratio = not_measured;  ///< see ReconstructionSums
  std::vector<std::uint32_t> active;  ///< (unit) samples in which it is not zero
};

/// Sets the members that are of the sums.
void record(const ReconstructionSums& sums, Reconstruction& result);

/// The activations from which samples are reconstructed: those that the encoder keeps, which depend on the
/// sample alone; those that the training's rule keeps in mini-batches of samples in random order; or those above one
/// threshold for all units, see calibrate_threshold().
enum class Kept { of_sample, by_rule, by_threshold };

/// Reconstructs rows of a data set and returns the errors.
Reconstruction reconstruction(Training& training, const SampleRows& rows,
                              std::span<const std::uint32_t> chosen, Kept kept, const KeepGoing& keep_going);

/// Returns the epoch settings for that choice.  thresholds: (unit), of Kept::by_threshold; must outlive the settings.
EpochSettings settings_of(Kept kept, const Trial& trial, std::span<const float> thresholds);

/// Returns how many different samples a training sees: all, unless it is shorter than a pass; all if it has no steps.
std::size_t samples_seen(const Training& training);

/// Sets the threshold of Kept::by_threshold, by which a trained rule that chooses from whole mini-batches serves to encode
/// one sample at a time: what is strictly above it is kept (Bussmann et al. 2024, section 3).  It is the mean over the
/// mini-batches of the training part, in the order of epoch 0 and of training's size (the last may be smaller), of the
/// smallest positive activation that the rule keeps of each; mini-batches of which none is positive do not count.  It is
/// computed with the final weights and without noise, in double precision, then rounded to float32.  Returns 0 if no
/// mini-batch counts.
double calibrate_threshold(Training& training, const KeepGoing& keep_going);

/// The mean over mini-batches of calibrate_threshold().
struct MeanOfSmallest {
  double sum = 0;
  int count = 0;

  /// smallest: positive activation of a mini-batch; infinity: there is none.
  void add(float smallest) {
    if (std::isinf(smallest)) return;
    sum += static_cast<double>(smallest);
    ++count;
  }
  float value() const { return count == 0 ? 0 : static_cast<float>(sum / count); }
};

/// Returns the rows in the order in which they form mini-batches.
std::vector<std::uint32_t> in_order_of(Kept kept, const Trial& trial, std::span<const std::uint32_t> rows);

/// Returns the sum of squared distances of rows to the mean of the training part: the error of a constant
/// model.  Throws Interrupted.
double squared_distance_to_training_mean(const Dataset& data, const Split& split,
                                         std::span<const std::uint32_t> test_rows, const Team& team,
                                         const KeepGoing& keep_going);

/// Returns the decoder images of the most often active units (ties: the lower unit), at most 100, in 8 bits
/// per pixel.
Filters most_active_filters(const Network& network, const std::vector<std::uint32_t>& active);

}  // namespace ksweep
