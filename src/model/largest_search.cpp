#include "model/largest_search.h"

#include <algorithm>
#include <limits>

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr int widest_slice = SliceProducts::widest_slice;

/// Returns the place of a sample in what is stored (group x lanes).
std::size_t place_of(int group, int lane) {
  const int place = group * lanes + lane;
  return static_cast<std::size_t>(place);
}

/// Returns the elements of a slice of units in a list that ascends.
Range part_of(const std::int32_t* units, int count, Range slice) {
  const auto* const first = std::lower_bound(units, units + count, slice.begin);
  return {static_cast<int>(first - units),
          static_cast<int>(std::lower_bound(first, units + count, slice.end) - units)};
}

}  // namespace

void LargestSearch::find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k,
                         int n_threads, LargestCode& largest) {
  k_ = k;
  room_ = entries_of_search(k);
  products_.begin(encoder, samples, n_samples, screens(k), n_threads);
  clear();
  largest.begin(k);
  products_.visit(encoder, [&](Range units, int group, const float* z) { list(units, group, z); });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < products_.n_groups(); ++group)
    for (int lane = 0; lane < products_.lanes_of(group); ++lane) shorten_list(group, lane);
  if (products_.screens())
    parallel_slices(n_hidden_, SliceProducts::settled_slice, n_threads, [&](Range units) {
      for (int group = 0; group < products_.n_groups(); ++group) settle(encoder, units, group);
    });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < products_.n_groups(); ++group) {
    if (products_.screens()) search_in_float32(encoder, group);
    keep(group, largest);
  }
}

CandidateLists LargestSearch::lists(int group) {
  const std::ptrdiff_t first = std::ptrdiff_t{group} * lanes;
  return {value_.data() + first * room_, products_.screens() ? lower_.data() + first * room_ : nullptr,
          unit_.data() + first * room_, count_.data() + first, room_};
}

void LargestSearch::clear() {
  const auto n_lanes = static_cast<std::size_t>(products_.n_groups()) * lanes;
  const auto n_samples = static_cast<std::size_t>(products_.n_samples());
  make_room(value_, n_lanes * static_cast<std::size_t>(room_));
  make_room(unit_, value_.size());
  make_room(limit_, n_lanes);
  if (products_.screens()) make_room(lower_, value_.size());
  count_.assign(n_lanes, 0);
  whole_.assign(n_lanes, 0);
  std::fill_n(limit_.data(), n_samples, -infinity);
  std::fill_n(limit_.data() + n_samples, n_lanes - n_samples, std::numeric_limits<float>::quiet_NaN());
}

/// Lists what may be among the largest of a group.
void LargestSearch::list(Range units, int group, const float* z) {
  shorten(group, units.count());
  if (!products_.screens())
    return kernels_.list_reaching(z, units.count(), units.begin, limits(group), lists(group));
  kernels_.screening->list_possible(z, products_.bounds_of(units), units.count(), units.begin,
                                    products_.bounds_of(group), wanted_lanes(group), limits(group),
                                    lists(group));
}

unsigned LargestSearch::wanted_lanes(int group) const {
  unsigned wanted = 0;
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    wanted |= (whole_[place_of(group, lane)] ? 0u : 1u) << lane;
  return wanted;
}

/// Makes room for so many more entries in each list of a group.
void LargestSearch::shorten(int group, int n_more) {
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    if (count_[place_of(group, lane)] + n_more > room_) shorten_list(group, lane);
}

/// If a sample has too many candidates, all its units will be computed in float32.
void LargestSearch::shorten_list(int group, int lane) {
  const CandidateLists all = lists(group);
  float* const limit = limits(group) + lane;
  if (!products_.screens()) {
    all.count[lane] =
        kernels_.keep_largest(all.value + lane * room_, all.unit + lane * room_, all.count[lane], k_, limit);
    return;
  }
  all.count[lane] = kernels_.screening->keep_possible(all, lane, k_, limit);
  if (all.count[lane] + widest_slice <= room_) return;
  whole_[place_of(group, lane)] = 1;
  all.count[lane] = 0;
}

/// Computes the candidates among some units, for a whole group if one of its samples has the unit among its candidates.
void LargestSearch::settle(const EncoderInputs& encoder, Range units, int group) {
  const CandidateLists all = lists(group);
  products_.forget();
  Range parts[lanes] = {};
  for (int lane = 0; lane < products_.lanes_of(group); ++lane) {
    const std::int32_t* const unit = all.unit + lane * room_;
    parts[lane] = part_of(unit, all.count[lane], units);
    for (int e = parts[lane].begin; e < parts[lane].end; ++e) products_.mark(unit[e] - units.begin);
  }
  products_.settle(encoder, units, group);
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    for (std::ptrdiff_t e = lane * room_ + parts[lane].begin; e < lane * room_ + parts[lane].end; ++e)
      all.value[e] = products_.settled(all.unit[e] - units.begin, lane);
}

/// Searches all units for the samples that have too many candidates.
void LargestSearch::search_in_float32(const EncoderInputs& encoder, int group) {
  const CandidateLists all = lists(group);
  alignas(64) float limit[lanes];
  std::ranges::fill(limit, std::numeric_limits<float>::quiet_NaN());
  for (int lane = 0; lane < products_.lanes_of(group); ++lane)
    if (whole_[place_of(group, lane)]) limit[lane] = -infinity;
  if (std::ranges::count(limit, -infinity) == 0) return;
  products_.visit_in_float32(encoder, group, [&](Range units, const float* z) {
    for (int lane = 0; lane < lanes; ++lane)
      if (limit[lane] == limit[lane] && all.count[lane] + units.count() > room_)
        all.count[lane] = kernels_.keep_largest(all.value + lane * room_, all.unit + lane * room_,
                                                all.count[lane], k_, limit + lane);
    kernels_.list_reaching(z, units.count(), units.begin, limit, all);
  });
}

void LargestSearch::keep(int group, LargestCode& largest) {
  const CandidateLists all = lists(group);
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
