#pragma once

#include <cstddef>

#include "cost/cost.h"
#include "run/result_table.h"

namespace ksweep {

/// The rates of the cost model on this machine, fitted to finished trials.
class Calibration {
 public:
  /// prior: the rates known from earlier runs.  The table must outlive the object.
  Calibration(const ResultTable& table, FactsOf facts, Rates prior);

  const Rates& rates() const { return rates_; }

  /// Fits the rates again if enough trials have finished since the last fit.  Returns whether it did.
  bool update();

  /// Returns the rates fitted to all trials that are done now.
  Rates latest() const { return calibrated_rates(table_.plan(), table_.trials(), facts_, prior_); }

 private:
  const ResultTable& table_;
  const FactsOf facts_;
  const Rates prior_;
  Rates rates_;
  std::size_t n_fitted_;  ///< trials that were done when the rates were fitted
};

}  // namespace ksweep
