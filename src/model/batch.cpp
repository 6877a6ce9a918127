#include "model/batch.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace ksweep {
namespace {

// Rows that one thread takes at a time: whole register tiles (kernels/product.h), small enough to share out evenly.
constexpr int slice = 48;

int n_slices(int count) { return (count + slice - 1) / slice; }

/// rho log(rho / mean) + (1 - rho) log((1 - rho) / (1 - mean))
double kullback_leibler(double target, double mean) {
  return target * std::log(target / mean) + (1 - target) * std::log((1 - target) / (1 - mean));
}

/// A mean activation kept off 0 and 1, where the divergence is infinite.
double inside(double mean) { return std::clamp(mean, 1e-6, 1 - 1e-6); }

Network zeros_like(const Network& network) {
  Network zeros;
  zeros.n_inputs = network.n_inputs;
  zeros.n_hidden = network.n_hidden;
  zeros.stride = network.stride;
  zeros.encoder = AlignedFloats(network.encoder.size());
  zeros.decoder = AlignedFloats(network.decoder.size());
  zeros.hidden_bias = AlignedFloats(network.hidden_bias.size());
  zeros.visible_bias = AlignedFloats(network.visible_bias.size());
  return zeros;
}

}  // namespace

OptimizerState initial_state(const Network& network, Optimizer optimizer) {
  return {zeros_like(network), optimizer == Optimizer::adam ? zeros_like(network) : Network{}};
}

Batch::Batch(const Kernels& kernels, const Network& network, int capacity, int n_threads)
    : kernels_(kernels),
      n_hidden_(network.n_hidden),
      stride_(network.stride),
      n_threads_(n_threads),
      shape_(shape_of(network.activation)),
      inputs_(static_cast<std::size_t>(capacity) * stride_),
      residuals_(inputs_.size()),
      packed_(static_cast<std::size_t>(padded(capacity)) * stride_),
      z_(static_cast<std::size_t>(padded(capacity)) * n_hidden_),
      hidden_gradient_(static_cast<std::size_t>(padded(n_hidden_))),
      visible_gradient_(static_cast<std::size_t>(stride_)),
      kept_(static_cast<std::size_t>(capacity)),
      list_begin_(static_cast<std::size_t>(n_hidden_) + 1),
      sample_loss_(static_cast<std::size_t>(capacity)) {
  // Scratch of a thread: candidates of the selection, or gradient rows of a tile of units.
  const std::size_t size = std::max<std::size_t>((lanes + 1) * static_cast<std::size_t>(n_hidden_) + lanes,
                                                 2 * static_cast<std::size_t>(slice) * stride_);
  for (int thread = 0; thread < n_threads_; ++thread) {
    scratch_.emplace_back(size);
    candidate_units_.emplace_back(lanes * static_cast<std::size_t>(n_hidden_));
  }
}

void Batch::load(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen) {
  assert(chosen.size() <= kept_.size() && n_inputs <= stride_);
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (std::size_t i = 0; i < chosen.size(); ++i)
    std::copy_n(rows + static_cast<std::ptrdiff_t>(chosen[i]) * n_inputs, n_inputs,
                sample(static_cast<int>(i)));
}

void Batch::encode(const Network& network, int n_samples, int k) {
  assert(n_samples >= 1 && n_samples <= static_cast<int>(kept_.size()));
  assert(k >= 1 && k <= n_hidden_);
  n_samples_ = n_samples;
  k_ = k;
  weighted_inputs(network);
  if (dense())
    kernels_.activate(shape_, z_.data(), std::ptrdiff_t{n_hidden_} * z_row());
  else
    keep_largest();
}

void Batch::weighted_inputs(const Network& network) {
  const std::ptrdiff_t group_size = std::ptrdiff_t{stride_} * lanes;
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    kernels_.pack(sample(group * lanes), std::min(lanes, n_samples_ - group * lanes), stride_, stride_,
                  packed_.data() + group * group_size);
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (int part = 0; part < n_slices(n_hidden_); ++part) {
    const int begin = part * slice, end = std::min(begin + slice, n_hidden_);
    kernels_.product({.n_rows = end - begin,
                      .n_groups = n_groups(),
                      .n_inner = stride_,
                      .a = network.encoder_row(begin),
                      .a_row = stride_,
                      .a_inner = 1,
                      .b = packed_.data(),
                      .b_inner = lanes,
                      .b_group = group_size,
                      .c = z_.data() + begin * z_row(),
                      .c_row = z_row(),
                      .c_group = z_group(),
                      .row_start = network.hidden_bias.data() + begin,
                      .accumulate = false});
  }
}

