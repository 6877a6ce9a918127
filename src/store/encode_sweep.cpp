#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "base/sha256.h"
#include "core/key_use.h"
#include "core/trial_keys.h"
#include "store/columns.h"
#include "store/netcdf4.h"
#include "store/race_columns.h"
#include "store/results_hash.h"
#include "store/sweep_image.h"

namespace ksweep {
namespace {

/// The lengths of all dimensions but `trial`.
struct Extent {
  std::size_t epochs = 0, classes = 0, density_bins = 0, confusions = 0, filters = 0, pixels = 0;
  std::size_t matrix_classes = 0;  ///< of the largest confusion matrix

  /// Returns the length of a vector's dimension.
  std::size_t& of(std::string_view dimension) {
    return dimension == "epoch"       ? epochs
           : dimension == "class"     ? classes
           : dimension == "confusion" ? confusions
                                      : density_bins;
  }
};

std::size_t n_classes_of(const TrialResult& result) {
  const auto from_confusion = std::lround(std::sqrt(static_cast<double>(result.test_confusion.size())));
  return static_cast<std::size_t>(from_confusion);
}

Extent extent_of(const SweepRecord& record) {
  Extent extent;
  for (const auto& result : record.trials) {
    extent.matrix_classes = std::max(extent.matrix_classes, n_classes_of(result));
    for (const auto& quantity : vector_quantities()) {
      std::size_t& longest = extent.of(quantity.dimension);
      longest = std::max(longest, (result.*quantity.member).size());
    }
  }
  extent.classes = std::max(extent.classes, extent.matrix_classes);
  for (const auto& best : record.best) {
    extent.filters = std::max(extent.filters, static_cast<std::size_t>(best.filters.n_filters));
    extent.pixels = std::max(extent.pixels, static_cast<std::size_t>(best.filters.n_pixels));
  }
  return extent;
}

std::vector<std::int32_t> counting(std::size_t count, std::int32_t from = 0) {
  std::vector<std::int32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), from);
  return numbers;
}

/// Returns one value per trial.
template <class Function>
auto column(const SweepRecord& record, Function value) {
  std::vector<std::decay_t<decltype(value(record.trials.front()))>> values;
  values.reserve(record.trials.size());
  for (const auto& result : record.trials) values.push_back(value(result));
  return values;
}

/// Whether some trials have more classes than any confusion matrix: all trials' matrices are then no larger than need be.
bool has_own_dimension(const Extent& extent) {
  return 0 < extent.matrix_classes && extent.matrix_classes < extent.classes;
}

void add_dimensions(Netcdf4File& file, const SweepRecord& record, const Extent& extent) {
  file.define("trial", "position in the plan", counting(record.trials.size()));
  file.define("epoch", "epoch, from 1", counting(extent.epochs, 1));
  file.define("class", "true class", counting(extent.classes));
  if (has_own_dimension(extent))
    file.define("true_class", "true class, of confusion matrices", counting(extent.matrix_classes));
  file.define("predicted_class", "predicted class", counting(extent.matrix_classes));
  file.define("confusion", "errors, the most frequent first", counting(extent.confusions));
  file.define("density_bin", "bin of shares of samples, from the smallest", counting(extent.density_bins));
  std::vector<std::int32_t> ks;
  for (const auto& best : record.best) ks.push_back(best.k);
  file.define("best_k", "k's that have a finished k-sparse trial", ks);
  file.define("filter", "rank of the hidden unit, most often active first", counting(extent.filters));
  file.define("pixel", "row-major, planes of channels first", counting(extent.pixels));
}

void add_texts(Netcdf4File& file, const SweepRecord& record) {
  using Result = const TrialResult&;
  const auto add = [&](const Variable& variable, auto value) {
    file.add(variable, {"trial"}, column(record, [&](Result result) { return std::string(value(result)); }));
  };
  add({"trial_id", "hash of the trial's complete specification and data"},
      [](Result result) { return id_text(result.id); });
  file.add({"status", "what became of the trial"}, {"trial"},
           column(record, [](Result result) { return static_cast<std::uint8_t>(result.status); }));
  file.attribute_of("status", "flag_values", std::vector<std::uint8_t>{0, 1, 2});
  file.attribute_of("status", "flag_meanings", "missing done failed");
  add({"specification", "every key and value of the trial"},
      [](Result result) { return specification(result.trial); });
  add({"data_hash", "SHA-256 of the content of the data set"},
      [](Result result) { return result.trial.data_hash; });
  for (const TextQuantity& quantity : text_quantities())
    add({.name = quantity.name, .long_name = quantity.long_name, .reproducible = quantity.reproducible},
        [&](Result result) { return result.*quantity.member; });
}

void add_keys(Netcdf4File& file, const SweepRecord& record) {
  for (const Key& key : trial_keys()) {
    const bool axis = std::ranges::find(record.axes, key.full_name()) != record.axes.end();
    const Variable variable{column_name(key), key.help, key.units, true, axis};
    const auto number = [&](const TrialResult& result) { return key.get(result.trial); };
    const auto integer = [&](const TrialResult& result) {
      return static_cast<std::int64_t>(key.get(result.trial));
    };
    const auto text = [&](const TrialResult& result) { return value_text(key, result.trial); };
    if (key.kind == Key::Kind::real)
      file.add(variable, {"trial"}, column(record, number));
    else if (key.kind == Key::Kind::integer)
      file.add(variable, {"trial"}, column(record, integer));
    else
      file.add(variable, {"trial"}, column(record, text));
    file.attribute_of(variable.name, "concerns", kinds_that_look_at(key));
    if (key.section == "probe") file.attribute_of(variable.name, "probes", probes_that_look_at(key));
  }
}

