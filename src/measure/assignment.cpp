#include "measure/assignment.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace ksweep {
namespace {

constexpr std::int32_t none = -1;
constexpr double infinite = std::numeric_limits<double>::infinity();

/// A partial assignment of columns to rows (no more rows than columns), and prices of columns such that each assigned
/// row has a column that costs it least.  The cost of a pair is -gain; what it costs a row is cost - price, and
/// a column without a row has price 0.
template <class Real>
class Assignment {
 public:
  explicit Assignment(GainView<Real> matrix)
      : matrix_(matrix),
        n_columns_(static_cast<std::size_t>(matrix.n_columns)),
        price_(n_columns_),
        row_of_(n_columns_, none),
        column_of_(static_cast<std::size_t>(matrix.n_rows), none),
        distance_(n_columns_),
        row_before_(n_columns_),
        is_done_(n_columns_) {}

  /// Assigns most rows, lowering prices so that each row that displaces another pays what its second best column would
  /// cost it.
  void reduce_rows() {
    constexpr int n_passes = 2;
    std::vector<std::int32_t> free = free_rows();
    for (int pass = 0; pass < n_passes; ++pass) {
      std::vector<std::int32_t> displaced;
      // Rows that displace each other in turns are left to the paths.
      std::size_t n_left = 16 * column_of_.size();
      for (std::int32_t row : free)
        while (row != none) row = take_cheapest(row, n_left, displaced);
      free = std::move(displaced);
    }
  }

  void assign_all() {
    for (const std::int32_t row : free_rows()) augment(row);
  }

  std::vector<std::int32_t> column_of_rows() && { return std::move(column_of_); }

 private:
  std::vector<std::int32_t> free_rows() const {
    std::vector<std::int32_t> free;
    for (std::size_t row = 0; row < column_of_.size(); ++row)
      if (column_of_[row] == none) free.push_back(static_cast<std::int32_t>(row));
    return free;
  }

  const Real* gains_of(std::int32_t row) const {
    return matrix_.gain.data() + static_cast<std::size_t>(row) * n_columns_;
  }

  double cost(std::int32_t row, std::size_t column) const {
    return -static_cast<double>(gains_of(row)[column]) - price_[column];
  }

