#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/sample_rows.h"
#include "core/trial.h"
#include "data/raw_array.h"

namespace ksweep {

/// A matrix of numbers, little-endian and in C order, that lies in a file from `offset` on: (n, n_inputs), or
/// (n, n_positions, n_inputs), whose chosen positions are samples of their own.
struct StoredArray {
  std::filesystem::path path;
  Element element = Element::f32;
  std::uint64_t offset = 0;                    ///< bytes
  std::uint64_t n = 0;                         ///< length of the first axis
  std::uint64_t n_positions = 1;               ///< 1 for a matrix
  std::vector<std::uint32_t> positions = {0};  ///< those that become samples, ascending

  std::uint64_t n_rows() const { return n * positions.size(); }
};

/// What happens to a row after it was read: (number / divisor - shift) * factor, in single precision.
struct RowTransform {
  float divisor = 1;
  std::vector<float> shift;  ///< (n_inputs), empty: none
  float factor = 1;
  void apply(float* numbers, std::size_t n_inputs) const;
};

/// The rows of several stored arrays, one array after the other.  Rows are read from the files when they are asked for, so
/// that they need no memory of their own; what was read lately is in the system's page cache, once per node.
class StoredMatrix {
 public:
  /// Opens the files.  Throws UserError if one cannot be opened or is shorter than its array.
  StoredMatrix(std::vector<StoredArray> arrays, int n_inputs);
  ~StoredMatrix();
  StoredMatrix(const StoredMatrix&) = delete;
  StoredMatrix& operator=(const StoredMatrix&) = delete;

  std::uint64_t n_rows() const { return first_rows_.back(); }
  int n_inputs() const { return n_inputs_; }

  /// Writes a row as single-precision numbers, before any transformation.  Several threads may read at a time.  Throws
  /// EnvironmentError if the file can no longer be read.
  void read(std::uint64_t row, float* numbers) const;

  /// Writes `count` consecutive rows.
  void read(std::uint64_t first, std::size_t count, float* numbers) const;

  /// Returns "layer.3.safetensors, row 17" for messages.
  std::string name_of(std::uint64_t row) const;

 private:
  std::size_t array_of(std::uint64_t row) const;

  int n_inputs_;
  std::vector<StoredArray> arrays_;
  std::vector<int> files_;                 // (array) descriptors
  std::vector<std::uint64_t> first_rows_;  // (array + 1)
};

/// Chosen rows of a stored matrix, transformed.
class StoredRows final : public RowReader {
 public:
  StoredRows(std::shared_ptr<const StoredMatrix> matrix, std::vector<std::uint32_t> rows,
             RowTransform transform)
      : matrix_(std::move(matrix)), rows_(std::move(rows)), transform_(std::move(transform)) {}

  std::size_t n_rows() const { return rows_.size(); }
  void read(std::uint32_t row, float* numbers) const override {
    matrix_->read(rows_[row], numbers);
    transform_.apply(numbers, static_cast<std::size_t>(matrix_->n_inputs()));
  }

 private:
  std::shared_ptr<const StoredMatrix> matrix_;
  std::vector<std::uint32_t> rows_;
  RowTransform transform_;
};

}  // namespace ksweep
