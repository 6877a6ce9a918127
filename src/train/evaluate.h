#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/keep_going.h"
#include "core/trial_result.h"
#include "train/layer_training.h"

namespace ksweep {

struct Reconstruction {
  double mse = 0;            ///< mean over samples and inputs of (reconstruction - input)^2
  double squared_error = 0;  ///< summed
  double l0 = 0;             ///< mean number of non-zero hidden units of a sample
};

/// Which activations samples are reconstructed from: those that an encoder keeps, of each sample or all; or those that
/// the rule of the training keeps of mini-batches, in which the samples then come in random order.
enum class Kept { of_sample, by_rule };

/// Whether that is not the same for a kind of model.
bool has_rule_of_batches(const Trial& trial);

/// Reconstructs rows of a data set.
Reconstruction reconstruction(Training& training, const float* rows, std::span<const std::uint32_t> chosen,
                              Kept kept, const KeepGoing& keep_going);

/// What that means to a mini-batch.
Regime regime_of(Kept kept, const Trial& trial);

/// Rows in the order in which they make up mini-batches.
std::vector<std::uint32_t> in_order_of(Kept kept, const Trial& trial, std::span<const std::uint32_t> rows);

/// Squared distance of rows to the mean of the training part, summed: what a model that knows nothing else errs.
double squared_distance_to_training_mean(const Dataset& data, const Split& split,
                                         std::span<const std::uint32_t> test_rows);

/// Decoder images of the units that are most often active (ties: the lower unit), at most 100, 8 bits a pixel.
Filters most_active_filters(const Network& network, const std::vector<std::uint32_t>& active);

}  // namespace ksweep
