#include "model/largest_search.h"

#include <omp.h>

#include <algorithm>
#include <limits>

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr int widest_slice = SliceProducts::widest_slice;

/// Returns the elements of a slice of units in a list that ascends.
Range part_of(const std::int32_t* units, int count, Range slice) {
  const auto* const first = std::lower_bound(units, units + count, slice.begin);
  return {static_cast<int>(first - units),
          static_cast<int>(std::lower_bound(first, units + count, slice.end) - units)};
}

}  // namespace

CandidateLists LargestSearch::lists(Finder& finder, int group) const {
  const std::ptrdiff_t first = std::ptrdiff_t{group} * lanes;
  return {finder.value.data() + first * room_,
          products_.screens() ? finder.lower.data() + first * room_ : nullptr,
          finder.unit.data() + first * room_, finder.count.data() + first, room_};
}

void LargestSearch::find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k,
                         int n_threads, LargestCode& largest) {
  n_threads_ = n_threads;
  begin(samples, n_samples, k, encoder.centre);
  largest.begin(k);
  parallel_slices(n_hidden_, widest_slice, n_threads, [&](Range units) { search(encoder, units, mine()); });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < products_.n_groups(); ++group) merge(group);
  if (products_.screens())
    parallel_slices(n_hidden_, SliceProducts::settled_slice, n_threads, [&](Range units) {
      for (int group = 0; group < products_.n_groups(); ++group)
        settle(encoder, units, group, mine().scratch);
    });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < products_.n_groups(); ++group) {
    if (products_.screens()) search_in_float32(encoder, group, mine().scratch);
    keep(group, largest);
  }
}

void LargestSearch::begin(const LoadedSamples& samples, int n_samples, int k, const float* centre) {
  constexpr int least_kept = 64;  // fewer would have to be shortened for nearly every slice
  products_.begin(samples, n_samples, screens(k));
  k_ = k;
  room_ = padded(k + 2 * std::max(k, least_kept) + widest_slice);
  finders_.resize(std::max(finders_.size(), static_cast<std::size_t>(n_threads_)));
#pragma omp parallel num_threads(n_threads_)
  {
    Finder& finder = mine();
    clear(finder);
#pragma omp for schedule(static)
    for (int group = 0; group < products_.n_groups(); ++group)
      products_.round_samples(group, centre, finder.scratch);
  }
}

void LargestSearch::clear(Finder& finder) const {
  const auto n_lanes = static_cast<std::size_t>(products_.n_groups()) * lanes;
  const auto n_samples = static_cast<std::size_t>(products_.n_samples());
  products_.prepare(finder.scratch);
  make_room(finder.value, n_lanes * static_cast<std::size_t>(room_));
  make_room(finder.unit, finder.value.size());
  make_room(finder.limit, n_lanes);
  if (products_.screens()) make_room(finder.lower, finder.value.size());
  finder.count.assign(n_lanes, 0);
  finder.whole.assign(n_lanes, 0);
  std::fill_n(finder.limit.data(), n_samples, -infinity);
  std::fill_n(finder.limit.data() + n_samples, n_lanes - n_samples, std::numeric_limits<float>::quiet_NaN());
}

void LargestSearch::search(const EncoderInputs& encoder, Range units, Finder& finder) {
  products_.take_units(encoder, units, finder.scratch);
  for (int first = 0; first < products_.n_groups(); first += SliceProducts::groups_at_once) {
    const Range groups{first, std::min(first + SliceProducts::groups_at_once, products_.n_groups())};
    products_.multiply(encoder, units, groups, finder.scratch);
    for (int group = first; group < groups.end; ++group)
      list(finder, units, group, SliceProducts::z_of(units, group - first, finder.scratch));
  }
}

/// Lists what may be among the largest of a group.
void LargestSearch::list(Finder& finder, Range units, int group, const float* z) {
  shorten(finder, group, units.count());
  if (!products_.screens())
    return kernels_.list_reaching(z, units.count(), units.begin, limits(finder, group), lists(finder, group));
  kernels_.screening->list_possible(z, finder.scratch.bounds.data(), units.count(), units.begin,
                                    products_.bounds_of(group), wanted_lanes(finder, group),
                                    limits(finder, group), lists(finder, group));
}

unsigned LargestSearch::wanted_lanes(const Finder& finder, int group) const {
  unsigned wanted = 0;
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    wanted |= (finder.whole[static_cast<std::size_t>(group * lanes + lane)] ? 0u : 1u) << lane;
  return wanted;
}

/// Makes room for so many more entries in each list of a group.
void LargestSearch::shorten(Finder& finder, int group, int n_more) {
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    if (finder.count[static_cast<std::size_t>(group * lanes + lane)] + n_more > room_)
      shorten_list(finder, group, lane);
}

