#include "train/fit.h"

#include <algorithm>
#include <cmath>

#include "core/training_path.h"
#include "core/trial_keys.h"
#include "train/archive_state.h"
#include "train/epochs.h"
#include "train/evaluate.h"
#include "train/schedules.h"
#include "train/shifted_targets.h"
#include "train/weight_average.h"

namespace ksweep {
namespace {

class Fit final : public EpochLoop {
 public:
  Fit(Training& training, Curves& curves, const KeepGoing& keep_going,
      const std::function<void(int)>& after_epoch)
      : t_(training),
        curves_{curves},
        keep_going_(keep_going),
        after_epoch_(after_epoch),
        penalty_(penalty_rule(t_.trial)),
        shifting_(t_),
        state_(initial_state(t_.network, t_.trial.optimizer)),
        average_(t_.trial.weight_average, parameters(t_.network), t_.team),
        active_(static_cast<std::size_t>(t_.network.n_hidden)),
        silent_(active_.size()) {}

  std::int64_t begin(int epoch, std::int64_t first) override {
    curves_.cut(epoch);
    settings_ = settings_of_epoch(t_.trial, epoch, t_.data.n_inputs());
    settings_.targets = shifting_.targets();
    order_ = rows_of_epoch(t_.trial, t_.split.train, t_.length, epoch);
    if (first == 0) {
      loss_ = 0;
      n_active_ = 0;
      std::ranges::fill(active_, 0u);
    }
    const std::int64_t n_steps = count_mini_batches(order_.size(), t_.batch_size);
    if (first < n_steps) t_.batch.encode(t_.network, load(t_.batch, first), settings_);
    batch_ = &t_.batch;
    next_ = &t_.next_batch;
    return n_steps;
  }

  void step(int epoch, std::int64_t step, std::int64_t n_steps) override {
    const int n_samples = n_samples_;
    batch_->reconstruct(t_.network);
    const double loss = batch_->reconstruction_loss() + batch_->penalty(penalty_) * n_samples;
    if (!std::isfinite(loss)) diverge(t_.trial, epoch, step, loss);
    loss_ += loss;
    n_active_ += batch_->count_active(active_);
    if (settings_.aux_units > 0) {
      batch_->apply_aux_k(t_.network, silent_, patience());
      batch_->count_inactive(silent_);
    }
    const UpdateRule rule =
        update_rule(optimizer_settings(t_.trial), t_.length.steps_before(epoch) + step, t_.length.n_steps());
    learn(rule, step, n_steps);
    average_.add(t_.length.steps_before(epoch) + step);
  }

  void end(int epoch) override {
    evaluate(epoch);
    shifting_.after_epoch(epoch, keep_going_);
    const WeightAverage::Shown shown(average_);
    after_epoch_(epoch + 1);
  }

  const std::vector<double>* losses() const override { return &curves_.curves.train_loss; }

  void transfer(Archive& archive) override {
    curves_.transfer(archive);
    ksweep::transfer(archive, t_.network);
    ksweep::transfer(archive, state_);
    archive.number(loss_);
    archive.number(n_active_);
    archive.array(std::span(active_));
    archive.array(std::span(silent_));
    shifting_.transfer(archive);
    average_.transfer(archive);
  }

  /// Leaves what is evaluated and stored.
  void finish() { average_.finish(); }

 private:
  void learn(const UpdateRule& rule, std::int64_t step, std::int64_t n_steps) {
    if (step + 1 == n_steps) return batch_->backward_and_update(t_.network, state_, penalty_, rule);
    // The update of one mini-batch and the encoding of the next share one pass over the weights.
    next_->start_encoding(load(*next_, step + 1), settings_);
    batch_->backward_and_update(t_.network, state_, penalty_, rule, next_);
    next_->finish_encoding(t_.network);
    std::swap(batch_, next_);
  }

