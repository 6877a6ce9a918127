#include "train/classify.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/errors.h"
#include "base/random.h"
#include "base/stopwatch.h"
#include "core/trial_keys.h"
#include "train/archive_state.h"
#include "train/diverged.h"
#include "train/epochs.h"
#include "train/fill_result.h"
#include "train/labelled_samples.h"
#include "train/schedules.h"
#include "train/trial_parts.h"
#include "train/weight_average.h"

namespace ksweep {
namespace {

/// Network and data of one trial, and memory for a mini-batch.
struct Classifier {
  const Trial& trial;
  const KeepGoing& keep_going;
  const Kernels& kernels;
  int n_classes;
  InputScaling scaling;
  Layers layers;
  Samples train, validation, test;
  int batch_size;
  LayersBatch batch;

  Classifier(const Trial& its_trial, const Dataset& data, TrialParts parts, const TrainSettings& settings)
      : trial(its_trial),
        keep_going(settings.keep_going),
        kernels(settings.kernels),
        n_classes(data.n_classes),
        scaling(data.scaling()),
        layers(initial_layers(trial, data.n_inputs(), n_classes)),
        train(data.train_samples, std::move(parts.split.train), std::move(parts.train_labels), layers[0]),
        validation(data.train_samples, std::move(parts.split.validation), std::move(parts.validation_labels),
                   layers[0]),
        test(data.test_samples, std::move(parts.test), std::move(parts.test_labels), layers[0]),
        batch_size(trial.steps_per_epoch > 0 ? trial.batch : mini_batch_size(trial.batch, train.rows.size())),
        batch(settings.kernels, layers, batch_size, settings.team) {}
};

Accuracies accuracies(Classifier& c) {
  const auto of = [&](const Samples& samples) {
    return accuracy(c.batch, c.layers, {}, samples, c.n_classes, c.batch_size, c.keep_going);
  };
  return {of(c.train), of(c.validation), of(c.test)};
}

/// Returns positions in the training part in the order of an epoch: a permutation, or drawn with replacement.
std::vector<std::uint32_t> positions_of_epoch(const Classifier& c, int epoch) {
  if (c.trial.steps_per_epoch == 0) return order_of_epoch(c.trial.seed, c.train.rows.size(), epoch);
  const auto n_train = static_cast<std::uint32_t>(c.train.rows.size());
  RandomStream stream(static_cast<std::uint64_t>(c.trial.seed), Purpose::batch_order,
                      static_cast<std::uint32_t>(epoch));
  std::vector<std::uint32_t> order(static_cast<std::size_t>(c.trial.steps_per_epoch) * c.batch_size);
  for (std::uint32_t& position : order) position = stream.below(n_train);
  return order;
}

/// Returns the mean over samples and outputs of |output - one-hot target|, after the softmax if there is one.
double mean_output_error(const Classifier& c, std::span<const std::int32_t> labels) {
  const int stride = c.layers.back().stride;
  AlignedFloats outputs(static_cast<std::size_t>(stride));
  double sum = 0;
  for (int i = 0; i < c.batch.n_samples(); ++i) {
    std::copy_n(c.batch.outputs(i), stride, outputs.data());
    if (c.trial.output == Output::softmax) c.kernels.softmax(outputs.data(), 1, stride, c.n_classes);
    for (int unit = 0; unit < c.n_classes; ++unit)
      sum += std::abs(static_cast<double>(outputs[static_cast<std::size_t>(unit)]) -
                      (unit == labels[static_cast<std::size_t>(i)] ? 1 : 0));
  }
  return sum / (static_cast<double>(c.batch.n_samples()) * c.n_classes);
}

/// Returns the loss of the mini-batch, summed over samples, after a forward pass.
double loss_of(Classifier& c, const MiniBatch& chosen, int epoch) {
  const Loss loss = c.trial.output == Output::softmax ? Loss::cross_entropy : Loss::squared;
  const float scale =
      c.trial.reduction == Reduction::sum ? 1.0f : 1.0f / static_cast<float>(chosen.rows.size());
  const Noise noise{c.trial.dropout, c.trial.input_noise, static_cast<std::uint64_t>(c.trial.seed),
                    static_cast<std::uint32_t>(epoch), chosen.rows};
  load(c.batch, c.train, chosen);
  c.batch.mask_inputs(noise);
  c.batch.forward(c.layers, {{}, &noise});
  return c.batch.loss(c.layers, loss, chosen.labels, scale);
}

/// Adds the epoch to the accuracy curves of each trial that requests them.
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
  const auto n_epochs = static_cast<std::size_t>(epochs_done);
  for (std::size_t i = 0; i < trials.size(); ++i) {
    if (trials[i].probe_every == 0) continue;
    results[i].train_accuracy_curve.resize(n_epochs, asks(trials[i]) ? train : not_measured);
    results[i].validation_accuracy_curve.resize(n_epochs, asks(trials[i]) ? validation : not_measured);
    results[i].test_accuracy_curve.resize(n_epochs, asks(trials[i]) ? test : not_measured);
  }
}

struct Times {
  double train_s = 0, count_s = 0;
};

class FitClassifier final : public EpochLoop {
 public:
  FitClassifier(Classifier& classifier, std::span<const Trial> trials, std::vector<TrialResult>& results,
                Times& times, const Team& team)
      : c_(classifier),
        trials_(trials),
        results_(results),
        times_(times),
        state_(initial_state(c_.layers, c_.trial.optimizer)),
        average_(c_.trial.weight_average, parameters(c_.layers), team) {}

