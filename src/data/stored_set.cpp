#include "data/stored_set.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "base/control_groups.h"
#include "base/errors.h"
#include "base/omp_guard.h"
#include "data/content_hash.h"
#include "data/normalise.h"
#include "data/test_part.h"

namespace ksweep {
namespace {

using Json = nlohmann::json;

constexpr double most_of_memory = 0.5;  // of the allowed memory, for samples

struct Rows {
  std::vector<std::uint32_t> train, test;
};

Rows rows_of(const StoredMatrix& matrix, const std::string& name, TestPart how) {
  const std::uint64_t n_rows = matrix.n_rows();
  if (n_rows > std::numeric_limits<std::uint32_t>::max())
    throw UserError("{}: {} samples: at most {} can be told apart. Give fewer shards.", name, n_rows,
                    std::numeric_limits<std::uint32_t>::max());
  Rows rows{{}, test_rows(n_rows, {}, how)};
  require_test_rows(rows.test, name, n_rows);
  std::vector<bool> is_test(n_rows);
  for (const std::uint32_t row : rows.test) is_test[row] = true;
  rows.train.reserve(n_rows - rows.test.size());
  for (std::uint32_t row = 0; row < n_rows; ++row)
    if (!is_test[row]) rows.train.push_back(row);
  return rows;
}

std::shared_ptr<const StoredParts> parts_of(std::shared_ptr<const StoredMatrix> matrix, Rows rows,
                                            const RowTransform& transform) {
  auto parts = std::make_shared<StoredParts>();
  parts->train = std::make_unique<StoredRows>(matrix, std::move(rows.train), transform);
  parts->test = std::make_unique<StoredRows>(std::move(matrix), std::move(rows.test), transform);
  return parts;
}

/// What one pass over the numbers as they stand in the files tells.
struct Census {
  bool whole = true;  ///< all numbers are whole and not negative
  float largest = 0;
  EmptySamples empty;
};

void count_row(std::span<const float> numbers, std::uint64_t row, const StoredMatrix& matrix, Census& census) {
  bool empty = true;
  for (std::size_t c = 0; c < numbers.size(); ++c) {
    const float number = numbers[c];
    if (!std::isfinite(number)) refuse_number(matrix.name_of(row), c, number);
    empty = empty && number == 0;
    census.whole = census.whole && number >= 0 && number == std::floor(number);
    census.largest = std::max(census.largest, number);
  }
  if (empty) census.empty.add(row);
}

Census census_of(const StoredMatrix& matrix) {
  Census census;
  const auto width = static_cast<std::size_t>(matrix.n_inputs());
  for_each_block(matrix.n_rows(), width, [&](std::uint64_t first, std::size_t count, float* numbers) {
    read_block(matrix, first, count, numbers);
    for (std::size_t i = 0; i < count; ++i) count_row({numbers + i * width, width}, first + i, matrix, census);
  });
  return census;
}

}  // namespace
}  // namespace ksweep
