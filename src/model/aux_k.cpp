#include "model/aux_k.h"

#include <algorithm>

namespace ksweep {
namespace {

/// Returns the sum of squared distances of rows (n_rows x stride) to their mean.
double squared_distance_to_mean(const float* rows, int n_rows, int stride) {
  std::vector<double> mean(static_cast<std::size_t>(stride));
  for (int i = 0; i < n_rows; ++i)
    for (int c = 0; c < stride; ++c)
      mean[static_cast<std::size_t>(c)] += static_cast<double>(rows[std::ptrdiff_t{i} * stride + c]) / n_rows;
  double sum = 0;
  for (int i = 0; i < n_rows; ++i)
    for (int c = 0; c < stride; ++c) {
      const double distance =
          static_cast<double>(rows[std::ptrdiff_t{i} * stride + c]) - mean[static_cast<std::size_t>(c)];
      sum += distance * distance;
    }
  return sum;
}

float scale_of(AuxLoss loss, const float* residuals, int n_samples, int stride) {
  if (loss == AuxLoss::plain) return 1;
  const double spread = squared_distance_to_mean(residuals, n_samples, stride);
  return spread > 0 ? static_cast<float>(2 * n_samples / spread) : 0;
}

/// Prepares what each thread needs to search dead units; returns the number of threads.
int threads_for(ThreadScratch& scratch, int n_dead) {
  return scratch.n_threads(
      static_cast<std::size_t>(n_dead) * lanes + static_cast<std::size_t>(select_scratch(n_dead)),
      static_cast<std::size_t>(select_candidates(n_dead)));
}

}  // namespace

void AuxK::reconstruct(const Network& network, const LoadedSamples& samples, int n_samples,
                       const float* row_start, const float* residuals, std::span<const std::int32_t> dead,
                       int n_units, AuxLoss loss) {
  DeadRows rows;
  for (const std::int32_t unit : dead) {
    rows.encoder.push_back(network.encoder_row(unit));
    rows.start.push_back(row_start[unit]);
  }
  scale_ = scale_of(loss, residuals, n_samples, stride_);
  const auto n_dead = static_cast<std::ptrdiff_t>(dead.size());
  largest_.begin(static_cast<int>(std::min<std::ptrdiff_t>(n_units, n_dead)));
  if (residuals_.empty()) residuals_ = AlignedFloats(static_cast<std::size_t>(samples.capacity()) * stride_);
#pragma omp parallel for num_threads(threads_for(scratch_, static_cast <int>(n_dead))) schedule(static)
  for (int first = 0; first < n_samples; first += lanes) {
    const int here = std::min(lanes, n_samples - first);
    find_largest(rows, samples.packed() + std::ptrdiff_t{first} * stride_, first, here);
    for (int i = first; i < first + here; ++i) {
      for (int e = 0; e < largest_.n_kept(i); ++e)
        largest_.units(i)[e] = dead[static_cast<std::size_t>(largest_.units(i)[e])];
      std::copy_n(residuals + std::ptrdiff_t{i} * stride_, stride_,
                  residuals_.data() + std::ptrdiff_t{i} * stride_);
    }
  }
  kernels_.activate(Activation::relu, largest_.values(0), padded(n_samples * largest_.width()));
  largest_.drop_zeros(n_samples);
#pragma omp parallel for num_threads(scratch_.n_threads()) schedule(static)
  for (int i = 0; i < n_samples; ++i) add_reconstruction(network, i);
  code_.sort_by_unit(largest_, n_samples);
  is_used_ = true;
}

/// Finds the largest pre-activations of dead units for a group of samples.  AuxK requires ReLU units, so those are the largest
/// activations, apart from units that are off.
void AuxK::find_largest(const DeadRows& dead, const float* packed, int first, int n_samples) {
  const int n_dead = static_cast<int>(dead.encoder.size());
  float *const z = scratch_.floats(), *const scratch = z + std::ptrdiff_t{n_dead} * lanes;
  kernels_.product_of_rows(dead.encoder.data(), dead.start.data(), n_dead, stride_, packed, z);
  kernels_.select(z, lanes, n_dead, n_samples, largest_.width(), largest_.units(first),
                  largest_.values(first), largest_.kept(first), scratch, scratch_.integers());
}

/// Adds the sample's reconstruction by dead units to its residual, which is reconstruction minus target.
void AuxK::add_reconstruction(const Network& network, int sample) {
  for (int e = 0; e < largest_.n_kept(sample); ++e)
    kernels_.add_scaled(residuals_.data() + std::ptrdiff_t{sample} * stride_,
                        network.decoder_row(largest_.units(sample)[e]), largest_.values(sample)[e], stride_);
}

}  // namespace ksweep
