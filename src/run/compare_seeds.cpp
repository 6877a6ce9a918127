#include "run/compare_seeds.h"

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <tuple>

#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "measure/matching.h"
#include "schedule/collect.h"
#include "schedule/crew.h"
#include "schedule/run_jobs.h"

namespace ksweep {
namespace {

/// A trained dictionary: the decoder columns of its live units.
struct Dictionary {
  AutoencoderWeights weights;
  std::vector<std::uint8_t> is_live;  // (unit)
  UnitRows columns;                   // of live units
};

std::optional<Dictionary> dictionary_of(const PlanRun& planned, std::uint32_t position) {
  const PlannedTrial& trial = planned.plan()[position];
  auto result = planned.store().read(trial.id, identity(trial.trial), Detail::everything);
  if (!result || result->status != Status::done || result->weights.stack.size() != 1) return std::nullopt;
  Dictionary found{std::move(result->weights.stack[0]), {}, {}};
  const AutoencoderWeights& weights = found.weights;
  for (const std::int32_t count : weights.active) found.is_live.push_back(count > 0);
  const std::vector<float>& rows = weights.decoder.empty() ? weights.encoder : weights.decoder;
  found.columns =
      unit_rows({rows.data(), weights.n_hidden, weights.n_inputs, weights.n_inputs}, found.is_live);
  return found;
}

/// Returns (unit) the cosines of live units' partners.
std::vector<float> by_unit(const Dictionary& dictionary, const std::vector<float>& of_live) {
  const auto n_units = static_cast<std::size_t>(dictionary.weights.n_hidden);
  std::vector<float> cosines(n_units, std::numeric_limits<float>::quiet_NaN());
  std::size_t next = 0;
  for (std::size_t unit = 0; unit < n_units; ++unit)
    if (dictionary.is_live.empty() || dictionary.is_live[unit]) cosines[unit] = of_live[next++];
  return cosines;
}

/// Compares pairs on one rank.
class Comparer {
 public:
  Comparer(const PlanRun& planned, std::vector<std::uint32_t> missing, const Team& team)
      : planned_(planned), missing_(std::move(missing)), kernels_(planned.kernels()), team_(team) {}

  std::vector<Job> jobs() const {
    std::vector<Job> jobs;
    for (const std::uint32_t position : missing_) {
      const PlannedPair& pair = planned_.pairs()[position];
      const Trial& trial = planned_.plan()[pair.first].trial;
      Job job{.training_id = pair.id, .trials = {position}, .resumable = false};
      job.predicted_s = 1e-9 * std::pow(static_cast<double>(trial.n_hidden), 2.5);
      jobs.push_back(job);
    }
    return jobs;
  }

  JobReport run(std::uint32_t job) const {
    const PlannedPair& pair = planned_.pairs()[missing_[job]];
    const auto first = dictionary_of(planned_, pair.first), second = dictionary_of(planned_, pair.second);
    JobReport report;
    if (!first || !second) return report;  // a training failed
    const Trial& trial = planned_.plan()[pair.first].trial;
    const Sign sign = sign_of_directions(trial);
    const Matching found = match_directions(kernels_, first->columns, second->columns, team_, sign);
    std::vector<float> of_second(static_cast<std::size_t>(second->columns.n));
    for (std::size_t i = 0; i < found.partner.size(); ++i)
      if (found.partner[i] >= 0) of_second[static_cast<std::size_t>(found.partner[i])] = found.cosine[i];
    SeedPair result{.id = pair.id,
                    .first = planned_.plan()[pair.first].training_id,
                    .second = planned_.plan()[pair.second].training_id,
                    .mcc = found.mean,
                    .upper = found.upper,
                    .by_chance = by_chance(*first, *second, sign),
                    .cosine_of_first = by_unit(*first, found.cosine),
                    .cosine_of_second = by_unit(*second, of_second)};
    planned_.store().write_pair(result, pair.identity);
    report.n_done = 1;
    return report;
  }