void Batch::keep_largest() {
  const std::size_t size = kept_.size() * static_cast<std::size_t>(k_);
  if (units_.size() < size) {
    units_ = AlignedArray<std::int32_t>(size);
    values_ = AlignedFloats(static_cast<std::size_t>(padded(static_cast<int>(size))));
  }
#pragma omp parallel num_threads(n_threads_)
  {
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
#pragma omp for schedule(static)
    for (int group = 0; group < n_groups(); ++group) {
      const int first = group * lanes, here = std::min(lanes, n_samples_ - first);
      std::int32_t* units = units_.data() + std::ptrdiff_t{first} * k_;
      const float* z = z_.data() + group * z_group();
      kernels_.select(z, z_row(), n_hidden_, here, k_, units, kept_.data() + first, scratch_[thread].data(),
                      candidate_units_[thread].data());
      for (int i = first; i < first + here; ++i)
        for (int e = 0; e < n_kept(i); ++e) {
          const std::ptrdiff_t place = std::ptrdiff_t{i} * k_ + e;
          values_[place] = z[units_[place] * z_row() + i - first];
        }
    }
  }
  kernels_.activate(shape_, values_.data(), padded(n_samples_ * k_));
  list_by_unit();
}

/// Counting sort of the code by unit; samples stay in order.  Units that a ReLU switched off take no part.
void Batch::list_by_unit() {
  std::ranges::fill(list_begin_, 0);
  for (int i = 0; i < n_samples_; ++i) {
    int kept = 0;
    for (int e = 0; e < n_kept(i); ++e) {
      const std::ptrdiff_t from = std::ptrdiff_t{i} * k_ + e, to = std::ptrdiff_t{i} * k_ + kept;
      if (shape_ == Shape::relu && values_[from] == 0) continue;
      units_[to] = units_[from];
      values_[to] = values_[from];
      ++list_begin_[static_cast<std::size_t>(units_[to]) + 1];
      ++kept;
    }
    kept_[static_cast<std::size_t>(i)] = kept;
  }
  for (std::size_t unit = 0; unit < static_cast<std::size_t>(n_hidden_); ++unit)
    list_begin_[unit + 1] += list_begin_[unit];
  entries_.resize(static_cast<std::size_t>(list_begin_.back()));
  std::vector<std::int32_t> next(list_begin_.begin(), list_begin_.end() - 1);
  for (int i = 0; i < n_samples_; ++i)
    for (int e = 0; e < n_kept(i); ++e)
      entries_[static_cast<std::size_t>(next[static_cast<std::size_t>(units(i)[e])]++)] = {i, values(i)[e]};
}

void Batch::reconstruct(const Network& network) {
  dense() ? reconstruct_dense(network) : reconstruct_sparse(network);
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    sample_loss_[static_cast<std::size_t>(i)] =
        0.5 *
        static_cast<double>(kernels_.squared_norm(residuals_.data() + std::ptrdiff_t{i} * stride_, stride_));
}

/// Each thread draws the images of all units into its own samples: the decoder is read in order, the residuals of a
/// slice of samples stay in the cache.
void Batch::reconstruct_sparse(const Network& network) {
#pragma omp parallel num_threads(n_threads_)
  {
    const int n_parts = omp_get_num_threads(), part = omp_get_thread_num();
    const int begin = n_samples_ * part / n_parts, end = n_samples_ * (part + 1) / n_parts;
    for (int i = begin; i < end; ++i) {
      float* residual = residuals_.data() + std::ptrdiff_t{i} * stride_;
      const float* input = sample(i);
      for (int c = 0; c < stride_; ++c)
        residual[c] = network.visible_bias[static_cast<std::size_t>(c)] - input[c];
    }
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (std::int32_t e = list_begin_[unit]; e < list_begin_[unit + 1]; ++e) {
        const CodeEntry& entry = entries_[static_cast<std::size_t>(e)];
        if (entry.sample >= begin && entry.sample < end)
          kernels_.add_scaled(residuals_.data() + std::ptrdiff_t{entry.sample} * stride_,
                              network.decoder_row(unit), entry.value, stride_);
      }
  }
}

