#include "cli/export_weights.h"

#include <fmt/core.h>

#include <iostream>

#include "base/atomic_file.h"
#include "base/errors.h"
#include "base/sha256.h"
#include "cli/results.h"
#include "cli/weight_formats.h"
#include "core/trial_keys.h"
#include "store/best.h"
#include "store/find_trial.h"

namespace ksweep {
namespace {

/// Returns the id of the finished trial of the grid that is best by the sweep's metric.
std::string id_of_best(const std::filesystem::path& folder) {
  const SweepRecord record = newest_record(folder);
  const ReportMetric& metric = metric_of(attribute(record, report_metric_attribute), record.trials);
  if (const auto best = best_position(record.trials, metric, record.race ? &*record.race : nullptr))
    return id_text(record.trials[*best].id);
  throw UserError(
      "{}: no finished trial has a value of {}: none of them is the best. Name one with --trial, or wait until some have finished.",
      folder.string(), metric.noun);
}

}  // namespace

int weights_command(const WeightsOptions& options) {
  const WeightFormat& format = weight_format_named(options.format);
  refuse_existing(options.output);
  const std::string id = options.best ? id_of_best(options.folder) : options.trial;
  const TrialResult record = find_trial(options.folder, id);
  require_weights(record, options.folder, "export");
  const std::string where = fmt::format("{}: trial {}", options.folder.string(), id_text(record.id));
  const FoldedAutoencoder folded = fold_scaling(where, record);
  check_expressible(format, where, record.trial, folded);
  const std::string sweep = sweep_attribute(options.folder / "sweep.h5", "title").value_or("");
  write_folder_atomically(options.output, [&](const std::filesystem::path& folder) {
    write_weight_files(format, folder, record, folded, sweep);
  });
  std::cout << fmt::format("{}: trial {}, {} units on {} inputs, for samples as their files hold them\n",
                           options.output.string(), id_text(record.id), folded.weights.n_hidden,
                           folded.weights.n_inputs);
  if (folded.code_unit != 1)
    std::cout << "Codes are in the unit of the samples: times " << shortest_text(folded.code_unit)
              << " they are those of the sweep.\n";
  std::cout << "Load it in Python with: " << loading_line(format, options.output) << '\n';
  return static_cast<int>(ExitCode::done);
}

}  // namespace ksweep
