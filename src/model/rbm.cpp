#include "model/rbm.h"

#include <omp.h>

#include <algorithm>
#include <array>

#include "base/omp_guard.h"
#include "base/random.h"
#include "kernels/matrix_product.h"
#include "model/parameter_rows.h"

namespace ksweep {
RbmBatch::RbmBatch(const Kernels& kernels, const Network& network, int capacity, const Team& team)
    : kernels_(kernels),
      team_(team),
      n_hidden_(network.n_hidden),
      n_inputs_(network.n_inputs),
      stride_(network.stride),
      state_row_(padded(capacity)),
      data_(static_cast<std::size_t>(capacity) * stride_),
      fantasy_(data_.size()),
      packed_(static_cast<std::size_t>(padded(capacity)) * stride_),
      of_data_(static_cast<std::size_t>(padded(capacity)) * static_cast<std::size_t>(padded(n_hidden_))),
      of_fantasy_(of_data_.size()),
      state_(of_data_.size()),
      activations_(static_cast<std::size_t>(n_hidden_)),
      hidden_gradient_(static_cast<std::size_t>(padded(n_hidden_))),
      visible_gradient_(static_cast<std::size_t>(stride_)) {}

int RbmBatch::n_threads() {
  while (static_cast<int>(gradients_.size()) < team_.n_threads())
    gradients_.emplace_back(static_cast<std::size_t>(slice_size) * stride_);
  return team_.n_threads();
}

void RbmBatch::load(const SampleRows& rows, int n_inputs, std::span<const std::uint32_t> chosen) {
  n_samples_ = static_cast<int>(chosen.size());
  rows_.assign(chosen.begin(), chosen.end());
  OmpGuard guard;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i)
    guard.run([&] {
      rows.copy(rows_[static_cast<std::size_t>(i)], n_inputs, data_.data() + std::ptrdiff_t{i} * stride_);
    });
  guard.rethrow();
}

void RbmBatch::run(const Network& network, const Gibbs& gibbs) {
  infer_hidden(network, data_, of_data_);
  sum_activations();
  draw_masks(gibbs);
  drop_units(of_data_, h_row());
  if (gibbs.persistent)
    run_chains(network, gibbs);
  else
    run_from_data(network, gibbs);
  drop_units(of_fantasy_, h_row());
}

void RbmBatch::run_from_data(const Network& network, const Gibbs& gibbs) {
  for (int step = 0; step < gibbs.n_steps; ++step) {
    draw(gibbs, step, step == 0 ? of_data_ : of_fantasy_);
    infer_fantasies(network);
  }
  loss_ = 0.5 * squared_difference();
}

void RbmBatch::run_chains(const Network& network, const Gibbs& gibbs) {
  infer_visible(network, of_data_, h_row());
  loss_ = 0.5 * squared_difference();
  if (n_chains_ == 0) {  // the first mini-batch is a whole one
    draw(gibbs, 0, of_data_);
    n_chains_ = n_samples_;
  }
  for (int step = 0; step < gibbs.n_steps; ++step) {
    infer_fantasies(network);
    draw(gibbs, step + 1, of_fantasy_);
  }
}

/// Fantasies given the states of units that are not dropped, and the probabilities of all units given them.
void RbmBatch::infer_fantasies(const Network& network) {
  drop_units(state_, state_row_);
  infer_visible(network, state_, state_row_);
  infer_hidden(network, fantasy_, of_fantasy_);
}

void RbmBatch::draw_masks(const Gibbs& gibbs) {
  drops_ = gibbs.dropout > 0;
  if (!drops_) return;
  if (mask_.empty()) mask_ = AlignedFloats(of_data_.size());
  const EpochSettings settings{.dropout = gibbs.dropout, .seed = gibbs.seed, .epoch = gibbs.epoch};
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int i = 0; i < n_samples_; ++i) draw_dropout(settings, rows_[static_cast<std::size_t>(i)], mask(i));
}

