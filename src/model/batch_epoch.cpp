// What a training does to a mini-batch beyond keeping the k largest activations: noise, shifted targets, dropout, sparsity
// rules, dead units.
#include <omp.h>

#include <algorithm>
#include <limits>

#include "model/batch.h"

namespace ksweep {

void Batch::treat(const Regime& regime, int i, std::uint32_t row, int n_inputs) {
  float* const inputs = inputs_.data() + std::ptrdiff_t{i} * stride_;
  float* const target = targets_.data() + std::ptrdiff_t{i} * stride_;
  if (regime.targets)
    shift_target(*regime.targets, row, inputs, target);
  else
    std::copy_n(inputs, n_inputs, target);
  if (regime.input_noise > 0) add_noise(regime, row, {inputs, static_cast<std::size_t>(n_inputs)});
}

/// A rule chooses among those that are left: NaN is never kept, where 0 would be larger than negative activations.
void Batch::drop_units() {
  const float dropped = regime_.rule ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
  if (mask_.empty()) mask_ = AlignedFloats(z_.size());
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int group = 0; group < n_groups(); ++group)
    for (int i = group * lanes; i < std::min((group + 1) * lanes, n_samples_); ++i) {
      const std::span mask(scratch_[static_cast<std::size_t>(omp_get_thread_num())].data(),
                           static_cast<std::size_t>(n_hidden_));
      draw_dropout(regime_, rows_[static_cast<std::size_t>(i)], mask);
      for (int unit = 0; unit < n_hidden_; ++unit) {
        const std::ptrdiff_t place = unit * z_row() + i;
        mask_[place] = mask[static_cast<std::size_t>(unit)];
        z_[place] = mask_[place] == 0 ? dropped : z_[place] * mask_[place];
      }
    }
}

/// The kept activations become the code; those that dropout or a ReLU made zero take no part.
void Batch::keep_by_rule() {
  marks_.resize(z_.size());
  keeper_.keep(*regime_.rule, {.k = k_, .lifetime = regime_.lifetime, .n_samples = n_samples_},
               {.values = z_.data(),
                .unit_step = z_row(),
                .sample_step = 1,
                .n_units = n_hidden_,
                .n_samples = n_samples_},
               marks_.data());
  const bool dropout = regime_.dropout > 0, relu = shape_ == Shape::relu;
  entries_.clear();
  list_begin_[0] = 0;
  for (int unit = 0; unit < n_hidden_; ++unit) {
    const std::ptrdiff_t row = unit * z_row();
    for (int i = 0; i < n_samples_; ++i)
      if (marks_[static_cast<std::size_t>(row + i)] && !(dropout && mask_[row + i] == 0) &&
          !(relu && z_[row + i] == 0))
        entries_.push_back({i, z_[row + i]});
    list_begin_[unit + 1] = static_cast<std::int32_t>(entries_.size());
  }
}

/// Of a unit, before any rule; of a ReLU.
float Batch::activation(int unit, int i) const {
  const std::ptrdiff_t row = unit * z_row();
  return std::max(0.0f, by_rows() ? z_[row + i] : z_[i / lanes * z_group() + row + i % lanes]);
}

void Batch::note_silence(std::span<std::uint32_t> silent) const {
  const auto is_active = [&](int unit) {
    if (!dense()) return list_begin_[unit] < list_begin_[unit + 1];
    return std::any_of(dense_values(unit), dense_values(unit) + n_samples_, [](float z) { return z != 0; });
  };
  for (int unit = 0; unit < n_hidden_; ++unit) {
    auto& count = silent[static_cast<std::size_t>(unit)];
    count = is_active(unit) ? 0 : count + static_cast<std::uint32_t>(n_samples_);
  }
}

void Batch::revive(const Network& network, std::span<const std::uint32_t> silent, std::uint32_t patience) {
  std::vector<std::int32_t> dead;
  for (int unit = 0; unit < n_hidden_; ++unit)
    if (silent[static_cast<std::size_t>(unit)] >= patience) dead.push_back(unit);
  if (dead.empty()) return;
  mark_largest_dead(dead);
  draw_residual(network, dead);
}

/// marks_: (sample x dead unit).
void Batch::mark_largest_dead(std::span<const std::int32_t> dead) {
  marks_.assign(static_cast<std::size_t>(n_samples_) * dead.size(), 0);
  std::vector<float> activations(dead.size());
  for (int i = 0; i < n_samples_; ++i) {
    for (std::size_t d = 0; d < dead.size(); ++d) activations[d] = activation(dead[d], i);
    ksweep::keep_largest(activations, static_cast<std::size_t>(regime_.aux_units),
                         std::span(marks_).subspan(static_cast<std::size_t>(i) * dead.size(), dead.size()));
  }
}

/// What the marked units leave of the residual, which itself is held fixed, is to be minimised (Gao et al. 2024, appendix A.2).
void Batch::draw_residual(const Network& network, std::span<const std::int32_t> dead) {
  if (aux_residuals_.empty()) aux_residuals_ = AlignedFloats(residuals_.size());
  std::copy_n(residuals_.data(), std::ptrdiff_t{n_samples_} * stride_, aux_residuals_.data());
  aux_entries_.clear();
  aux_begin_.assign(1, 0);
  for (std::size_t d = 0; d < dead.size(); ++d) {
    aux_begin_.resize(static_cast<std::size_t>(dead[d]) + 1, static_cast<std::int32_t>(aux_entries_.size()));
    for (int i = 0; i < n_samples_; ++i) {
      const float value = activation(dead[d], i);
      if (!marks_[static_cast<std::size_t>(i) * dead.size() + d] || value == 0) continue;
      aux_entries_.push_back({i, value});
      kernels_.add_scaled(aux_residuals_.data() + std::ptrdiff_t{i} * stride_, network.decoder_row(dead[d]),
                          value, stride_);
    }
  }
  aux_begin_.resize(static_cast<std::size_t>(n_hidden_) + 1, static_cast<std::int32_t>(aux_entries_.size()));
}

}  // namespace ksweep
