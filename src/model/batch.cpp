// The forward pass of a mini-batch up to its code.
#include "model/batch.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

/// Returns the scratch that a thread needs for the selection, or for gradient rows of a slice of units.
std::size_t floats_of_thread(const Network& network) {
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(select_scratch(network.n_hidden),
                                                           2 * std::ptrdiff_t{slice_size} * network.stride));
}

}  // namespace

Batch::Batch(const Kernels& kernels, const Network& network, int capacity, const Team& team)
    : kernels_(kernels),
      n_hidden_(network.n_hidden),
      n_inputs_(network.n_inputs),
      stride_(network.stride),
      shape_(network.activation),
      output_(network.output),
      scratch_(team, floats_of_thread(network), static_cast<std::size_t>(select_candidates(n_hidden_))),
      rule_applier_(team),
      samples_(kernels, capacity, stride_),
      z_(n_hidden_, capacity),
      search_(kernels, network, capacity),
      batch_search_(kernels, network, capacity),
      largest_(capacity),
      code_(n_hidden_),
      wide_largest_(capacity),
      wide_code_(n_hidden_),
      marked_code_(n_hidden_),
      window_(n_hidden_),
      shifted_bias_(static_cast<std::size_t>(network.pre_bias ? padded(n_hidden_) : 0)),
      residuals_(static_cast<std::size_t>(capacity) * static_cast<std::size_t>(stride_)),
      sample_loss_(static_cast<std::size_t>(capacity)),
      aux_(kernels, network, capacity, team),
      parameters_(kernels, network),
      sparse_update_(kernels, network, parameters_),
      dense_update_(kernels, network, parameters_) {}

void Batch::encode(const Network& network, int n_samples, int k) {
  EpochSettings settings;
  settings.k = k;
  encode(network, n_samples, settings);
}

void Batch::encode(const Network& network, int n_samples, const EpochSettings& settings) {
  start_encoding(n_samples, settings);
  parallel_slices(n_hidden_, slice_size, scratch_.n_threads(),
                  [&](Range units) { pre_activate(network, units, nullptr); });
  finish_encoding(network);
}

void Batch::start_encoding(int n_samples, const EpochSettings& settings) {
  assert(n_samples >= 1 && n_samples <= samples_.capacity());
  assert(settings.k >= 1 && settings.k <= n_hidden_);
  settings_ = settings;
  n_samples_ = n_samples;
  aux_.clear();
  if (searches()) return search_.start_rounding(most_kept());
  if (searches_batch()) return batch_search_.start_rounding(settings_.k);
  if (searches_above()) return batch_search_.start_rounding_above();
  activates_all() ? z_.lay_out_by_unit(n_samples) : z_.lay_out_by_group(n_samples);
}

void Batch::finish_encoding(const Network& network) {
  if (!activates_all()) return keep_largest(network);
  if (searches_batch()) return keep_largest_of_batch(network);
  if (!network.thresholds.empty())
    settings_.thresholds = network.thresholds.span().first(static_cast<std::size_t>(n_hidden_));
  if (searches_above()) {
    if (keep_above(network)) return;
    z_.lay_out_by_unit(n_samples_);
    parallel_slices(n_hidden_, slice_size, scratch_.n_threads(),
                    [&](Range units) { store_pre_activations(network, units, nullptr); });
  }
  if (settings_.bandwidth > 0) find_window(network);
  kernels_.activate(shape_, z_.unit(0), std::ptrdiff_t{n_hidden_} * z_.unit_step());
  if (settings_.dropout > 0) drop_units();
  if (!network.thresholds.empty() && !settings_.rule) apply_thresholds(network);
  if (settings_.rule) keep_by_rule(settings_.k, code_);
  if (is_multi()) keep_by_rule(wide_k(), wide_code_);
}

void Batch::find_window(const Network& network) {
  window_.clear();
  for (int unit = 0; unit < n_hidden_; ++unit) {
    const float threshold = network.thresholds[unit], half = settings_.bandwidth / 2;
    for (int i = 0; i < n_samples(); ++i)
      if (const float z = z_.unit(unit)[i]; std::abs(z - threshold) < half) window_.add(i, z);
    window_.end_unit(unit);
  }
}

