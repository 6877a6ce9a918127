#include "cli/metric_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "cli/seed_statistics.h"
#include "core/trial_keys.h"
#include "store/columns.h"
#include "store/stored_race.h"

namespace ksweep {
namespace {

constexpr std::size_t plot_height = 12;
constexpr char marks[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::size_t n_marks = sizeof marks - 1;

/// The trials of one k and one setting, which differ in their seeds.
struct Cell {
  std::vector<double> values;  ///< of the finished trials, in % if the metric is a share
  std::size_t n_planned = 0;
  std::size_t left_after = 0;  ///< seeds after which the setting left the race; 0: it did not

  double mean() const { return mean_of(values); }
};

/// Models without k have the k "-".
struct Table {
  const ReportMetric* metric;
  std::vector<std::string> settings;  ///< in order of appearance
  std::vector<std::string> k_texts;   ///< ascending, "-" last
  bool is_race = false;
  std::map<std::pair<std::string, std::string>, Cell> cells;  ///< (setting, k)
};

/// "test accuracy", "GT-MCC".
std::string judged_text(const ReportMetric& metric) {
  return (metric.has_parts() ? "test " : "") + std::string(metric.noun);
}

std::string setting_text(const SweepRecord& record, const ReportMetric& metric, const Trial& trial) {
  std::string text;
  for (const std::string& axis : record.axes) {
    const Key& key = *find_key(axis);
    if (axis == "model.k" || axis == "train.seed" || !concerns(key, trial.kind)) continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", column_name(key), value_text(key, trial));
  }
  return text.empty() ? judged_text(metric) : text;
}

/// Returns (trial) the seeds after which its setting left the race; 0 where it did not.
std::vector<std::size_t> departures(const SweepRecord& record) {
  std::vector<std::size_t> left_after(record.trials.size(), 0);
  if (!record.race) return left_after;
  const RaceField field = race_field(record.trials);
  for (const Departure& departure : record.race->state.left)
    for (const std::uint32_t position : field.racing[departure.setting])
      left_after[position] = departure.n_seeds;
  return left_after;
}

Table table_of(const SweepRecord& record, const ReportMetric& metric) {
  Table table{&metric, {}, {}, record.race.has_value(), {}};
  const std::vector<std::size_t> left_after = departures(record);
  const bool has_ended = record.race && record.race->has_ended();
  const Key& k_key = *find_key("model.k");
  const auto add = [](std::vector<std::string>& texts, const std::string& text) {
    if (!std::ranges::count(texts, text)) texts.push_back(text);
  };
  for (std::size_t position = 0; position < record.trials.size(); ++position) {
    const TrialResult& result = record.trials[position];
    const std::string setting = setting_text(record, metric, result.trial);
    const std::string k = concerns(k_key, result.trial.kind) ? value_text(k_key, result.trial) : "-";
    add(table.settings, setting);
    add(table.k_texts, k);
    Cell& cell = table.cells[{setting, k}];
    cell.n_planned += !(has_ended && result.status == Status::missing);
    cell.left_after = left_after[position];
    const double value = metric.judged(result);
    if (result.status == Status::done && std::isfinite(value))
      cell.values.push_back((metric.in_percent ? 100 : 1) * value);
  }
  std::ranges::sort(table.k_texts, {},
                    [](const std::string& k) { return k == "-" ? INFINITY : std::stod(k); });
  return table;
}

std::string number_text(const ReportMetric& metric, double number) {
  return metric.is_accuracy() ? fmt::format("{:.2f}", number) : fmt::format("{:.4g}", number);
}

/// Returns how far the interval reaches on both sides; where an accuracy cannot be, it is cut, as the report's are.
std::string interval_text(const ReportMetric& metric, double mean, double half) {
  if (std::isnan(half)) return "";
  if (!metric.is_accuracy()) return fmt::format(" +- {:.2g}", half);
  const double below = std::min(half, mean), above = std::min(half, 100 - mean);
  return below == above ? fmt::format(" +- {:.2f}", half) : fmt::format(" -{:.2f} +{:.2f}", below, above);
}

std::string cell_text(const ReportMetric& metric, const Cell& cell) {
  const std::size_t n = cell.values.size();
  const bool all = n == cell.n_planned;
  if (n == 0) return "-";
  const double half = half_width(deviation_of(cell.values), n);
  const std::string seeds = cell.left_after > 0 ? fmt::format(" (left after {})", cell.left_after)
                            : all               ? ""
                                                : fmt::format(" ({}/{})", n, cell.n_planned);
  return number_text(metric, cell.mean()) + interval_text(metric, cell.mean(), half) + seeds;
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

/// Breaks lines at `width`, unless a single word is longer.
std::string setting_lines(char mark, const std::string& setting, std::size_t width) {
  std::string text, line = std::string("  ") + mark + " =";
  const std::string indent(line.size(), ' ');
  std::istringstream words(setting);
  for (std::string word; words >> word; line += " " + word) {
    if (line.size() + 1 + word.size() <= width) continue;
    text += line + "\n";
    line = indent;
  }
  return text + line + "\n";
}

/// Prints as many settings side by side as fit into the width, and the next ones below them.
std::string rows_text(const Table& table, std::size_t width) {
  constexpr std::size_t k_width = 6;
  const std::size_t column = table.is_race ? 35 : 24;
  const std::size_t n_side_by_side = std::max<std::size_t>(1, (width - k_width) / column);
  std::string text;
  for (std::size_t first = 0; first < table.settings.size(); first += n_side_by_side) {
    const std::size_t last = std::min(first + n_side_by_side, table.settings.size());
    for (std::size_t i = first; i < last; ++i)
      text += setting_lines(marks[i % n_marks], table.settings[i], width);
    text += padded("k", k_width);
    for (std::size_t i = first; i < last; ++i) text += padded(std::string(1, marks[i % n_marks]), column);
    for (const std::string& k : table.k_texts) {
      text += "\n" + padded(k, k_width);
      for (std::size_t i = first; i < last; ++i) {
        const auto cell = table.cells.find({table.settings[i], k});
        text += padded(cell == table.cells.end() ? "" : cell_text(*table.metric, cell->second), column);
      }
    }
    text += "\n\n";
  }
  return text;
}

/// Returns how far below the top of the plot a value stands, as a share of its height.
double share_below(double value, double lowest, double highest, bool log) {
  if (log && lowest > 0) return std::log(highest / value) / std::log(highest / lowest);
  return (highest - value) / (highest - lowest);
}

/// Plots the means as letters over k, evenly spaced; a star stands for several at the same place.
std::string plot_text(const Table& table, std::size_t width) {
  double lowest = INFINITY, highest = -INFINITY;
  for (const auto& [place, cell] : table.cells)
    if (!cell.values.empty()) {
      lowest = std::min(lowest, cell.mean());
      highest = std::max(highest, cell.mean());
    }
  if (!(highest > lowest) || table.k_texts.size() < 2) return "";
  const std::size_t step = std::clamp<std::size_t>((width - 10) / table.k_texts.size(), 2, 12);
  std::vector<std::string> lines(plot_height, std::string(step * table.k_texts.size(), ' '));
  for (std::size_t i = 0; i < table.settings.size(); ++i)
    for (std::size_t column = 0; column < table.k_texts.size(); ++column) {
      const auto cell = table.cells.find({table.settings[i], table.k_texts[column]});
      if (cell == table.cells.end() || cell->second.values.empty()) continue;
      const double share = share_below(cell->second.mean(), lowest, highest, table.metric->log);
      char& at =
          lines[static_cast<std::size_t>(std::lround(share * (plot_height - 1)))][column * step + step - 1];
      at = at == ' ' ? marks[i % n_marks] : '*';
    }
  std::string text;
  for (std::size_t line = 0; line < plot_height; ++line) {
    const bool at_end = line == 0 || line + 1 == plot_height;
    const std::string label = at_end ? number_text(*table.metric, line == 0 ? highest : lowest) : "";
    text += fmt::format("{} |{}\n", padded(label, 7), lines[line]);
  }
  text += fmt::format("        +{}\n        k", std::string(step * table.k_texts.size(), '-'));
  for (const std::string& k : table.k_texts) text += padded(k, step);
  return text + "\n";
}

}  // namespace

std::string metric_table(const SweepRecord& record, const ReportMetric& metric, std::size_t width) {
  const Table table = table_of(record, metric);
  std::string judged = judged_text(metric) + (metric.in_percent ? " in %" : "");
  if (judged[0] == 't') judged[0] = 'T';
  return fmt::format(
      "{}, mean over the seeds\n+- half of its 95 % t interval{} (n/N: seeds done and planned)\n{}{}{}",
      judged, metric.is_accuracy() ? ", cut at 0 and 100" : "",
      table.is_race ? "(left after n: the setting left the race after n seeds)\n" : "",
      rows_text(table, width), plot_text(table, width));
}

}  // namespace ksweep
