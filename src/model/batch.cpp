#include "model/batch.h"

#include <omp.h>

#include <algorithm>
#include <cassert>

namespace ksweep {

Batch::Batch(const Kernels& kernels, const Network& network, int capacity, const Team& team)
    : kernels_(kernels),
      team_(team),
      n_hidden_(network.n_hidden),
      n_inputs_(network.n_inputs),
      stride_(network.stride),
      shape_(shape_of(network.activation)),
      output_(shape_of(network.output)),
      pre_bias_(network.pre_bias),
      unit_norm_(network.unit_norm),
      keeper_(team),
      screen_(kernels, network, capacity),
      inputs_(static_cast<std::size_t>(capacity) * stride_),
      residuals_(inputs_.size()),
      packed_(static_cast<std::size_t>(padded(capacity)) * stride_),
      z_(static_cast<std::size_t>(padded(capacity)) * static_cast<std::size_t>(padded(n_hidden_))),
      shifted_bias_(static_cast<std::size_t>(pre_bias_ ? padded(n_hidden_) : 0)),
      bias_pulls_(
          static_cast<std::size_t>(pre_bias_ ? (n_hidden_ + slice_size - 1) / slice_size * stride_ : 0)),
      hidden_gradient_(static_cast<std::size_t>(padded(n_hidden_))),
      visible_gradient_(static_cast<std::size_t>(stride_)),
      kept_(static_cast<std::size_t>(capacity)),
      list_begin_(static_cast<std::size_t>(n_hidden_) + 2),
      sample_loss_(static_cast<std::size_t>(capacity)) {}

int Batch::n_threads() {
  // Scratch of a thread: for the selection, or gradient rows of a slice of units.
  const auto size = static_cast<std::size_t>(
      std::max<std::ptrdiff_t>(select_scratch(n_hidden_), 2 * std::ptrdiff_t{slice_size} * stride_));
  while (static_cast<int>(candidate_units_.size()) < team_.n_threads()) {
    scratch_.emplace_back(size);
    candidate_units_.emplace_back(static_cast<std::size_t>(select_candidates(n_hidden_)));
  }
  return team_.n_threads();
}

void Batch::load(const float* rows, int n_inputs, std::span<const std::uint32_t> chosen,
                 const Regime* regime) {
  assert(chosen.size() <= kept_.size() && n_inputs <= stride_);
  const int n_samples = static_cast<int>(chosen.size());
  has_targets_ = regime && (regime->input_noise > 0 || regime->targets);
  if (has_targets_ && targets_.empty()) targets_ = AlignedFloats(inputs_.size());
  rows_.assign(chosen.begin(), chosen.end());
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int first = 0; first < n_samples; first += lanes) {
    const int here = std::min(lanes, n_samples - first);
    for (int i = first; i < first + here; ++i) {
      const std::uint32_t row = chosen[static_cast<std::size_t>(i)];
      std::copy_n(rows + std::ptrdiff_t{row} * n_inputs, n_inputs,
                  inputs_.data() + std::ptrdiff_t{i} * stride_);
      if (has_targets_) treat(*regime, i, row, n_inputs);
    }
    kernels_.pack(sample(first), here, stride_, stride_, packed_.data() + std::ptrdiff_t{first} * stride_);
  }
}

void Batch::encode(const Network& network, int n_samples, int k) {
  Regime regime;
  regime.k = k;
  encode(network, n_samples, regime);
}

void Batch::encode(const Network& network, int n_samples, const Regime& regime) {
  start_encoding(n_samples, regime);
  share_out(n_hidden_, slice_size, n_threads(), [&](Range units) { weigh(network, units, nullptr); });
  finish_encoding(network);
}

void Batch::start_encoding(int n_samples, const Regime& regime) {
  assert(n_samples >= 1 && n_samples <= static_cast<int>(kept_.size()));
  assert(regime.k >= 1 && regime.k <= n_hidden_);
  regime_ = regime;
  n_samples_ = n_samples;
  k_ = regime.k;
  aux_begin_.clear();
  if (!screened()) return;
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    screen_.round_samples(sample(group * lanes), std::min(lanes, n_samples_ - group * lanes), group,
                          scratch_[static_cast<std::size_t>(omp_get_thread_num())].data());
}

void Batch::finish_encoding(const Network& network) {
  if (!by_rows()) return keep_largest(network);
  kernels_.activate(shape_, z_.data(), std::ptrdiff_t{n_hidden_} * z_row());
  if (regime_.dropout > 0) drop_units();
  if (regime_.rule) keep_by_rule();
}

