#include "train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "train/epochs.h"
#include "train/mean_of_rows.h"
#include "train/schedules.h"

namespace ksweep {

std::vector<std::uint32_t> in_order_of(Kept kept, const Trial& trial, std::span<const std::uint32_t> rows) {
  std::vector<std::uint32_t> ordered(rows.begin(), rows.end());
  if (kept != Kept::by_rule) return ordered;
  // Random order, since files are often sorted by class, and the rule was not trained on mini-batches of one
  // class.
  const std::vector<std::uint32_t> order = order_of_epoch(trial.seed, rows.size(), 0);
  for (std::size_t i = 0; i < rows.size(); ++i) ordered[i] = rows[order[i]];
  return ordered;
}

EpochSettings settings_of(Kept kept, const Trial& trial, std::span<const float> thresholds) {
  if (kept == Kept::by_rule) return settings_of_rule(trial);
  EpochSettings settings;
  settings.k = reconstruction_k(trial);
  if (kept == Kept::of_sample) return settings;
  settings.rule = threshold_rule();
  settings.thresholds = thresholds;
  return settings;
}

std::size_t samples_seen(const Training& t) {
  const auto n_train = static_cast<std::int64_t>(t.split.train.size()), n_seen = t.length.n_samples();
  return static_cast<std::size_t>(n_seen > 0 ? std::min(n_train, n_seen) : n_train);
}

double calibrate_threshold(Training& t, const KeepGoing& keep_going) {
  std::vector<std::uint32_t> order = in_order_of(Kept::by_rule, t.trial, t.split.train);
  order.resize(samples_seen(t));
  MeanOfSmallest mean;
  for (std::int64_t step = 0; step < count_mini_batches(order.size(), t.batch_size); ++step) {
    if (!keep_going()) throw Interrupted();
    const std::span<const std::uint32_t> rows = mini_batch(order, t.batch_size, step);
    t.batch.load(t.data.train_rows(), t.data.n_inputs(), rows);
    t.batch.encode(t.network, static_cast<int>(rows.size()), settings_of_rule(t.trial));
    mean.add(t.batch.smallest_positive());
  }
  t.thresholds.assign(static_cast<std::size_t>(t.network.n_hidden), mean.value());
  return mean.value();
}

Reconstruction reconstruction(Training& t, const SampleRows& rows, std::span<const std::uint32_t> chosen,
                              Kept kept, const KeepGoing& keep_going) {
  Reconstruction result;
  ReconstructionSums sums(t.data.n_inputs());
  result.active.resize(static_cast<std::size_t>(t.network.n_hidden));
  std::size_t n_active = 0;
  const std::vector<std::uint32_t> ordered = in_order_of(kept, t.trial, chosen);
  const EpochSettings settings = settings_of(kept, t.trial, t.thresholds);
  const auto scale = static_cast<float>(decoded_share(t.trial, t.batch_size));
  const auto batch_size = static_cast<std::size_t>(t.batch_size);
  for (std::size_t first = 0; first < ordered.size(); first += batch_size) {
    if (!keep_going()) throw Interrupted();
    const auto part = std::span(ordered).subspan(first, std::min(batch_size, ordered.size() - first));
    t.batch.load(rows, t.data.n_inputs(), part);
    t.batch.encode(t.network, static_cast<int>(part.size()), settings);
    t.batch.reconstruct(t.network, scale, Batch::Residual::as_is);
    result.squared_error += 2 * t.batch.reconstruction_loss();
    sums.add(part.size(), {t.batch.sample(0), t.batch.stride()}, {t.batch.residuals(), t.batch.stride()},
             Given::error, t.team);
    n_active += t.batch.count_active(result.active);
  }
  const double n_samples = static_cast<double>(chosen.size());
  result.mse = result.squared_error / (n_samples * t.data.n_inputs());
  result.l0 = static_cast<double>(n_active) / n_samples;
  record(sums, result);
  return result;
}

void record(const ReconstructionSums& sums, Reconstruction& result) {
  result.fvu = sums.fvu();
  result.cosine = sums.cosine();
  result.norm_ratio = sums.norm_ratio();
}

double squared_distance_to_training_mean(const Dataset& data, const Split& split,
                                         std::span<const std::uint32_t> test_rows, const Team& team,
                                         const KeepGoing& keep_going) {
  const int n_inputs = data.n_inputs();
  std::vector<float> buffer(static_cast<std::size_t>(n_inputs));
  const std::vector<double> mean = mean_of_rows(data.train_rows(), n_inputs, split.train, team, keep_going);
  double sum = 0;
  for (std::size_t i = 0; i < test_rows.size(); ++i) {
    if (i % rows_at_once == 0 && !keep_going()) throw Interrupted();
    const float* const sample = data.test_rows().row(test_rows[i], n_inputs, buffer.data());
    for (std::size_t c = 0; c < mean.size(); ++c) {
      const double distance = static_cast<double>(sample[c]) - mean[c];
      sum += distance * distance;
    }
  }
  return sum;
}

Filters most_active_filters(const Network& network, const std::vector<std::uint32_t>& active) {
  constexpr int most = 100;
  std::vector<std::int32_t> order(active.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](std::int32_t a, std::int32_t b) {
    return active[static_cast<std::size_t>(a)] > active[static_cast<std::size_t>(b)];
  });
  Filters filters;
  filters.n_filters = std::min(most, network.n_hidden);
  filters.n_pixels = network.n_inputs;
  filters.units.assign(order.begin(), order.begin() + filters.n_filters);
  for (const std::int32_t unit : filters.units) {
    const std::span<const float> image(network.decoder_row(unit), static_cast<std::size_t>(network.n_inputs));
    float largest = 0;
    for (const float pixel : image) largest = std::max(largest, std::abs(pixel));
    const float scale = largest > 0 ? largest / std::numeric_limits<std::int8_t>::max() : 1;
    filters.scale.push_back(scale);
    for (const float pixel : image)
      filters.levels.push_back(static_cast<std::int8_t>(std::lround(pixel / scale)));
  }
  return filters;
}

}  // namespace ksweep
