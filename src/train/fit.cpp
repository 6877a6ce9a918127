#include "train/fit.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/trial_keys.h"
#include "train/evaluate.h"
#include "train/schedules.h"
#include "train/shifting.h"

namespace ksweep {
namespace {

struct EpochSums {
  double loss = 0;
  std::size_t active = 0;
};

/// What is counted of each hidden unit.
struct EpochUnits {
  std::vector<std::uint32_t> active;   ///< samples of this epoch for which it was not zero
  std::vector<std::uint32_t>& silent;  ///< samples since the last such
};

EpochSums run_epoch(Training& t, OptimizerState& state, const Regime& regime, EpochUnits& units,
                    const KeepGoing& keep_going) {
  const Trial& trial = t.trial;
  const int epoch = static_cast<int>(regime.epoch);
  const PenaltyRule penalty = penalty_rule(trial);
  const auto n_train = static_cast<std::uint32_t>(t.split.train.size());
  const auto batch_size = static_cast<std::size_t>(t.batch_size);
  const std::vector<std::uint32_t> order = rows_of_epoch(trial, t.split.train, epoch);
  const std::int64_t n_batches = static_cast<std::int64_t>((order.size() + batch_size - 1) / batch_size);
  const auto load = [&](Batch& batch, std::int64_t b) {
    const std::size_t first = static_cast<std::size_t>(b) * batch_size;
    const auto rows =
        std::span<const std::uint32_t>(order).subspan(first, std::min(batch_size, order.size() - first));
    batch.load(t.data.train_samples, t.data.n_inputs(), rows, &regime);
    return static_cast<int>(rows.size());
  };
  EpochSums sums;
  Batch *batch = &t.batch, *next = &t.next_batch;
  int n_samples = load(*batch, 0);
  batch->encode(t.network, n_samples, regime);
  for (std::int64_t b = 0; b < n_batches; ++b) {
    if (!keep_going()) throw Interrupted();
    batch->reconstruct(t.network);
    const double loss = batch->reconstruction_loss() + batch->penalty(penalty) * n_samples;
    if (!std::isfinite(loss)) diverge(trial, epoch, b, loss);
    sums.loss += loss;
    sums.active += batch->count_active(units.active);
    if (regime.aux_units > 0) {
      batch->revive(t.network, units.silent, n_train);
      batch->note_silence(units.silent);
    }

    // The update of one batch and the encoding of the next go through the weights together.
    const UpdateRule rule = update_rule(trial, epoch * n_batches + b, trial.epochs * n_batches);
    if (b + 1 == n_batches) {
      batch->update(t.network, state, penalty, rule);
    } else {
      n_samples = load(*next, b + 1);
      next->start_encoding(n_samples, regime);
      batch->update(t.network, state, penalty, rule, next);
      next->finish_encoding(t.network);
      std::swap(batch, next);
    }
  }
  return sums;
}

}  // namespace

Training::Training(const Trial& its_trial, const Dataset& its_data, const Split& its_split,
                   const Kernels& its_kernels, const Team& its_team, int position)
    : trial(its_trial),
      data(its_data),
      split(its_split),
      kernels(its_kernels),
      team(its_team),
      network(initial_network(trial, data.n_inputs(), position)),
      batch_size(mini_batch_size(trial.batch, split.train.size())),
      batch(kernels, network, batch_size, team),
      next_batch(kernels, network, batch_size, team) {}

std::span<const std::uint32_t> glance_at(std::span<const std::uint32_t> validation) {
  constexpr std::size_t samples_of_curve = 2000;
  return validation.first(std::min(samples_of_curve, validation.size()));
}

void add_epoch(const Trial& trial, int epoch, const EpochReport& report, double validation_mse,
               Curves& curves) {
  require_finite_reconstruction(trial, epoch, validation_mse);
  curves.k.push_back(k_of_epoch(trial, epoch));
  curves.train_loss.push_back(report.loss);
  curves.l0.push_back(report.active);
  curves.dead_units.push_back(report.dead);
  curves.validation_mse.push_back(validation_mse);
}

void finish_epoch(Training& t, int epoch, const EpochReport& report, Curves& curves,
                  const KeepGoing& keep_going) {
  const Reconstruction glance = reconstruction(t, t.data.train_samples, glance_at(t.split.validation),
                                               reconstruction_k(t.trial), keep_going);
  add_epoch(t.trial, epoch, report, glance.mse, curves);
}

void fit(Training& t, Curves& curves, const KeepGoing& keep_going,
         const std::function<void(int)>& after_epoch) {
  OptimizerState state = initial_state(t.network, t.trial.optimizer);
  const double n_train = static_cast<double>(t.split.train.size());
  std::vector<std::uint32_t> silent(static_cast<std::size_t>(t.network.n_hidden));
  Shifting shifting(t);
  for (int epoch = 0; epoch < t.trial.epochs; ++epoch) {
    Regime regime = regime_of_epoch(t.trial, epoch);
    regime.targets = shifting.targets();
    EpochUnits units{std::vector<std::uint32_t>(silent.size()), silent};
    const EpochSums sums = run_epoch(t, state, regime, units, keep_going);
    finish_epoch(t, epoch,
                 {sums.loss / n_train, static_cast<double>(sums.active) / n_train,
                  static_cast<double>(std::ranges::count(units.active, 0u))},
                 curves, keep_going);
    shifting.after_epoch(epoch, keep_going);
    after_epoch(epoch + 1);
  }
}

}  // namespace ksweep