/// Weighted inputs of some units.  With `state`, what the update of the next ones will touch is fetched into the cache
/// meanwhile.
void Batch::weigh(const Network& network, Range units, const OptimizerState* state) {
  const auto [begin, end] = units;
  const bool fetch = state && end < n_hidden_;
  if (pre_bias_)
    for (int unit = begin; unit < end; ++unit)
      shifted_bias_[unit] = network.hidden_bias[unit] -
                            kernels_.dot(network.encoder_row(unit), network.visible_bias.data(), stride_);
  const Product product = {
      .n_rows = end - begin,
      .n_groups = n_groups(),
      .n_inner = stride_,
      .a = network.encoder_row(begin),
      .a_row = stride_,
      .a_inner = 1,
      .b = packed_.data(),
      .b_inner = lanes,
      .b_group = std::ptrdiff_t{stride_} * lanes,
      .c = z_.data() + begin * z_row(),
      .c_row = z_row(),
      .c_group = z_group(),
      .row_start = (pre_bias_ ? shifted_bias_ : network.hidden_bias).data() + begin,
      .accumulate = false,
      .ahead = {fetch ? network.encoder_row(end) : nullptr, fetch ? state->first.encoder_row(end) : nullptr},
      .n_ahead = std::ptrdiff_t{std::min(end - begin, n_hidden_ - end)} * stride_};
  if (screened())
    screen_.weigh(network, units, product, scratch_[static_cast<std::size_t>(omp_get_thread_num())].data());
  else
    kernels_.product(product);
}

void Batch::keep_largest(const Network& network) {
  const std::size_t size = kept_.size() * static_cast<std::size_t>(k_);
  if (units_.size() < size) {
    units_ = AlignedArray<std::int32_t>(size);
    values_ = AlignedFloats(static_cast<std::size_t>(padded(static_cast<int>(size))));
  }
#pragma omp parallel num_threads(n_threads())
  {
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
#pragma omp for schedule(static)
    for (int group = 0; group < n_groups(); ++group) {
      const int first = group * lanes, here = std::min(lanes, n_samples_ - first);
      const std::ptrdiff_t code = std::ptrdiff_t{first} * k_;
      float* const z = z_.data() + group * z_group();
      if (screened())
        screen_.find_candidates(group, here, k_, z, units_.data() + code, values_.data() + code,
                                kept_.data() + first, scratch_[thread].data(),
                                candidate_units_[thread].data());
      else
        kernels_.select(z, z_row(), n_hidden_, here, k_, units_.data() + code, values_.data() + code,
                        kept_.data() + first, scratch_[thread].data(), candidate_units_[thread].data());
    }
  }
  if (screened()) keep_largest_of_candidates(network);
  kernels_.activate(shape_, values_.data(), padded(n_samples_ * k_));
  list_by_unit();
}

void Batch::keep_largest_of_candidates(const Network& network) {
  share_out(n_hidden_, slice_size, n_threads(),
            [&](Range units) { screen_.settle(network, units, n_groups(), inputs_.data()); });
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group) {
    const auto thread = static_cast<std::size_t>(omp_get_thread_num());
    const int first = group * lanes, here = std::min(lanes, n_samples_ - first);
    const std::ptrdiff_t code = std::ptrdiff_t{first} * k_;
    screen_.keep_largest(group, here, k_, units_.data() + code, values_.data() + code, kept_.data() + first,
                         scratch_[thread].data(), candidate_units_[thread].data());
  }
}

/// Counting sort of the code by unit; samples stay in order.
void Batch::list_by_unit() {
  if (shape_ == Shape::relu) drop_zeros();
  // begin[u + 1] counts, then holds where u's entries begin, and at the end where they end: u + 1's begin.
  std::int32_t* const begin = list_begin_.data() + 1;
  std::ranges::fill(list_begin_, 0);
  for (int i = 0; i < n_samples_; ++i)
    for (int e = 0; e < n_kept(i); ++e) ++begin[units(i)[e] + 1];
  for (int unit = 0; unit < n_hidden_; ++unit) begin[unit + 1] += begin[unit];
  entries_.resize(static_cast<std::size_t>(begin[n_hidden_]));
  for (int i = 0; i < n_samples_; ++i)
    for (int e = 0; e < n_kept(i); ++e)
      entries_[static_cast<std::size_t>(begin[units(i)[e]]++)] = {i, values(i)[e]};
}

/// Units that a ReLU switched off take no part.
void Batch::drop_zeros() {
  for (int i = 0; i < n_samples_; ++i) {
    std::ptrdiff_t to = std::ptrdiff_t{i} * k_;
    for (std::ptrdiff_t from = to, end = from + n_kept(i); from < end; ++from) {
      if (values_[from] == 0) continue;
      units_[to] = units_[from];
      values_[to++] = values_[from];
    }
    kept_[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(to - std::ptrdiff_t{i} * k_);
  }
}

void Batch::write_code(float* code) const {
  for (int unit = 0; unit < n_hidden_; ++unit) {
    if (!dense()) {
      for (const CodeEntry& entry : entries(unit))
        code[std::ptrdiff_t{entry.sample} * n_hidden_ + unit] = entry.value;
      continue;
    }
    for (int i = 0; i < n_samples_; ++i) code[std::ptrdiff_t{i} * n_hidden_ + unit] = dense_values(unit)[i];
  }
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
