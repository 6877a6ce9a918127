#include "train/joint_fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "train/archive_state.h"
#include "train/diverged.h"
#include "train/epochs.h"
#include "train/fit.h"
#include "train/joint_codes.h"
#include "train/schedules.h"
#include "train/weight_average.h"

namespace ksweep {
namespace {

class FitJoint final : public EpochLoop {
 public:
  FitJoint(JointNetwork& joint, Curves& curves, const std::function<void(int)>& after_epoch)
      : j_(joint),
        curves_{curves},
        after_epoch_(after_epoch),
        penalty_(penalty_rule(j_.trial)),
        state_(initial_state(j_.layers, j_.trial.optimizer)),
        average_(j_.trial.weight_average, parameters(j_.layers), j_.settings.team),
        active_(static_cast<std::size_t>(j_.trial.n_hidden)) {}

  std::int64_t begin(int epoch, std::int64_t first) override {
    curves_.cut(epoch);
    order_ = rows_of_epoch(j_.trial, j_.parts.split.train, j_.length, epoch);
    if (first == 0) {
      loss_ = 0;
      n_active_ = 0;
      std::ranges::fill(active_, 0u);
    }
    return count_mini_batches(order_.size(), j_.batch_size);
  }

  void step(int epoch, std::int64_t step, std::int64_t /*n_steps*/) override {
    rules_ =
        innermost_rule(sparsity_rule(j_.trial.kind),
                       {k_of_step(j_.trial, j_.length, epoch, step), j_.trial.lifetime, 0}, j_.innermost + 1);
    const std::span<const std::uint32_t> rows = mini_batch(order_, j_.batch_size, step);
    const double loss = loss_of(rows, epoch);
    if (!std::isfinite(loss)) diverge(j_.trial, epoch, step, loss);
    loss_ += loss;
    n_active_ += j_.batch.count_active(j_.innermost, active_);
    j_.batch.backward(j_.layers, penalty_);
    j_.batch.update(
        j_.layers, state_,
        update_rule(optimizer_settings(j_.trial), j_.length.steps_before(epoch) + step, j_.length.n_steps()));
    average_.add(j_.length.steps_before(epoch) + step);
  }

  void end(int epoch) override {
    const WeightAverage::Shown shown(average_);
    const Reconstruction glance = reconstruction(
        j_, j_.data.train_rows(), validation_sample(j_.parts.split.validation), Kept::of_sample);
    const double n_train = static_cast<double>(order_.size());
    add_epoch(j_.trial, epoch,
              {loss_ / n_train, static_cast<double>(n_active_) / n_train,
               static_cast<double>(std::ranges::count(active_, 0u)),
               k_of_step(j_.trial, j_.length, epoch, j_.length.steps_of(epoch) - 1),
               static_cast<std::int64_t>(order_.size())},
              glance, curves_.curves);
    after_epoch_(epoch + 1);
  }

  const std::vector<double>* losses() const override { return &curves_.curves.train_loss; }

  void transfer(Archive& archive) override {
    curves_.transfer(archive);
    ksweep::transfer(archive, state_);
    archive.number(loss_);
    archive.number(n_active_);
    archive.array(std::span(active_));
    average_.transfer(archive);
  }

  /// Leaves what is evaluated and stored.
  void finish() { average_.finish(); }

 private:
  /// Returns the loss of the mini-batch with penalty, times its number of samples, after a forward pass.
  double loss_of(std::span<const std::uint32_t> rows, int epoch) {
    const Noise noise{j_.trial.dropout, j_.trial.input_noise, static_cast<std::uint64_t>(j_.trial.seed),
                      static_cast<std::uint32_t>(epoch), rows};
    const auto n_samples = static_cast<float>(rows.size());
    j_.batch.load(j_.data.train_rows(), rows);
    j_.batch.mask_inputs(noise);
    j_.batch.forward(j_.layers, {rules_, &noise});
    return j_.batch.loss(j_.layers, j_.data.train_rows(), rows, 1 / n_samples) +
           j_.batch.penalty(j_.layers, penalty_) * static_cast<double>(rows.size());
  }

