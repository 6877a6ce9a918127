#include "store/results_hash.h"

#include <algorithm>
#include <cmath>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "store/columns.h"

namespace ksweep {
namespace {

/// Leaves out values that were not measured, so that a quantity added later does not change the hash of old
/// results.
void add_vector(Sha256& hash, const char* name, std::vector<double> values) {
  values.resize(measured_length(values));
  if (values.empty()) return;
  for (double& value : values)
    if (std::isnan(value)) value = not_measured;  // NaN has many bit patterns; use one
  hash.add(name).add(std::span<const double>(values));
}

void add_trial(Sha256& hash, const TrialResult& result) {
  hash.add(id_text(result.id)).add(identity(result.trial)).add(status_name(result.status));
  for (const auto& quantity : scalar_quantities())
    if (quantity.reproducible) add_vector(hash, quantity.name, {result.*quantity.member});
  for (const auto& quantity : vector_quantities())
    if (quantity.member != &TrialResult::samples_curve)  // follows from the keys
      add_vector(hash, quantity.name, result.*quantity.member);
  hash.add("test_confusion").add(std::span<const std::int32_t>(result.test_confusion));
  hash.add("weights_sha256").add(result.weights_sha256);
}

}  // namespace

std::string results_hash(const std::vector<TrialResult>& trials) {
  std::vector<const TrialResult*> finished;
  for (const auto& result : trials)
    if (result.status != Status::missing) finished.push_back(&result);
  std::ranges::sort(finished, {}, &TrialResult::id);
  Sha256 hash;
  for (const auto* result : finished) add_trial(hash, *result);
  return hash.hex();
}

}  // namespace ksweep
