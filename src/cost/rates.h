#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cost/work.h"

namespace ksweep {

/// Seconds that one core takes for a unit of each kind of work, in the order of training_kinds() and
/// probe_kinds(), and from how many measured trials that is known.
struct Rates {
  std::vector<double> training, probe;
  int n_measured = 0;  ///< 0: the defaults, of another machine perhaps
};

Rates default_rates();

/// One measured piece of work; seconds as one core would take.
struct MeasuredWork {
  Work work;
  double seconds = 0;
};

/// Rates that fit measured times: non-negative least squares of relative errors, with a weak pull towards the
/// prior times the common ratio of measured and prior times.  So a few measurements correct the prior as a
/// whole and many decide each rate that shows in them.  Deterministic.
///
/// prior: one rate per kind, positive where it is to count.  Nothing measured: the prior.
/// Source of the solver: Lawson & Hanson 1974, Solving Least Squares Problems, chapter 23.
std::vector<double> fitted_rates(std::span<const MeasuredWork> measured, const std::vector<double>& prior);

double time_s(const Work& work, const std::vector<double>& rates);

/// "trials 12; product 0.0078; ..." as stored in sweep.h5, every bit kept.
/// Kinds of work that the text does not know have the default rate; nothing if it cannot be understood.
std::string rates_text(const Rates& rates);
std::optional<Rates> rates_from_text(const std::string& text);

}  // namespace ksweep
