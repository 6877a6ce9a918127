#include "measure/truth.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "measure/matching.h"

namespace ksweep {
namespace {

/// A live unit's nearest true direction, and a true direction's largest cosine with a live unit.
struct Nearest {
  std::vector<std::int32_t> truth_of_unit;
  std::vector<float> cosine_of_truth;
};

Nearest nearest(const Kernels& kernels, const UnitRows& live, const UnitRows& truth, const Team& team,
                Sign sign) {
  Nearest result{std::vector<std::int32_t>(static_cast<std::size_t>(live.n)),
                 std::vector<float>(static_cast<std::size_t>(truth.n), -1)};
  for_each_cosines(kernels, live, truth, team, sign, [&](const CosineRows& rows) {
    for (int i = rows.first; i < rows.first + rows.count; ++i)
      result.truth_of_unit[static_cast<std::size_t>(i)] =
          static_cast<std::int32_t>(std::max_element(rows.of(i), rows.of(i) + truth.n) - rows.of(i));
  });
  for_each_cosines(kernels, truth, live, team, sign, [&](const CosineRows& rows) {
    for (int i = rows.first; i < rows.first + rows.count && live.n > 0; ++i)
      result.cosine_of_truth[static_cast<std::size_t>(i)] =
          *std::max_element(rows.of(i), rows.of(i) + live.n);
  });
  return result;
}

}  // namespace

AgreementWithTruth agreement_with_truth(const Kernels& kernels, const DirectionsView& units,
                                        const DirectionsView& truth, std::span<const std::uint8_t> is_live,
                                        const Team& team, Sign sign) {
  const UnitRows true_rows = unit_rows(truth);
  const Matching matching = match_directions(kernels, unit_rows(units), true_rows, team, sign);
  const UnitRows live = unit_rows(units, is_live);
  const Nearest found = nearest(kernels, live, true_rows, team, sign);
  std::vector<int> n_units(static_cast<std::size_t>(truth.n));
  for (const std::int32_t each : found.truth_of_unit) ++n_units[static_cast<std::size_t>(each)];
  const auto n_unique = std::ranges::count(n_units, 1);
  const auto n_found = std::ranges::count_if(found.cosine_of_truth, [](float c) { return c > found_above; });
  return {matching.mean, matching.is_best,
          live.n > 0 ? static_cast<double>(n_unique) / live.n : std::numeric_limits<double>::quiet_NaN(),
          static_cast<double>(n_found) / truth.n};
}

}  // namespace ksweep
