#include "train/fit_rbm.h"

#include <algorithm>
#include <cmath>

#include "model/rbm.h"
#include "model/sparsity_target.h"
#include "train/archive_state.h"
#include "train/epochs.h"
#include "train/schedules.h"
#include "train/weight_average.h"

namespace ksweep {
namespace {

constexpr double least_activation = 0.01;

class FitRbm final : public EpochLoop {
 public:
  FitRbm(Training& training, Curves& curves, const KeepGoing& keep_going,
         const std::function<void(int)>& after_epoch)
      : t_(training),
        curves_{curves},
        keep_going_(keep_going),
        after_epoch_(after_epoch),
        state_(initial_state(t_.network, t_.trial.optimizer)),
        average_(t_.trial.weight_average, parameters(t_.network), t_.team),
        batch_(t_.kernels, t_.network, t_.batch_size, t_.team),
        target_(penalty_rule(t_.trial), t_.trial.sparsity_decay, t_.network.n_hidden),
        activations_(static_cast<std::size_t>(t_.network.n_hidden)),
        of_batch_(activations_.size()) {}

  std::int64_t begin(int epoch, std::int64_t first) override {
    curves_.cut(epoch);
    order_ = rows_of_epoch(t_.trial, t_.split.train, t_.length, epoch);
    if (first == 0) {
      report_ = {};
      std::ranges::fill(activations_, 0.0);
    }
    return count_mini_batches(order_.size(), t_.batch_size);
  }

  void step(int epoch, std::int64_t step, std::int64_t /*n_steps*/) override {
    const double n_train = static_cast<double>(order_.size());
    batch_.load(t_.data.train_rows(), t_.data.n_inputs(), mini_batch(order_, t_.batch_size, step));
    batch_.run(t_.network, {static_cast<std::uint64_t>(t_.trial.seed), static_cast<std::uint32_t>(epoch),
                            t_.trial.cd_steps, t_.trial.persistent, t_.trial.dropout});
    const double loss = batch_.reconstruction_loss();
    if (!std::isfinite(loss)) diverge(t_.trial, epoch, step, loss);
    report_.loss += loss / n_train;
    report_.active += count_activations() / n_train;
    const std::int64_t of_training = t_.length.steps_before(epoch) + step;
    target_.add(of_batch_, batch_.n_samples(), of_training);
    batch_.update(t_.network, state_,
                  update_rule(optimizer_settings(t_.trial), of_training, t_.length.n_steps()),
                  target_.slopes());
    average_.add(of_training);
  }

  void end(int epoch) override {
    const double least_sum = least_activation * static_cast<double>(order_.size());
    report_.dead =
        static_cast<double>(std::ranges::count_if(activations_, [&](double sum) { return sum < least_sum; }));
    report_.k = t_.network.n_hidden;
    report_.n_samples = static_cast<std::int64_t>(order_.size());
    const WeightAverage::Shown shown(average_);
    finish_epoch(t_, epoch, report_, curves_.curves, keep_going_);
    after_epoch_(epoch + 1);
  }

  const std::vector<double>* losses() const override { return &curves_.curves.train_loss; }

  void transfer(Archive& archive) override {
    curves_.transfer(archive);
    ksweep::transfer(archive, t_.network);
    ksweep::transfer(archive, state_);
    archive.number(report_.loss);
    archive.number(report_.active);
    archive.array(std::span(activations_));
    average_.transfer(archive);
    if (!target_.means().empty()) archive.array(target_.means());
    if (!t_.trial.persistent) return;
    archive.number(batch_.n_chains());
    archive.array(batch_.chains());
  }

  /// Leaves what is evaluated and stored.
  void finish() { average_.finish(); }

 private:
  /// Sums the mini-batch's probabilities, also over the epoch; returns the total.
  double count_activations() {
    std::ranges::fill(of_batch_, 0.0);
    const double all = batch_.add_activations(of_batch_);
    for (std::size_t unit = 0; unit < of_batch_.size(); ++unit) activations_[unit] += of_batch_[unit];
    return all;
  }

  Training& t_;
  CurvesOfLayer curves_;
  const KeepGoing& keep_going_;
  const std::function<void(int)>& after_epoch_;
  OptimizerState state_;
  WeightAverage average_;
  RbmBatch batch_;
  SparsityTarget target_;
  std::vector<std::uint32_t> order_;
  std::vector<double> activations_;  // (unit) sum over the samples of this epoch
  std::vector<double> of_batch_;     // (unit) sum over those of this mini-batch
  EpochReport report_;
};

}  // namespace

void fit_rbm(Training& t, Curves& curves, const TrainingHooks& hooks,
             const std::function<void(int)>& after_epoch) {
  FitRbm loop(t, curves, hooks.keep_going, after_epoch);
  run_epochs(loop, name_of_layer(t.position), t.length, hooks);
  loop.finish();
}

}  // namespace ksweep
