#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/trial.h"
#include "data/dataset.h"
#include "sweep/planned_trials.h"

namespace ksweep {

/// "mnist: 784 inputs, 10 classes; 50000 training, 10000 validation, 10000 test samples; divided by 255"
std::string data_text(const Trial& trial, const DataFacts& facts, const Dataset& dataset);

/// Returns what a user should know of the data sets of these trials, one sentence each, beginning with the
/// set's name: what was guessed or ignored, and classes of the test part that are rare in the smallest
/// training part.  Reads the labels of the sets, but not their samples.
std::vector<std::string> data_notes(std::span<const Trial> trials,
                                    const std::function<const Dataset&(const Trial&)>& dataset_of);

}  // namespace ksweep
