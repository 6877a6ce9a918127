#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/sha256.h"
#include "store/columns.h"
#include "store/h5.h"
#include "store/race_columns.h"
#include "store/sweep_image.h"

namespace ksweep {
namespace {

// Attributes that are computed from the record whenever it is written.
constexpr auto own_attributes =
    std::to_array<std::string_view>({"Conventions", "format_version", "axes", "n_trials", "n_done",
                                     "n_failed", "image_shape", "results_sha256"});

/// Returns the dataset of this name and its shape; nothing if it is absent.  Throws h5::Error if its first
/// dimension does not have `length`.
std::optional<h5::Handle> find(hid_t file, const char* name, std::size_t n_dimensions, hsize_t length,
                               h5::Shape& shape) {
  auto set = h5::find_dataset(file, name);
  if (!set) return set;
  shape = h5::shape_of(*set, n_dimensions);
  if (shape[0] != length) throw h5::Error(fmt::format("{} has another length than its dimension", name));
  return set;
}

std::vector<std::string> texts(hid_t file, const char* name, std::size_t count) {
  h5::Shape shape;
  const auto set = find(file, name, 1, count, shape);
  if (!set) return std::vector<std::string>(count);
  return h5::read_texts(*set);
}

template <class T>
std::vector<T> numbers(hid_t file, const char* name, std::size_t count) {
  h5::Shape shape;
  const auto set = find(file, name, 1, count, shape);
  if (!set) throw h5::Error(fmt::format("{} is missing", name));
  return h5::read_values<T>(*set, shape);
}

void read_facts(hid_t file, std::vector<TrialResult>& trials) {
  const auto ids = texts(file, "trial_id", trials.size());
  const auto specifications = texts(file, "specification", trials.size());
  const auto data_hashes = texts(file, "data_hash", trials.size());
  const auto status = numbers<std::int32_t>(file, "status", trials.size());
  for (std::size_t row = 0; row < trials.size(); ++row) {
    if (ids[row].size() != 16 || ids[row].find_first_not_of("0123456789abcdef") != std::string::npos)
      throw h5::Error("a trial has no id");
    if (status[row] < 0 || status[row] > 2) throw h5::Error("a trial has an unknown status");
    trials[row].id = first_64_bits(ids[row]);
    trials[row].status = static_cast<Status>(status[row]);
    trials[row].trial = trial_from_specification(specifications[row]);
    trials[row].trial.data_hash = data_hashes[row];
  }
  for (const TextQuantity& quantity : text_quantities()) {
    const auto values = texts(file, quantity.name, trials.size());
    for (std::size_t row = 0; row < trials.size(); ++row) trials[row].*quantity.member = values[row];
  }
}

void read_scalars(hid_t file, std::vector<TrialResult>& trials) {
  for (const auto& quantity : scalar_quantities()) {
    h5::Shape shape;
    const auto set = find(file, quantity.name, 1, trials.size(), shape);
    if (!set) continue;
    const auto values = h5::read_values<double>(*set, shape);
    for (std::size_t row = 0; row < trials.size(); ++row) trials[row].*quantity.member = values[row];
  }
}

/// Removes the padding of the rows.  A vector ends with its last number; but a curve with numbers at some
/// epochs only (`probe.every`) is as long as the trial's other curves.
void restore_lengths(std::vector<TrialResult>& trials) {
  for (auto& result : trials) {
    const double epochs =
        std::max(std::isfinite(result.epochs_done) ? std::ceil(result.epochs_done) : result.trial.epochs,
                 static_cast<double>(measured_length(result.train_loss_curve)));
    for (const auto& quantity : vector_quantities()) {
      auto& vector = result.*quantity.member;
      const std::size_t measured = measured_length(vector);
      const bool curve = quantity.dimension == std::string_view("epoch");
      const auto least = curve && measured > 0 ? static_cast<std::size_t>(std::clamp(epochs, 0.0, 1e6)) : 0;
      vector.resize(std::min(vector.size(), std::max(measured, least)));
    }
  }
}

void read_vectors(hid_t file, std::vector<TrialResult>& trials) {
  for (const auto& quantity : vector_quantities()) {
    h5::Shape shape;
    const auto set = find(file, quantity.name, 2, trials.size(), shape);
    if (!set) continue;
    const auto values = h5::read_values<double>(*set, shape);
    for (std::size_t row = 0; row < trials.size(); ++row) {
      const auto start = values.begin() + static_cast<long>(row * shape[1]);
      (trials[row].*quantity.member).assign(start, start + static_cast<long>(shape[1]));
    }
  }
  restore_lengths(trials);
}

/// Returns the confusion matrix of the trial's own classes.  counts: (n_classes x n_classes), -1 beyond
/// these.
std::vector<std::int32_t> own_confusion(const std::int32_t* counts, std::size_t n_classes) {
  std::size_t n_own = 0;
  while (n_own < n_classes && counts[n_own] >= 0) ++n_own;
  std::vector<std::int32_t> own;
  for (std::size_t row = 0; row < n_own; ++row)
    own.insert(own.end(), counts + row * n_classes, counts + row * n_classes + n_own);
  return own;
}

void read_confusion(hid_t file, std::vector<TrialResult>& trials) {
  h5::Shape shape;
  const auto set = find(file, "test_confusion", 3, trials.size(), shape);
  if (!set) return;
  if (shape[1] != shape[2]) throw h5::Error("a confusion matrix is not square");
  const auto counts = h5::read_values<std::int32_t>(*set, shape);
  for (std::size_t row = 0; row < trials.size(); ++row)
    trials[row].test_confusion = own_confusion(counts.data() + row * shape[1] * shape[2], shape[1]);
}

/// Returns the filters of one k.  images: (n_filters x n_pixels), scale: (n_filters), units: -1 beyond the
/// network's own.
Filters own_filters(const float* images, const float* scale, const std::int32_t* units, std::size_t n_filters,
                    std::size_t n_pixels) {
  Filters filters;
  while (filters.units.size() < n_filters && units[filters.units.size()] >= 0)
    filters.units.push_back(units[filters.units.size()]);
  const std::size_t n_own = filters.units.size();
  if (n_own == 0) return filters;
  std::size_t n_own_pixels = 0;
  while (n_own_pixels < n_pixels && !std::isnan(images[n_own_pixels])) ++n_own_pixels;
  filters.n_filters = static_cast<int>(n_own);
  filters.n_pixels = static_cast<int>(n_own_pixels);
  filters.scale.assign(scale, scale + n_own);
  for (std::size_t f = 0; f < n_own; ++f)
    for (std::size_t p = 0; p < n_own_pixels; ++p) {
      const float level = scale[f] > 0 ? std::round(images[f * n_pixels + p] / scale[f]) : 0;
      if (!(std::abs(level) <= 128)) throw h5::Error("a filter does not fit its scale");
      filters.levels.push_back(static_cast<std::int8_t>(std::min(level, 127.f)));
    }
  return filters;
}

void read_filters(hid_t file, std::vector<BestOfK>& best) {
  h5::Shape images_shape, scale_shape, units_shape;
  const auto images_set = find(file, "filters", 3, best.size(), images_shape);
  const auto scale_set = find(file, "filter_scale", 2, best.size(), scale_shape);
  const auto units_set = find(file, "filter_unit", 2, best.size(), units_shape);
  if (!images_set || !scale_set || !units_set) return;
  const std::size_t n_filters = images_shape[1], n_pixels = images_shape[2];
  if (scale_shape[1] != n_filters || units_shape[1] != n_filters)
    throw h5::Error("filters lack scale or unit");
  const auto images = h5::read_values<float>(*images_set, images_shape);
  const auto scale = h5::read_values<float>(*scale_set, scale_shape);
  const auto units = h5::read_values<std::int32_t>(*units_set, units_shape);
  for (std::size_t row = 0; row < best.size(); ++row)
    best[row].filters = own_filters(&images[row * n_filters * n_pixels], &scale[row * n_filters],
                                    &units[row * n_filters], n_filters, n_pixels);
}

std::vector<BestOfK> read_best(hid_t file) {
  const auto set = h5::find_dataset(file, "best_k");
  if (!set) return {};
  const auto ks = h5::read_values<std::int32_t>(*set, h5::shape_of(*set, 1));
  const auto ids = texts(file, "best_trial", ks.size());
  std::vector<BestOfK> best(ks.size());
  for (std::size_t row = 0; row < ks.size(); ++row) {
    best[row].k = ks[row];
    best[row].id = first_64_bits(ids[row]);
  }
  read_filters(file, best);
  return best;
}

std::string attribute_name(hid_t file, hsize_t position) {
  char name[256];
  h5::check(H5Aget_name_by_idx(file, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, position, name, sizeof name,
                               H5P_DEFAULT),
            "attributes");
  return name;
}

void read_provenance(hid_t file, SweepRecord& record) {
  H5O_info_t info;
  h5::check(H5Oget_info2(file, &info, H5O_INFO_NUM_ATTRS), "attributes");
  for (hsize_t position = 0; position < info.num_attrs; ++position) {
    const auto name = attribute_name(file, position);
    if (std::ranges::find(own_attributes, name) == own_attributes.end() && !is_of_race(name))
      record.provenance.emplace_back(name, h5::read_text(file, name.c_str()));
  }
}

std::vector<std::string> split_at_commas(const std::string& list) {
  std::vector<std::string> words;
  for (std::size_t start = 0; start < list.size();) {
    const auto end = std::min(list.find(',', start), list.size());
    words.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return words;
}

void check_format(hid_t file) {
  if (!h5::has_attribute(file, "format_version") || !h5::has_attribute(file, "Conventions"))
    throw h5::Error("it lacks the attributes of a sweep");
  const int version = h5::read_integers(file, "format_version", 1)[0];
  if (version < 1 || version > sweep_format_version)
    throw h5::Error(
        fmt::format("it has format {}, this program reads format 1 to {}", version, sweep_format_version));
}

/// Separates trials outside the grid.  Files of earlier versions contain only trials of the grid.
void part_by_grid(hid_t file, SweepRecord& record) {
  if (!h5::find_dataset(file, "in_grid")) return;
  const auto in_grid = numbers<std::int32_t>(file, "in_grid", record.trials.size());
  std::vector<TrialResult> trials;
  for (std::size_t row = 0; row < in_grid.size(); ++row)
    (in_grid[row] != 0 ? trials : record.others).push_back(std::move(record.trials[row]));
  record.trials = std::move(trials);
}

}  // namespace

SweepRecord decode_sweep(std::string_view image) {
  const auto file = h5::open_image(image);
  check_format(file);
  SweepRecord record;
  read_provenance(file, record);
  record.axes = split_at_commas(h5::read_text(file, "axes"));
  const auto shape = h5::read_integers(file, "image_shape", 3);
  record.channels = shape[0], record.height = shape[1], record.width = shape[2];
  if (const auto set = h5::find_dataset(file, "trial")) record.trials.resize(h5::shape_of(*set, 1)[0]);
  if (record.trials.empty()) return record;
  read_facts(file, record.trials);
  read_scalars(file, record.trials);
  read_vectors(file, record.trials);
  read_confusion(file, record.trials);
  record.best = read_best(file);
  part_by_grid(file, record);
  record.race = read_race(file, record.trials.size());
  return record;
}

}  // namespace ksweep