void LargestSearch::shorten_list(Finder& finder, int group, int lane) {
  const CandidateLists all = lists(finder, group);
  float* const limit = limits(finder, group) + lane;
  if (!products_.screens()) {
    all.count[lane] =
        kernels_.keep_largest(all.value + lane * room_, all.unit + lane * room_, all.count[lane], k_, limit);
    return;
  }
  all.count[lane] = kernels_.screening->keep_possible(all, lane, k_, limit);
  if (all.count[lane] + widest_slice > room_) skip(finder, group, lane);
}

/// The sample has too many candidates: all its units will be computed in float32.
void LargestSearch::skip(Finder& finder, int group, int lane) {
  const auto sample = static_cast<std::size_t>(group * lanes + lane);
  finder.whole[sample] = 1;
  finder.count[sample] = 0;
}

/// Merges what the threads found into the lists of the first.
void LargestSearch::merge(int group) {
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    for (Finder& finder : std::span(finders_).first(static_cast<std::size_t>(n_threads_))) {
      shorten_list(finder, group, lane);
      if (&finder == finders_.data()) continue;
      append(group, lane, finder);
      shorten_list(finders_.front(), group, lane);
    }
}

void LargestSearch::append(int group, int lane, Finder& finder) {
  const CandidateLists to = lists(finders_.front(), group), from = lists(finder, group);
  const auto sample = static_cast<std::size_t>(group * lanes + lane);
  if (finder.whole[sample] || to.count[lane] + from.count[lane] > room_) skip(finders_.front(), group, lane);
  if (finders_.front().whole[sample]) return;
  const std::ptrdiff_t source = lane * room_, target = source + to.count[lane];
  std::copy_n(from.value + source, from.count[lane], to.value + target);
  std::copy_n(from.unit + source, from.count[lane], to.unit + target);
  if (products_.screens()) std::copy_n(from.lower + source, from.count[lane], to.lower + target);
  to.count[lane] += from.count[lane];
}

/// Computes the candidates among some units, for a whole group if one of its samples has the unit among its candidates.
void LargestSearch::settle(const EncoderInputs& encoder, Range units, int group,
                           SliceProducts::Scratch& scratch) {
  const CandidateLists all = lists(finders_.front(), group);
  SliceProducts::forget(units, scratch);
  Range parts[lanes] = {};
  for (int lane = 0; lane < products_.lanes_of(group); ++lane) {
    const std::int32_t* const unit = all.unit + lane * room_;
    parts[lane] = part_of(unit, all.count[lane], units);
    for (int e = parts[lane].begin; e < parts[lane].end; ++e)
      SliceProducts::mark(unit[e] - units.begin, scratch);
  }
  products_.settle(encoder, units, group, scratch);
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    for (std::ptrdiff_t e = lane * room_ + parts[lane].begin; e < lane * room_ + parts[lane].end; ++e)
      all.value[e] = SliceProducts::settled(all.unit[e] - units.begin, lane, scratch);
}

/// Searches all units for the samples that have too many candidates.
void LargestSearch::search_in_float32(const EncoderInputs& encoder, int group,
                                      SliceProducts::Scratch& scratch) {
  Finder& finder = finders_.front();
  const CandidateLists all = lists(finder, group);
  alignas(64) float limit[lanes];
  std::ranges::fill(limit, std::numeric_limits<float>::quiet_NaN());
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    if (finder.whole[static_cast<std::size_t>(group * lanes + lane)]) limit[lane] = -infinity;
  if (std::ranges::count(limit, -infinity) == 0) return;
  for (int begin = 0; begin < n_hidden_; begin += widest_slice) {
    const Range units{begin, std::min(begin + widest_slice, n_hidden_)};
    products_.multiply_in_float32(encoder, units, {group, group + 1}, scratch);
    for (int lane = 0; lane < lanes; ++lane)
      if (limit[lane] == limit[lane] && all.count[lane] + units.count() > room_)
        all.count[lane] = kernels_.keep_largest(all.value + lane * room_, all.unit + lane * room_,
                                                all.count[lane], k_, limit + lane);
    kernels_.list_reaching(scratch.z.data(), units.count(), begin, limit, all);
  }
}

void LargestSearch::keep(int group, LargestCode& largest) {
  const CandidateLists all = lists(finders_.front(), group);
  for (int lane = 0; lane < products_.lanes_of(group); ++lane) {
    const int sample = group * lanes + lane;
    float* const value = all.value + lane * room_;
    float limit;
    const int kept = kernels_.keep_largest(value, all.unit + lane * room_, all.count[lane], k_, &limit);
    *largest.kept(sample) = kept;
    std::copy_n(all.unit + lane * room_, kept, largest.units(sample));
    std::copy_n(value, kept, largest.values(sample));
  }
}

}  // namespace ksweep
