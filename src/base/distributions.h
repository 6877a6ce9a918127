#pragma once

namespace ksweep {

/// Probabilities above a value, and the value above which there is a probability: of the standard normal distribution
/// and of Student's t.
double normal_tail(double value);
double student_t_quantile(double freedom, double tail);

}  // namespace ksweep
