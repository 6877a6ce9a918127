#include "model/largest_search.h"

#include <omp.h>

#include <algorithm>
#include <limits>

#include "kernels/matrix_product.h"

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr int widest_slice = 4 * slice_size;  // units whose weights stay in the cache
constexpr int groups_at_once = 4;             // whose pre-activations of a slice stay in the cache
constexpr int settled_slice =
    10 * slice_size;  // units whose weights stay in the cache while all samples are settled

/// Enlarges an array, whose contents are lost; new numbers are zero.
template <class T>
void make_room(AlignedArray<T>& array, std::size_t size) {
  if (array.size() < size) array = AlignedArray<T>(size);
}

/// Returns the pre-activations of a slice of units for one group.
std::ptrdiff_t z_group(Range units) { return std::ptrdiff_t{padded(units.count())} * lanes; }

/// Returns the elements of a slice of units in a list that ascends.
Range part_of(const std::int32_t* units, int count, Range slice) {
  const auto* const first = std::lower_bound(units, units + count, slice.begin);
  return {static_cast<int>(first - units),
          static_cast<int>(std::lower_bound(first, units + count, slice.end) - units)};
}

}  // namespace

CandidateLists LargestSearch::lists(Finder& finder, int group) const {
  const std::ptrdiff_t first = std::ptrdiff_t{group} * lanes;
  return {finder.value.data() + first * room_, screens_ ? finder.lower.data() + first * room_ : nullptr,
          finder.unit.data() + first * room_, finder.count.data() + first, room_};
}

void LargestSearch::find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k,
                         int n_threads, LargestCode& largest) {
  n_threads_ = n_threads;
  begin(samples, n_samples, k, encoder.centre);
  largest.begin(k);
  parallel_slices(n_hidden_, widest_slice, n_threads, [&](Range units) { search(encoder, units, mine()); });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < n_groups_; ++group) merge(group);
  if (screens_)
    parallel_slices(n_hidden_, settled_slice, n_threads, [&](Range units) {
      for (int group = 0; group < n_groups_; ++group) settle(encoder, units, group, mine());
    });
#pragma omp parallel for num_threads(n_threads) schedule(static)
  for (int group = 0; group < n_groups_; ++group) {
    if (screens_) search_in_float32(encoder, group, mine());
    keep(group, largest);
  }
}

void LargestSearch::begin(const LoadedSamples& samples, int n_samples, int k, const float* centre) {
  constexpr int least_kept = 64;  // fewer would have to be shortened for nearly every slice
  samples_ = &samples;
  n_samples_ = n_samples;
  n_groups_ = padded(n_samples) / lanes;
  k_ = k;
  screens_ = screens(k);
  room_ = padded(k + 2 * std::max(k, least_kept) + widest_slice);
  finders_.resize(std::max(finders_.size(), static_cast<std::size_t>(n_threads_)));
  if (screens_) {
    make_room(sample_pairs_,
              static_cast<std::size_t>(padded(capacity_)) * static_cast<std::size_t>(pairs_of(stride_)));
    make_room(bounds_, static_cast<std::size_t>(padded(capacity_) / lanes));
  }
#pragma omp parallel num_threads(n_threads_)
  {
    Finder& finder = mine();
    clear(finder);
#pragma omp for schedule(static)
    for (int group = 0; group < n_groups_; ++group)
      if (screens_) round_samples(group, centre, finder);
  }
}

