#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/data_request.h"
#include "data/stored_rows.h"

namespace ksweep {

/// What it takes to read a data set whose samples stay in files.
struct StoredSet {
  std::vector<StoredArray> arrays;
  int n_inputs = 0;
  TestPart test_part = TestPart::balanced;
  RowTransform transform;
};

/// Return a set as text, to be sent to other ranks, and the set in such a text.
std::string description_of(const StoredSet& set);
StoredSet described_set(const std::string& description);

/// Opens a set's files, of which a sixth of the rows becomes the test part (test_part.h).  Throws UserError.
std::shared_ptr<const StoredParts> open_stored(const StoredSet& set);

/// Whether the samples of these arrays, as single-precision numbers, would take more than half of the memory that the
/// program may use: then they stay in their files.
bool stays_stored(const std::vector<StoredArray>& arrays, int n_inputs);

/// Makes a data set of samples without labels that stay in their files.  Its numbers and its content hash are those that
/// assemble() and prepare() would give it in memory.  Reads all samples twice, three times for data.normalise = scale.
/// notes: on how the arrays were found.  Throws UserError that names the array and the row of a number that is not finite.
Dataset load_stored(const DataRequest& request, const std::string& source, std::vector<StoredArray> arrays, int n_inputs,
                    std::vector<std::string> notes);

}  // namespace ksweep
