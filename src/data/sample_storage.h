#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace ksweep {

/// Samples and labels in plain memory; a part that does not exist is empty.
struct SampleStorage {
  std::vector<float> train, test;                       ///< (n x n_inputs)
  std::vector<std::int32_t> train_labels, test_labels;  ///< (n)
  std::vector<float> true_directions = {}, mean = {};   ///< as in Dataset
  float factor = 1;
};

/// Makes `dataset` own these samples.  Its shape and counts do not change.
void keep(Dataset& dataset, SampleStorage samples);

}  // namespace ksweep
