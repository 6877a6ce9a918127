#include "race/refine.h"

#include <cassert>
#include <cmath>
#include <optional>

namespace ksweep {
namespace {

std::optional<std::size_t> between(std::size_t low, std::size_t high) {
  const double mean = std::sqrt(static_cast<double>(low) * static_cast<double>(high));
  const auto whole = static_cast<std::size_t>(std::llround(mean));
  return whole > low && whole < high ? std::optional(whole) : std::nullopt;
}

}  // namespace

std::vector<std::size_t> refined_k(const std::vector<std::size_t>& k, std::size_t leader,
                                   const std::vector<bool>& left, bool ended) {
  assert(leader < k.size() && left.size() == k.size());
  const bool has_lower = leader > 0, has_higher = leader + 1 < k.size();
  const int n_undecided =
      (has_lower && !left[leader - 1] ? 1 : 0) + (has_higher && !left[leader + 1] ? 1 : 0);
  if (n_undecided > (ended ? 1 : 0)) return {};
  std::vector<std::size_t> added;
  if (has_lower)
    if (const auto lower = between(k[leader - 1], k[leader])) added.push_back(*lower);
  if (has_higher)
    if (const auto higher = between(k[leader], k[leader + 1])) added.push_back(*higher);
  return added;
}

}  // namespace ksweep
