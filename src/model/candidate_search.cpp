#include "model/candidate_search.h"

#include <algorithm>
#include <limits>
#include <span>

namespace ksweep {
namespace {

std::size_t groups_of(int n_samples) { return static_cast<std::size_t>(padded(n_samples) / lanes); }

}  // namespace

CandidateSearch::CandidateSearch(const Kernels& kernels, const Network& network, int capacity)
    : kernels_(kernels), n_hidden_(network.n_hidden), stride_(network.stride) {
  if (!kernels.screening) return;
  const std::size_t n_groups = groups_of(capacity);
  units_ = AlignedArray<UnitBound>(static_cast<std::size_t>(n_hidden_));
  samples_ = AlignedArray<SampleBounds>(n_groups);
  sample_pairs_ = AlignedFloats(n_groups * lanes * static_cast<std::size_t>(n_pairs()));
  candidates_ = std::make_unique_for_overwrite<Candidate[]>(n_groups * lanes * units_.size());
  n_candidates_.resize(n_groups);
}

Candidate* CandidateSearch::candidates(int group) const {
  return candidates_.get() + std::ptrdiff_t{group} * lanes * n_hidden_;
}

void CandidateSearch::round_samples(const float* samples, int n_samples, int group, float* scratch) {
  kernels_.screening->round_samples(samples, n_samples, stride_,
                                    sample_pairs_.data() + std::ptrdiff_t{group} * n_pairs() * lanes,
                                    samples_.data() + group, scratch);
}

void CandidateSearch::pre_activate(const Network& network, Range units, Product product, float* scratch) {
  const auto [begin, end] = units;
  kernels_.screening->round_units(network.encoder_row(begin), network.hidden_bias.data() + begin, end - begin,
                                  stride_, scratch, units_.data() + begin);
  product.n_rows = padded(end - begin);
  product.n_inner = n_pairs();
  product.a = scratch;
  product.a_row = n_pairs();
  product.a_inner = 1;
  product.b = sample_pairs_.data();
  product.b_inner = lanes;
  product.b_group = std::ptrdiff_t{n_pairs()} * lanes;
  product.row_start = nullptr;
  kernels_.screening->product(product);
}

void CandidateSearch::find_candidates(int group, int n_samples, int k, float* z, std::int32_t* units,
                                      float* values, std::int32_t* kept, float* scratch,
                                      std::int32_t* candidate_units) {
  const SampleBounds& samples = samples_[static_cast<std::size_t>(group)];
  kernels_.screening->bound_below(z, n_hidden_, units_.data(), samples);
  kernels_.select(z, lanes, n_hidden_, n_samples, k, units, values, kept, scratch, candidate_units);
  alignas(64) float limits[lanes] = {};
  for (int lane = 0; lane < n_samples; ++lane)
    limits[lane] =
        *std::min_element(values + std::ptrdiff_t{lane} * k, values + (std::ptrdiff_t{lane} + 1) * k);
  n_candidates_[static_cast<std::size_t>(group)] =
      static_cast<std::size_t>(kernels_.screening->list_candidates(
          z, n_hidden_, n_samples, units_.data(), samples, limits, group * lanes, candidates(group)));
}

void CandidateSearch::settle(const Network& network, Range units, int n_groups, const float* samples) {
  for (int group = 0; group < n_groups; ++group) {
    const std::span<Candidate> all(candidates(group), n_candidates(group));
    const auto first = std::ranges::lower_bound(all, units.begin, {}, &Candidate::unit);
    const auto last = std::ranges::lower_bound(first, all.end(), units.end, {}, &Candidate::unit);
    kernels_.screening->settle(network.encoder.data(), network.hidden_bias.data(), samples, stride_,
                               std::to_address(first), last - first);
  }
}

void CandidateSearch::keep_largest(int group, int n_samples, int k, std::int32_t* units, float* values,
                                   std::int32_t* kept, float* scratch, std::int32_t* candidate_units) const {
  // Puts each sample's candidates into a column, padded with NaN, so that Kernels::select can be used again.
  const std::span<const Candidate> all(candidates(group), n_candidates(group));
  int count[lanes] = {};
  for (const Candidate& c : all) ++count[c.sample % lanes];
  const int n_rows = *std::ranges::max_element(count);
  AlignedFloats z(static_cast<std::size_t>(n_rows) * lanes);
  std::vector<std::int32_t> unit(z.size());
  std::ranges::fill(z.span(), std::numeric_limits<float>::quiet_NaN());
  std::ranges::fill(count, 0);
  for (const Candidate& c : all) {
    const int lane = c.sample % lanes;
    const auto place = static_cast<std::size_t>(count[lane]++) * lanes + static_cast<std::size_t>(lane);
    z[place] = c.value;
    unit[place] = c.unit;
  }
  kernels_.select(z.data(), lanes, n_rows, n_samples, k, units, values, kept, scratch, candidate_units);
  for (int lane = 0; lane < n_samples; ++lane)
    for (std::int32_t* u = units + std::ptrdiff_t{lane} * k;
         u < units + std::ptrdiff_t{lane} * k + kept[lane]; ++u)
      *u = unit[static_cast<std::size_t>(*u) * lanes + static_cast<std::size_t>(lane)];
}

}  // namespace ksweep
