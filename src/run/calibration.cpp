#include "run/calibration.h"

#include <utility>

namespace ksweep {
namespace {

// Rates are fitted again whenever the number of measured trials has grown by this factor.
constexpr double growth = 1.2;

}  // namespace

Calibration::Calibration(const ResultTable& table, FactsOf facts, Rates prior)
    : table_(table),
      facts_(std::move(facts)),
      prior_(std::move(prior)),
      rates_(latest()),
      n_fitted_(table.count(Status::done)) {}

bool Calibration::update() {
  const std::size_t n_done = table_.count(Status::done);
  if (n_done == n_fitted_ || static_cast<double>(n_done) < growth * static_cast<double>(n_fitted_))
    return false;
  n_fitted_ = n_done;
  rates_ = latest();
  return true;
}

}  // namespace ksweep
