#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ksweep {

/// Samples that are not in memory: each is read from a file and converted, or made, when it is needed.
class RowReader {
 public:
  virtual ~RowReader() = default;

  /// Writes a row's numbers to `numbers`.  Several threads may read at a time.  Throws EnvironmentError if the file cannot
  /// be read any more.
  virtual void read(std::uint32_t row, float* numbers) const = 0;
};

/// The samples of one part of a data set, one a row: in memory, or behind a reader.
class SampleRows {
 public:
  /// rows: (n x n_inputs), one after the other.
  SampleRows(const float* rows) : rows_(rows) {}
  /// The reader must outlive the object.
  SampleRows(const RowReader& reader) : reader_(&reader) {}

  /// Returns all rows if they are in memory, else null.
  const float* in_memory() const { return rows_; }

  void copy(std::uint32_t row, int n_inputs, float* numbers) const {
    if (rows_)
      std::copy_n(rows_ + std::ptrdiff_t{row} * n_inputs, n_inputs, numbers);
    else
      reader_->read(row, numbers);
  }

  /// Returns a row.  buffer: n_inputs numbers, used if the row is not in memory.
  const float* row(std::uint32_t row, int n_inputs, float* buffer) const {
    if (rows_) return rows_ + std::ptrdiff_t{row} * n_inputs;
    reader_->read(row, buffer);
    return buffer;
  }

 private:
  const float* rows_ = nullptr;
  const RowReader* reader_ = nullptr;
};

}  // namespace ksweep
