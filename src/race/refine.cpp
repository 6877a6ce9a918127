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
                                   const std::vector<bool>& decided) {
  assert(leader < k.size() && decided.size() == k.size());
  const bool has_lower = leader > 0, has_higher = leader + 1 < k.size();
  if ((has_lower && !decided[leader - 1]) || (has_higher && !decided[leader + 1])) return {};
  std::vector<std::size_t> added;
  if (has_lower)
    if (const auto lower = between(k[leader - 1], k[leader])) added.push_back(*lower);
  if (has_higher)
    if (const auto higher = between(k[leader], k[leader + 1])) added.push_back(*higher);
  return added;
}

}  // namespace ksweep
