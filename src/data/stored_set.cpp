#include "data/stored_set.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "base/errors.h"
#include "data/assemble.h"
#include "data/content_hash.h"
#include "data/normalise.h"
#include "data/positions.h"
#include "data/stored_rows.h"
#include "data/streaming.h"

namespace ksweep {
namespace {

constexpr std::size_t block_bytes = 16u << 20;  // read at a time

double floats_of(const std::vector<ShardArray>& arrays) {
  double count = 0;
  for (const ShardArray& array : arrays) count += static_cast<double>(count_elements(array.name, array.dims));
  return count;
}

struct Rows {
  std::vector<std::uint32_t> train, test;
};

Rows rows_of(std::uint64_t n_rows, const std::string& name, TestPart how) {
  if (n_rows > std::numeric_limits<std::uint32_t>::max())
    throw UserError("{}: {} samples, more than the {} that can be numbered. Give fewer shards.", name, n_rows,
                    std::numeric_limits<std::uint32_t>::max());
  Rows rows{{}, require_test_rows(name, n_rows, {}, how)};
  std::vector<bool> is_test(n_rows);
  for (const std::uint32_t row : rows.test) is_test[row] = true;
  rows.train.reserve(n_rows - rows.test.size());
  for (std::uint32_t row = 0; row < n_rows; ++row)
    if (!is_test[row]) rows.train.push_back(row);
  return rows;
}

/// What one pass over the files tells of the numbers in them.
struct Census {
  bool whole = true;  ///< all numbers are whole and not negative
  double largest = 0;
  EmptySamples empty;
  double scale() const { return whole && largest > 0 ? largest : 1; }
};

/// Reads all numbers, in the order of the files.  Throws UserError for one that is not finite.
Census census_of(const std::vector<ShardArray>& arrays, const std::string& skipped) {
  Census census;
  for (const ShardArray& array : arrays) {
    const std::size_t of_one =
        count_elements(array.name, array.dims) / array.dims[0] * size_of(array.element);
    const std::size_t at_once = std::max<std::size_t>(1, block_bytes / of_one);
    for (std::size_t first = 0; first < array.dims[0]; first += at_once) {
      RawArray block = read_shard_rows(array, first, std::min(at_once, array.dims[0] - first));
      block.positions = block.dims.size() == 3;
      flatten_positions(block, skipped, first);
      check_finite(block,
                   [&](std::size_t row) { return fmt::format("row {} (counted from 0)", first + row); });
      const WholeNumbers numbers = whole_numbers(block);
      census.whole = census.whole && numbers.all;
      census.largest = std::max(census.largest, numbers.largest);
      census.empty.add(to_samples(block, 1), block.dims.back());
    }
  }
  return census;
}

std::vector<std::string> notes_on_positions(const std::vector<ShardArray>& arrays,
                                            const std::string& skipped) {
  std::vector<std::string> notes;
  for (const ShardArray& array : arrays)
    if (array.dims.size() == 3)
      notes.push_back((arrays.size() > 1 ? array.path.filename().string() + ": " : "") +
                      positions_note(dims_text(array.dims), skipped));
  shorten_notes(notes);
  return notes;
}

}  // namespace

std::shared_ptr<const StreamedParts> open_parts(const StoredSet& set) {
  const auto matrix = std::make_shared<const StoredMatrix>(set.arrays, set.skipped_positions);
  Rows rows = rows_of(matrix->n_rows(), set.arrays[0].name, set.test_part);
  auto parts = std::make_shared<StreamedParts>();
  parts->description = description_of(set);
  parts->train = std::make_unique<StoredRows>(matrix, std::move(rows.train), set.scaling);
  parts->test = std::make_unique<StoredRows>(matrix, std::move(rows.test), set.scaling);
  return parts;
}

bool stay_stored(const std::vector<ShardArray>& arrays) { return too_many_for_memory(floats_of(arrays)); }

Dataset load_stored(const DataRequest& request, const std::string& source, std::vector<ShardArray> arrays,
                    const ShardList& list) {
  const Preparation& how = request.preparation;
  const double n_numbers = floats_of(arrays);
  refuse_to_stream(how, source, n_numbers, "stay in their files");
  const Census census = census_of(arrays, how.skipped_positions);

  Dataset dataset;
  dataset.name = how.any() ? prepared_name(request.set, how) : request.set;
  dataset.source = source;
  dataset.is_streamed = true;
  dataset.shape = {1, 1, static_cast<int>(arrays[0].dims.back())};
  dataset.scale = how.scale > 0 ? how.scale : census.scale();
  if (list.shards.size() > 1) dataset.notes.push_back(shards_note(list, census.empty.n_samples));
  const auto notes = notes_on_positions(arrays, how.skipped_positions);
  dataset.notes.insert(dataset.notes.end(), notes.begin(), notes.end());
  dataset.notes.push_back(
      fmt::format("the samples, {:.3g} GB, stay in their files and are read while training",
                  n_numbers * sizeof(float) / 1e9));
  note_empty_samples(dataset, census.empty, "training");

  StoredSet set{std::move(arrays), how.skipped_positions, how.test_part, dataset.scaling()};
  dataset.n_test = require_test_rows(source, census.empty.n_samples, {}, how.test_part).size();
  dataset.n_train = census.empty.n_samples - dataset.n_test;
  note_test_part(dataset, how.test_part);
  dataset.streamed = open_parts(set);
  if (how.normalise == Normalise::scale) {
    const auto found = std::make_shared<const CentreAndScale>(
        centre_and_scale_of(dataset.train_rows(), dataset.n_train, dataset.n_inputs()));
    dataset.mean = found->mean.data();
    dataset.factor = found->factor;
    dataset.owner = found;
    set.scaling = dataset.scaling();
    dataset.streamed = open_parts(set);
  }
  dataset.content_hash = content_hash(dataset);
  return dataset;
}

}  // namespace ksweep