/// R = A D + c - X
void Batch::reconstruct_dense(const Network& network) {
#pragma omp parallel num_threads(n_threads_)
  {
#pragma omp for schedule(static)
    for (int i = 0; i < n_samples_; ++i)
      for (int c = 0; c < stride_; ++c)
        residuals_[std::ptrdiff_t{i} * stride_ + c] =
            network.visible_bias[static_cast<std::size_t>(c)] - sample(i)[c];
#pragma omp for schedule(static)
    for (int group = 0; group < stride_ / lanes; group += 4)
      kernels_.product({.n_rows = n_samples_,
                        .n_groups = std::min(4, stride_ / lanes - group),
                        .n_inner = n_hidden_,
                        .a = z_.data(),
                        .a_row = 1,
                        .a_inner = z_row(),
                        .b = network.decoder_row(0) + group * lanes,
                        .b_inner = stride_,
                        .b_group = lanes,
                        .c = residuals_.data() + group * lanes,
                        .c_row = stride_,
                        .c_group = lanes,
                        .row_start = nullptr,
                        .accumulate = true});
  }
}

double Batch::reconstruction_loss() const {
  double sum = 0;
  for (int i = 0; i < n_samples_; ++i) sum += sample_loss_[static_cast<std::size_t>(i)];
  return sum;
}

double Batch::activation_sum(int unit) const {
  double sum = 0;
  if (dense())
    for (int i = 0; i < n_samples_; ++i) sum += z_[unit * z_row() + i];
  else
    for (std::int32_t e = list_begin_[unit]; e < list_begin_[unit + 1]; ++e)
      sum += entries_[static_cast<std::size_t>(e)].value;
  return sum;
}

double Batch::penalty(const PenaltyRule& rule) const {
  if (rule.kind == Penalty::none) return 0;
  double sum = 0;
  if (rule.kind == Penalty::kl) {
    for (int unit = 0; unit < n_hidden_; ++unit)
      sum += kullback_leibler(rule.target, inside(activation_sum(unit) / n_samples_));
    return rule.weight * sum;
  }
  if (dense()) {
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (int i = 0; i < n_samples_; ++i) sum += std::abs(z_[unit * z_row() + i]);
  } else {
    for (const CodeEntry& entry : entries_) sum += std::abs(entry.value);
  }
  return rule.weight * sum / n_samples_;
}

PenaltySlope Batch::slope_for(const PenaltyRule& rule, double activation_sum) const {
  if (rule.kind == Penalty::none) return {0, 0};
  if (rule.kind == Penalty::l1) return {rule.weight, 0};
  const double target = rule.target, mean = inside(activation_sum / n_samples_);
  return {0, static_cast<float>(rule.weight * ((1 - target) / (1 - mean) - target / mean))};
}

void Batch::update(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                   const UpdateRule& rule) {
  dense() ? update_dense(network, state, penalty, rule) : update_sparse(network, state, penalty, rule);
  update_biases(network, state, rule);
}

namespace {

ParameterRow row_of(AlignedFloats& values, AlignedFloats& first, AlignedFloats& second,
                    std::ptrdiff_t offset) {
  if (values.empty()) return {nullptr, nullptr, nullptr};
  return {values.data() + offset, first.data() + offset, second.empty() ? nullptr : second.data() + offset};
}

}  // namespace

void Batch::update_sparse(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                          const UpdateRule& rule) {
  const float scale = 1.0f / static_cast<float>(n_samples_);
#pragma omp parallel num_threads(n_threads_)
  {
    float* gradient = scratch_[static_cast<std::size_t>(omp_get_thread_num())].data();
#pragma omp for schedule(static)
    for (int unit = 0; unit < n_hidden_; ++unit) {
      const std::ptrdiff_t offset = std::ptrdiff_t{unit} * stride_;
      const int begin = list_begin_[unit], count = list_begin_[unit + 1] - begin;
      const PenaltySlope slope = slope_for(penalty, penalty.kind == Penalty::kl ? activation_sum(unit) : 0);
      hidden_gradient_[unit] = kernels_.update_unit(
          rule, row_of(network.encoder, state.first.encoder, state.second.encoder, offset),
          row_of(network.decoder, state.first.decoder, state.second.decoder, offset), entries_.data() + begin,
          count, residuals_.data(), inputs_.data(), stride_, stride_, scale, slope, shape_, gradient);
    }
  }
}

