#include "cli/verify.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

#include "base/control_groups.h"
#include "base/denormals.h"
#include "base/errors.h"
#include "base/pace.h"
#include "base/sha256.h"
#include "cli/race_rules.h"
#include "core/trial_keys.h"
#include "kernels/isa.h"
#include "run/recorded_data.h"
#include "run/text.h"
#include "store/audit.h"
#include "store/difference.h"
#include "sweep/planned_trials.h"
#include "train/train.h"

namespace ksweep {
namespace {

void print_row(const char* what, const std::string& text) { std::printf("%-11s%s\n", what, text.c_str()); }

void print_findings(const char* what, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) print_row(what, finding.file.string() + ": " + finding.what);
}

/// Returns the records that can be recomputed here, in a pseudo-random but reproducible order.
std::vector<TrialResult> candidates(const Audit& found, const VerifyOptions& options) {
  std::vector<TrialResult> trials;
  std::map<std::string, int> foreign;
  for (const TrialResult& record : found.records) {
    if (record.status != Status::done || (!options.all && found.others.contains(record.id))) continue;
    if (record.id != trial_id(record.trial))
      ++foreign["made by a version of ksweep with other results"];
    else if (runs_here(record.instruction_set) && !reproduces(record.instruction_set))
      ++foreign[fmt::format("computed by a version of ksweep whose {} kernels gave other bits",
                            record.instruction_set)];
    else if (!runs_here(record.instruction_set))
      ++foreign[fmt::format("computed with {} kernels, which this CPU lacks", record.instruction_set)];
    else
      trials.push_back(record);
  }
  for (const auto& [why, count] : foreign)
    print_row("note", fmt::format("{} cannot be retrained: {}", count_text(count, "trial"), why));
  std::ranges::sort(trials, {}, [&](const TrialResult& record) {
    return sha256_hex(fmt::format("{} {}", options.seed, id_text(record.id)));
  });
  return trials;
}

/// Quantities that are missing from the record were not measured by the version that made it, and are not
/// compared.
void forget_unclaimed(const TrialResult& record, TrialResult& again) {
  for (const ScalarQuantity& quantity : scalar_quantities())
    if (std::isnan(record.*quantity.member)) again.*quantity.member = not_measured;
  for (const VectorQuantity& quantity : vector_quantities())
    if ((record.*quantity.member).empty()) (again.*quantity.member).clear();
}

TrialResult train_again(const TrialResult& record, const VerifyOptions& options) {
  const Dataset dataset = recorded_dataset(
      record.trial, options.data_dir,
      "retraining would prove nothing. Give their folder with --data-dir, or --sample 0 to check the files alone.");
  PacedTeam team(options.threads.value_or(usable_cpus()));
  const KeepGoing keep_pace = [&] {
    team.keep_pace();
    return true;
  };
  const Kernels& kernels = fastest_alike(record.instruction_set);
  TrialResult result = train(std::span(&record.trial, 1), dataset,
                             {.kernels = kernels,
                              .team = team.team(),
                              .keep_going = keep_pace,
                              .weight_places = {{}, options.data_dir}})
                           .at(0);
  result.id = record.id;
  forget_unclaimed(record, result);
  return result;
}

/// Retrains a sample of the trials; each one that differs becomes a fault.
void retrain(Audit& found, const VerifyOptions& options) {
  auto sample = candidates(found, options);
  const std::size_t n_candidates = sample.size();
  sample.resize(std::min(sample.size(), static_cast<std::size_t>(options.sample)));
  const double time_s =
      std::accumulate(sample.begin(), sample.end(), 0.0, [](double sum, const TrialResult& record) {
        return sum + (record.wall_time_s > 0 ? record.wall_time_s : 0);
      });
  if (!sample.empty())
    print_row("retraining", fmt::format("{} of {}, which took {}", count_text(double(sample.size()), "trial"),
                                        n_candidates, duration_text(time_s)));
  std::fflush(stdout);
  for (const TrialResult& record : sample) {
    const auto difference = first_difference(record, train_again(record, options));
    const std::string name = fmt::format("{} ({}, {})", id_text(record.id),
                                         trial_text(found.axes, record.trial), record.instruction_set);
    if (difference)
      found.faults.push_back(
          {"trial " + name, fmt::format("{} is {} in its record, but {} when trained again",
                                        difference->quantity, difference->first, difference->second)});
    print_row("", name + (difference ? ": differs" : ": the same bits"));
    std::fflush(stdout);
  }
}

}  // namespace

int verify_command(const VerifyOptions& options) {
  flush_denormals();
  Audit found = audit(options.folder);
  check_race_rules(options.folder / "sweep.h5", found);
  print_row("records", fmt::format("{} sound", found.records.size()));
  print_row("sweep.h5",
            fmt::format("{} of {} as in the records{}", found.n_agree,
                        count_text(double(found.n_rows), "finished trial"),
                        found.results_sha256.empty() ? "" : "; results_sha256 " + found.results_sha256));
  if (!found.others.empty())
    print_row("note", count_text(double(found.others.size()), "trial") +
                          " of other grids, as in their records; they are trained again with --all");
  print_findings("note", found.notes);
  if (options.sample > 0) retrain(found, options);
  print_findings("FAULT", found.faults);
  std::printf("%s\n", found.faults.empty()
                          ? "all is as it should be"
                          : (count_text(double(found.faults.size()), "fault") + " found").c_str());
  return static_cast<int>(found.faults.empty() ? ExitCode::done : ExitCode::failed_trials);
}

}  // namespace ksweep
