#include "train/probing.h"

#include <utility>

#include "probe/probe.h"
#include "train/diverged.h"
#include "train/fill_result.h"
#include "train/fine_tune.h"

namespace ksweep {

void probe_features(const FeatureParts& features, const TrialParts& parts, const Trial& trial,
                    const Dataset& data, const TrainSettings& settings, TrialResult& result) {
  const ProbeResult probed =
      probe(settings.kernels, {features.train, parts.train_labels},
            {features.validation, parts.validation_labels}, {features.test, parts.test_labels},
            {.team = settings.team,
             .l2 = trial.probe_l2,
             .tolerance = trial.probe_tolerance,
             .n_classes = data.n_classes,
             .kind = trial.probe_kind,
             .c = trial.probe_c,
             .neighbours = trial.probe_neighbours,
             .metric = trial.probe_metric,
             .units = trial.probe_units,
             .standardise = trial.probe_standardise,
             .refit = trial.probe_refit,
             .seed = static_cast<std::uint64_t>(trial.seed)},
            settings.keep_going);
  record(probed.train, probed.validation, probed.test, result);
  result.probe_l2 = probed.l2;
  result.probe_c = probed.c;
  result.probe_neighbours = probed.neighbours;
  result.validation_nmi = probed.validation_nmi;
  result.test_nmi = probed.test_nmi;
  result.probe_iterations = probed.iterations;
  result.probe_gradient = probed.gradient_norm;
}

void probe_by_fine_tuning(Layers encoder, const TrialParts& parts, const Trial& trial, const Dataset& data,
                          const TrainSettings& settings, TrialResult& result) {
  try {
    const FineTuned tuned = fine_tune(std::move(encoder), data, parts, fine_tuning_of(trial), settings);
    record(tuned.accuracies.train, tuned.accuracies.validation, tuned.accuracies.test, result);
    result.probe_iterations = tuned.best_epoch;
  } catch (const Diverged& diverged) {
    result.status = Status::failed;
    result.reason = diverged.reason;
  }
}

}  // namespace ksweep
