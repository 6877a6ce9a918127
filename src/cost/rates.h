#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cost/work.h"

namespace ksweep {

/// Seconds per unit of each kind of work on one core, in the order of training_kinds() and probe_kinds(), and
/// the number of measured trials that they are fitted to.
struct Rates {
  std::vector<double> training, probe;
  int n_measured = 0;  ///< 0: default rates, which may be those of another machine
};

Rates default_rates();

/// One measured piece of work, with its time on one core.
struct MeasuredWork {
  Work work;
  double seconds = 0;
};

/// Returns rates fitted to measured times: non-negative least squares of relative errors, weakly regularised
/// towards the prior scaled by the common ratio of measured and prior times.  So a few measurements scale the
/// prior as a whole, and many determine each rate that contributes to them.  Deterministic.
///
/// prior: one rate per kind, positive for kinds that are to be fitted.  Without measurements the result is
/// the prior.
/// Source of the solver: Lawson & Hanson 1974, Solving Least Squares Problems, chapter 23.
std::vector<double> fitted_rates(std::span<const MeasuredWork> measured, const std::vector<double>& prior);

double time_s(const Work& work, const std::vector<double>& rates);

/// Convert rates to the text that sweep.h5 stores, "trials 12; product 0.0078; ...", and back without loss.
/// Kinds of work that the text lacks get the default rate; a text that cannot be parsed gives nothing.
std::string rates_text(const Rates& rates);
std::optional<Rates> rates_from_text(const std::string& text);

}  // namespace ksweep
