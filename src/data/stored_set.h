#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/data_request.h"
#include "data/dataset.h"
#include "data/set_description.h"
#include "data/shards.h"

namespace ksweep {

/// Opens a set's files, of which a sixth of the rows becomes the test part (test_part.h).  Throws UserError.
std::shared_ptr<const StreamedParts> open_parts(const StoredSet& set);

/// Whether the samples of these arrays, as single-precision numbers, would take more than a quarter of the memory that the
/// program may use: then they stay in their files.
bool stay_stored(const std::vector<ShardArray>& arrays);

/// Makes a data set of samples without labels that stay in their files.  Its numbers and its content hash are those that
/// assemble() and prepare() would give it in memory.  Reads all samples twice, four times for data.normalise = scale.
/// list: the shards that the arrays are in, for notes.  Throws UserError that names the array and the row of a number that is not finite.
Dataset load_stored(const DataRequest& request, const std::string& source, std::vector<ShardArray> arrays,
                    const ShardList& list);

}  // namespace ksweep
