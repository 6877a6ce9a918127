#include "probe/softmax.h"

#include <algorithm>
#include <cmath>

#include "kernels/matrix_product.h"
#include "probe/block_products.h"

namespace ksweep {
namespace {

constexpr std::size_t n_slices = 16;      // slices of the blocks; each sums its own gradient
constexpr std::size_t dense_block = 128;  // rows of this many samples fit into the second-level cache

std::size_t block_size(const Features& features) {
  return features.dense() ? dense_block : Features::block_size;
}

std::size_t n_blocks(const Features& features) {
  return (features.n_samples + block_size(features) - 1) / block_size(features);
}

int samples_in(const Features& features, std::size_t block) {
  const std::size_t size = block_size(features);
  return static_cast<int>(std::min(size, features.n_samples - block * size));
}

AlignedFloats row_scratch(const Features& features) {
  return AlignedFloats(features.dense() ? dense_block * static_cast<std::size_t>(features.n_features) : 0);
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
      whitening_(kernels, features, scale_, team),
      weights_(static_cast<std::size_t>(n_features_ + 1) * n_columns_) {
  for (std::size_t slice = 0; slice < n_slices; ++slice) slice_gradient_.emplace_back(weights_.size());
}

int SoftmaxRegression::n_threads(const Features& features) {
  const auto n_columns = static_cast<std::size_t>(n_columns_);
  while (static_cast<int>(scratch_.size()) < team_.n_threads())
    scratch_.push_back({{}, AlignedFloats(Features::block_size * n_columns), AlignedFloats(n_columns)});
  for (Scratch& scratch : scratch_)
    if (scratch.rows.empty()) scratch.rows = row_scratch(features);
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

const float* SoftmaxRegression::logits(const Features& features, std::size_t block, Scratch& scratch) const {
  const int count = samples_in(features, block);
  const float* biases = weights_.data() + std::ptrdiff_t{n_features_} * n_columns_;
  float* const out = scratch.logits.data();
  for (int i = 0; i < count; ++i) std::copy_n(biases, n_columns_, out + std::ptrdiff_t{i} * n_columns_);
  if (!features.dense()) {
    kernels_.sparse_product(features.block(block), weights_.data(), n_columns_, out);
    return nullptr;
  }
  const float* rows =
      contiguous(features, block * dense_block, static_cast<std::size_t>(count), scratch.rows.data());
  kernels_.product(added_product({count, n_columns_ / lanes, n_features_}, rows_of(rows, n_features_),
                                 by_row(weights_.data(), n_columns_), out, n_columns_));
  return rows;
}

void SoftmaxRegression::add_gradient(std::size_t block, const float* rows, Scratch& scratch,
                                     float* gradient) const {
  const int count = samples_in(features_, block);
  const float* errors = scratch.logits.data();
  kernels_.column_sums(errors, count, n_columns_, 0, n_columns_, 1, scratch.sums.data());
  kernels_.add_scaled(gradient + std::ptrdiff_t{n_features_} * n_columns_, scratch.sums.data(), 1,
                      n_columns_);
  if (!features_.dense())
    return kernels_.transposed_sparse_product(features_.block(block), errors, n_columns_, gradient);
  kernels_.product(added_product({n_features_, n_columns_ / lanes, count}, columns_of(rows, n_features_),
                                 by_row(errors, n_columns_), gradient, n_columns_));
}

double SoftmaxRegression::loss_of_block(std::size_t block, Scratch& scratch) const {
  const int count = samples_in(features_, block);
  float* const probabilities = scratch.logits.data();
  kernels_.softmax(probabilities, count, n_columns_, n_classes_);
  const std::int32_t* labels = labels_.data() + block * block_size(features_);
  double loss = 0, likelihood = 1;
  for (int i = 0; i < count; ++i) {
    float& of_label = probabilities[std::ptrdiff_t{i} * n_columns_ + labels[i]];
    likelihood *= static_cast<double>(of_label);
    of_label -= 1;
    if (likelihood > 1e-200 && i + 1 < count)
      continue;  // avoids most logarithms, which would take as long as the rest
    loss -= std::log(likelihood);
    likelihood = 1;
  }
  return loss;
}

double SoftmaxRegression::loss_of_slice(std::size_t slice) {
  AlignedFloats& gradient = slice_gradient_[slice];
  std::ranges::fill(gradient.span(), 0.0f);
  Scratch& scratch = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
  const std::size_t n = n_blocks(features_), end = n * (slice + 1) / n_slices;
  double loss = 0;
  for (std::size_t block = n * slice / n_slices; block < end; ++block) {
    const float* rows = logits(features_, block, scratch);
    loss += loss_of_block(block, scratch);
    add_gradient(block, rows, scratch, gradient.data());
  }
  return loss;
}

double SoftmaxRegression::loss(const double* weights, double l2, double* gradient) {
  set_weights(weights);
  double slice_loss[n_slices];
#pragma omp parallel for num_threads(n_threads(features_)) schedule(static)
  for (std::size_t slice = 0; slice < n_slices; ++slice) slice_loss[slice] = loss_of_slice(slice);

  const double per_sample = 1 / static_cast<double>(features_.n_samples);
  double sum = 0, squares = 0;
  for (const double part : slice_loss) sum += part;
  std::fill_n(gradient, n_weights(), 0.0);
  for (const AlignedFloats& part : slice_gradient_)
    for (int feature = 0; feature <= n_features_; ++feature)
      for (int c = 0; c < n_classes_; ++c)
        gradient[std::ptrdiff_t{feature} * n_classes_ + c] +=
            static_cast<double>(part[std::ptrdiff_t{feature} * n_columns_ + c]);
  const std::size_t n_penalised = n_weights() - static_cast<std::size_t>(n_classes_);
  for (std::size_t i = 0; i < n_penalised; ++i) {
    gradient[i] = gradient[i] * per_sample * scale_ + l2 * weights[i];
    squares += weights[i] * weights[i];
  }
  for (std::size_t i = n_penalised; i < n_weights(); ++i) gradient[i] *= per_sample;
  return sum * per_sample + 0.5 * l2 * squares;
}

std::vector<std::int32_t> SoftmaxRegression::classify(const Features& features,
                                                      const std::vector<double>& weights) {
  set_weights(weights.data());
  std::vector<std::int32_t> classes(features.n_samples);
#pragma omp parallel for num_threads(n_threads(features)) schedule(static)
  for (std::size_t block = 0; block < n_blocks(features); ++block) {
    Scratch& scratch = scratch_[static_cast<std::size_t>(omp_get_thread_num())];
    logits(features, block, scratch);
    const float* row = scratch.logits.data();
    std::int32_t* const out = classes.data() + block * block_size(features);
    for (int i = 0; i < samples_in(features, block); ++i, row += n_columns_)
      out[i] = static_cast<std::int32_t>(std::max_element(row, row + n_classes_) - row);
  }
  return classes;
}

}  // namespace ksweep
