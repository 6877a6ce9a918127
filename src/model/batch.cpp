#include "model/batch.h"

#include <algorithm>
#include <cassert>

namespace ksweep {

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
                                                 2 * static_cast<std::size_t>(slice_size) * stride_);
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
  start_encoding(n_samples, k);
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (int slice = 0; slice < n_slices(); ++slice) weigh(network, slice, nullptr);
  finish_encoding();
}

void Batch::start_encoding(int n_samples, int k) {
  assert(n_samples >= 1 && n_samples <= static_cast<int>(kept_.size()));
  assert(k >= 1 && k <= n_hidden_);
  n_samples_ = n_samples;
  k_ = k;
#pragma omp parallel for num_threads(n_threads_) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    kernels_.pack(sample(group * lanes), std::min(lanes, n_samples_ - group * lanes), stride_, stride_,
                  packed_.data() + group * std::ptrdiff_t{stride_} * lanes);
}

void Batch::finish_encoding() {
  if (dense())
    kernels_.activate(shape_, z_.data(), std::ptrdiff_t{n_hidden_} * z_row());
  else
    keep_largest();
}

/// Weighted inputs of one slice of units.  With `state`, what the update of the next slice will touch is fetched
/// into the cache meanwhile.
void Batch::weigh(const Network& network, int slice, const OptimizerState* state) {
  const int begin = slice * slice_size, end = slice_end(begin);
  const bool fetch = state && end < n_hidden_;
  kernels_.product(
      {.n_rows = end - begin,
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
       .row_start = network.hidden_bias.data() + begin,
       .accumulate = false,
       .ahead = {fetch ? network.encoder_row(end) : nullptr, fetch ? state->first.encoder_row(end) : nullptr},
       .n_ahead = std::ptrdiff_t{slice_end(end) - end} * stride_});
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