void LargestSearch::clear(Finder& finder) {
  const auto n_lanes = static_cast<std::size_t>(n_groups_) * lanes,
             stride = static_cast<std::size_t>(stride_);
  make_room(finder.value, n_lanes * static_cast<std::size_t>(room_));
  make_room(finder.unit, finder.value.size());
  make_room(finder.limit, n_lanes);
  make_room(finder.z, std::size_t{std::max(widest_slice * groups_at_once, settled_slice)} * lanes);
  finder.count.assign(n_lanes, 0);
  finder.whole.assign(n_lanes, 0);
  std::fill_n(finder.limit.data(), n_lanes, -infinity);
  std::fill_n(finder.limit.data() + n_samples_, n_lanes - static_cast<std::size_t>(n_samples_),
              std::numeric_limits<float>::quiet_NaN());
  if (!screens_) return;
  make_room(finder.lower, finder.value.size());
  make_room(finder.pairs, std::max(widest_slice * static_cast<std::size_t>(pairs_of(stride_)),
                                   static_cast<std::size_t>(pairs_of(stride_)) + stride));
  make_room(finder.bounds, widest_slice);
  make_room(finder.start, settled_slice);
  finder.place.resize(settled_slice);
  finder.rows.resize(settled_slice);
}

void LargestSearch::round_samples(int group, const float* centre, Finder& finder) {
  kernels_.screening->round_samples(samples_->input(group * lanes), lanes_of(group), stride_, centre,
                                    sample_pairs_.data() + std::ptrdiff_t{group} * pairs_of(stride_) * lanes,
                                    &bounds_[static_cast<std::size_t>(group)], finder.pairs.data());
}

void LargestSearch::search(const EncoderInputs& encoder, Range units, Finder& finder) {
  const Network& network = encoder.network;
  if (screens_)
    kernels_.screening->round_units(network.encoder_row(units.begin),
                                    network.hidden_bias.data() + units.begin, units.count(), stride_,
                                    finder.pairs.data(), finder.bounds.data());
  for (int group = 0; group < n_groups_; group += groups_at_once) {
    const Range groups{group, std::min(group + groups_at_once, n_groups_)};
    multiply(encoder, units, groups, finder);
    for (int g = groups.begin; g < groups.end; ++g)
      list(finder, units, g, finder.z.data() + (g - group) * z_group(units));
  }
}

/// Computes the pre-activations of a slice of units for some groups of samples.
void LargestSearch::multiply(const EncoderInputs& encoder, Range units, Range groups, Finder& finder) const {
  const bool pairs = screens_;
  const int n_inner = pairs ? pairs_of(stride_) : stride_;
  const std::ptrdiff_t first = std::ptrdiff_t{groups.begin} * n_inner * lanes;
  Product product =
      matrix_product({pairs ? padded(units.count()) : units.count(), groups.count(), n_inner},
                     rows_of(pairs ? finder.pairs.data() : encoder.network.encoder_row(units.begin), n_inner),
                     packed_samples((pairs ? sample_pairs_.data() : samples_->packed()) + first, n_inner),
                     finder.z.data(), lanes);
  product.c_group = z_group(units);
  if (!pairs) product.row_start = encoder.row_start + units.begin;
  (pairs ? kernels_.screening->product : kernels_.product)(product);
}

/// Lists what may be among the largest of a group.
void LargestSearch::list(Finder& finder, Range units, int group, const float* z) {
  shorten(finder, group, units.count());
  if (!screens_)
    return kernels_.list_reaching(z, units.count(), units.begin, limits(finder, group), lists(finder, group));
  kernels_.screening->list_possible(z, finder.bounds.data(), units.count(), units.begin,
                                    bounds_[static_cast<std::size_t>(group)], wanted_lanes(finder, group),
                                    limits(finder, group), lists(finder, group));
}

unsigned LargestSearch::wanted_lanes(const Finder& finder, int group) const {
  unsigned wanted = 0;
  for (int lane = 0; lane < lanes_of(group); ++lane)
    wanted |= (finder.whole[static_cast<std::size_t>(group * lanes + lane)] ? 0u : 1u) << lane;
  return wanted;
}

/// Makes room for so many more entries in each list of a group.
void LargestSearch::shorten(Finder& finder, int group, int n_more) {
  for (int lane = 0; lane < lanes_of(group); ++lane)
    if (finder.count[static_cast<std::size_t>(group * lanes + lane)] + n_more > room_)
      shorten_list(finder, group, lane);
}

