#include "train/measures.h"

#include "core/trial_keys.h"
#include "measure/decoder_cosines.h"
#include "measure/density.h"
#include "measure/truth.h"

namespace ksweep {
namespace {

/// Where the errors of one kind of reconstruction are stored; null: nowhere.
struct Members {
  double TrialResult::*validation_fvu, TrialResult::*test_fvu, TrialResult::*l0;
  double TrialResult::*validation_mse = nullptr, TrialResult::*test_mse = nullptr,
         TrialResult::*explained = nullptr;
};

constexpr Members of_sample{&TrialResult::validation_fvu, &TrialResult::test_fvu,
                            &TrialResult::l0_training,    &TrialResult::validation_mse,
                            &TrialResult::test_mse,       &TrialResult::test_fraction_of_variance_explained};
constexpr Members by_rule{&TrialResult::validation_fvu_by_rule,
                          &TrialResult::test_fvu_by_rule,
                          &TrialResult::l0_by_rule,
                          &TrialResult::validation_mse_by_rule,
                          &TrialResult::test_mse_by_rule,
                          &TrialResult::test_fraction_of_variance_explained_by_rule};
constexpr Members by_threshold{&TrialResult::validation_fvu_by_threshold, &TrialResult::test_fvu_by_threshold,
                               &TrialResult::l0_by_threshold};

/// The two parts that reconstructions are measured on.
struct Reconstructions {
  Reconstruction validation, test;
};

/// spread: the squared error of the training mean on the test set.
Reconstructions record_reconstructions(Autoencoder& net, Kept kept, const Members& members, double spread,
                                       TrialResult& result) {
  Reconstructions found{net.reconstruct_validation(kept), net.reconstruct_test(kept)};
  const auto set = [&](double TrialResult::*member, double value) {
    if (member) result.*member = value;
  };
  set(members.validation_mse, found.validation.mse);
  set(members.test_mse, found.test.mse);
  if (spread > 0) set(members.explained, 1 - found.test.squared_error / spread);
  set(members.validation_fvu, found.validation.fvu);
  set(members.test_fvu, found.test.fvu);
  set(members.l0, found.validation.l0);
  return found;
}

/// active: (unit) of n_samples validation samples, those in which it is active.
void record_activity(std::span<const std::uint32_t> active, std::size_t n_samples, TrialResult& result) {
  if (n_samples == 0) return;
  const Density density = density_of(active, n_samples);
  result.dead_units_validation = density.n_dead;
  result.always_on_units = density.n_always_on;
  result.density_histogram = density.histogram;
}

/// is_live: (unit); empty: all, if there are no validation samples to tell.
void record_directions(const Autoencoder& net, std::span<const std::uint8_t> is_live, const Trial& trial,
                       const Dataset& data, const TrainSettings& settings, TrialResult& result) {
  const Decoder decoder = net.decoder_columns();
  const DecoderCosines cosines = decoder_cosines(settings.kernels, unit_rows(decoder.columns, is_live),
                                                 settings.team, sign_of_directions(trial));
  result.largest_decoder_cosine = cosines.mean_of_largest;
  result.mean_decoder_cosine = cosines.mean_absolute;
  if (data.true_directions == nullptr || !decoder.reaches_inputs) return;
  const AgreementWithTruth agreement =
      agreement_with_truth(settings.kernels, decoder.columns,
                           {data.true_directions, data.n_true, data.n_inputs(), data.n_inputs()}, is_live,
                           settings.team, sign_of_directions(trial));
  result.true_mcc = agreement.mcc;
  result.true_uniqueness = agreement.uniqueness;
  result.true_found = agreement.found;
}

}  // namespace

std::vector<std::uint32_t> record_measures(Autoencoder& net, const Trial& trial, const Dataset& data,
                                           const TrialParts& parts, const TrainSettings& settings,
                                           TrialResult& result) {
  const double spread =
      squared_distance_to_training_mean(data, parts.split, parts.test, settings.team, settings.keep_going);
  const Reconstructions found = record_reconstructions(net, Kept::of_sample, of_sample, spread, result);
  result.test_cosine = found.test.cosine;
  result.test_norm_ratio = found.test.norm_ratio;
  if (chooses_from_batches(trial.kind)) record_reconstructions(net, Kept::by_rule, by_rule, spread, result);
  if (rule_scope(trial.kind) == RuleScope::batch) {
    result.threshold = net.calibrate();
    record_reconstructions(net, Kept::by_threshold, by_threshold, spread, result);
  }
  const std::size_t n_validation = parts.split.validation.size();
  record_activity(found.validation.active, n_validation, result);
  std::vector<std::uint8_t> is_live;
  if (n_validation > 0)
    for (const std::uint32_t count : found.validation.active) is_live.push_back(count > 0);
  record_directions(net, is_live, trial, data, settings, result);
  return found.validation.active;
}

}  // namespace ksweep