  void evaluate(int epoch) {
    const WeightAverage::Shown shown(average_);
    const double n_train = static_cast<double>(order_.size());
    finish_epoch(t_, epoch,
                 {loss_ / n_train, static_cast<double>(n_active_) / n_train,
                  static_cast<double>(std::ranges::count(active_, 0u)),
                  k_of_step(t_.trial, t_.length, epoch, t_.length.steps_of(epoch) - 1),
                  static_cast<std::int64_t>(order_.size())},
                 curves_.curves, keep_going_);
  }

  /// Returns for how many samples a dead unit has been inactive.
  std::uint64_t patience() const {
    return t_.trial.dead_after > 0 ? static_cast<std::uint64_t>(t_.trial.dead_after) : t_.split.train.size();
  }

  /// Loads a mini-batch, sets its k, and returns its number of samples.
  int load(Batch& batch, std::int64_t step) {
    const std::span<const std::uint32_t> rows = mini_batch(order_, t_.batch_size, step);
    settings_.k = k_of_step(t_.trial, t_.length, static_cast<int>(settings_.epoch), step);
    batch.load(t_.data.train_rows(), t_.data.n_inputs(), rows, &settings_);
    return n_samples_ = static_cast<int>(rows.size());
  }

  Training& t_;
  CurvesOfLayer curves_;
  const KeepGoing& keep_going_;
  const std::function<void(int)>& after_epoch_;
  PenaltyRule penalty_;
  Shifting shifting_;
  OptimizerState state_;
  WeightAverage average_;
  EpochSettings settings_;
  std::vector<std::uint32_t> order_;
  int n_samples_ = 0;  // in the mini-batch that was loaded last
  Batch *batch_ = nullptr, *next_ = nullptr;
  double loss_ = 0;
  std::uint64_t n_active_ = 0;         // non-zero activations in this epoch
  std::vector<std::uint32_t> active_;  // (unit) samples of this epoch for which it was non-zero
  std::vector<std::uint64_t> silent_;  // (unit) samples since it was last non-zero
};

}  // namespace

std::span<const std::uint32_t> validation_sample(std::span<const std::uint32_t> validation) {
  return validation.first(std::min(samples_of_curve, validation.size()));
}

void add_epoch(const Trial& trial, int epoch, const EpochReport& report, const Reconstruction& validation,
               Curves& curves) {
  require_finite_reconstruction(trial, epoch, validation.mse);
  curves.k.push_back(report.k);
  curves.samples.push_back((curves.samples.empty() ? 0 : curves.samples.back()) +
                           static_cast<double>(report.n_samples));
  curves.train_loss.push_back(report.loss);
  curves.l0.push_back(report.active);
  curves.dead_units.push_back(report.dead);
  curves.validation_mse.push_back(validation.mse);
  curves.validation_fvu.push_back(validation.fvu);
}

void finish_epoch(Training& t, int epoch, const EpochReport& report, Curves& curves,
                  const KeepGoing& keep_going) {
  const Reconstruction glance = reconstruction(t, t.data.train_rows(), validation_sample(t.split.validation),
                                               Kept::of_sample, keep_going);
  add_epoch(t.trial, epoch, report, glance, curves);
}

void CurvesOfLayer::cut(int epochs_done) {
  const std::size_t n_epochs = n_before + static_cast<std::size_t>(epochs_done);
  if (curves.k.size() < n_epochs) throw UnfitCheckpoint();
  for (auto* curve : {&curves.k, &curves.train_loss, &curves.validation_mse, &curves.validation_fvu,
                      &curves.l0, &curves.dead_units, &curves.samples})
    curve->resize(n_epochs);
}

void CurvesOfLayer::transfer(Archive& archive) {
  archive.number(n_before);
  archive.require(n_before <= curves.k.size());
}

void fit(Training& t, Curves& curves, const TrainingHooks& hooks,
         const std::function<void(int)>& after_epoch) {
  Fit loop(t, curves, hooks.keep_going, after_epoch);
  run_epochs(loop, name_of_layer(t.position), t.length, hooks);
  loop.finish();
}

}  // namespace ksweep
