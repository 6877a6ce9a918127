#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/data_request.h"
#include "data/raw_array.h"

namespace ksweep {

/// Content of a data set's files.
struct Parts {
  RawArray train;
  std::optional<RawArray> train_labels, test, test_labels;
  std::vector<std::string> unused = {};  ///< arrays or files that were found and are not used
  std::vector<std::string> notes = {};   ///< what else a reader should know, one sentence each
  std::size_t n_shards = 0;  ///< files of which the samples were joined; 0: it is no set of shards
};

/// Counts samples whose numbers are all zero, as in arrays that were never written.
struct EmptySamples {
  std::size_t n_samples = 0, n_empty = 0, first = 0;
  /// samples: (n x width), the next ones.
  void add(const std::vector<float>& samples, std::size_t width);
};

/// Note such samples, and how the test part of a set without one came about.
void note_empty_samples(Dataset& dataset, const EmptySamples& empty, const std::string& part);
void note_test_part(Dataset& dataset, TestPart how);

/// Returns the rows that become the test part of a set without one.  name: of the set, in messages.  Throws UserError if
/// there are too few.
std::vector<std::uint32_t> require_test_rows(const std::string& name, std::size_t n_rows,
                                             std::span<const std::int32_t> labels, TestPart how);

/// Checks the parts against each other and turns them into a Dataset in plain memory: numbers the classes,
/// divides all samples by one scale, splits off a test part if there is none, and notes what a reader should
/// know.  Throws UserError if the parts do not fit together.
Dataset assemble(const DataRequest& request, const std::string& source, Parts parts);

}  // namespace ksweep
