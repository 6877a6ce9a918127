#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace ksweep {

/// Returns the number of samples of each class, (n_classes), among the first `count` labels of one part.
std::vector<std::size_t> class_counts(const Dataset& dataset, const std::int32_t* labels, std::size_t count);

/// Whether the labels in the files differ from the numbers of the classes, 0, 1, …
bool has_class_names(const Dataset& dataset);

/// Returns name, source, shape, counts, classes, range of values and content hash, one per line, for `ksweep
/// data info`; of samples that are no labelled images also the statistics of sample_statistics.h, with advice.
std::string describe(const Dataset& dataset);

}  // namespace ksweep
