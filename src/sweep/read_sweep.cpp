#include "sweep/read_sweep.h"

#include <fmt/core.h>

#include <unordered_set>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "core/metrics.h"
#include "core/trial_keys.h"
#include "sweep/checks.h"
#include "sweep/entries.h"
#include "sweep/grid.h"
#include "sweep/quoting.h"
#include "sweep/race_keys.h"
#include "sweep/report_names.h"
#include "sweep/values.h"

namespace ksweep {
namespace {

constexpr std::size_t most_bytes = 1 << 20;  // larger files are not sweep files

bool parse_save(const Entry& entry) {
  if (entry.value == "weights") return true;
  if (entry.value == "nothing") return false;
  const std::vector<std::string> known{"weights", "nothing"};
  const std::string near = nearest(entry.value, known);
  throw UserError("{}: results.save = {} is neither nothing nor weights: what to keep is unclear. {}",
                  entry.where, entry.value,
                  near.empty() ? "Write one of the two." : "Did you mean " + near + "?");
}

Consistency parse_consistency(const Entry& entry) {
  const std::vector<std::string> known{"auto", "yes", "no"};
  const auto found = std::ranges::find(known, entry.value);
  if (found != known.end()) return static_cast<Consistency>(found - known.begin());
  throw UserError(
      "{}: results.consistency = {} is none of auto, yes and no: whether seeds are compared is unclear. Write one "
      "of them.",
      entry.where, entry.value);
}

std::string title_of(const Entry& entry) {
  std::string title = unquoted(entry.value, entry.where);
  if (trimmed(title).empty())
    throw UserError("{}: title = {} says nothing: it heads the report. Write one, or remove the line.",
                    entry.where, entry.value);
  return title;
}

void add_axis(Sweep& sweep, const Entry& entry, std::vector<std::string> values) {
  sweep.axes.push_back({entry.key, std::move(values)});
  std::size_t n_values = 0;
  for (const Axis& axis : sweep.axes) n_values += axis.values.size();
  if (static_cast<double>(n_values) > most_trials)
    throw UserError(
        "{}: {} brings the values of all axes to {}: no sweep has so many trials. Take values out.",
        entry.where, entry.key, n_values);
}

/// Stores an entry that is not an axis in `sweep` or, for a trial's key, in `base`.
void take_entry(const Entry& entry, Sweep& sweep, Trial& base) {
  sweep.where[entry.key] = entry.where;
  if (entry.key == "title") sweep.title = title_of(entry);
  if (entry.key == "results.save") sweep.save_weights = parse_save(entry);
  if (entry.key == "results.consistency") sweep.consistency = parse_consistency(entry);
  if (entry.key == "report.metric")
    sweep.report_metric = metric_named(entry.where + ": report.metric", entry.value).name;
  if (entry.key == "report.names") sweep.report_names = parse_report_names(entry);
  const Key* key = find_key(entry.key);
  if (!key) return;
  auto values = expand_values(*key, entry);
  if (values.size() > 1)
    add_axis(sweep, entry, std::move(values));
  else
    set_from_text(*key, base, values.front());
}

void check_count(const Grid& grid, const std::string& path) {
  const double count = count_points(grid);
  if (count <= most_trials) return;
  std::string product;
  for (const auto& group : grid.groups)
    product += fmt::format("{}{} ({})", product.empty() ? "" : " x ", grid.axes[group.front()].values.size(),
                           grid.axes[group.front()].key);
  throw UserError(
      "{}: the grid has {} = {} trials, more than {}: it would never end. Take values out, or use [grid] zip "
      "to let axes advance together.",
      path, product, shortest_text(count), static_cast<int>(most_trials));
}

Trial trial_at(const Grid& grid, const std::vector<std::size_t>& values, Trial trial) {
  for (std::size_t axis = 0; axis < grid.axes.size(); ++axis)
    set_from_text(*find_key(grid.axes[axis].key), trial, grid.axes[axis].values[values[axis]]);
  return trial;
}

std::vector<Trial> unique(const std::vector<Trial>& trials) {
  std::vector<Trial> kept;
  std::unordered_set<std::string> seen;
  for (const Trial& trial : trials)
    if (const Trial neutral = normalised(trial); seen.insert(sha256_hex(specification(neutral))).second)
      kept.push_back(neutral);
  return kept;
}

void refuse_empty(const std::string& path) {
  throw UserError(
      "{}: sets no key: a sweep of defaults alone is hardly meant, and the file may have been emptied by "
      "accident. Write for example model.k = 10, 25 into it, as in the files in jobs/.",
      path);
}

/// Returns the canonical path of the file; empty if it is not a regular file.
std::filesystem::path place_of(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return {};
  const auto place = std::filesystem::canonical(path, error);
  return error ? std::filesystem::path() : place;
}

}  // namespace

std::string read_sweep_text(const std::filesystem::path& path) { return read_input(path, most_bytes); }

Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides) {
  return read_sweep(path, overrides, read_sweep_text(path));
}

Sweep read_sweep(const std::filesystem::path& path, const std::vector<std::string>& overrides,
                 const std::string& text) {
  Sweep sweep;
  sweep.name = as_utf8(path.stem().string());
  sweep.folder = path.parent_path();
  sweep.file = place_of(path);
  sweep.title = sweep.name;
  sweep.text = without_byte_order_mark(text);
  sweep.overrides = overrides;
  if (read_entries(sweep.text, path.string(), {}).empty()) refuse_empty(path.string());
  const auto entries = read_entries(sweep.text, path.string(), overrides);
  Trial base = default_trial();
  for (const Entry& entry : entries) take_entry(entry, sweep, base);

  const Grid grid = make_grid(sweep.axes, base, entries);
  check_count(grid, path.string());
  for_each_point(grid, [&](const std::vector<std::size_t>& values) {
    sweep.trials.push_back(trial_at(grid, values, base));
    check_trial(sweep.trials.back(), sweep);
  });
  if (sweep.trials.empty())
    throw UserError("{}: grid.exclude leaves no trial: there is nothing to run. Remove a rule or add values.",
                    sweep.where.at("grid.exclude"));
  check_sweep(sweep);
  sweep.notes = idle_keys(sweep);
  sweep.trials = unique(sweep.trials);
  take_race(entries, sweep);
  return sweep;
}

}  // namespace ksweep
