#include "train/weight_average.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace ksweep {

WeightAverage::WeightAverage(double decay, std::vector<AlignedFloats*> weights, const Team& team)
    : decay_(decay), weights_(std::move(weights)), team_(team) {
  if (decay_ == 0) return;
  for (const AlignedFloats* part : weights_)
    std::ranges::copy(part->span(), average_.emplace_back(part->size()).data());
}

void WeightAverage::add(std::int64_t step) {
  if (decay_ == 0) return;
  const auto share = static_cast<float>((1 - decay_) / (1 - std::pow(decay_, static_cast<double>(step + 1))));
  for (std::size_t i = 0; i < average_.size(); ++i) {
    const float* const now = weights_[i]->data();
    float* const average = average_[i].data();
    const auto count = static_cast<std::ptrdiff_t>(average_[i].size());
#pragma omp parallel for num_threads(team_.n_threads()) schedule(static)
    for (std::ptrdiff_t n = 0; n < count; ++n) average[n] += share * (now[n] - average[n]);
  }
}

void WeightAverage::exchange() {
  if (decay_ == 0) return;
  for (std::size_t i = 0; i < average_.size(); ++i) std::swap(*weights_[i], average_[i]);
  is_exchanged_ ^= 1;
}

/// The state may be saved while the average is in the place of the weights.
void WeightAverage::transfer(Archive& archive) {
  if (decay_ == 0) return;
  archive.number(is_exchanged_);
  archive.require(is_exchanged_ <= 1);
  for (AlignedFloats& part : average_) archive.array(part.span());
  if (archive.reads() && is_exchanged_) exchange();
}

}  // namespace ksweep
