// Reconstruction of a mini-batch from its code, its loss, and what is learned from it.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "kernels/matrix_product.h"
#include "model/batch.h"
#include "model/prefix_ends.h"

namespace ksweep {

void Batch::reconstruct(const Network& network, float scale, Residual kind) {
  if (scale != 1) scale_code(scale);
  prefix_ends_ = prefix_ends(n_hidden_, settings_.prefixes);
  is_dense() ? reconstruct_dense(network) : reconstruct_sparse(network);
#pragma omp parallel for num_threads(scratch_.n_threads()) schedule(static)
  for (int i = 0; i < n_samples(); ++i) {
    sample_loss_[static_cast<std::size_t>(i)] = finish_residual(i, kind, residual(i), scratch_.floats());
    if (!prefix_ends_.empty()) finish_prefixes(i, scratch_.floats());
  }
  if (is_multi()) reconstruct_wide(network);
}

void Batch::scale_code(float scale) {
  if (!is_dense()) return code_.scale(scale);
  float* const values = z_.unit(0);
  for (std::ptrdiff_t i = 0; i < n_hidden_ * z_.unit_step(); ++i) values[i] *= scale;
}

/// What the decoder rows of the code are added to.
void Batch::start_residual(const Network& network, int i, float* residual) {
  const float *bias = network.visible_bias.data(), *target = samples_.target(i);
  if (output_ == Activation::linear)
    for (int c = 0; c < stride_; ++c) residual[c] = bias[c] - target[c];
  else
    std::copy_n(bias, stride_, residual);
}

/// Returns the sample's loss.  For an update, the residual of outputs with an activation becomes the slope of the loss by what it is
/// applied to.
double Batch::finish_residual(int i, Residual kind, float* residual, float* scratch) {
  if (output_ != Activation::linear) {
    kernels_.activate(output_, residual, stride_);
    std::fill(residual + n_inputs_, residual + stride_, 0.0f);
    std::copy_n(residual, stride_, scratch);
    const float* const target = samples_.target(i);
    for (int c = 0; c < stride_; ++c) residual[c] -= target[c];
  }
  const double loss = 0.5 * static_cast<double>(kernels_.squared_norm(residual, stride_));
  if (output_ != Activation::linear && kind == Residual::for_update)
    kernels_.multiply_by_slope(output_, scratch, residual, stride_);
  return loss;
}

/// The loss of a sample is the mean over prefixes of their losses.  A unit is part of all prefixes that do not end before it: the
/// slopes of its group of units are the mean residual of these, those that it is no part of counting as 0.
void Batch::finish_prefixes(int i, float* scratch) {
  const std::size_t last = prefix_ends_.size() - 1;
  const auto share = 1 / static_cast<float>(prefix_ends_.size());
  double& loss = sample_loss_[static_cast<std::size_t>(i)];
  for (std::size_t prefix = 0; prefix < last; ++prefix)
    loss += finish_residual(i, Residual::for_update, slopes(prefix, i), scratch);
  loss /= static_cast<double>(prefix_ends_.size());
  for (int c = 0; c < stride_; ++c) slopes(last, i)[c] = share * residual(i)[c];
  for (std::size_t prefix = last; prefix-- > 0;)
    for (int c = 0; c < stride_; ++c)
      slopes(prefix, i)[c] = share * slopes(prefix, i)[c] + slopes(prefix + 1, i)[c];
}

/// Multi-TopK (Gao et al. 2024, appendix A.3): adds the weighted loss of a reconstruction from the 4 k largest.  The k largest are
/// part of both reconstructions, and the others of the second.
void Batch::reconstruct_wide(const Network& network) {
  begin_slopes(2);
#pragma omp parallel num_threads(scratch_.n_threads())
  {
    const int n_parts = omp_get_num_threads(), part = omp_get_thread_num();
    const int begin = n_samples() * part / n_parts, end = n_samples() * (part + 1) / n_parts;
    for (int i = begin; i < end; ++i) start_residual(network, i, slopes(1, i));
    for (int unit = 0; unit < n_hidden_; ++unit)
      for (const CodeEntry& entry : wide_code_.of_unit(unit))
        if (entry.sample >= begin && entry.sample < end)
          kernels_.add_scaled(slopes(1, entry.sample), network.decoder_row(unit), entry.value, stride_);
    for (int i = begin; i < end; ++i) {
      const double loss = finish_residual(i, Residual::for_update, slopes(1, i), scratch_.floats());
      sample_loss_[static_cast<std::size_t>(i)] += static_cast<double>(settings_.multi_topk) * loss;
      for (int c = 0; c < stride_; ++c) {
        slopes(1, i)[c] *= settings_.multi_topk;
        slopes(0, i)[c] = residual(i)[c] + slopes(1, i)[c];
      }
    }
  }
  mark_wide();
}

/// Both codes have their entries by unit, then by sample, and the one is part of the other.
void Batch::mark_wide() {
  marked_code_.clear();
  for (int unit = 0; unit < n_hidden_; ++unit) {
    auto kept = code_.of_unit(unit);
    for (const CodeEntry& entry : wide_code_.of_unit(unit)) {
      const bool among_largest = !kept.empty() && kept.front().sample == entry.sample;
      if (among_largest) kept = kept.subspan(1);
      marked_code_.add(entry.sample + (among_largest ? 0 : samples_.capacity()), entry.value);
    }
    marked_code_.end_unit(unit);
  }
}

/// Each thread adds the decoder rows of all units to its own samples: the decoder is read in order, the residuals of a
/// slice of samples stay in the cache.  The residuals of shorter prefixes are those at their ends.
void Batch::reconstruct_sparse(const Network& network) {
  begin_slopes(prefix_ends_.size());
#pragma omp parallel num_threads(scratch_.n_threads())
  {
    const int n_parts = omp_get_num_threads(), part = omp_get_thread_num();
    const int begin = n_samples() * part / n_parts, end = n_samples() * (part + 1) / n_parts;
    for (int i = begin; i < end; ++i) start_residual(network, i, residual(i));
    std::size_t prefix = 0;
    for (int unit = 0; unit < n_hidden_; ++unit) {
      for (; prefix < prefix_ends_.size() && prefix_ends_[prefix] == unit; ++prefix)
        for (int i = begin; i < end; ++i) std::copy_n(residual(i), stride_, slopes(prefix, i));
      for (const CodeEntry& entry : code_.of_unit(unit))
        if (entry.sample >= begin && entry.sample < end)
          kernels_.add_scaled(residual(entry.sample), network.decoder_row(unit), entry.value, stride_);
    }
  }
}

/// R = A D + c - X
void Batch::reconstruct_dense(const Network& network) {
#pragma omp parallel num_threads(scratch_.n_threads())
  {
#pragma omp for schedule(static)
    for (int i = 0; i < n_samples(); ++i) start_residual(network, i, residual(i));
#pragma omp for schedule(static)
    for (int group = 0; group < stride_ / lanes; group += 4)
      kernels_.product(added_product({n_samples(), std::min(4, stride_ / lanes - group), n_hidden_},
                                     columns_of(z_.unit(0), z_.unit_step()),
                                     by_row(network.decoder_row(0) + group * lanes, stride_),
                                     residuals_.data() + group * lanes, stride_));
  }
}

double Batch::reconstruction_loss() const {
  double sum = 0;
  for (int i = 0; i < n_samples(); ++i) sum += sample_loss_[static_cast<std::size_t>(i)];
  return sum;
}

double Batch::penalty(const PenaltyRule& rule) const {
  if (rule.kind == Penalty::none) return 0;
  if (rule.kind == Penalty::l0) return l0_penalty(rule, static_cast<double>(code_.size()) / n_samples());
  double sum = 0;
  for (int unit = 0; unit < n_hidden_; ++unit) {
    if (rule.kind == Penalty::l1) {
      for_each_value(unit, [&](int, float value) { sum += std::abs(value); });
      continue;
    }
    double activations = 0;
    for_each_value(unit, [&](int, float value) { activations += value; });
    sum += kl_divergence(rule.target, activations / n_samples());
  }
  return rule.kind == Penalty::l1 ? rule.weight * sum / n_samples() : rule.weight * sum;
}

void Batch::apply_aux_k(const Network& network, std::span<const std::uint64_t> inactive,
                        std::uint64_t patience) {
  std::vector<std::int32_t> dead;
  for (int unit = 0; unit < n_hidden_; ++unit)
    if (inactive[static_cast<std::size_t>(unit)] >= patience) dead.push_back(unit);
  if (dead.empty()) return;
  aux_.reconstruct(network, samples_, n_samples(), row_start(network), residuals_.data(), dead,
                   settings_.aux_units, settings_.aux_loss);
}

void Batch::backward_and_update(Network& network, OptimizerState& state, const PenaltyRule& penalty,
                                const UpdateRule& rule, Batch* next) {
  const LearningStep step{network, state, penalty, rule};
  const ForwardPass pass = forward_pass();
  const ThresholdWindow window{window_, settings_.bandwidth};
  const int n_threads = scratch_.n_threads();
  if (is_dense())
    dense_update_.begin(pass, z_, n_threads);
  else
    sparse_update_.begin(learning_code(), aux_, window);
  parameters_.begin();
  // With pre_bias, what is subtracted from the inputs is known only after the last unit.
  Batch* const along = parameters_.pre_bias() ? nullptr : next;
  const float* const mask = settings_.dropout > 0 ? mask_.data() : nullptr;
  const float aux_weight = settings_.aux_weight * aux_.scale();
  parallel_slices(n_hidden_, slice_size, n_threads, [&](Range units) {
    if (window.bandwidth > 0) sparse_update_.find_threshold_gradients(step, pass, code_, window, units);
    if (is_dense())
      dense_update_.update(step, pass, z_, mask, units, scratch_.floats());
    else
      sparse_update_.update(step, pass, learning_code(), aux_, aux_weight, units, scratch_.floats());
    parameters_.update_hidden_bias(step, units);
    if (along) along->pre_activate(network, units, &state);
  });
  parameters_.update_visible_bias(step, pass);
  if (!next || along) return;
  parallel_slices(n_hidden_, slice_size, n_threads,
                  [&](Range units) { next->pre_activate(network, units, nullptr); });
}

}  // namespace ksweep