/// All is kept, and what is not above the thresholds becomes 0.
void Batch::apply_thresholds(const Network& network) {
  for (int unit = 0; unit < n_hidden_; ++unit)
    for (int i = 0; i < n_samples(); ++i)
      if (!(z_.unit(unit)[i] > network.thresholds[unit])) z_.unit(unit)[i] = 0;
}

void Batch::pre_activate(const Network& network, Range units, const OptimizerState* state) {
  if (parameters_.pre_bias())
    for (int unit = units.begin; unit < units.end; ++unit)
      shifted_bias_[unit] = network.hidden_bias[unit] -
                            kernels_.dot(network.encoder_row(unit), network.visible_bias.data(), stride_);
  if (searches()) return search_.round_ahead(network, units);
  if (searches_batch() || searches_above()) return batch_search_.round_ahead(network, units);
  store_pre_activations(network, units, state);
}

/// With `state`, prefetches what the update of the next units will access.
void Batch::store_pre_activations(const Network& network, Range units, const OptimizerState* state) {
  const auto [begin, end] = units;
  Product product = matrix_product(
      {end - begin, z_.n_groups(), stride_}, rows_of(network.encoder_row(begin), stride_),
      packed_samples(samples_.packed(), stride_), z_.unit(begin), z_.unit_step(), z_.group_step());
  product.row_start = row_start(network) + begin;
  if (!activates_all()) product.last_columns = n_samples_ - (z_.n_groups() - 1) * lanes;
  if (state && end < n_hidden_) {
    product.ahead[0] = network.encoder_row(end);
    product.ahead[1] = state->first.encoder_row(end);
  }
  product.n_ahead = std::ptrdiff_t{std::min(end - begin, n_hidden_ - end)} * stride_;
  kernels_.product(product);
}

const float* Batch::row_start(const Network& network) const {
  return (parameters_.pre_bias() ? shifted_bias_ : network.hidden_bias).data();
}

EncoderInputs Batch::encoder_inputs(const Network& network) const {
  return {network, row_start(network), parameters_.pre_bias() ? network.visible_bias.data() : nullptr};
}

/// If a rule follows, dropped units become NaN, which it never keeps; 0 would exceed negative activations.
void Batch::drop_units() {
  const float dropped = settings_.rule ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
  if (mask_.empty()) mask_ = AlignedFloats(z_.size());
#pragma omp parallel for num_threads(scratch_.n_threads()) schedule(static)
  for (int group = 0; group < z_.n_groups(); ++group)
    for (int i = group * lanes; i < std::min((group + 1) * lanes, n_samples()); ++i) {
      const std::span mask(scratch_.floats(), static_cast<std::size_t>(n_hidden_));
      draw_dropout(settings_, samples_.row(i), mask);
      for (int unit = 0; unit < n_hidden_; ++unit) {
        float &kept = mask_[unit * z_.unit_step() + i], &value = z_.unit(unit)[i];
        kept = mask[static_cast<std::size_t>(unit)];
        value = kept == 0 ? dropped : value * kept;
      }
    }
}

/// The kept activations become the code, without those that dropout or a ReLU made zero.
void Batch::keep_by_rule(int k, SparseCode& code) {
  marks_.resize(z_.size());
  rule_applier_.keep(
      *settings_.rule,
      {.k = k, .lifetime = settings_.lifetime, .n_samples = n_samples(), .thresholds = settings_.thresholds},
      {.values = z_.unit(0),
       .unit_step = z_.unit_step(),
       .sample_step = 1,
       .n_units = n_hidden_,
       .n_samples = n_samples()},
      marks_.data());
  const bool dropout = settings_.dropout > 0, relu = shape_ == Activation::relu;
  code.clear();
  for (int unit = 0; unit < n_hidden_; ++unit) {
    const std::ptrdiff_t row = unit * z_.unit_step();
    const float* const values = z_.unit(unit);
    for (int i = 0; i < n_samples(); ++i)
      if (marks_[static_cast<std::size_t>(row + i)] && !(dropout && mask_[row + i] == 0) &&
          !(relu && values[i] == 0))
        code.add(i, values[i]);
    code.end_unit(unit);
  }
}

void Batch::keep_largest(const Network& network) {
  LargestCode& most = is_multi() ? wide_largest_ : largest_;
  if (searches())
    search_.find(encoder_inputs(network), samples_, n_samples_, most_kept(), scratch_.n_threads(), most);
  else
    select(most_kept(), most);
  if (is_multi()) {
    keep_largest_of_wide();
    finish_largest(wide_largest_, wide_code_);
  }
  finish_largest(largest_, code_);
}

