#pragma once

#include <cstddef>

#include "cost/cost.h"
#include "run/result_table.h"

namespace ksweep {

/// What work takes on this machine, learnt from the trials that are done.
class Calibration {
 public:
  /// prior: what is known from earlier runs.  The table must outlive the object.
  Calibration(const ResultTable& table, FactsOf facts, Rates prior);

  const Rates& rates() const { return rates_; }

  /// Fits the rates anew once there are enough more trials than at the last time.  Returns whether it did.
  bool update();

  /// The rates by all trials that are done now.
  Rates latest() const { return calibrated_rates(table_.plan(), table_.trials(), facts_, prior_); }

 private:
  const ResultTable& table_;
  const FactsOf facts_;
  const Rates prior_;
  Rates rates_;
  std::size_t n_fitted_;  ///< trials that were done when the rates were fitted
};

}  // namespace ksweep
