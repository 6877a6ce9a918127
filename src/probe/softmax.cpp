#include "probe/softmax.h"

#include <lbfgs.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>

#include "core/errors.h"

namespace ksweep {
namespace {

constexpr int n_slices = 16;     // of the samples; each sums its own gradient
constexpr int block_size = 128;  // samples whose probabilities are in flight at a time
constexpr int most_iterations = 1000;

std::size_t slice_begin(std::size_t n_samples, int slice) {
  return n_samples * static_cast<std::size_t>(slice) / n_slices;
}

/// Dense rows one after the other: where they lie, or copied to `rows` if the samples are scattered.
const float* contiguous(const Features& features, std::size_t first, int count, float* rows) {
  const auto n = static_cast<std::size_t>(features.n_features);
  if (features.chosen.empty()) return features.rows + first * n;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    std::copy_n(features.rows + features.chosen[first + i] * n, n, rows + i * n);
  return rows;
}

/// Throws unless an end of lbfgs() leaves usable weights: where rounding ends the line search, or after
/// most_iterations, gradient_norm tells how good they are.
void require_usable(int code) {
  switch (code) {
    case LBFGS_SUCCESS:
    case LBFGS_STOP:
    case LBFGS_ALREADY_MINIMIZED:
    case LBFGSERR_MAXIMUMITERATION:
    case LBFGSERR_MAXIMUMLINESEARCH:
    case LBFGSERR_MINIMUMSTEP:
    case LBFGSERR_MAXIMUMSTEP:
    case LBFGSERR_WIDTHTOOSMALL:
    case LBFGSERR_OUTOFINTERVAL:
    case LBFGSERR_INCORRECT_TMINMAX:
    case LBFGSERR_INCREASEGRADIENT:
    case LBFGSERR_ROUNDING_ERROR:
      return;
    case LBFGSERR_CANCELED:
      throw Interrupted();
    case LBFGSERR_OUTOFMEMORY:
      throw std::bad_alloc();
    default:
      throw std::logic_error("libLBFGS ended with code " + std::to_string(code));
  }
}

AlignedFloats row_scratch(const Features& features) {
  return AlignedFloats(features.dense() ? static_cast<std::size_t>(block_size) * features.n_features : 0);
}

}  // namespace

SoftmaxRegression::SoftmaxRegression(const Kernels& kernels, const Features& features,
                                     std::span<const std::int32_t> labels, int n_classes, const Team& team)
    : kernels_(kernels),
      features_(features),
      labels_(labels),
      team_(team),
      n_features_(features.n_features),
      n_classes_(n_classes),
      n_columns_(padded(n_classes)),
      scale_(1 / root_mean_square_length(features)),
      weights_(static_cast<std::size_t>(n_features_ + 1) * n_columns_) {
  for (int slice = 0; slice < n_slices; ++slice) slice_gradient_.emplace_back(weights_.size());
}

int SoftmaxRegression::n_threads() {
  while (static_cast<int>(scratch_.size()) < team_.n_threads())
    scratch_.push_back(
        {row_scratch(features_), AlignedFloats(static_cast<std::size_t>(block_size) * n_columns_)});
  return team_.n_threads();
}

void SoftmaxRegression::set_weights(const double* weights) {
  for (int feature = 0; feature <= n_features_; ++feature) {
    const double scale = feature < n_features_ ? scale_ : 1;
    for (int c = 0; c < n_classes_; ++c)
      weights_[std::ptrdiff_t{feature} * n_columns_ + c] =
          static_cast<float>(scale * weights[feature * n_classes_ + c]);
  }
}

void SoftmaxRegression::logits(const Features& features, std::size_t first, int count, float* rows,
                               float* out) const {
  const float* biases = weights_.data() + std::ptrdiff_t{n_features_} * n_columns_;
  if (!features.dense()) {
    for (int i = 0; i < count; ++i) {
      const std::size_t begin = features.begin[first + i];
      kernels_.gather_rows(weights_.data(), n_columns_, features.index.data() + begin,
                           features.value.data() + begin,
                           static_cast<int>(features.begin[first + i + 1] - begin), biases,
                           out + std::ptrdiff_t{i} * n_columns_);
    }
    return;
  }
  for (int i = 0; i < count; ++i) std::copy_n(biases, n_columns_, out + std::ptrdiff_t{i} * n_columns_);
  kernels_.product({.n_rows = count,
                    .n_groups = n_columns_ / lanes,
                    .n_inner = n_features_,
                    .a = contiguous(features, first, count, rows),
                    .a_row = n_features_,
                    .a_inner = 1,
                    .b = weights_.data(),
                    .b_inner = n_columns_,
                    .b_group = lanes,
                    .c = out,
                    .c_row = n_columns_,
                    .c_group = lanes,
                    .row_start = nullptr,
                    .accumulate = true});
}

double SoftmaxRegression::loss_of_slice(int slice, float* gradient) {
  std::fill_n(gradient, weights_.size(), 0.0f);
  auto& [rows, errors] = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
  const std::size_t end = slice_begin(features_.n_samples, slice + 1);
  float* const bias_gradient = gradient + std::ptrdiff_t{n_features_} * n_columns_;
  double loss = 0;
  for (std::size_t first = slice_begin(features_.n_samples, slice); first < end; first += block_size) {
    const int count = static_cast<int>(std::min<std::size_t>(block_size, end - first));
    logits(features_, first, count, rows.data(), errors.data());
    kernels_.softmax(errors.data(), count, n_columns_, n_classes_);
    for (int i = 0; i < count; ++i) {
      float* error = errors.data() + std::ptrdiff_t{i} * n_columns_;
      float& of_label = error[labels_[first + i]];
      loss -= std::log(static_cast<double>(of_label));
      of_label -= 1;
      kernels_.add_scaled(bias_gradient, error, 1, n_columns_);
      if (features_.dense()) continue;
      const std::size_t begin = features_.begin[first + i];
      kernels_.scatter_rows(gradient, n_columns_, features_.index.data() + begin,
                            features_.value.data() + begin,
                            static_cast<int>(features_.begin[first + i + 1] - begin), error);
    }
    if (features_.dense())
      kernels_.product({.n_rows = n_features_,
                        .n_groups = n_columns_ / lanes,
                        .n_inner = count,
                        .a = contiguous(features_, first, count, rows.data()),
                        .a_row = 1,
                        .a_inner = n_features_,
                        .b = errors.data(),
                        .b_inner = n_columns_,
                        .b_group = lanes,
                        .c = gradient,
                        .c_row = n_columns_,
                        .c_group = lanes,
                        .row_start = nullptr,
                        .accumulate = true});
  }
  return loss;
}

double SoftmaxRegression::loss(const double* weights, double l2, double* gradient) {
  set_weights(weights);
  double slice_loss[n_slices];
#pragma omp parallel for num_threads(n_threads()) schedule(static)
  for (int slice = 0; slice < n_slices; ++slice)
    slice_loss[slice] = loss_of_slice(slice, slice_gradient_[static_cast<std::size_t>(slice)].data());

  const double per_sample = 1 / static_cast<double>(features_.n_samples);
  double sum = 0, squares = 0;
  for (const double part : slice_loss) sum += part;
  for (int feature = 0; feature <= n_features_; ++feature)
    for (int c = 0; c < n_classes_; ++c) {
      double slope = 0;
      for (const AlignedFloats& part : slice_gradient_)
        slope += static_cast<double>(part[std::ptrdiff_t{feature} * n_columns_ + c]);
      const std::ptrdiff_t place = std::ptrdiff_t{feature} * n_classes_ + c;
      const bool bias = feature == n_features_;
      gradient[place] = slope * per_sample * (bias ? 1 : scale_) + (bias ? 0 : l2 * weights[place]);
      if (!bias) squares += weights[place] * weights[place];
    }
  return sum * per_sample + 0.5 * l2 * squares;
}

SoftmaxRegression::Fit SoftmaxRegression::fit(std::vector<double>& weights, double l2, double tolerance,
                                              const KeepGoing& keep_going) {
  struct Problem {
    SoftmaxRegression& regression;
    double l2;
    const KeepGoing& keep_going;
    Fit fit;
  } problem{*this, l2, keep_going, {}};
  const auto evaluate = [](void* instance, const double* x, double* gradient, int, double) {
    auto& p = *static_cast<Problem*>(instance);
    return p.regression.loss(x, p.l2, gradient);
  };
  // Exceptions must not pass through the C library: a wish to stop ends it with LBFGSERR_CANCELED.
  const auto progress = [](void* instance, const double*, const double*, double, double x_norm,
                           double gradient_norm, double, int, int iteration, int) {
    auto& p = *static_cast<Problem*>(instance);
    p.fit = {iteration, gradient_norm / std::max(1.0, x_norm)};
    return p.keep_going() ? 0 : static_cast<int>(LBFGSERR_CANCELED);  // lbfgs() returns what this returns
  };
  lbfgs_parameter_t parameters;
  lbfgs_parameter_init(&parameters);
  parameters.m = 50;
  parameters.epsilon = tolerance;
  parameters.max_iterations = most_iterations;

  const std::unique_ptr<double, void (*)(double*)> x(lbfgs_malloc(static_cast<int>(n_weights())), lbfgs_free);
  if (!x) throw std::bad_alloc();
  std::copy(weights.begin(), weights.end(), x.get());
  require_usable(
      lbfgs(static_cast<int>(n_weights()), x.get(), nullptr, evaluate, progress, &problem, &parameters));
  std::copy_n(x.get(), weights.size(), weights.begin());
  return problem.fit;
}

std::vector<std::int32_t> SoftmaxRegression::classify(const Features& features,
                                                      const std::vector<double>& weights) {
  set_weights(weights.data());
  std::vector<std::int32_t> classes(features.n_samples);
#pragma omp parallel num_threads(n_threads())
  {
    auto& [rows, out] = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
#pragma omp for schedule(static)
    for (std::size_t first = 0; first < features.n_samples; first += block_size) {
      const int count = static_cast<int>(std::min<std::size_t>(block_size, features.n_samples - first));
      logits(features, first, count, rows.data(), out.data());
      for (int i = 0; i < count; ++i) {
        const float* row = out.data() + std::ptrdiff_t{i} * n_columns_;
        classes[first + i] = static_cast<std::int32_t>(std::max_element(row, row + n_classes_) - row);
      }
    }
  }
  return classes;
}

}  // namespace ksweep
