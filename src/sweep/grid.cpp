#include "sweep/grid.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/errors.h"
#include "base/suggest.h"
#include "core/trial_keys.h"
#include "sweep/quoting.h"
#include "sweep/values.h"

namespace ksweep {
namespace {

const Key& known_key(const Entry& entry, const std::string& name) {
  const Key* key = find_key(name);
  if (!key) refuse_unknown_key(entry.where, name);
  return *key;
}

std::size_t axis_of_zip(const Entry& entry, const std::vector<Axis>& axes, const std::string& name) {
  known_key(entry, name);
  const auto axis = std::ranges::find(axes, name, &Axis::key);
  if (axis == axes.end())
    throw UserError(
        "{}: grid.zip names {}, which has only one value: it cannot advance. Give it several values or take "
        "it out of the zip.",
        entry.where, name);
  return static_cast<std::size_t>(axis - axes.begin());
}

std::vector<std::size_t> parse_zip(const Entry& entry, const std::vector<Axis>& axes) {
  std::vector<std::size_t> group;
  for (const std::string& name : split_at(entry.value, ',')) {
    group.push_back(axis_of_zip(entry, axes, name));
    const Axis &first = axes[group.front()], &other = axes[group.back()];
    if (first.values.size() != other.values.size())
      throw UserError(
          "{}: grid.zip pairs {} ({} values) with {} ({} values): they could not advance together. Give both "
          "the same number of values.",
          entry.where, first.key, first.values.size(), other.key, other.values.size());
  }
  if (group.size() < 2)
    throw UserError("{}: grid.zip = {} names one key: a zip needs two or more. Write zip = key, key.",
                    entry.where, entry.value);
  return group;
}

/// Refuses a value that occurs twice.  Zipped axes may repeat one, combined with other values of their
/// partners.
void refuse_repetition(const Axis& axis, const std::vector<Entry>& entries) {
  const auto entry = std::ranges::find(entries, axis.key, &Entry::key);
  std::set<std::string> seen;
  for (const std::string& value : axis.values)
    if (!seen.insert(value).second)
      throw UserError("{}{} = {} names {} twice: each trial is trained once. Remove one of them.",
                      entry == entries.end() ? "" : entry->where + ": ", axis.key,
                      entry == entries.end() ? joined(axis.values) : entry->value, value);
}

std::vector<std::vector<std::size_t>> make_groups(const std::vector<Axis>& axes,
                                                  const std::vector<Entry>& entries) {
  std::vector<std::vector<std::size_t>> zips;
  std::vector<bool> zipped(axes.size(), false);
  for (const Entry& entry : entries) {
    if (entry.key != "grid.zip") continue;
    zips.push_back(parse_zip(entry, axes));
    for (const std::size_t axis : zips.back()) {
      if (zipped[axis])
        throw UserError(
            "{}: grid.zip names {} a second time: it can advance with one group only. Write all axes of the "
            "group on one zip line.",
            entry.where, axes[axis].key);
      zipped[axis] = true;
    }
    std::ranges::sort(zips.back());
  }
  for (std::size_t axis = 0; axis < axes.size(); ++axis)
    if (!zipped[axis]) {
      refuse_repetition(axes[axis], entries);
      zips.push_back({axis});
    }
  std::ranges::sort(zips);
  return zips;
}

/// Parses one `key=value` of an exclusion and adds it to `terms`, unless it holds for every trial.
void add_term(const Entry& entry, const std::string& text, const std::vector<Axis>& axes, const Trial& base,
              std::vector<Grid::Term>& terms) {
  const auto equals = text.find('=');
  if (equals == std::string::npos)
    throw UserError("{}: grid.exclude = {}: \"{}\" is no condition. Write key=value, several joined by &.",
                    entry.where, entry.value, text);
  const std::string name = trimmed(text.substr(0, equals));
  const Key& key = known_key(entry, name);
  const std::string value =
      canonical_value(key, unquoted(trimmed(text.substr(equals + 1)), entry.where), entry.where);

  const auto axis = std::ranges::find(axes, name, &Axis::key);
  const auto values = axis == axes.end() ? std::vector{value_text(key, base)} : axis->values;
  const auto found = std::ranges::find(values, value);
  if (found == values.end())
    throw UserError(
        "{}: grid.exclude names {} = {}, which no trial has ({}): it would leave out nothing. Correct the "
        "value or remove the rule.",
        entry.where, name, value, joined(values));
  if (axis != axes.end()) terms.push_back({static_cast<std::size_t>(axis - axes.begin()), value});
}

std::vector<Grid::Term> parse_exclusion(const Entry& entry, const std::vector<Axis>& axes,
                                        const Trial& base) {
  std::vector<Grid::Term> terms;
  for (const std::string& text : split_at(entry.value, '&')) add_term(entry, text, axes, base, terms);
  if (terms.empty())
    throw UserError(
        "{}: grid.exclude = {} leaves out every trial: none of its keys has several values. Remove the rule.",
        entry.where, entry.value);
  return terms;
}

bool is_excluded(const Grid& grid, const std::vector<std::size_t>& values) {
  const auto holds = [&](const Grid::Term& term) {
    return grid.axes[term.axis].values[values[term.axis]] == term.value;
  };
  return std::ranges::any_of(grid.exclusions,
                             [&](const auto& terms) { return std::ranges::all_of(terms, holds); });
}

/// Advances `values` to the next point; returns false after the last.
bool advance(const Grid& grid, std::vector<std::size_t>& values) {
  for (auto group = grid.groups.rbegin(); group != grid.groups.rend(); ++group) {
    const std::size_t next = values[group->front()] + 1;
    const bool carry = next == grid.axes[group->front()].values.size();
    for (const std::size_t axis : *group) values[axis] = carry ? 0 : next;
    if (!carry) return true;
  }
  return false;
}

}  // namespace

Grid make_grid(std::vector<Axis> axes, const Trial& base, const std::vector<Entry>& entries) {
  Grid grid;
  grid.groups = make_groups(axes, entries);
  for (const Entry& entry : entries)
    if (entry.key == "grid.exclude") grid.exclusions.push_back(parse_exclusion(entry, axes, base));
  grid.axes = std::move(axes);
  return grid;
}

double count_points(const Grid& grid) {
  double count = 1;
  for (const auto& group : grid.groups) count *= static_cast<double>(grid.axes[group.front()].values.size());
  return count;
}

void for_each_point(const Grid& grid,
                    const std::function<void(const std::vector<std::size_t>& values)>& visit) {
  std::vector<std::size_t> values(grid.axes.size(), 0);
  do {
    if (!is_excluded(grid, values)) visit(values);
  } while (advance(grid, values));
}

}  // namespace ksweep
