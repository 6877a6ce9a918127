#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.h"
#include "core/row_reader.h"
#include "data/scale_row.h"
#include "data/shard_array.h"

namespace ksweep {

/// The samples of several stored arrays, (n, n_inputs) or (n, positions, n_inputs), one array after the other.  Rows are
/// read from the files when they are asked for, so that they need no memory of their own; what was read lately is in the
/// system's page cache, once per node.
class StoredMatrix {
 public:
  /// Opens the files.  skipped: data.skip_positions.  Throws UserError if one cannot be opened or is shorter than its array.
  StoredMatrix(std::vector<ShardArray> arrays, const std::string& skipped);

  std::uint64_t n_rows() const { return first_rows_.back(); }
  std::size_t n_inputs() const { return arrays_[0].dims.back(); }

  /// Writes a row as single-precision numbers, before they are scaled.  Several threads may read at a time.  Throws
  /// EnvironmentError if the file can no longer be read.
  void read(std::uint64_t row, float* numbers) const;

 private:
  int n_kept(std::size_t array) const { return static_cast<int>(positions_[array].size()); }

  std::vector<ShardArray> arrays_;
  std::vector<std::vector<std::size_t>> positions_;  // (array) the kept ones; {0} for a matrix
  std::vector<Descriptor> files_;                    // (array)
  std::vector<std::uint64_t> first_rows_;            // (array + 1)
};

/// Chosen rows of a stored matrix, scaled.
class StoredRows final : public RowReader {
 public:
  StoredRows(std::shared_ptr<const StoredMatrix> matrix, std::vector<std::uint32_t> rows,
             InputScaling scaling)
      : matrix_(std::move(matrix)), rows_(std::move(rows)), scaling_(std::move(scaling)) {}

  void read(std::uint32_t row, float* numbers) const override {
    matrix_->read(rows_[row], numbers);
    scale_row(scaling_, {numbers, matrix_->n_inputs()});
  }

 private:
  std::shared_ptr<const StoredMatrix> matrix_;
  std::vector<std::uint32_t> rows_;
  InputScaling scaling_;
};

}  // namespace ksweep