  std::int64_t begin(int epoch, std::int64_t first) override {
    Stopwatch watch(times_.train_s);
    order_ = positions_of_epoch(c_, epoch);
    if (first == 0) loss_ = output_error_ = 0;
    return count_mini_batches(order_.size(), c_.batch_size);
  }

  void step(int epoch, std::int64_t step, std::int64_t n_steps) override {
    Stopwatch watch(times_.train_s);
    chosen_.choose(c_.train, mini_batch(order_, c_.batch_size, step));
    const double loss = loss_of(c_, chosen_, epoch);
    if (!std::isfinite(loss)) diverge(c_.trial, epoch, step, loss);
    loss_ += loss / static_cast<double>(order_.size());
    if (step + 1 == n_steps) output_error_ = mean_output_error(c_, chosen_.labels);
    c_.batch.backward(c_.layers);
    c_.batch.update(
        c_.layers, state_,
        update_rule(optimizer_settings(c_.trial), epoch * n_steps + step, c_.trial.epochs * n_steps));
    average_.add(epoch * n_steps + step);
  }

  void end(int epoch) override {
    Stopwatch watch(times_.count_s);
    const auto n_epochs = static_cast<std::size_t>(epoch) + 1;
    for (TrialResult& result : results_) {
      result.train_loss_curve.resize(n_epochs, loss_);
      result.output_error_curve.resize(n_epochs, output_error_);
    }
    const WeightAverage::Shown shown(average_);
    watch_epoch(c_, epoch + 1, trials_, results_);
  }

  const std::vector<double>* losses() const override { return &results_.front().train_loss_curve; }

  void transfer(Archive& archive) override {
    ksweep::transfer(archive, state_);
    archive.number(loss_);
    archive.number(output_error_);
    average_.transfer(archive);
  }

  /// Leaves what is evaluated and stored.
  void finish() { average_.finish(); }

 private:
  Classifier& c_;
  std::span<const Trial> trials_;
  std::vector<TrialResult>& results_;
  Times& times_;
  LayersState state_;
  WeightAverage average_;
  std::vector<std::uint32_t> order_;
  MiniBatch chosen_;
  double loss_ = 0;          // mean over the samples of this epoch
  double output_error_ = 0;  // in its last mini-batch
};

/// Trains for all epochs and evaluates.  Fills `results` meanwhile, so that they hold what is known if it
/// throws Diverged.
void train_and_count(Classifier& c, std::span<const Trial> trials, const TrainSettings& settings,
                     std::vector<TrialResult>& results, Times& times) {
  std::uint8_t is_trained = 0;
  const Checkpointer::Part part(settings.checkpointer, "classifier", [&](Archive& archive) {
    archive.number(is_trained);
    archive.number(times.train_s);
    archive.number(times.count_s);
    transfer(archive, c.layers);
    for (TrialResult& result : results)
      transfer(archive, result, c.n_classes, static_cast<std::size_t>(c.trial.epochs));
    if (archive.reads()) note_resumed(results, results[0].train_loss_curve.size());
  });
  if (!is_trained) {
    FitClassifier loop(c, trials, results, times, settings.team);
    run_epochs(loop, "epochs", c.trial.epochs, hooks_of(settings));
    loop.finish();
  }
  is_trained = 1;
  Stopwatch watch(times.count_s);
  const Accuracies all = accuracies(c);
  const Weights weights{{}, unpadded(c.layers), c.scaling};
  for (TrialResult& result : results) {
    record(all.train, all.validation, all.test, result);
    result.weights_sha256 = weights_sha256(weights);
    if (settings.save_weights) result.weights = weights;
    result.status = Status::done;
  }
}

}  // namespace

std::vector<TrialResult> train_classifier(std::span<const Trial> trials, const Dataset& data,
                                          const TrainSettings& settings) {
  if (data.n_classes == 0)
    throw UserError("model.kind = classifier, but the data set " + trials[0].data_set +
                    " has no labels: there is nothing to learn. Use a labelled set.");
  std::vector<TrialResult> results(trials.size());
  Classifier classifier(trials[0], data, parts_in_file_order(trials[0], data), settings);
  Times times;
  try {
    train_and_count(classifier, trials, settings, results, times);
  } catch (const Diverged& diverged) {
    for (TrialResult& result : results) {
      result.status = Status::failed;
      result.reason = diverged.reason;
    }
  }
  for (TrialResult& result : results) {
    result.epochs_done = static_cast<double>(result.train_loss_curve.size());
    if (!result.train_loss_curve.empty()) result.train_loss = result.train_loss_curve.back();
    result.train_time_s = times.train_s / static_cast<double>(results.size());
    result.probe_time_s = times.count_s / static_cast<double>(results.size());
  }
  return results;
}

}  // namespace ksweep
