#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// How often the units of a code are active, that is not zero, over some samples.
struct Density {
  /// (n_density_bins) units in each bin.  Bin 0: never active.  Bin b from 1: active in a share of the samples from
  /// 10^((b - 25) / 4) to below 10^((b - 24) / 4); the first of these takes all smaller shares too, and the last one
  /// the share 1.  The edges of four bins are powers of ten: units above 1 % are in bins from 17, above 10 % from 21.
  std::vector<double> histogram;
  int n_dead = 0;       ///< units that are never active
  int n_always_on = 0;  ///< units that are active in more than half of the samples
};

inline constexpr int n_density_bins = 25;

/// active: (unit) samples in which it is active.  Requires n_samples >= 1.
Density density_of(std::span<const std::uint32_t> active, std::uint64_t n_samples);

}  // namespace ksweep
