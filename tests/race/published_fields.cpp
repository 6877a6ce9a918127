#include "published_fields.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <stdexcept>

namespace ksweep {
namespace {

constexpr std::size_t seeds_for_correlation = 5;

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double scatter_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

/// Returns (value - mean) / scatter of each setting and seed, smaller ones better, times what makes their mean square 1.
std::vector<std::vector<double>> residuals_of(const PublishedSweep& sweep) {
  const auto n = static_cast<double>(sweep.n_seeds());
  std::vector<std::vector<double>> residuals;
  for (const auto& [core_s, values] : sweep.settings) {
    const double mean = mean_of(values), scatter = scatter_of(values) * std::sqrt((n - 1) / n);
    auto& row = residuals.emplace_back();
    for (const double value : values) row.push_back(-(value - mean) / scatter);
  }
  return residuals;
}

PublishedSetting parse_setting(const std::string& line) {
  std::istringstream words(line.substr(0, line.find('#')));
  PublishedSetting setting{};
  words >> setting.core_s;
  for (double value = 0; words >> value;) setting.values.push_back(value);
  return setting;
}

}  // namespace

std::vector<PublishedSweep> read_published(const std::string& path) {
  std::ifstream file(path);
  std::vector<PublishedSweep> sweeps;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[')
      sweeps.push_back({line.substr(1, line.find(']') - 1), {}});
    else if (!sweeps.empty())
      sweeps.back().settings.push_back(parse_setting(line));
  }
  const bool complete =
      !sweeps.empty() && std::all_of(sweeps.begin(), sweeps.end(), [](const PublishedSweep& sweep) {
        return sweep.settings.size() > 1 && sweep.n_seeds() > 1 &&
               std::all_of(sweep.settings.begin(), sweep.settings.end(), [&](const PublishedSetting& each) {
                 return each.values.size() == sweep.n_seeds() && scatter_of(each.values) > 0;
               });
      });
  if (!complete)
    throw std::runtime_error(path +
                             " is no table of sweeps whose settings have values over the same seeds. "
                             "Write it with tests/race/published_values.py.");
  return sweeps;
}

double correlation(const PublishedSweep& sweep) {
  if (sweep.n_seeds() < seeds_for_correlation) return 0;
  const auto residuals = residuals_of(sweep);
  const auto n_settings = static_cast<double>(residuals.size()),
             n_seeds = static_cast<double>(sweep.n_seeds());
  double squares_of_sums =
      0;  // over seeds: n_seeds times the sum of all correlations, those with itself included
  for (std::size_t seed = 0; seed < sweep.n_seeds(); ++seed) {
    double sum = 0;
    for (const auto& row : residuals) sum += row[seed];
    squares_of_sums += sum * sum;
  }
  return std::max(0.0, (squares_of_sums / n_seeds - n_settings) / (n_settings * (n_settings - 1)));
}

Field published_field(const PublishedSweep& sweep, DrawnFrom from) {
  Field field{};
  std::vector<double> scatters, pool;
  for (const auto& [core_s, values] : sweep.settings) {
    field.means.push_back(-mean_of(values));
    field.core_s.push_back(core_s);
    scatters.push_back(scatter_of(values));
  }
  const auto best = std::min_element(field.means.begin(), field.means.end()) - field.means.begin();
  field.scatter = scatters[static_cast<std::size_t>(best)];
  const auto residuals = residuals_of(sweep);
  for (const auto& row : residuals) pool.insert(pool.end(), row.begin(), row.end());
  const double rho = correlation(sweep), common_part = std::sqrt(rho), own_part = std::sqrt(1 - rho);
  const auto one = [pool, from](Draws& draws) {
    return from == DrawnFrom::normals ? draws.normal() : pool[draws.below(pool.size())];
  };
  field.draw = [=, means = field.means](Draws& draws) {
    std::vector<double> values;
    const bool together = from == DrawnFrom::seeds;
    const std::size_t seed = together ? draws.below(residuals.front().size()) : 0;
    const double common = together ? 0 : common_part * one(draws);
    for (std::size_t setting = 0; setting < means.size(); ++setting)
      values.push_back(means[setting] + scatters[setting] * (together ? residuals[setting][seed]
                                                                      : common + own_part * one(draws)));
    return values;
  };
  return field;
}

}  // namespace ksweep