/// Returns the least pre-activation that can be kept: units that a ReLU switches off are no part of the code.
float Batch::least_kept() const {
  return shape_ == Activation::relu ? std::numeric_limits<float>::min()
                                    : -std::numeric_limits<float>::infinity();
}

void Batch::keep_largest_of_batch(const Network& network) {
  batch_search_.find(encoder_inputs(network), samples_, n_samples_, settings_.k, least_kept(),
                     scratch_.n_threads(), code_);
}

/// Returns false, and keeps nothing, if there are so many that all pre-activations are to be stored.
bool Batch::keep_above(const Network& network) {
  return batch_search_.find_above(encoder_inputs(network), samples_, n_samples_, settings_.thresholds,
                                  least_kept(), scratch_.n_threads(), code_);
}

void Batch::select(int k, LargestCode& largest) {
  largest.begin(k);
#pragma omp parallel for num_threads(scratch_.n_threads()) schedule(static)
  for (int group = 0; group < z_.n_groups(); ++group) {
    const int first = group * lanes, here = std::min(lanes, n_samples() - first);
    kernels_.select(z_.group(group), z_.unit_step(), n_hidden_, here, k, largest.units(first),
                    largest.values(first), largest.kept(first), scratch_.floats(), scratch_.integers());
  }
}

/// The k largest are part of the 4 k largest.
void Batch::keep_largest_of_wide() {
  largest_.begin(settings_.k);
#pragma omp parallel for num_threads(scratch_.n_threads()) schedule(static)
  for (int i = 0; i < n_samples(); ++i) {
    const int n_wide = wide_largest_.n_kept(i);
    float* const values = scratch_.floats();
    std::int32_t* const units = scratch_.integers();
    std::copy_n(wide_largest_.values(i), n_wide, values);
    std::copy_n(wide_largest_.units(i), n_wide, units);
    float limit;
    *largest_.kept(i) = kernels_.keep_largest(values, units, n_wide, settings_.k, &limit);
    std::copy_n(values, largest_.n_kept(i), largest_.values(i));
    std::copy_n(units, largest_.n_kept(i), largest_.units(i));
  }
}

void Batch::finish_largest(LargestCode& largest, SparseCode& code) {
  kernels_.activate(shape_, largest.values(0), padded(n_samples() * largest.width()));
  if (shape_ == Activation::relu) largest.drop_zeros(n_samples());
  code.sort_by_unit(largest, n_samples());
}

void Batch::write_code(float* code) const {
  for (int unit = 0; unit < n_hidden_; ++unit)
    for_each_value(unit, [&](int i, float value) { code[std::ptrdiff_t{i} * n_hidden_ + unit] = value; });
}

std::size_t Batch::count_active(std::vector<std::uint32_t>& active) const {
  std::size_t sum = 0;
  for (int unit = 0; unit < n_hidden_; ++unit) {
    std::uint32_t count = 0;
    for_each_value(unit, [&](int, float value) { count += value != 0; });
    active[static_cast<std::size_t>(unit)] += count;
    sum += count;
  }
  return sum;
}

float Batch::smallest_positive() const {
  float smallest = std::numeric_limits<float>::infinity();
  for (int unit = 0; unit < n_hidden_; ++unit)
    for_each_value(unit, [&](int, float value) {
      if (value > 0) smallest = std::min(smallest, value);
    });
  return smallest;
}

void Batch::add_activations(std::span<double> sums) const {
  for (int unit = 0; unit < n_hidden_; ++unit)
    for_each_value(
        unit, [&](int, float value) { sums[static_cast<std::size_t>(unit)] += static_cast<double>(value); });
}

void Batch::count_inactive(std::span<std::uint64_t> inactive) const {
  const auto is_active = [&](int unit) {
    if (!is_dense()) return code_.count(unit) > 0;
    return std::any_of(dense_values(unit), dense_values(unit) + n_samples(), [](float a) { return a != 0; });
  };
  for (int unit = 0; unit < n_hidden_; ++unit) {
    auto& count = inactive[static_cast<std::size_t>(unit)];
    count = is_active(unit) ? 0 : count + static_cast<std::uint64_t>(n_samples());
  }
}

}  // namespace ksweep
