#include "train/classify.h"

#include <algorithm>
#include <cmath>

#include "core/errors.h"
#include "core/random.h"
#include "core/trial_keys.h"
#include "model/layers_batch.h"
#include "probe/accuracy.h"
#include "train/fit.h"
#include "train/parts.h"
#include "train/schedules.h"
#include "train/stopwatch.h"

namespace ksweep {
namespace {

/// One trial's network and data, and the memory to work on a mini-batch.
struct Classifier {
  const Trial& trial;
  const Dataset& data;
  const KeepGoing& keep_going;
  Parts parts;
  Layers layers;
  int batch_size;
  LayersBatch batch;

  Classifier(const Trial& its_trial, const Dataset& its_data, const TrainSettings& settings)
      : trial(its_trial),
        data(its_data),
        keep_going(settings.keep_going),
        parts(parts_of(trial, data)),
        layers(initial_layers(trial, data.n_inputs(), data.n_classes)),
        batch_size(std::max(1, trial.steps_per_epoch > 0
                                   ? trial.batch
                                   : std::min<int>(trial.batch, static_cast<int>(parts.split.train.size())))),
        batch(settings.kernels, layers, batch_size, settings.n_threads) {}
};

/// Predictions for all of these rows against their labels.
Accuracy accuracy(Classifier& c, const float* rows, std::span<const std::uint32_t> chosen,
                  std::span<const std::int32_t> labels) {
  std::vector<std::int32_t> predicted;
  predicted.reserve(chosen.size());
  const auto batch_size = static_cast<std::size_t>(c.batch_size);
  for (std::size_t first = 0; first < chosen.size(); first += batch_size) {
    if (!c.keep_going()) throw Interrupted();
    c.batch.load(rows, chosen.subspan(first, std::min(batch_size, chosen.size() - first)));
    c.batch.forward(c.layers);
    for (int i = 0; i < c.batch.n_samples(); ++i) predicted.push_back(c.batch.predicted(i, c.data.n_classes));
  }
  return accuracy_of(predicted, labels, c.data.n_classes);
}

struct Accuracies {
  Accuracy train, validation, test;
};

Accuracies accuracies(Classifier& c) {
  return {accuracy(c, c.data.train_samples, c.parts.split.train, c.parts.train_labels),
          accuracy(c, c.data.train_samples, c.parts.split.validation, c.parts.validation_labels),
          accuracy(c, c.data.test_samples, c.parts.test, c.parts.test_labels)};
}

/// Positions in the training part in the order of an epoch: a random one, or drawn with replacement.
std::vector<std::uint32_t> order_of_epoch(const Classifier& c, int epoch) {
  const auto n_train = static_cast<std::uint32_t>(c.parts.split.train.size());
  RandomStream stream(static_cast<std::uint64_t>(c.trial.seed), Purpose::batch_order,
                      static_cast<std::uint32_t>(epoch));
  if (c.trial.steps_per_epoch == 0) return permutation(n_train, stream);
  std::vector<std::uint32_t> order(static_cast<std::size_t>(c.trial.steps_per_epoch) * c.batch_size);
  for (std::uint32_t& position : order) position = stream.below(n_train);
  return order;
}

[[noreturn]] void diverge(const Trial& trial, int epoch, std::size_t step, double loss) {
  throw Diverged{epoch + 1, "the training loss became " + std::string(std::isnan(loss) ? "NaN" : "infinite") +
                                " in epoch " + std::to_string(epoch + 1) + ", batch " +
                                std::to_string(step + 1) + ": lower train.learning_rate (" +
                                shortest_text(trial.learning_rate) + ")"};
}

/// Mean over samples and outputs of |output - one-hot target|.
double mean_output_error(const Classifier& c, std::span<const std::int32_t> labels) {
  double sum = 0;
  for (int i = 0; i < c.batch.n_samples(); ++i)
    for (int unit = 0; unit < c.data.n_classes; ++unit)
      sum += std::abs(static_cast<double>(c.batch.outputs(i)[unit]) -
                      (unit == labels[static_cast<std::size_t>(i)] ? 1 : 0));
  return sum / (static_cast<double>(c.batch.n_samples()) * c.data.n_classes);
}

struct EpochSums {
  double loss = 0;          ///< mean over samples
  double output_error = 0;  ///< of the last mini-batch
};

EpochSums run_epoch(Classifier& c, LayersState& state, int epoch) {
  const Trial& trial = c.trial;
  const Loss loss = trial.output == Output::softmax ? Loss::cross_entropy : Loss::squared;
  const std::vector<std::uint32_t> order = order_of_epoch(c, epoch);
  const auto batch_size = static_cast<std::size_t>(c.batch_size);
  const std::size_t n_steps = (order.size() + batch_size - 1) / batch_size;
  std::vector<std::uint32_t> rows;
  std::vector<std::int32_t> labels;
  EpochSums sums;
  for (std::size_t step = 0; step < n_steps; ++step) {
    if (!c.keep_going()) throw Interrupted();
    rows.clear();
    labels.clear();
    for (std::size_t i = step * batch_size; i < std::min((step + 1) * batch_size, order.size()); ++i) {
      rows.push_back(c.parts.split.train[order[i]]);
      labels.push_back(c.parts.train_labels[order[i]]);
    }
    c.batch.load(c.data.train_samples, rows);
    c.batch.forward(c.layers);
    const float scale = trial.reduction == Reduction::sum ? 1.0f : 1.0f / static_cast<float>(rows.size());
    const double of_batch = c.batch.compare(c.layers, loss, labels, scale);
    if (!std::isfinite(of_batch)) diverge(trial, epoch, step, of_batch);
    sums.loss += of_batch;
    if (step + 1 == n_steps) sums.output_error = mean_output_error(c, labels);
    c.batch.backward(c.layers);
    c.batch.update(
        c.layers, state,
        update_rule(trial, epoch * static_cast<std::int64_t>(n_steps) + static_cast<std::int64_t>(step),
                    trial.epochs * static_cast<std::int64_t>(n_steps)));
  }
  sums.loss /= static_cast<double>(order.size());
  return sums;
}

/// Adds the epoch to the curves of accuracy of each trial that asks for it.
void watch_epoch(Classifier& c, int epochs_done, std::span<const Trial> trials,
                 std::vector<TrialResult>& results) {
  const auto asks = [&](const Trial& trial) {
    return trial.probe_every > 0 && epochs_done % trial.probe_every == 0;
  };
  if (std::ranges::all_of(trials, [](const Trial& trial) { return trial.probe_every == 0; })) return;
  double train = not_measured, validation = not_measured, test = not_measured;
  if (std::ranges::any_of(trials, asks)) {
    const Accuracies all = accuracies(c);
    train = all.train.overall;
    validation = all.validation.overall;
    test = all.test.overall;
  }
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].probe_every == 0) continue;
    results[i].train_accuracy_curve.push_back(asks(trials[i]) ? train : not_measured);
    results[i].validation_accuracy_curve.push_back(asks(trials[i]) ? validation : not_measured);
    results[i].test_accuracy_curve.push_back(asks(trials[i]) ? test : not_measured);
  }
}

