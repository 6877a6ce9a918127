#include "train/fine_tune.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "base/errors.h"
#include "core/trial_keys.h"
#include "model/max_norm.h"
#include "model/rules.h"
#include "train/archive_state.h"
#include "train/diverged.h"
#include "train/epochs.h"
#include "train/schedules.h"
#include "train/weight_average.h"

namespace ksweep {
namespace {

/// Epochs in which the layers from `first_layer` on are trained.
struct Phase {
  const char* name;
  int first_epoch, n_epochs;
  std::size_t first_layer;
};

/// The whole network, its data and memory for a mini-batch.
struct FineTuner {
  const FineTuning& tuning;
  const KeepGoing& keep_going;
  const Team& team;
  int n_classes;
  Layers layers;
  std::vector<LayerRule> rules;
  Samples train, validation, test;
  int batch_size;
  LayersBatch batch;
  Layers best;
  double best_accuracy = -1;
  int best_epoch = 0;

  FineTuner(Layers its_layers, const Dataset& data, const TrialParts& parts, const FineTuning& its_tuning,
            const TrainSettings& settings)
      : tuning(its_tuning),
        keep_going(settings.keep_going),
        team(settings.team),
        n_classes(data.n_classes),
        layers(std::move(its_layers)),
        train(data.train_samples, parts.split.train, parts.train_labels, layers[0]),
        validation(data.train_samples, parts.split.validation, parts.validation_labels, layers[0]),
        test(data.test_samples, parts.test, parts.test_labels, layers[0]),
        batch_size(mini_batch_size(tuning.batch, train.rows.size())),
        batch(settings.kernels, layers, batch_size, settings.team),
        best(copy_of(layers)) {
    if (tuning.k == 0) return;
    for (std::size_t i = 0; i + 1 < layers.size(); ++i)
      rules.push_back({sparsity_rule(ModelKind::k_sparse), {std::min(tuning.k, layers[i].n_outputs), 1, 0}});
  }

  Accuracy accuracy_on(const Samples& samples) {
    return accuracy(batch, layers, {rules}, samples, n_classes, batch_size, keep_going);
  }
};

Layers with_output_layer(Layers encoder, int n_classes) {
  const std::array sizes{encoder.back().n_outputs, n_classes};
  encoder.push_back(std::move(zero_layers(sizes, Activation::linear, Activation::linear, true)[0]));
  return encoder;
}

[[noreturn]] void diverge(const FineTuner& t, int epoch) {
  throw Diverged{epoch + 1, "the loss of fine-tuning left the finite numbers in its epoch " +
                                std::to_string(epoch + 1) + ": lower probe.learning_rate (" +
                                shortest_text(t.tuning.learning_rate) + ")"};
}

UpdateRule rule_of_step(const FineTuning& tuning, std::int64_t step, std::int64_t n_steps) {
  const OptimizerSettings adam{.optimizer = tuning.weight_decay > 0 ? Optimizer::adamw : Optimizer::adam,
                               .learning_rate = tuning.learning_rate,
                               .schedule = RateSchedule::linear,
                               .weight_decay = tuning.weight_decay};
  return update_rule(adam, step, n_steps);
}

void learn(FineTuner& t, const MiniBatch& chosen, int epoch, const Phase& phase, LayersState& state,
           const UpdateRule& rule) {
  const Noise noise{t.tuning.dropout, t.tuning.input_noise, static_cast<std::uint64_t>(t.tuning.seed),
                    static_cast<std::uint32_t>(epoch), chosen.rows};
  load(t.batch, t.train, chosen);
  t.batch.mask_inputs(noise);
  t.batch.forward(t.layers, {t.rules, &noise});
  const double loss = t.batch.loss(t.layers, Loss::cross_entropy, chosen.labels,
                                   1.0f / static_cast<float>(chosen.rows.size()));
  if (!std::isfinite(loss)) diverge(t, epoch);
  t.batch.backward(t.layers, {}, phase.first_layer);
  const std::size_t output_layer = t.layers.size() - 1;
  UpdateRule of_features = rule;
  of_features.rate *= static_cast<float>(t.tuning.features_rate);
  t.batch.update(t.layers, state, of_features, phase.first_layer, output_layer);
  t.batch.update(t.layers, state, rule, output_layer);
  if (t.tuning.max_norm == 0) return;
  for (std::size_t i = phase.first_layer; i < output_layer; ++i)
    limit_incoming_weights(t.layers[i], t.tuning.max_norm, t.team);
}

void keep_if_best(FineTuner& t, int epoch) {
  const double reached = t.validation.rows.empty() ? epoch : t.accuracy_on(t.validation).overall;
  if (reached <= t.best_accuracy) return;
  t.best_accuracy = reached;
  t.best_epoch = epoch + 1;
  t.best = copy_of(t.layers);
}

class FitPhase final : public EpochLoop {
 public:
  FitPhase(FineTuner& tuner, const Phase& phase)
      : t_(tuner),
        phase_(phase),
        state_(initial_state(t_.layers, Optimizer::adam)),
        average_(t_.tuning.weight_average, parameters(t_.layers), t_.team) {}

  std::int64_t begin(int epoch, std::int64_t) override {
    order_ = order_of_epoch(t_.tuning.seed, t_.train.rows.size(), phase_.first_epoch + epoch);
    return count_mini_batches(order_.size(), t_.batch_size);
  }

  void step(int epoch, std::int64_t step, std::int64_t n_steps) override {
    chosen_.choose(t_.train, mini_batch(order_, t_.batch_size, step));
    learn(t_, chosen_, phase_.first_epoch + epoch, phase_, state_,
          rule_of_step(t_.tuning, epoch * n_steps + step, phase_.n_epochs * n_steps));
    average_.add(epoch * n_steps + step);
  }

