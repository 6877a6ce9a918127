#pragma once

#include <cstddef>

#include "core/trial.h"

namespace ksweep {

/// How a layer of an autoencoder learns from its pre-activations: the trainer works by it and the cost model reckons with it.
enum class TrainingPath {
  dense,    ///< from all of them
  largest,  ///< from the k largest of each sample
  rule,     ///< from those that the sparsity rule keeps of a mini-batch, or after dropout
};

/// The path of a kind of model that learns, or of an untrained one when its samples are reconstructed.
TrainingPath training_path(const Trial& trial);

/// Validation samples on which the error is measured after each epoch, at most.
inline constexpr std::size_t samples_of_curve = 2000;

}  // namespace ksweep