  void assign(std::int32_t row, std::size_t column) {
    row_of_[column] = row;
    column_of_[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(column);
  }

  struct TwoCheapest {
    double first_cost = infinite, second_cost = infinite;
    std::size_t first = 0, second = 0;
  };

  TwoCheapest two_cheapest(std::int32_t row) const {
    TwoCheapest found;
    for (std::size_t column = 0; column < n_columns_; ++column) {
      const double its_cost = cost(row, column);
      if (its_cost >= found.second_cost) continue;
      found.second_cost = its_cost, found.second = column;
      if (its_cost < found.first_cost) {
        std::swap(found.first_cost, found.second_cost);
        std::swap(found.first, found.second);
      }
    }
    return found;
  }

  /// Gives a row its cheapest column.  Returns the row that is to choose next in its place, or none.
  std::int32_t take_cheapest(std::int32_t row, std::size_t& n_left, std::vector<std::int32_t>& displaced) {
    const TwoCheapest found = two_cheapest(row);
    std::size_t column = found.first;
    const double lowered = price_[column] - (found.second_cost - found.first_cost);
    const bool is_lower = lowered < price_[column];  // not if they cost the same up to rounding
    if (is_lower)
      price_[column] = lowered;
    else if (row_of_[column] != none)
      column = found.second;
    const std::int32_t before = row_of_[column];
    assign(row, column);
    if (before == none) return none;
    column_of_[static_cast<std::size_t>(before)] = none;
    if (is_lower && n_left > 0) {
      --n_left;
      return before;
    }
    displaced.push_back(before);
    return none;
  }

  /// Assigns a column to this row along the cheapest path that ends in a column without a row.
  void augment(std::int32_t row) {
    std::ranges::fill(distance_, infinite);
    std::ranges::fill(is_done_, std::uint8_t{0});
    done_.clear();
    double reached = 0, base = 0;
    std::int32_t from = row;
    std::size_t column = 0;
    for (;;) {
      column = nearest_after(from, base);
      reached = distance_[column];
      if (row_of_[column] == none) break;
      is_done_[column] = 1;
      done_.push_back(column);
      from = row_of_[column];
      base = reached - cost(from, column);
    }
    for (const std::size_t each : done_) price_[each] += distance_[each] - reached;
    for (std::int32_t moved = none; moved != row;) {
      moved = row_before_[column];
      const std::int32_t left = column_of_[static_cast<std::size_t>(moved)];
      assign(moved, column);
      column = static_cast<std::size_t>(left);
    }
  }

  /// Updates distances by the pairs of a row, and returns the nearest column that is not done: of equal ones the first.
  std::size_t nearest_after(std::int32_t row, double base) {
    double least = infinite;
    std::size_t nearest = 0;
    const Real* const gains = gains_of(row);
    for (std::size_t column = 0; column < n_columns_; ++column) {
      if (is_done_[column]) continue;
      const double reached = base - static_cast<double>(gains[column]) - price_[column];
      double& distance = distance_[column];
      if (reached < distance) {
        distance = reached;
        row_before_[column] = row;
      }
      if (distance < least) {
        least = distance;
        nearest = column;
      }
    }
    return nearest;
  }

  GainView<Real> matrix_;
  std::size_t n_columns_;
  std::vector<double> price_;                     // (column)
  std::vector<std::int32_t> row_of_, column_of_;  // (column), (row); none: not assigned
  std::vector<double> distance_;                  // (column) cost of the cheapest path to it found so far
  std::vector<std::int32_t> row_before_;          // (column) the last row of that path
  std::vector<std::uint8_t> is_done_;             // (column) whether the path is known to be the cheapest
  std::vector<std::size_t> done_;                 // these columns
};

template <class Real>
std::vector<std::int32_t> assign_columns(GainView<Real> matrix) {
  Assignment<Real> assignment(matrix);
  if (matrix.n_rows > rows_without_reduction) assignment.reduce_rows();
  assignment.assign_all();
  return std::move(assignment).column_of_rows();
}

template <class Real>
std::vector<Real> transposed(GainView<Real> matrix) {
  const auto n_rows = static_cast<std::size_t>(matrix.n_rows),
             n_columns = static_cast<std::size_t>(matrix.n_columns);
  std::vector<Real> result(matrix.gain.size());
  for (std::size_t row = 0; row < n_rows; ++row)
    for (std::size_t column = 0; column < n_columns; ++column)
      result[column * n_rows + row] = matrix.gain[row * n_columns + column];
  return result;
}

template <class Real>
std::vector<std::int32_t> best_assignment_of(GainView<Real> matrix) {
  assert(matrix.gain.size() ==
         static_cast<std::size_t>(matrix.n_rows) * static_cast<std::size_t>(matrix.n_columns));
  if (matrix.n_rows <= matrix.n_columns) return assign_columns(matrix);
  const std::vector<Real> turned = transposed(matrix);
  const auto row_of = assign_columns(GainView<Real>{turned, matrix.n_columns, matrix.n_rows});
  std::vector<std::int32_t> column_of(static_cast<std::size_t>(matrix.n_rows), none);
  for (std::size_t column = 0; column < row_of.size(); ++column)
    column_of[static_cast<std::size_t>(row_of[column])] = static_cast<std::int32_t>(column);
  return column_of;
}

}  // namespace

std::vector<std::int32_t> best_assignment(GainView<float> matrix) { return best_assignment_of(matrix); }
std::vector<std::int32_t> best_assignment(GainView<double> matrix) { return best_assignment_of(matrix); }

}  // namespace ksweep
