#include "probe/assignment.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace ksweep {
namespace {

double entropy(const std::vector<double>& counts, double total) {
  double sum = 0;
  for (const double count : counts)
    if (count > 0) sum -= count / total * std::log(count / total);
  return sum;
}

/// A partial assignment, and prices with cost - row_price - column_price >= 0, and = 0 for assigned pairs.
/// Row and column 0 stand for "none".
class Prices {
 public:
  Prices(std::span<const double> gain, std::size_t n)
      : gain_(gain), n_(n), row_price_(n + 1), column_price_(n + 1), row_of_(n + 1) {}

  /// Assigns a column to this row along the cheapest augmenting path.
  void add_row(std::size_t row) {
    std::vector<double> distance(n_ + 1, std::numeric_limits<double>::infinity());
    std::vector<std::size_t> before(n_ + 1);
    std::vector<bool> done(n_ + 1);
    row_of_[0] = row;
    std::size_t column = 0;
    while (row_of_[column] != 0) {
      done[column] = true;
      reach_from(column, done, distance, before);
      column = step_to_nearest(done, distance);
    }
    for (; column != 0; column = before[column]) row_of_[column] = row_of_[before[column]];
  }

  std::size_t row_of(std::size_t column) const { return row_of_[column]; }

 private:
  double cost(std::size_t row, std::size_t column) const { return -gain_[(row - 1) * n_ + column - 1]; }

  void reach_from(std::size_t column, const std::vector<bool>& done, std::vector<double>& distance,
                  std::vector<std::size_t>& before) const {
    const std::size_t row = row_of_[column];
    for (std::size_t next = 1; next <= n_; ++next) {
      const double reduced = cost(row, next) - row_price_[row] - column_price_[next];
      if (done[next] || reduced >= distance[next]) continue;
      distance[next] = reduced;
      before[next] = column;
    }
  }

  /// Returns the nearest column that is not done, and changes prices by its distance.
  std::size_t step_to_nearest(const std::vector<bool>& done, std::vector<double>& distance) {
    std::size_t nearest = 0;
    for (std::size_t column = 1; column <= n_; ++column)
      if (!done[column] && (nearest == 0 || distance[column] < distance[nearest])) nearest = column;
    const double step = distance[nearest];
    for (std::size_t column = 0; column <= n_; ++column)
      if (done[column]) {
        row_price_[row_of_[column]] += step;
        column_price_[column] -= step;
      } else {
        distance[column] -= step;
      }
    return nearest;
  }

  std::span<const double> gain_;
  std::size_t n_;
  std::vector<double> row_price_, column_price_;
  std::vector<std::size_t> row_of_;
};

}  // namespace

std::vector<std::int32_t> best_assignment(std::span<const double> gain, int n) {
  const auto size = static_cast<std::size_t>(n);
  assert(gain.size() == size * size);
  Prices prices(gain, size);
  for (std::size_t row = 1; row <= size; ++row) prices.add_row(row);
  std::vector<std::int32_t> column_of(size);
  for (std::size_t column = 1; column <= size; ++column)
    column_of[prices.row_of(column) - 1] = static_cast<std::int32_t>(column - 1);
  return column_of;
}

double normalised_mutual_information(std::span<const std::int32_t> counts, int n_columns) {
  const auto n = static_cast<std::size_t>(n_columns);
  std::vector<double> both(counts.begin(), counts.end()), rows(counts.size() / n), columns(n);
  double total = 0;
  for (std::size_t i = 0; i < both.size(); ++i) {
    rows[i / n] += both[i];
    columns[i % n] += both[i];
    total += both[i];
  }
  const double of_rows = entropy(rows, total), of_columns = entropy(columns, total);
  if (of_rows + of_columns == 0) return 1;
  return std::max(0.0, 2 * (of_rows + of_columns - entropy(both, total)) / (of_rows + of_columns));
}

}  // namespace ksweep
