#pragma once

#include <vector>

#include "probe/features.h"

namespace ksweep {

/// What a probe sees of each part of the data.
struct FeatureParts {
  Features train, validation, test;
};

/// Mean number of features of a sample that are not zero.
double mean_nonzeros(const Features& features);

/// Of each feature over all samples.
std::vector<double> sums_of_features(const Features& features);

}  // namespace ksweep