void record(const Accuracies& all, TrialResult& result) {
  result.train_accuracy = all.train.overall;
  result.validation_accuracy = all.validation.overall;
  result.test_accuracy = all.test.overall;
  result.validation_accuracy_per_class = all.validation.per_class;
  result.test_accuracy_per_class = all.test.per_class;
  result.test_confusion = all.test.confusion;
}

}  // namespace

std::vector<TrialResult> train_classifier(std::span<const Trial> trials, const Dataset& data,
                                          const TrainSettings& settings) {
  if (data.n_classes == 0)
    throw UserError("model.kind = classifier, but the data set " + trials[0].data_set +
                    " has no labels: there is nothing to learn. Use a labelled set.");
  std::vector<TrialResult> results(trials.size());
  Classifier c(trials[0], data, settings);
  LayersState state = initial_state(c.layers, c.trial.optimizer);
  double train_time_s = 0, probe_time_s = 0;
  try {
    for (int epoch = 0; epoch < c.trial.epochs; ++epoch) {
      EpochSums sums;
      {
        Stopwatch watch(train_time_s);
        sums = run_epoch(c, state, epoch);
      }
      for (TrialResult& result : results) {
        result.train_loss_curve.push_back(sums.loss);
        result.output_error_curve.push_back(sums.output_error);
      }
      Stopwatch watch(probe_time_s);
      watch_epoch(c, epoch + 1, trials, results);
    }
    Stopwatch watch(probe_time_s);
    const Accuracies all = accuracies(c);
    for (TrialResult& result : results) {
      record(all, result);
      result.weights_sha256 = weights_sha256(c.layers);
      result.status = Status::done;
    }
  } catch (const Diverged& diverged) {
    for (TrialResult& result : results) {
      result.status = Status::failed;
      result.reason = diverged.reason;
    }
  }
  for (TrialResult& result : results) {
    result.epochs_done = static_cast<double>(result.train_loss_curve.size());
    if (!result.train_loss_curve.empty()) result.train_loss = result.train_loss_curve.back();
    result.train_time_s = train_time_s / static_cast<double>(results.size());
    result.probe_time_s = probe_time_s / static_cast<double>(results.size());
  }
  return results;
}

}  // namespace ksweep