std::span<float> RbmBatch::mask(int sample) {
  return {mask_.data() + std::ptrdiff_t{sample} * padded(n_hidden_), static_cast<std::size_t>(n_hidden_)};
}

/// Switches off what the samples drop.  hidden: (unit x row).
void RbmBatch::drop_units(AlignedFloats& hidden, std::ptrdiff_t row) {
  if (!drops_) return;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (int i = group * lanes; i < std::min((group + 1) * lanes, n_samples_); ++i)
        hidden[unit * row + i] *= mask(i)[static_cast<std::size_t>(unit)];
}

/// p(h = 1 | v) = sigmoid(W v + b)
void RbmBatch::infer_hidden(const Network& network, const AlignedFloats& visible, AlignedFloats& hidden) {
  const std::ptrdiff_t group_size = std::ptrdiff_t{stride_} * lanes;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    kernels_.pack(visible.data() + group * group_size, std::min(lanes, n_samples_ - group * lanes), stride_,
                  stride_, packed_.data() + group * group_size);
  parallel_slices(n_hidden_, slice_size, n_threads(), [&](Range units) {
    float* const rows = hidden.data() + units.begin * h_row();
    Product product = matrix_product({units.count(), n_groups(), stride_},
                                     rows_of(network.encoder_row(units.begin), stride_),
                                     packed_samples(packed_.data(), stride_), rows, h_row());
    product.row_start = network.hidden_bias.data() + units.begin;
    kernels_.product(product);
    kernels_.activate(Activation::sigmoid, rows, units.count() * h_row());
  });
}

void RbmBatch::draw(const Gibbs& gibbs, int step, const AlignedFloats& probabilities) {
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    for (int i = group * lanes; i < std::min((group + 1) * lanes, n_samples_); ++i) {
      RandomStream stream(gibbs.seed, Purpose::gibbs, gibbs.epoch,
                          rows_[static_cast<std::size_t>(i)] | static_cast<std::uint64_t>(step) << 32);
      std::array<std::uint32_t, 64> words;
      for (int first = 0; first < n_hidden_; first += 64) {
        const int n = std::min(64, n_hidden_ - first);
        stream.fill(std::span(words).first(static_cast<std::size_t>(n)));
        for (int u = 0; u < n; ++u) {
          const double uniform = static_cast<double>(words[static_cast<std::size_t>(u)]) * 0x1p-32;
          const auto probability = static_cast<double>(probabilities[(first + u) * h_row() + i]);
          state_[(first + u) * state_row_ + i] = uniform < probability ? 1.0f : 0.0f;
        }
      }
    }
}

/// p(v = 1 | h) = sigmoid(W^T h + c).  hidden: (unit x row).
void RbmBatch::infer_visible(const Network& network, const AlignedFloats& hidden, std::ptrdiff_t row) {
#pragma omp parallel num_threads(n_threads())
  {
#pragma omp for schedule(static)
    for (int i = 0; i < n_samples_; ++i)
      std::copy_n(network.visible_bias.data(), stride_, fantasy_.data() + std::ptrdiff_t{i} * stride_);
#pragma omp for schedule(static)
    for (int group = 0; group < stride_ / lanes; group += 4)
      kernels_.product(added_product(
          {n_samples_, std::min(4, stride_ / lanes - group), n_hidden_}, columns_of(hidden.data(), row),
          by_row(network.encoder_row(0) + group * lanes, stride_), fantasy_.data() + group * lanes, stride_));
#pragma omp for schedule(static)
    for (int i = 0; i < n_samples_; ++i) {
      float* const fantasy = fantasy_.data() + std::ptrdiff_t{i} * stride_;
      kernels_.activate(Activation::sigmoid, fantasy, stride_);
      std::fill(fantasy + n_inputs_, fantasy + stride_, 0.0f);  // padding
    }
  }
}

