#include "refined_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "printed_table.h"
#include "simulated_refinement.h"

namespace ksweep {
namespace {

const std::vector<std::size_t> given = {5, 20, 80, 320},
                               dense = {5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 320};

struct NamedCurve {
  std::string name;
  std::size_t best_k;
  std::vector<double> steepnesses;
};
const std::vector<double> flat_to_steep = {0.5, 2, 8, 32};
const std::vector<NamedCurve> curves = {
    {"between given values", 27, flat_to_steep}, {"a given value", 20, flat_to_steep},
    {"the lowest given value", 5, flat_to_steep}, {"halfway between equal given values", 40, flat_to_steep},
    {"flat", 20, {0}},
};

RefinementOutcome simulate_worse(const CurveOfK& curve, const Law& law, const std::vector<std::size_t>& values,
                                 std::size_t n_seeds, bool refine) {
  RaceRules rules;
  rules.n_seeds = n_seeds;
  rules.refine = refine;
  return worse_of(simulate_refinement(curve, {law, true}, values, rules),
                  simulate_refinement(curve, {law, false}, values, rules));
}

}  // namespace

void print_refined(const std::vector<std::string>&) {
  print_head({"curve", "steep", "seeds", "left", "k left", "joined", "leads", "loss", "loss given", "trainings", "of given", "of dense", "added", "stages", "dense race leads", "loss", "share"});
  for (const NamedCurve& named : curves)
    for (const double steepness : named.steepnesses)
      for (const std::size_t n : {20, 40}) {
        const CurveOfK curve{named.best_k, steepness};
        const auto o = simulate_worse(curve, laws[0], given, n, true);
        const auto d = simulate_worse(curve, laws[0], dense, n, false);
        double best = 1e9;
        for (const auto k : given) best = std::min(best, curve.mean(k));
        print_line({named.name, fmt::format("{:g}", steepness), std::to_string(n), percent(o.best_left), percent(o.best_k_left), rounded_percent(o.best_k_joined), rounded_percent(o.best_k_leads), two_decimals(o.loss), two_decimals(best), fmt::format("{:.0f}", o.trainings), rounded_percent(o.trainings / (4.0 * n)), rounded_percent(o.trainings / (13.0 * n)),
           fmt::format("{:.1f}", o.added), fmt::format("{:.1f}", o.stages), percent(d.best_k_leads), two_decimals(d.loss), rounded_percent(d.trainings / (13.0 * n))});
      }
}

}  // namespace ksweep
