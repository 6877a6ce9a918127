#include "run/shard.h"

#include <fmt/core.h>

#include <cstdio>
#include <numeric>

#include "base/errors.h"
#include "cost/jobs.h"
#include "cost/rates.h"

namespace ksweep {

std::string Shard::suffix() const { return is_whole() ? "" : fmt::format("-{}of{}", number, count); }

Shard shard_from_text(const std::string& text) {
  Shard shard;
  char rest = 0;
  const bool read = std::sscanf(text.c_str(), "%d/%d%c", &shard.number, &shard.count, &rest) == 2;
  if (!read || shard.number < 1 || shard.count < shard.number)
    throw UserError(
        "--shard {} is no part of a sweep: which trials to train is unclear. Write I/N with 1 <= I <= N, as "
        "3/8.",
        text);
  return shard;
}

std::vector<bool> trials_of_shard(const Shard& shard, const std::vector<PlannedTrial>& plan,
                                  const FactsOf& facts) {
  if (shard.is_whole()) return std::vector<bool>(plan.size(), true);
  std::vector<std::uint32_t> all(plan.size());
  std::iota(all.begin(), all.end(), 0u);
  const auto jobs = make_jobs(plan, all, facts, default_rates());  // longest first
  std::vector<bool> mine(plan.size());
  for (std::size_t job = 0; job < jobs.size(); ++job)
    if (job % static_cast<std::size_t>(shard.count) == static_cast<std::size_t>(shard.number - 1))
      for (const std::uint32_t position : jobs[job].trials) mine[position] = true;
  return mine;
}

}  // namespace ksweep