void Batch::update_dense(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                         const UpdateRule& rule) {
  if (delta_.empty()) delta_ = AlignedFloats(z_.size());
  const float scale = 1.0f / static_cast<float>(n_samples_);
  const std::ptrdiff_t group_size = std::ptrdiff_t{stride_} * lanes;
#pragma omp parallel num_threads(n_threads_)
  {
#pragma omp for schedule(static)
    for (int group = 0; group < n_groups(); ++group)
      kernels_.pack(residuals_.data() + group * group_size, std::min(lanes, n_samples_ - group * lanes),
                    stride_, stride_, packed_.data() + group * group_size);
    float* gradient = scratch_[static_cast<std::size_t>(omp_get_thread_num())].data();
#pragma omp for schedule(static)
    for (int part = 0; part < n_slices(n_hidden_); ++part) {
      const int begin = part * slice, count = std::min(slice, n_hidden_ - begin);
      float* const code = z_.data() + begin * z_row();
      float* const delta = delta_.data() + begin * z_row();
      // D R^T: how the loss falls with each activation
      kernels_.product({.n_rows = count,
                        .n_groups = n_groups(),
                        .n_inner = stride_,
                        .a = network.decoder_row(begin),
                        .a_row = stride_,
                        .a_inner = 1,
                        .b = packed_.data(),
                        .b_inner = lanes,
                        .b_group = group_size,
                        .c = delta,
                        .c_row = z_row(),
                        .c_group = lanes,
                        .row_start = nullptr,
                        .accumulate = false});
      for (int u = 0; u < count; ++u) {
        const PenaltySlope slope =
            slope_for(penalty, penalty.kind == Penalty::kl ? activation_sum(begin + u) : 0);
        hidden_gradient_[begin + u] =
            kernels_.delta_row(shape_, slope, scale, n_samples_, code + u * z_row(), delta + u * z_row());
      }
      // scale A^T R, and delta X: the same rows if tied
      const Product weight_gradient{.n_rows = count,
                                    .n_groups = stride_ / lanes,
                                    .n_inner = n_samples_,
                                    .a = code,
                                    .a_row = z_row(),
                                    .a_inner = 1,
                                    .b = residuals_.data(),
                                    .b_inner = stride_,
                                    .b_group = lanes,
                                    .c = gradient,
                                    .c_row = stride_,
                                    .c_group = lanes,
                                    .row_start = nullptr,
                                    .accumulate = false};
      Product encoder_gradient = weight_gradient;
      encoder_gradient.a = delta;
      encoder_gradient.b = inputs_.data();
      encoder_gradient.accumulate = network.tied();
      if (!network.tied()) encoder_gradient.c = gradient + std::ptrdiff_t{slice} * stride_;
      kernels_.product(weight_gradient);
      kernels_.product(encoder_gradient);
      for (int u = 0; u < count; ++u) {
        const std::ptrdiff_t offset = std::ptrdiff_t{begin + u} * stride_;
        kernels_.update(rule, row_of(network.encoder, state.first.encoder, state.second.encoder, offset),
                        encoder_gradient.c + std::ptrdiff_t{u} * stride_, stride_);
        if (!network.tied())
          kernels_.update(rule, row_of(network.decoder, state.first.decoder, state.second.decoder, offset),
                          weight_gradient.c + std::ptrdiff_t{u} * stride_, stride_);
      }
    }
  }
}

void Batch::update_biases(Network& network, OptimizerState& state, const UpdateRule& rule) {
  UpdateRule without_decay = rule;
  without_decay.decay = 0;
  kernels_.column_sums(residuals_.data(), n_samples_, stride_, 0, stride_,
                       1.0f / static_cast<float>(n_samples_), visible_gradient_.data());
  kernels_.update(without_decay,
                  row_of(network.visible_bias, state.first.visible_bias, state.second.visible_bias, 0),
                  visible_gradient_.data(), stride_);
  kernels_.update(without_decay,
                  row_of(network.hidden_bias, state.first.hidden_bias, state.second.hidden_bias, 0),
                  hidden_gradient_.data(), padded(n_hidden_));
}

std::size_t Batch::count_active(std::vector<std::uint32_t>& active) const {
  std::size_t sum = 0;
  for (int unit = 0; unit < n_hidden_; ++unit) {
    std::uint32_t count = 0;
    if (dense())
      for (int i = 0; i < n_samples_; ++i) count += z_[unit * z_row() + i] != 0;
    else
      for (std::int32_t e = list_begin_[unit]; e < list_begin_[unit + 1]; ++e)
        count += entries_[static_cast<std::size_t>(e)].value != 0;
    active[static_cast<std::size_t>(unit)] += count;
    sum += count;
  }
  return sum;
}

}  // namespace ksweep
