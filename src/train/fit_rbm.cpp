#include "train/fit_rbm.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "model/rbm.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

constexpr double least_activation = 0.01;

EpochReport run_epoch(Training& t, RbmBatch& batch, OptimizerState& state, int epoch,
                      const KeepGoing& keep_going) {
  const std::vector<std::uint32_t> order = rows_of_epoch(t.trial, t.split.train, epoch);
  const auto batch_size = static_cast<std::size_t>(t.batch_size);
  const auto n_batches = static_cast<std::int64_t>((order.size() + batch_size - 1) / batch_size);
  const double n_train = static_cast<double>(order.size());
  const Gibbs gibbs{static_cast<std::uint64_t>(t.trial.seed), static_cast<std::uint32_t>(epoch),
                    t.trial.cd_steps};
  std::vector<double> activations(static_cast<std::size_t>(t.network.n_hidden));
  EpochReport report;
  for (std::int64_t b = 0; b < n_batches; ++b) {
    if (!keep_going()) throw Interrupted();
    const std::size_t first = static_cast<std::size_t>(b) * batch_size;
    batch.load(
        t.data.train_samples, t.data.n_inputs(),
        std::span<const std::uint32_t>(order).subspan(first, std::min(batch_size, order.size() - first)));
    batch.run(t.network, gibbs);
    const double loss = batch.reconstruction_loss();
    if (!std::isfinite(loss)) diverge(t.trial, epoch, b, loss);
    report.loss += loss / n_train;
    report.active += batch.add_activations(activations) / n_train;
    batch.update(t.network, state, update_rule(t.trial, epoch * n_batches + b, t.trial.epochs * n_batches));
  }
  report.dead = static_cast<double>(
      std::ranges::count_if(activations, [&](double sum) { return sum < least_activation * n_train; }));
  return report;
}

}  // namespace

void fit_rbm(Training& t, Curves& curves, const KeepGoing& keep_going,
             const std::function<void(int)>& after_epoch) {
  OptimizerState state = initial_state(t.network, t.trial.optimizer);
  RbmBatch batch(t.kernels, t.network, t.batch_size, t.team);
  for (int epoch = 0; epoch < t.trial.epochs; ++epoch) {
    finish_epoch(t, epoch, run_epoch(t, batch, state, epoch, keep_going), curves, keep_going);
    after_epoch(epoch + 1);
  }
}

}  // namespace ksweep
