#pragma once

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
/// sample alone; or those that the training's rule keeps in mini-batches of samples in random order.
enum class Kept { of_sample, by_rule };

/// Whether the two differ for a trial.
bool has_rule_of_batches(const Trial& trial);

/// Reconstructs rows of a data set and returns the errors.
Reconstruction reconstruction(Training& training, const float* rows, std::span<const std::uint32_t> chosen,
                              Kept kept, const KeepGoing& keep_going);

/// Returns the epoch settings for that choice.
EpochSettings settings_of(Kept kept, const Trial& trial);

/// Returns the rows in the order in which they form mini-batches.
std::vector<std::uint32_t> in_order_of(Kept kept, const Trial& trial, std::span<const std::uint32_t> rows);

/// Returns the sum of squared distances of rows to the mean of the training part: the error of a constant
/// model.
double squared_distance_to_training_mean(const Dataset& data, const Split& split,
                                         std::span<const std::uint32_t> test_rows);

/// Returns the decoder images of the most often active units (ties: the lower unit), at most 100, in 8 bits
/// per pixel.
Filters most_active_filters(const Network& network, const std::vector<std::uint32_t>& active);

}  // namespace ksweep
