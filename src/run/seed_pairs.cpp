#include "run/seed_pairs.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/sha256.h"
#include "core/trial_keys.h"
#include "measure/matching.h"

namespace ksweep {
namespace {

/// Raise it when a change of the program alters the numbers of pairs.
constexpr int pairs_version = 1;

bool is_compared(const Trial& trial, const Sweep& sweep, const FactsOf& facts) {
  if (sweep.consistency == Consistency::no || !trains_codes(trial.kind)) return false;
  if (trial.layers != "none" || trial.training == LayerTraining::joint) return false;
  return sweep.consistency == Consistency::yes || facts(trial).n_classes == 0;
}

/// Returns the setting of a training: all that it depends on but the seed.
std::string setting_of_training(Trial trial) {
  trial.seed = 0;
  return identity(trial, true);
}

PlannedPair pair_of(const std::vector<PlannedTrial>& plan, std::uint32_t first, std::uint32_t second) {
  PlannedPair pair{.id = 0, .identity = {}, .first = first, .second = second};
  pair.identity = fmt::format("pair {}\n{}\n{}\n", pairs_version, id_text(plan[first].training_id),
                              id_text(plan[second].training_id));
  pair.id = first_64_bits(sha256_hex(pair.identity));
  return pair;
}

/// What is known of one training beside the other seeds.
struct Beside {
  double mcc = 0, by_chance = 0, reappearing = 0;
  int n_pairs = 0;
  void add(const SeedPair& pair, const std::vector<float>& cosines) {
    const auto live = std::ranges::count_if(cosines, [](float cosine) { return !std::isnan(cosine); });
    const auto again = std::ranges::count_if(cosines, [](float cosine) { return cosine > reappears_above; });
    mcc += pair.mcc;
    by_chance += pair.by_chance;
    reappearing += live > 0 ? static_cast<double>(again) / static_cast<double>(live) : 0;
    ++n_pairs;
  }
};

}  // namespace

std::vector<PlannedPair> plan_pairs(const Sweep& sweep, const std::vector<PlannedTrial>& plan,
                                    const FactsOf& facts) {
  std::map<std::string, std::map<std::int64_t, std::uint32_t>> positions;  // setting -> seed -> first trial
  std::vector<std::string> order;
  for (std::uint32_t i = 0; i < plan.size(); ++i) {
    if (!is_compared(plan[i].trial, sweep, facts)) continue;
    const std::string setting = setting_of_training(plan[i].trial);
    if (!positions.contains(setting)) order.push_back(setting);
    positions[setting].try_emplace(plan[i].trial.seed, i);
  }
  std::vector<PlannedPair> pairs;
  for (const std::string& setting : order) {
    const auto& seeds = positions[setting];
    for (auto first = seeds.begin(); first != seeds.end(); ++first)
      for (auto second = std::next(first); second != seeds.end(); ++second)
        pairs.push_back(pair_of(plan, first->second, second->second));
  }
  return pairs;
}

std::vector<PlannedPair> possible_pairs(std::vector<PlannedPair> pairs, const RaceField& field,
                                        const RaceState& state, const std::vector<TrialResult>& trials) {
  std::vector<bool> never(trials.size());
  const auto note_missing = [&](std::size_t setting) {
    for (const std::uint32_t position : field.racing[setting])
      never[position] = trials[position].status == Status::missing;
  };
  for (const Departure& departure : state.left) note_missing(departure.setting);
  if (state.end != RaceEnd::going_on) std::ranges::for_each(state.in_race, note_missing);
  std::erase_if(pairs, [&](const PlannedPair& pair) { return never[pair.first] || never[pair.second]; });
  return pairs;
}

std::vector<bool> needed_for_pairs(const std::vector<PlannedPair>& pairs,
                                   const std::vector<PlannedTrial>& plan, const Store& store) {
  std::vector<bool> needed(plan.size());
  for (const PlannedPair& pair : pairs)
    if (!store.has_pair(pair.id, pair.identity)) needed[pair.first] = needed[pair.second] = true;
  return needed;
}

void add_consistency(const std::vector<PlannedPair>& pairs, const std::vector<PlannedTrial>& plan,
                     const Store& store, std::vector<TrialResult>& trials) {
  std::map<std::uint64_t, Beside> beside;  // by training
  for (const PlannedPair& planned : pairs) {
    const auto pair = store.read_pair(planned.id, planned.identity);
    if (!pair) continue;
    beside[pair->first].add(*pair, pair->cosine_of_first);
    beside[pair->second].add(*pair, pair->cosine_of_second);
  }
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto found = beside.find(plan[i].training_id);
    if (found == beside.end() || trials[i].status != Status::done) continue;
    const Beside& its = found->second;
    trials[i].consistency = its.mcc / its.n_pairs;
    trials[i].consistency_by_chance = its.by_chance / its.n_pairs;
    trials[i].reappearing_units = its.reappearing / its.n_pairs;
  }
}

}  // namespace ksweep
