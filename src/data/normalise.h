#pragma once

#include "core/trial.h"
#include "data/sample_storage.h"

namespace ksweep {

/// Statistics of patches and for whitening are taken over at most this many training samples.
inline constexpr std::size_t n_statistics = 20000;
inline constexpr int most_whitened_inputs = 1024;

/// What data.normalise = scale subtracts from training samples and multiplies them by.  Reads them twice.
struct CentreAndScale {
  std::vector<float> mean;  ///< (n_inputs)
  float factor = 1;
};
CentreAndScale centre_and_scale_of(const SampleRows& rows, std::size_t n_rows, int n_inputs);

/// Normalises both parts in place, with statistics of the first `n_rows` training samples.
///
/// standardise: each input gets mean 0 and standard deviation 1 over the training samples.  Constant inputs
///              become 0, as do inputs that may vary by rounding only: a deviation below 1e-6 times
///              their largest magnitude, or times the median deviation of all inputs.  (One grey level of 255
///              in one of 8 million images is above that.)
/// contrast:    subtracts each sample's mean and divides by sqrt(variance + (10/255)^2).
/// whiten:      contrast, then ZCA: covariance V D V' of the training samples, x -> (x - mean) V (D + 0.1)^-1/2 V'.
/// scale:       subtracts the mean over the training samples and multiplies by one factor, so that the mean norm of the
///              training samples is sqrt(n_inputs); both are left in `samples`.  Throws UserError for equal samples.
/// Sources: Makhzani & Frey 2014, section 4.1 (standardise, for NORB); Coates, Ng & Lee 2011, section 3.1 and their
/// code (contrast with 10 on pixels of 0..255, whiten with 0.1); SAELens, normalize_activations = expected_average_only_in (the
/// factor of scale); Simon et al. 2026, arXiv:2605.31518 (its mean).
void normalise(Normalise how, int n_inputs, std::size_t n_rows, SampleStorage& samples);

}  // namespace ksweep
