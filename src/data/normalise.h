#pragma once

#include "core/trial.h"
#include "data/sample_storage.h"

namespace ksweep {

/// Patches, and samples to be whitened, have their statistics taken over so many of the training part at most.
inline constexpr std::size_t n_statistics = 20000;
inline constexpr int most_whitened_inputs = 1024;

/// Normalises both parts in place.  Statistics are those of the first `n_rows` training samples.
///
/// standardise: each input has mean 0 and standard deviation 1 over the training samples.  Constant inputs become 0, and so do
///              those that rounding alone may have moved: of a deviation below 1e-6 times their largest magnitude, or times the
///              median deviation of all inputs.  (One grey level of 255 in one of 8 million images is above that.)
/// contrast:    each sample has its mean subtracted and is divided by sqrt(variance + (10/255)^2).
/// whiten:      contrast, then ZCA: covariance V D V' of the training samples, x -> (x - mean) V (D + 0.1)^-1/2 V'.
/// Sources: Makhzani & Frey 2014, section 4.1 (standardise, for NORB); Coates, Ng & Lee 2011, section 3.1 and their
/// code (contrast with 10 on pixels of 0..255, whiten with 0.1).
void normalise(Normalise how, int n_inputs, std::size_t n_rows, SampleStorage& samples);

}  // namespace ksweep