void add_scalars(Netcdf4File& file, const SweepRecord& record) {
  for (const auto& quantity : scalar_quantities()) {
    const Variable variable{quantity.name, quantity.long_name, quantity.units, quantity.reproducible};
    const auto value = [&](const TrialResult& result) { return result.*quantity.member; };
    file.add(variable, {"trial"}, column(record, value), std::optional(not_measured));
  }
}

void add_vectors(Netcdf4File& file, const SweepRecord& record, Extent extent) {
  for (const auto& quantity : vector_quantities()) {
    const std::size_t length = extent.of(quantity.dimension);
    std::vector<double> padded(record.trials.size() * length, not_measured);
    for (std::size_t row = 0; row < record.trials.size(); ++row)
      std::ranges::copy(record.trials[row].*quantity.member,
                        padded.begin() + static_cast<long>(row * length));
    file.add({quantity.name, quantity.long_name, quantity.units}, {"trial", quantity.dimension}, padded,
             std::optional(not_measured));
  }
}

void add_confusion(Netcdf4File& file, const SweepRecord& record, const Extent& extent) {
  const std::size_t n_classes = extent.matrix_classes;
  std::vector<std::int32_t> counts(record.trials.size() * n_classes * n_classes, -1);
  for (std::size_t row = 0; row < record.trials.size(); ++row) {
    const auto& source = record.trials[row].test_confusion;
    const std::size_t n_own = n_classes_of(record.trials[row]);
    for (std::size_t i = 0; i < source.size(); ++i)
      counts[(row * n_classes + i / n_own) * n_classes + i % n_own] = source[i];
  }
  file.add({"test_confusion", "test samples of each true and predicted class"},
           {"trial", has_own_dimension(extent) ? "true_class" : "class", "predicted_class"}, counts,
           std::optional(std::int32_t{-1}));
}

void add_best(Netcdf4File& file, const SweepRecord& record, const Extent& extent) {
  const std::size_t n_best = record.best.size(), n_filters = extent.filters, n_pixels = extent.pixels;
  std::vector<std::string> ids;
  std::vector<float> images(n_best * n_filters * n_pixels, std::numeric_limits<float>::quiet_NaN());
  std::vector<float> scales(n_best * n_filters, std::numeric_limits<float>::quiet_NaN());
  std::vector<std::int32_t> units(n_best * n_filters, -1);
  for (std::size_t row = 0; row < n_best; ++row) {
    const auto& [k, id, filters] = record.best[row];
    ids.push_back(id_text(id));
    const auto n_own = static_cast<std::size_t>(filters.n_pixels);
    for (std::size_t f = 0; f < static_cast<std::size_t>(filters.n_filters); ++f) {
      const std::size_t place = row * n_filters + f;
      units[place] = filters.units[f];
      scales[place] = filters.scale[f];
      for (std::size_t p = 0; p < n_own; ++p)
        images[place * n_pixels + p] = filters.scale[f] * static_cast<float>(filters.levels[f * n_own + p]);
    }
  }
  const auto no_number = std::optional(std::numeric_limits<float>::quiet_NaN());
  file.add({"best_trial", "best k-sparse trial of each k by validation accuracy"}, {"best_k"}, ids);
  file.add({"filters", "decoder weights of the most often active hidden units"},
           {"best_k", "filter", "pixel"}, images, no_number);
  file.add({"filter_scale", "filters are whole multiples of this"}, {"best_k", "filter"}, scales, no_number);
  file.add({"filter_unit", "hidden unit of each filter"}, {"best_k", "filter"}, units,
           std::optional(std::int32_t{-1}));
}

std::int32_t count_of(const SweepRecord& record, Status status) {
  return static_cast<std::int32_t>(std::ranges::count(record.trials, status, &TrialResult::status));
}

void add_attributes(Netcdf4File& file, const SweepRecord& record) {
  std::string axes;
  for (const auto& axis : record.axes) axes += (axes.empty() ? "" : ",") + axis;
  file.attribute("Conventions", "ksweep-1");
  file.attribute("format_version", std::vector<std::int32_t>{sweep_format_version});
  file.attribute("axes", axes);
  file.attribute("n_trials", std::vector{static_cast<std::int32_t>(record.trials.size())});
  file.attribute("n_done", std::vector{count_of(record, Status::done)});
  file.attribute("n_failed", std::vector{count_of(record, Status::failed)});
  file.attribute("image_shape", std::vector<std::int32_t>{record.channels, record.height, record.width});
  file.attribute("results_sha256", results_hash(record.trials));
  for (const auto& [name, text] : record.provenance) file.attribute(name, text);
}

/// Adds the variable in_grid: 1 for the trials of the grid, which come first, 0 for the others.
void add_in_grid(Netcdf4File& file, const SweepRecord& grid, std::size_t n_rows) {
  std::vector<std::uint8_t> in_grid(n_rows, 0);
  std::fill_n(in_grid.begin(), grid.trials.size(), 1);
  file.add({"in_grid", "whether the grid that was run last asks for the trial"}, {"trial"}, in_grid);
}

}  // namespace

std::string encode_sweep(const SweepRecord& grid) {
  SweepRecord record = grid;
  record.trials.insert(record.trials.end(), grid.others.begin(), grid.others.end());
  const Extent extent = extent_of(record);
  Netcdf4File file;
  add_attributes(file, grid);
  add_dimensions(file, record, extent);
  add_texts(file, record);
  add_in_grid(file, grid, record.trials.size());
  add_keys(file, record);
  add_scalars(file, record);
  add_vectors(file, record, extent);
  add_confusion(file, record, extent);
  add_best(file, record, extent);
  if (grid.race) add_race(file, *grid.race);
  return file.image();
}

}  // namespace ksweep
