#include "train/layer_training.h"

#include <algorithm>
#include <cmath>

#include "train/mean_of_rows.h"
#include "train/schedules.h"

namespace ksweep {
namespace {

/// Returns the bias at which a sigmoid unit without input is the mean of n samples: log(p / (1 - p)) (Hinton 2010, section 8).
/// p is the mean with a sample of 0 and one of 1 added, so that it is neither.
double log_odds(double mean, double n) {
  const double p = std::clamp((n * mean + 1) / (n + 2), 1 / (n + 2), (n + 1) / (n + 2));
  return std::log(p / (1 - p));
}

}  // namespace

Training::Training(const Trial& its_trial, const Dataset& its_data, const Split& its_split,
                   const Kernels& its_kernels, const Team& its_team, int its_position,
                   const AutoencoderWeights* start, const KeepGoing& keep_going)
    : trial(its_trial),
      data(its_data),
      split(its_split),
      kernels(its_kernels),
      team(its_team),
      position(its_position),
      network(start ? network_of(trial, *start) : initial_network(trial, data.n_inputs(), position)),
      batch_size(mini_batch_size(trial.batch, split.train.size())),
      length(trial, static_cast<std::int64_t>(split.train.size()), batch_size),
      batch(kernels, network, batch_size, team),
      next_batch(kernels, network, batch_size, team) {
  if (start || trial.visible_bias == VisibleBias::drawn) return;
  const std::vector<double> mean =
      mean_of_rows(data.train_rows(), data.n_inputs(), split.train, team, keep_going);
  const auto n = static_cast<double>(split.train.size());
  std::ranges::transform(mean, network.visible_bias.data(), [&](double value) {
    return static_cast<float>(network.output == Activation::sigmoid ? log_odds(value, n) : value);
  });
}

}  // namespace ksweep