  void end(int epoch) override {
    const WeightAverage::Shown shown(average_);
    keep_if_best(t_, phase_.first_epoch + epoch);
  }

  void transfer(Archive& archive) override {
    ksweep::transfer(archive, state_);
    average_.transfer(archive);
  }

 private:
  FineTuner& t_;
  const Phase& phase_;
  LayersState state_;
  WeightAverage average_;
  std::vector<std::uint32_t> order_;
  MiniBatch chosen_;
};

constexpr int all_epochs = std::numeric_limits<int>::max();

/// Returns what tells of a part of all epochs.
std::function<void(double)> part_of(const std::function<void(double)>& tell, double begin, double length) {
  if (!tell) return {};
  return [tell, begin, length](double share) { tell(begin + share * length); };
}

/// Fine-tunes for at most `most_epochs` epochs of both phases; the learning rate follows the full schedule.
FineTuned tuned_once(Layers layers, const Dataset& data, const TrialParts& parts, const FineTuning& tuning,
                     const TrainSettings& settings, int most_epochs) {
  FineTuner t(std::move(layers), data, parts, tuning, settings);
  const Phase phases[] = {{"output layer", 0, tuning.output_epochs, t.layers.size() - 1},
                          {"all layers", tuning.output_epochs, tuning.epochs, 0}};
  std::uint64_t n_done = 0;  // finished phases
  const Checkpointer::Part part(settings.checkpointer, "fine-tuning", [&](Archive& archive) {
    archive.number(n_done);
    transfer(archive, t.layers);
    transfer(archive, t.best);
    archive.number(t.best_accuracy);
    archive.number(t.best_epoch);
  });
  for (; n_done < std::size(phases); ++n_done) {
    const Phase& phase = phases[n_done];
    FitPhase loop(t, phase);
    const int n_epochs = std::clamp(most_epochs - phase.first_epoch, 0, phase.n_epochs);
    const double all = std::max(1, std::min(most_epochs, tuning.output_epochs + tuning.epochs));
    run_epochs(loop, phase.name, n_epochs,
               {t.keep_going, settings.checkpointer,
                part_of(settings.tell_progress, phase.first_epoch / all, n_epochs / all)});
  }
  t.layers = copy_of(t.best);
  return {{t.accuracy_on(t.train), t.accuracy_on(t.validation), t.accuracy_on(t.test)}, t.best_epoch};
}

TrialParts with_validation_in_training(TrialParts parts) {
  const auto append = [](auto& to, auto& from) {
    to.insert(to.end(), from.begin(), from.end());
    from.clear();
  };
  append(parts.split.train, parts.split.validation);
  append(parts.train_labels, parts.validation_labels);
  return parts;
}

void transfer(Archive& archive, Accuracy& accuracy, int n_classes) {
  archive.number(accuracy.overall);
  archive.list(accuracy.per_class);
  archive.list(accuracy.confusion);
  const auto n = static_cast<std::size_t>(n_classes);
  const bool has_matrix = n_classes <= most_classes_in_matrix;
  archive.require(accuracy.per_class.size() == n && accuracy.confusion.size() == (has_matrix ? n * n : 0));
  if (has_matrix) return;
  archive.list(accuracy.samples_per_class);
  auto n_confusions = static_cast<std::uint64_t>(accuracy.confusions.size());
  archive.number(n_confusions);
  archive.require(accuracy.samples_per_class.size() == n && n_confusions <= most_confusions);
  accuracy.confusions.resize(n_confusions);
  for (Confusion& each : accuracy.confusions)
    for (std::int32_t* value : {&each.true_class, &each.predicted, &each.n_samples}) archive.number(*value);
}

}  // namespace

FineTuning fine_tuning_of(const Trial& trial) {
  FineTuning tuning;
  tuning.epochs = trial.probe_epochs;
  tuning.batch = trial.probe_batch;
  tuning.learning_rate = trial.probe_learning_rate;
  tuning.dropout = trial.probe_dropout;
  tuning.input_noise = trial.probe_input_noise;
  tuning.k = trial.probe_k;
  tuning.weight_average = trial.probe_weight_average;
  tuning.weight_decay = trial.probe_weight_decay;
  tuning.max_norm = trial.probe_max_norm;
  tuning.features_rate = trial.probe_features_rate;
  tuning.refit = trial.probe_refit;
  tuning.seed = trial.seed;
  return tuning;
}

FineTuned fine_tune(Layers encoder, const Dataset& data, const TrialParts& parts, const FineTuning& tuning,
                    const TrainSettings& settings) {
  const Layers layers = with_output_layer(std::move(encoder), data.n_classes);
  if (!tuning.refit || parts.split.validation.empty())
    return tuned_once(copy_of(layers), data, parts, tuning, settings, all_epochs);
  FineTuned result;
  std::uint8_t is_chosen = 0;
  const Checkpointer::Part part(settings.checkpointer, "choice of the epoch", [&](Archive& archive) {
    archive.number(is_chosen);
    archive.number(result.best_epoch);
    transfer(archive, result.accuracies.train, data.n_classes);
    transfer(archive, result.accuracies.validation, data.n_classes);
  });
  TrainSettings half = settings;  // as long again at most
  half.tell_progress = part_of(settings.tell_progress, 0, 0.5);
  if (!is_chosen) result = tuned_once(copy_of(layers), data, parts, tuning, half, all_epochs);
  is_chosen = 1;
  half.tell_progress = part_of(settings.tell_progress, 0.5, 0.5);
  result.accuracies.test =
      tuned_once(copy_of(layers), data, with_validation_in_training(parts), tuning, half, result.best_epoch)
          .accuracies.test;
  return result;
}

}  // namespace ksweep