 private:
  /// Computed once for all pairs of the same sizes: it takes as long as the comparison of a pair.
  double by_chance(const Dictionary& first, const Dictionary& second, Sign sign) const {
    const int n_first = first.columns.n, n_second = second.columns.n, n_inputs = first.weights.n_inputs;
    const auto [place, is_new] = by_chance_.try_emplace({n_first, n_second, n_inputs, sign}, 0);
    if (is_new) place->second = chance_mcc(kernels_, n_first, n_second, n_inputs, team_, sign);
    return place->second;
  }

  const PlanRun& planned_;
  std::vector<std::uint32_t> missing_;  // positions in planned_.pairs()
  const Kernels& kernels_;
  const Team& team_;
  mutable std::map<std::tuple<int, int, int, Sign>, double> by_chance_;
};

/// Returns the pairs both of whose trainings are done and which are not stored yet.
std::vector<std::uint32_t> missing_pairs(const PlanRun& planned, const ResultTable& results) {
  std::vector<std::uint32_t> missing;
  const auto is_done = [&](std::uint32_t position) {
    return results.trials()[position].status == Status::done;
  };
  for (std::uint32_t i = 0; i < planned.pairs().size(); ++i) {
    const PlannedPair& pair = planned.pairs()[i];
    if (is_done(pair.first) && is_done(pair.second) && !planned.store().has_pair(pair.id, pair.identity))
      missing.push_back(i);
  }
  return missing;
}

/// Rewrites the files of trials whose weights were kept for pairs alone and are needed no more.
void drop_weights(const PlanRun& planned, const RunBook& book) {
  const std::vector<bool> needed = needed_for_pairs(book.possible_pairs(), planned.plan(), planned.store());
  std::set<std::uint64_t> finished, wanted;  // trainings
  for (const PlannedPair& pair : planned.pairs())
    for (const std::uint32_t position : {pair.first, pair.second})
      (needed[position] ? wanted : finished).insert(planned.plan()[position].training_id);
  for (const PlannedTrial& trial : planned.plan()) {
    if (!finished.contains(trial.training_id) || wanted.contains(trial.training_id)) continue;
    auto result = planned.store().read(trial.id, identity(trial.trial), Detail::everything);
    if (!result || result->weights.empty()) continue;
    result->weights = {};
    planned.store().write(*result);
  }
}

void note_pairs_without_weights(std::size_t count) {
  if (count > 0)
    fmt::print(
        stderr,
        "ksweep: {} of seeds not compared, because the weights of trials that were done before are not kept; "
        "results.consistency = yes trains these again.\n",
        count == 1 ? "1 pair" : fmt::format("{} pairs", count));
}

}  // namespace

RunOutcome compare_seeds(const OpenRun& run, PlanRun& planned, const RunRules& rules) {
  RunBook* const book = planned.book();
  if (planned.pairs().empty()) return {};
  std::vector<std::uint32_t> missing;
  together(run.world(), [&] {
    if (!book) return;
    book->read_last();
    missing = missing_pairs(planned, book->results());
  });
  missing = list_of_first(run.world(), missing);
  Crew crew(run.threads());
  const Comparer comparer(planned, missing, crew.team());
  const std::vector<Job> jobs = comparer.jobs();
  if (book) book->begin_pairs(jobs.size());
  const Callbacks callbacks{.run_job = [&](std::uint32_t job, const KeepGoing&) { return comparer.run(job); },
                            .on_report = [&](const JobReport&) { book->take_pair(); },
                            .on_tick = [&] { book->tick(); },
                            .on_loan = [&](int lender) { crew.borrow(lender); },
                            .on_loss = [](int, RankLoss, std::optional<std::uint32_t>) { return true; }};
  RunOutcome outcome;
  if (!jobs.empty()) outcome = run_jobs(run.world(), jobs, callbacks, run.stop_requested(), rules);
  if (outcome.ranks_lost) return outcome;
  together(run.world(), [&] {
    if (!book) return;
    if (!run.sweep().save_weights) drop_weights(planned, *book);
    if (outcome.end == RunEnd::complete)
      note_pairs_without_weights(missing_pairs(planned, book->results()).size());
  });
  return outcome;
}

}  // namespace ksweep
