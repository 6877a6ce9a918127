#include "train/stack.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/errors.h"
#include "core/starting_file.h"
#include "core/trial_keys.h"
#include "core/trial_layers.h"
#include "train/archive_state.h"
#include "train/evaluate.h"
#include "train/fit_rbm.h"
#include "train/joint_codes.h"
#include "train/schedules.h"
#include "train/unfold_scaling.h"

namespace ksweep {
namespace {

/// Writes the codes of some rows into an array with room for the codes of all rows.
void write_codes(Training& t, const SampleRows& rows, std::span<const std::uint32_t> chosen,
                 const KeepGoing& keep_going, float* codes) {
  const auto n_units = static_cast<std::size_t>(t.network.n_hidden),
             at_once = static_cast<std::size_t>(t.batch_size);
  std::vector<float> of_part;
  for (std::size_t first = 0; first < chosen.size(); first += at_once) {
    if (!keep_going()) throw Interrupted();
    const auto part = chosen.subspan(first, std::min(at_once, chosen.size() - first));
    t.batch.load(rows, t.data.n_inputs(), part);
    t.batch.encode(t.network, static_cast<int>(part.size()), encoding_k(t.trial));
    of_part.assign(part.size() * n_units, 0);
    t.batch.write_code(of_part.data());
    for (std::size_t i = 0; i < part.size(); ++i)
      std::copy_n(of_part.data() + i * n_units, n_units, codes + part[i] * n_units);
  }
}

/// Adds what the codes of some rows are, with the k largest activations kept; returns the number of their non-zero
/// activations.
std::size_t add_activity(Training& t, const SampleRows& rows, std::span<const std::uint32_t> chosen, int k,
                         const KeepGoing& keep_going, UnitActivity& activity) {
  const auto n_units = static_cast<std::size_t>(t.network.n_hidden),
             at_once = static_cast<std::size_t>(t.batch_size);
  activity.active.resize(n_units);
  activity.sum.resize(n_units);
  std::size_t n_active = 0;
  for (std::size_t first = 0; first < chosen.size(); first += at_once) {
    if (!keep_going()) throw Interrupted();
    const auto part = chosen.subspan(first, std::min(at_once, chosen.size() - first));
    t.batch.load(rows, t.data.n_inputs(), part);
    t.batch.encode(t.network, static_cast<int>(part.size()), k);
    n_active += t.batch.count_active(activity.active);
    t.batch.add_activations(activity.sum);
  }
  return n_active;
}

}  // namespace

Stack::Stack(const Trial& trial, const Dataset& data, const TrialParts& parts, const TrainSettings& settings)
    : data_(data), parts_(parts), settings_(settings), trials_(trials_of_layers(trial)) {
  part_.emplace(settings_.checkpointer, "stack", [this](Archive& archive) { transfer(archive); });
  begin_layer(0);
}

/// Transfers the trained layers; the layer in training has its own part.
void Stack::transfer(Archive& archive) {
  archive.number(n_trained_);
  archive.require(n_trained_ <= trials_.size());
  for (std::size_t i = 0; i < n_trained_; ++i) {
    if (archive.reads())
      restored_.push_back(initial_network(trials_[i], i == 0 ? data_.n_inputs() : trials_[i - 1].n_hidden));
    ksweep::transfer(archive, archive.reads() ? restored_[i] : network(i));
  }
}

void Stack::begin_layer(std::size_t position) {
  std::optional<AutoencoderWeights> start;
  if (starts_from_file(trials_[position].start_from))
    start = unfold_scaling(read_weights_file(trials_[position].start_from, settings_.weight_places),
                           trials_[position], data_.scaling(), data_.n_inputs());
  top_ = std::make_unique<Training>(trials_[position], codes_ ? *codes_ : data_, parts_.split,
                                    settings_.kernels, settings_.team, static_cast<int>(position),
                                    start ? &*start : nullptr, settings_.keep_going);
  if (position < restored_.size()) top_->network = std::move(restored_[position]);
}

void Stack::fit(Curves& curves, const AfterEpoch& after_epoch) {
  for (std::size_t position = 0; position < trials_.size(); ++position) {
    if (position >= n_trained_) train_top(curves, after_epoch);
    if (position + 1 == trials_.size()) return;
    std::unique_ptr<Dataset> codes = codes_of_top();
    lower_.push_back(std::move(top_->network));
    top_.reset();
    codes_ = std::move(codes);
    begin_layer(position + 1);
  }
}

void Stack::train_top(Curves& curves, const AfterEpoch& after_epoch) {
  const bool is_last = lower_.size() + 1 == trials_.size();
  const int epochs_before = static_cast<int>(lower_.size()) * top_->length.n_epochs();
  const auto train = top_->trial.kind == ModelKind::rbm ? fit_rbm : ksweep::fit;
  TrainingHooks hooks = hooks_of(settings_);
  if (settings_.tell_progress)
    hooks.tell_progress = [&](double share) {
      settings_.tell_progress((static_cast<double>(lower_.size()) + share) /
                              static_cast<double>(trials_.size()));
    };
  train(*top_, curves, hooks, [&](int epochs_done) { after_epoch(epochs_before + epochs_done, is_last); });
  n_trained_ = lower_.size() + 1;
}

/// Returns the codes of the topmost layer as a data set.  Memory of rows that the trial does not use is never
/// touched.
std::unique_ptr<Dataset> Stack::codes_of_top() {
  Training& t = *top_;
  const auto n_units = static_cast<std::size_t>(t.network.n_hidden);
  const auto numbers = std::make_shared_for_overwrite<float[]>((t.data.n_train + t.data.n_test) * n_units);
  float *const train_codes = numbers.get(), *const test_codes = train_codes + t.data.n_train * n_units;
  write_codes(t, t.data.train_rows(), parts_.split.train, settings_.keep_going, train_codes);
  write_codes(t, t.data.train_rows(), parts_.split.validation, settings_.keep_going, train_codes);
  write_codes(t, t.data.test_rows(), parts_.test, settings_.keep_going, test_codes);
  auto codes = std::make_unique<Dataset>(data_);
  codes->shape = {1, 1, t.network.n_hidden};
  codes->train_samples = train_codes;
  codes->test_samples = test_codes;
  codes->n_true = 0;
  codes->true_directions = codes->mean = nullptr;
  codes->streamed = nullptr;
  codes->owner = numbers;
  return codes;
}

Network& Stack::network(std::size_t position) {
  if (position < lower_.size()) return lower_[position];
  // A state may be saved while the topmost layer is made, before it gets its restored network.
  return top_ && position == lower_.size() ? top_->network : restored_[position];
}

FeatureParts Stack::encode(int k, std::vector<std::uint32_t>* active) {
  Training& t = *top_;
  if (active) active->assign(static_cast<std::size_t>(t.network.n_hidden), 0);
  const auto part = [&](const SampleRows& rows, std::span<const std::uint32_t> chosen,
                        std::vector<std::uint32_t>* count) {
    return encode_features(t.batch, t.network, rows, chosen, k, t.batch_size, settings_.keep_going, count);
  };
  return {part(t.data.train_rows(), parts_.split.train, active),
          part(t.data.train_rows(), parts_.split.validation, nullptr),
          part(t.data.test_rows(), parts_.test, nullptr)};
}

Reconstruction Stack::reconstruct_validation(Kept kept) {
  return reconstruct(data_.train_rows(), top_->data.train_rows(), parts_.split.validation, kept);
}

Reconstruction Stack::reconstruct_test(Kept kept) {
  return reconstruct(data_.test_rows(), top_->data.test_rows(), parts_.test, kept);
}

Reconstruction Stack::reconstruct(const SampleRows& rows, const SampleRows& top_rows,
                                  std::span<const std::uint32_t> chosen, Kept kept) {
  Training& t = *top_;
  Reconstruction result = reconstruction(t, top_rows, chosen, kept, settings_.keep_going);
  if (lower_.empty()) return result;
  // The topmost layer reconstructs codes, which the lower decoders turn into reconstructions of the data.
  const int n_inputs = data_.n_inputs();
  const Layers below = decoder();
  LayersBatch batch(settings_.kernels, below, t.batch_size, settings_.team);
  const auto n_units = static_cast<std::size_t>(t.network.n_hidden);
  std::vector<float> codes, samples;
  std::vector<std::uint32_t> all(static_cast<std::size_t>(t.batch_size));
  std::iota(all.begin(), all.end(), 0u);
  const std::vector<std::uint32_t> ordered = in_order_of(kept, t.trial, chosen);
  ReconstructionSums sums(n_inputs);
  result.squared_error = 0;
  for (std::size_t first = 0; first < ordered.size(); first += all.size()) {
    if (!settings_.keep_going()) throw Interrupted();
    const auto part = std::span(ordered).subspan(first, std::min(all.size(), ordered.size() - first));
    t.batch.load(top_rows, t.data.n_inputs(), part);
    t.batch.encode(t.network, static_cast<int>(part.size()), settings_of(kept, t.trial, t.thresholds));
    codes.assign(part.size() * n_units, 0);
    t.batch.write_code(codes.data());
    batch.load(codes.data(), std::span(all).first(part.size()));
    batch.forward(below);
    samples.resize(part.size() * static_cast<std::size_t>(n_inputs));
    for (std::size_t i = 0; i < part.size(); ++i)
      rows.copy(part[i], n_inputs, samples.data() + i * static_cast<std::size_t>(n_inputs));
    sums.add(part.size(), {samples.data(), n_inputs}, {batch.outputs(0), below.back().stride},
             Given::reconstruction, settings_.team);
    for (std::size_t i = 0; i < part.size(); ++i) {
      const float* const sample = samples.data() + i * static_cast<std::size_t>(n_inputs);
      for (int c = 0; c < n_inputs; ++c) {
        const double difference =
            static_cast<double>(batch.outputs(static_cast<int>(i))[c]) - static_cast<double>(sample[c]);
        result.squared_error += difference * difference;
      }
    }
  }
  result.mse = result.squared_error / (static_cast<double>(chosen.size()) * n_inputs);
  record(sums, result);
  return result;
}

CodeActivity Stack::activity(int k) {
  Training& t = *top_;
  CodeActivity counted;
  std::vector<std::uint32_t> seen = parts_.split.train;
  if (samples_seen(t) < seen.size()) {
    seen = in_order_of(Kept::by_rule, t.trial, seen);
    seen.resize(samples_seen(t));
  }
  add_activity(t, t.data.train_rows(), seen, k, settings_.keep_going, counted.train);
  UnitActivity validation;
  const std::size_t n_active =
      add_activity(t, t.data.train_rows(), parts_.split.validation, k, settings_.keep_going, validation);
  counted.l0 = static_cast<double>(n_active) / static_cast<double>(parts_.split.validation.size());
  return counted;
}

Filters Stack::filters(const UnitActivity& activity) const {
  if (lower_.empty()) return most_active_filters(top_->network, activity.active);
  return decoder_filters(settings_.kernels, decoder(), activity, settings_.team);
}

Decoder Stack::decoder_columns() const {
  const Network& network = top_->network;
  return {{network.decoder_row(0), network.n_hidden, network.n_inputs, network.stride}, trials_.size() == 1};
}

Layers Stack::encoder() const {
  Layers layers;
  for (std::size_t i = 0; i < trials_.size(); ++i) layers.push_back(encoder_layer(network(i)));
  return layers;
}

Layers Stack::decoder() const {
  Layers layers;
  for (std::size_t i = trials_.size(); i > 0; --i)
    layers.push_back(
        decoder_layer(network(i - 1), static_cast<float>(decoded_share(trials_[i - 1], top_->batch_size))));
  return layers;
}

Weights Stack::weights() const {
  Weights all;
  for (std::size_t i = 0; i < trials_.size(); ++i) all.stack.push_back(unpadded(network(i)));
  return all;
}

}  // namespace ksweep
