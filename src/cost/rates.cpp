#include "cost/rates.h"

#include <fmt/core.h>

#include <Eigen/Dense>
#include <map>
#include <numeric>
#include <sstream>

#include "core/trial_keys.h"

namespace ksweep {
namespace {

// Weight of the prior, in trials whose time is spent on one kind of work.
constexpr double pull = 0.01;
// Errors are relative to the times fitted in the previous round, not to the measured ones: dividing by a
// measured time would give trials that were fast by chance a larger weight.
constexpr int rounds = 3;

std::vector<double> defaults_of(std::span<const WorkKind> kinds) {
  std::vector<double> rates;
  for (const WorkKind& kind : kinds) rates.push_back(kind.default_rate);
  return rates;
}

/// Solves A x = b for the chosen unknowns only; the others are zero.
Eigen::VectorXd solve_part(const Eigen::MatrixXd& a, const Eigen::VectorXd& b,
                           const std::vector<int>& chosen) {
  Eigen::VectorXd x = Eigen::VectorXd::Zero(b.size());
  if (!chosen.empty()) x(chosen) = a(chosen, chosen).ldlt().solve(b(chosen)).eval();
  return x;
}

/// Returns the x >= 0 that minimises x'Ax/2 - b'x; A positive definite.  An active-set method: frees one
/// unknown at a time from zero and returns those that would become negative.
Eigen::VectorXd non_negative_minimum(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  constexpr double tolerance = 1e-12;
  Eigen::VectorXd x = Eigen::VectorXd::Zero(b.size());
  std::vector<int> free;
  for (Eigen::Index round = 0; round < 3 * b.size(); ++round) {
    Eigen::VectorXd slope = b - a * x;
    for (const int i : free) slope(i) = 0;
    Eigen::Index steepest = 0;
    if (slope.maxCoeff(&steepest) <= tolerance) break;
    free.push_back(static_cast<int>(steepest));
    for (Eigen::VectorXd goal = solve_part(a, b, free); !free.empty(); goal = solve_part(a, b, free)) {
      double share = 1;  // of the way until the first unknown becomes negative
      for (const int i : free)
        if (goal(i) <= 0) share = std::min(share, x(i) / (x(i) - goal(i)));
      x += share * (goal - x);
      if (share >= 1) break;
      std::erase_if(free, [&](int i) { return goal(i) <= 0 && x(i) <= tolerance; });
    }
  }
  return x;
}

double common_ratio(std::span<const MeasuredWork> measured, const std::vector<double>& prior) {
  double ratios = 0, n = 0;
  for (const MeasuredWork& each : measured) {
    const double expected_s = time_s(each.work, prior);
    if (expected_s > 0) ratios += std::log(each.seconds / expected_s), ++n;
  }
  return n > 0 ? std::exp(ratios / n) : 1;
}

}  // namespace

Rates default_rates() { return {defaults_of(training_kinds()), defaults_of(probe_kinds()), 0}; }

double time_s(const Work& work, const std::vector<double>& rates) {
  return std::inner_product(work.begin(), work.end(), rates.begin(), 0.0);
}

std::vector<double> fitted_rates(std::span<const MeasuredWork> measured, const std::vector<double>& prior) {
  const auto n = static_cast<Eigen::Index>(prior.size());
  const double ratio = common_ratio(measured, prior);
  std::vector<double> rates = prior;
  for (double& rate : rates) rate *= ratio;
  const std::vector<double> centre = rates;
  for (int round = 0; round < rounds && !measured.empty(); ++round) {
    // In units of the centre, so that the prior has the same weight for all kinds.
    Eigen::MatrixXd a = pull * Eigen::MatrixXd::Identity(n, n);
    Eigen::VectorXd b = Eigen::VectorXd::Constant(n, pull);
    for (const MeasuredWork& each : measured) {
      const double expected_s = time_s(each.work, rates);
      if (!(expected_s > 0)) continue;
      const Eigen::VectorXd share = Eigen::Map<const Eigen::VectorXd>(each.work.data(), n)
                                        .cwiseProduct(Eigen::Map<const Eigen::VectorXd>(centre.data(), n)) /
                                    expected_s;
      a += share * share.transpose();
      b += share * (each.seconds / expected_s);
    }
    const Eigen::VectorXd x = non_negative_minimum(a, b);
    for (Eigen::Index i = 0; i < n; ++i) rates[i] = x(i) * centre[i];
  }
  return rates;
}

std::string rates_text(const Rates& rates) {
  std::string text = fmt::format("trials {}", rates.n_measured);
  const auto add = [&](std::span<const WorkKind> kinds, const std::vector<double>& values) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
      text += fmt::format("; {} {}", kinds[i].name, shortest_text(values[i]));
  };
  add(training_kinds(), rates.training);
  add(probe_kinds(), rates.probe);
  return text;
}

std::optional<Rates> rates_from_text(const std::string& text) {
  std::istringstream stream(text);
  Rates rates = default_rates();
  std::string name;
  if (!(stream >> name >> rates.n_measured) || name != "trials") return std::nullopt;
  std::map<std::string, double> rate_of;
  char semicolon = 0;
  for (double rate = 0; stream >> semicolon;) {
    if (semicolon != ';' || !(stream >> name >> rate) || !(rate >= 0)) return std::nullopt;
    rate_of[name] = rate;
  }
  if (rate_of.empty()) return std::nullopt;
  const auto take = [&](std::span<const WorkKind> kinds, std::vector<double>& values) {
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (const auto found = rate_of.find(kinds[i].name); found != rate_of.end()) values[i] = found->second;
  };
  take(training_kinds(), rates.training);
  take(probe_kinds(), rates.probe);
  return rates;
}

}  // namespace ksweep
