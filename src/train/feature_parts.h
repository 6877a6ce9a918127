#pragma once

#include <vector>

#include "probe/features.h"

namespace ksweep {

/// Features of each part of the data, for a probe.
struct FeatureParts {
  Features train, validation, test;
};

/// Returns the mean number of non-zero features of a sample.
double mean_nonzeros(const Features& features);

/// Returns the sum of each feature over all samples.
std::vector<double> sums_of_features(const Features& features);

}  // namespace ksweep
