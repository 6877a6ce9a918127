#include "race/critical_values.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

#include "base/distributions.h"

// Symbols.  x_1 .. x_n: the differences, normal with mean 0.  v_n: the cosine of the angle between (x_1 .. x_n) and
// (1 .. 1), of which t_n = v sqrt(n - 1) / sqrt(1 - v^2) is a function.  phi: the angle by which x_{n+1} lifts the
// vector out of the space of the first n, with a density proportional to cos(phi)^(n-1), independent of v_1 .. v_n
// since the direction of a normal vector is independent of its length.  Hence v_n is a Markov chain:
//   v_{n+1} = (sqrt(n) v_n cos(phi) + sin(phi)) / sqrt(n + 1).
// z: the normal score of t_n; the grid is even in it.

namespace ksweep {
namespace {

constexpr std::size_t n_cells = 200;
constexpr double lowest_score = -6, highest_score = 9;

double t_at(double z, std::size_t n) {
  const double size = student_t_quantile(static_cast<double>(n - 1), normal_tail(std::abs(z)));
  return z < 0 ? -size : size;
}

double cosine(double t, std::size_t n) { return t / std::sqrt(t * t + static_cast<double>(n - 1)); }

/// The integral of cos(phi)^power from 0 to phi.
double integral_of_cosine(std::size_t power, double phi) {
  const double sine = std::sin(phi), squared = (1 - sine) * (1 + sine);
  double result = power % 2 == 0 ? phi : sine;
  double term = power % 2 == 0 ? std::cos(phi) * sine : squared * sine;  // cos^(m-1) sin
  for (std::size_t m = power % 2 == 0 ? 2 : 3; m <= power; m += 2) {
    const auto number = static_cast<double>(m);
    result = term / number + (number - 1) / number * result;
    term *= squared;
  }
  return result;
}

/// P(v_{n+1} >= next | v_n = v).
double probability_above(double next, double v, std::size_t n) {
  const auto number = static_cast<double>(n);
  const double a = std::sqrt(number / (number + 1)) * v, b = 1 / std::sqrt(number + 1);
  const double middle = std::atan2(b, a), half = std::acos(std::clamp(next / std::hypot(a, b), -1.0, 1.0));
  const double right_angle = std::numbers::pi / 2;
  const double low = std::max(middle - half, -right_angle), high = std::min(middle + half, right_angle);
  if (low >= high) return 0;
  const auto integral = [n](double phi) { return integral_of_cosine(n - 1, phi); };
  return (integral(high) - integral(low)) / (2 * integral(right_angle));
}

/// Where v_n is, of the differences that have not exceeded a critical value so far.
struct Grid {
  std::size_t n;
  std::vector<double> cosines, masses;  // of the middle of each cell
};

std::vector<double> edges_up_to(double score) {
  std::vector<double> edges(n_cells + 1);
  for (std::size_t i = 0; i <= n_cells; ++i)
    edges[i] = lowest_score + (score - lowest_score) * static_cast<double>(i) / n_cells;
  return edges;
}

std::vector<double> cosines_of(const std::vector<double>& scores, std::size_t n) {
  std::vector<double> result;
  for (const double score : scores) result.push_back(cosine(t_at(score, n), n));
  return result;
}

std::vector<double> middles_of(const std::vector<double>& edges) {
  std::vector<double> result;
  for (std::size_t i = 0; i < n_cells; ++i) result.push_back(std::midpoint(edges[i], edges[i + 1]));
  return result;
}

Grid first_grid(std::size_t n, double score) {
  const auto edges = edges_up_to(score);
  Grid grid{n, cosines_of(middles_of(edges), n), {}};
  for (std::size_t i = 0; i < n_cells; ++i)
    grid.masses.push_back(normal_tail(edges[i]) - normal_tail(edges[i + 1]));
  return grid;
}

double mass_above(const Grid& grid, double next) {
  double sum = 0;
  for (std::size_t i = 0; i < n_cells; ++i)
    sum += grid.masses[i] * probability_above(next, grid.cosines[i], grid.n);
  return sum;
}

Grid next_grid(const Grid& grid, double score) {
  const auto edges = edges_up_to(score);
  Grid next{grid.n + 1, cosines_of(middles_of(edges), grid.n + 1), {}};
  std::vector<double> above;
  for (const double edge : cosines_of(edges, grid.n + 1)) above.push_back(mass_above(grid, edge));
  for (std::size_t i = 0; i < n_cells; ++i) next.masses.push_back(std::max(above[i] - above[i + 1], 0.0));
  return next;
}

/// Returns the score above which there is so much of what has not exceeded a critical value before; rounded upwards.
template <typename Mass>
double score_with(double probability, const Mass& mass) {
  double low = -highest_score, high = highest_score;
  for (int step = 0; step < 40; ++step) {
    const double middle = std::midpoint(low, high);
    (mass(middle) > probability ? low : high) = middle;
  }
  return high;
}

}  // namespace

double spent(double error, std::size_t n, std::size_t last, double rho) {
  return error * std::pow(static_cast<double>(n) / static_cast<double>(last), rho);
}

std::vector<double> critical_values(double error, Looks looks, double rho) {
  assert(looks.first >= 2 && looks.first <= looks.last);
  std::size_t n = looks.first;
  double score = score_with(spent(error, n, looks.last, rho), normal_tail);
  std::vector<double> result{t_at(score, n)};
  for (Grid grid = first_grid(n, score); n < looks.last; ++n) {
    const double more = spent(error, n + 1, looks.last, rho) - spent(error, n, looks.last, rho);
    score = score_with(more, [&](double z) { return mass_above(grid, cosine(t_at(z, n + 1), n + 1)); });
    result.push_back(t_at(score, n + 1));
    grid = next_grid(grid, score);
  }
  return result;
}

}  // namespace ksweep