double RbmBatch::squared_difference() const {
  double sum = 0;
  for (int i = 0; i < n_samples_; ++i)
    for (int c = 0; c < n_inputs_; ++c) {
      const std::ptrdiff_t place = std::ptrdiff_t{i} * stride_ + c;
      const double difference = static_cast<double>(fantasy_[place]) - static_cast<double>(data_[place]);
      sum += difference * difference;
    }
  return sum;
}

void RbmBatch::sum_activations() {
  for (int unit = 0; unit < n_hidden_; ++unit) {
    double& sum = activations_[static_cast<std::size_t>(unit)];
    sum = 0;
    for (int i = 0; i < n_samples_; ++i) sum += static_cast<double>(of_data_[unit * h_row() + i]);
  }
}

double RbmBatch::add_activations(std::span<double> sums) const {
  double all = 0;
  for (std::size_t unit = 0; unit < activations_.size(); ++unit) {
    sums[unit] += activations_[unit];
    all += activations_[unit];
  }
  return all;
}

void RbmBatch::update(Network& network, OptimizerState& state, const UpdateRule& rule,
                      std::span<const float> slopes) {
  parallel_slices(n_hidden_, slice_size, n_threads(),
                  [&](Range units) { update_units(network, state, rule, slopes, units); });
  update_visible_bias(network, state, rule);
}

/// The gradient is (correlations of the fantasies - correlations of the data) / n; a penalty's slope is as if the unit's
/// probabilities given the data were lower by it.
void RbmBatch::update_units(Network& network, OptimizerState& state, const UpdateRule& rule,
                            std::span<const float> slopes, Range units) {
  float* const gradient = gradients_[static_cast<std::size_t>(omp_get_thread_num())].data();
  const float scale = 1.0f / static_cast<float>(n_samples_);
  for (int unit = units.begin; unit < units.end; ++unit) {
    float *data = of_data_.data() + unit * h_row(), *fantasy = of_fantasy_.data() + unit * h_row(), sum = 0;
    const float slope = slopes.empty() ? 0 : slopes[static_cast<std::size_t>(unit)];
    for (int i = 0; i < n_samples_; ++i) {
      const float kept = drops_ ? mask(i)[static_cast<std::size_t>(unit)] : 1;
      data[i] = (slope * kept - data[i]) * scale;
      fantasy[i] *= scale;
      sum += data[i] + fantasy[i];
    }
    hidden_gradient_[unit] = sum;
  }
  Product product = matrix_product({units.count(), stride_ / lanes, n_samples_},
                                   rows_of(of_data_.data() + units.begin * h_row(), h_row()),
                                   by_row(data_.data(), stride_), gradient, stride_);
  kernels_.product(product);
  product.a = of_fantasy_.data() + units.begin * h_row();
  product.b = fantasy_.data();
  product.accumulate = true;
  kernels_.product(product);
  for (int unit = units.begin; unit < units.end; ++unit)
    kernels_.update(
        rule,
        row_of(network.encoder, state.first.encoder, state.second.encoder, std::ptrdiff_t{unit} * stride_),
        gradient + std::ptrdiff_t{unit - units.begin} * stride_, stride_);
  kernels_.update(without_decay(rule),
                  row_of(network.hidden_bias, state.first.hidden_bias, state.second.hidden_bias, units.begin),
                  hidden_gradient_.data() + units.begin, padded(units.count()));
}

void RbmBatch::update_visible_bias(Network& network, OptimizerState& state, const UpdateRule& rule) {
  std::ranges::fill(visible_gradient_.span(), 0.0f);
  for (int i = 0; i < n_samples_; ++i)
    for (int c = 0; c < stride_; ++c)
      visible_gradient_[c] +=
          fantasy_[std::ptrdiff_t{i} * stride_ + c] - data_[std::ptrdiff_t{i} * stride_ + c];
  for (int c = 0; c < stride_; ++c) visible_gradient_[c] /= static_cast<float>(n_samples_);
  kernels_.update(without_decay(rule),
                  row_of(network.visible_bias, state.first.visible_bias, state.second.visible_bias, 0),
                  visible_gradient_.data(), stride_);
}

}  // namespace ksweep