void LargestSearch::shorten_list(Finder& finder, int group, int lane) {
  const CandidateLists all = lists(finder, group);
  float* const limit = limits(finder, group) + lane;
  if (!screens_) {
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
  for (int lane = 0; lane < lanes_of(group); ++lane)
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
  if (screens_) std::copy_n(from.lower + source, from.count[lane], to.lower + target);
  to.count[lane] += from.count[lane];
}

/// Computes the candidates among some units, for a whole group if one of its samples has the unit among its candidates.
void LargestSearch::settle(const EncoderInputs& encoder, Range units, int group, Finder& scratch) {
  const CandidateLists all = lists(finders_.front(), group);
  std::fill_n(scratch.place.begin(), units.count(), -1);
  Range parts[lanes] = {};
  for (int lane = 0; lane < lanes_of(group); ++lane) {
    const std::int32_t* const unit = all.unit + lane * room_;
    parts[lane] = part_of(unit, all.count[lane], units);
    for (int e = parts[lane].begin; e < parts[lane].end; ++e)
      scratch.place[static_cast<std::size_t>(unit[e] - units.begin)] = 0;
  }
  int n_rows = 0;
  for (int unit = units.begin; unit < units.end; ++unit) {
    std::int32_t& place = scratch.place[static_cast<std::size_t>(unit - units.begin)];
    if (place < 0) continue;
    place = n_rows;
    scratch.rows[static_cast<std::size_t>(n_rows)] = encoder.network.encoder_row(unit);
    scratch.start[static_cast<std::size_t>(n_rows++)] = encoder.row_start[unit];
  }
  kernels_.product_of_rows(scratch.rows.data(), scratch.start.data(), n_rows, stride_,
                           samples_->packed() + std::ptrdiff_t{group} * lanes * stride_, scratch.z.data());
  for (int lane = 0; lane < lanes_of(group); ++lane)
    for (int e = parts[lane].begin; e < parts[lane].end; ++e) {
      const std::int32_t unit = all.unit[lane * room_ + e] - units.begin;
      all.value[lane * room_ + e] = scratch.z[static_cast<std::size_t>(
          std::ptrdiff_t{scratch.place[static_cast<std::size_t>(unit)]} * lanes + lane)];
    }
}

/// Searches all units for the samples that have too many candidates.
void LargestSearch::search_in_float32(const EncoderInputs& encoder, int group, Finder& scratch) {
  const CandidateLists all = lists(finders_.front(), group);
  alignas(64) float limit[lanes];
  std::ranges::fill(limit, std::numeric_limits<float>::quiet_NaN());
  bool any = false;
  for (int lane = 0; lane < lanes_of(group); ++lane) {
    if (!finders_.front().whole[static_cast<std::size_t>(group * lanes + lane)]) continue;
    limit[lane] = -infinity;
    any = true;
  }
  for (int begin = 0; any && begin < n_hidden_; begin += widest_slice) {
    const int n_units = std::min(widest_slice, n_hidden_ - begin);
    Product product =
        matrix_product({n_units, 1, stride_}, rows_of(encoder.network.encoder_row(begin), stride_),
                       packed_samples(samples_->packed() + std::ptrdiff_t{group} * lanes * stride_, stride_),
                       scratch.z.data(), lanes);
    product.row_start = encoder.row_start + begin;
    kernels_.product(product);
    for (int lane = 0; lane < lanes_of(group); ++lane)
      if (all.count[lane] + n_units > room_ && limit[lane] == limit[lane])
        all.count[lane] = kernels_.keep_largest(all.value + lane * room_, all.unit + lane * room_,
                                                all.count[lane], k_, limit + lane);
    kernels_.list_reaching(scratch.z.data(), n_units, begin, limit, all);
  }
}

void LargestSearch::keep(int group, LargestCode& largest) {
  const CandidateLists all = lists(finders_.front(), group);
  for (int lane = 0; lane < lanes_of(group); ++lane) {
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
