#pragma once

#include <cstddef>

namespace ksweep {

/// Of the effect sizes (mean over standard deviation of the differences) that the bound is made for: 1 / their variance.
inline constexpr double precision_of_effects = 0.1;  // docs/racing.md compares others

/// Returns the critical value of the t statistic of n paired differences, for looking after each of them, as often as one likes:
/// where the true mean is at most 0, the probability that t_n ever exceeds its critical value is at most `error`, for normal
/// differences of any variance.  Infinity where n are too few for that error.  0 < error < 1; n >= 2.
///
/// One side of the t-test martingale of Wang & Ramdas 2023 (arXiv:2310.03722), theorem 4.9; docs/racing.md has the proof.
double critical_value(double error, std::size_t n, double precision = precision_of_effects);

}  // namespace ksweep
