#include "refined_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "printed_table.h"
#include "simulated_refinement.h"

namespace ksweep {
namespace {

const std::vector<std::size_t> given = {5, 20, 80, 320},
                               dense = {5, 7, 10, 14, 20, 28, 40, 57, 80, 113, 160, 226, 320},
                               lengths_of_list = {20, 40};

/// Curves with the same best k.
struct CurveFamily {
  std::string name;
  std::size_t best_k;
  std::vector<double> steepnesses;
};
const std::vector<CurveFamily> families_of_curves = {
    {"27", 27, {0.5, 2, 8, 32, 10000}},
    {"34", 34, {0.5, 2, 8, 32}},
    {"20, given", 20, {0.5, 8}},
    {"5, given", 5, {0.5, 8}},
    {"40, its given neighbours equal", 40, {0.5, 8}},
    {"20, all equal", 20, {0}},
};

/// Simulated races of one curve, with one length of the list of seeds.
struct Row {
  const CurveFamily* family;
  CurveOfK curve;
  std::size_t n_seeds;
};

std::vector<Row> all_rows() {
  std::vector<Row> rows;
  for (const CurveFamily& family : families_of_curves)
    for (const double steepness : family.steepnesses)
      for (const std::size_t n_seeds : lengths_of_list)
        rows.push_back({&family, {family.best_k, steepness}, n_seeds});
  return rows;
}

/// The larger numbers of the two ways to scatter.
RefinementOutcome simulate_worse(const Row& row, const Law& law, const std::vector<std::size_t>& k,
                                 bool refine) {
  RaceRules rules;
  rules.n_seeds = row.n_seeds;
  rules.refine = refine;
  return worse_of(simulate_refinement(row.curve, {law, true}, k, rules),
                  simulate_refinement(row.curve, {law, false}, k, rules));
}

std::vector<RefinementOutcome> outcomes_of(const std::vector<Row>& rows, const Law& law) {
  std::vector<RefinementOutcome> outcomes;
  for (const Row& row : rows) outcomes.push_back(simulate_worse(row, law, given, true));
  return outcomes;
}

std::string loss_and_trainings(const RefinementOutcome& outcome) {
  return fmt::format("{} / {:.0f}", two_decimals(outcome.loss), outcome.trainings);
}

double share_of_grid(const RefinementOutcome& outcome, const std::vector<std::size_t>& k,
                     std::size_t n_seeds) {
  return outcome.trainings / static_cast<double>(k.size() * n_seeds);
}

/// One row a curve and length of the list of seeds; beside them, races of the given values and of the dense grid alone.
void print_curves(const std::vector<Row>& rows, const Law& law,
                  const std::vector<RefinementOutcome>& outcomes) {
  print_head({"best k", "twice that k is worse by", "seeds", "the best leaves", "best k joins / leads",
              "values added", "loss / trainings", "of the full grids",
              fmt::format("race of {} values", given.size()),
              fmt::format("race of {} values", dense.size())});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Row& row = rows[i];
    const RefinementOutcome& outcome = outcomes[i];
    print_line(
        {row.family->name, fmt::format("{:g}", row.curve.steepness), std::to_string(row.n_seeds),
         percent(outcome.best_left) + " / " + percent(outcome.best_k_left),
         two_shares(outcome.best_k_joined, outcome.best_k_leads), fmt::format("{:.1f}", outcome.added),
         loss_and_trainings(outcome),
         two_shares(share_of_grid(outcome, given, row.n_seeds), share_of_grid(outcome, dense, row.n_seeds)),
         loss_and_trainings(simulate_worse(row, law, given, false)),
         loss_and_trainings(simulate_worse(row, law, dense, false))});
  }
}

/// One row a law: for each best k, the largest numbers of all its rows.
void print_law(const std::vector<Row>& rows, const Law& law, const std::vector<RefinementOutcome>& outcomes) {
  std::vector<std::string> cells = {law.name};
  for (const CurveFamily& family : families_of_curves) {
    double left = 0, loss = 0, share = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].family != &family) continue;
      left = std::max(left, outcomes[i].best_left);
      loss = std::max(loss, outcomes[i].loss);
      share = std::max(share, share_of_grid(outcomes[i], given, rows[i].n_seeds));
    }
    cells.push_back(percent(left) + " / " + two_decimals(loss) + " / " + rounded_percent(share));
  }
  print_line(cells);
}

}  // namespace

void print_refined(const std::vector<Law>& chosen) {
  const std::vector<Row> rows = all_rows();
  std::vector<std::vector<RefinementOutcome>> outcomes;
  for (const Law& law : chosen) outcomes.push_back(outcomes_of(rows, law));
  print_curves(rows, chosen.front(), outcomes.front());
  fmt::print("\n");
  std::vector<std::string> heads = {"values over seeds"};
  for (const CurveFamily& family : families_of_curves) heads.push_back(family.name);
  print_head(heads);
  for (std::size_t i = 0; i < chosen.size(); ++i) print_law(rows, chosen[i], outcomes[i]);
}

}  // namespace ksweep