  JointNetwork& j_;
  CurvesOfLayer curves_;
  const std::function<void(int)>& after_epoch_;
  PenaltyRule penalty_;
  LayersState state_;
  WeightAverage average_;
  std::vector<LayerRule> rules_;
  std::vector<std::uint32_t> order_;
  double loss_ = 0;
  std::uint64_t n_active_ = 0;         // non-zero activations of the code in this epoch
  std::vector<std::uint32_t> active_;  // (unit) samples of this epoch for which it was non-zero
};

std::vector<LayerRule> rules_of(Kept kept, const JointNetwork& j) {
  if (kept == Kept::of_sample) return innermost_rule_of_k(reconstruction_k(j.trial), j.encoder());
  const EpochSettings settings = settings_of(kept, j.trial, j.thresholds);
  return innermost_rule(settings.rule, {settings.k, settings.lifetime, 0, settings.thresholds},
                        j.innermost + 1);
}

}  // namespace

JointNetwork::JointNetwork(const Trial& its_trial, const Dataset& its_data, const TrialParts& its_parts,
                           const TrainSettings& its_settings)
    : trial(its_trial),
      data(its_data),
      parts(its_parts),
      settings(its_settings),
      layers(initial_autoencoder_layers(trial, data.n_inputs())),
      innermost(layers.size() / 2 - 1),
      batch_size(mini_batch_size(trial.batch, parts.split.train.size())),
      length(trial, static_cast<std::int64_t>(parts.split.train.size()), batch_size),
      batch(settings.kernels, layers, batch_size, settings.team) {}

Reconstruction reconstruction(JointNetwork& j, const SampleRows& rows, std::span<const std::uint32_t> chosen,
                              Kept kept) {
  const std::vector<LayerRule> rules = rules_of(kept, j);
  const std::vector<std::uint32_t> ordered = in_order_of(kept, j.trial, chosen);
  const auto batch_size = static_cast<std::size_t>(j.batch_size);
  Reconstruction result;
  result.active.resize(static_cast<std::size_t>(j.trial.n_hidden));
  ReconstructionSums sums(j.data.n_inputs());
  std::vector<float> samples;
  const auto n_inputs = static_cast<std::size_t>(j.data.n_inputs());
  std::size_t n_active = 0;
  for (std::size_t first = 0; first < ordered.size(); first += batch_size) {
    if (!j.settings.keep_going()) throw Interrupted();
    const auto part = std::span(ordered).subspan(first, std::min(batch_size, ordered.size() - first));
    j.batch.load(rows, part);
    j.batch.forward(j.layers, {rules});
    result.squared_error += 2 * j.batch.loss(j.layers, rows, part, 1);
    samples.resize(part.size() * n_inputs);
    for (std::size_t i = 0; i < part.size(); ++i)
      rows.copy(part[i], j.data.n_inputs(), samples.data() + i * n_inputs);
    sums.add(part.size(), {samples.data(), j.data.n_inputs()}, {j.batch.outputs(0), j.layers.back().stride},
             Given::reconstruction, j.settings.team);
    n_active += j.batch.count_active(j.innermost, result.active);
  }
  const double n_samples = static_cast<double>(chosen.size());
  result.mse = result.squared_error / (n_samples * j.data.n_inputs());
  result.l0 = static_cast<double>(n_active) / n_samples;
  record(sums, result);
  return result;
}

double calibrate_threshold(JointNetwork& j) {
  const std::vector<std::uint32_t> order = in_order_of(Kept::by_rule, j.trial, j.parts.split.train);
  const std::vector<LayerRule> rules = rules_of(Kept::by_rule, j);
  MeanOfSmallest mean;
  for (std::int64_t step = 0; step < count_mini_batches(order.size(), j.batch_size); ++step) {
    if (!j.settings.keep_going()) throw Interrupted();
    j.batch.load(j.data.train_rows(), mini_batch(order, j.batch_size, step));
    j.batch.forward(j.encoder(), {rules});
    float smallest = std::numeric_limits<float>::infinity();
    for (int i = 0; i < j.batch.n_samples(); ++i)
      for (const float value :
           std::span(j.batch.outputs(i, j.innermost), static_cast<std::size_t>(j.trial.n_hidden)))
        if (value > 0) smallest = std::min(smallest, value);
    mean.add(smallest);
  }
  j.thresholds.assign(static_cast<std::size_t>(j.trial.n_hidden), mean.value());
  return mean.value();
}

void fit(JointNetwork& j, Curves& curves, const std::function<void(int)>& after_epoch) {
  FitJoint loop(j, curves, after_epoch);
  run_epochs(loop, "epochs", j.length, hooks_of(j.settings));
  loop.finish();
}

}  // namespace ksweep
