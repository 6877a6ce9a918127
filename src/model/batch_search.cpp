#include "model/batch_search.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

namespace ksweep {
namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr int widest_slice = SliceProducts::widest_slice;

}  // namespace

void BatchSearch::find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k,
                       float least, int n_threads, SparseCode& code) {
  n_samples_ = n_samples;
  n_threads_ = n_threads;
  least_ = least;
  count_ = static_cast<std::size_t>(k) * static_cast<std::size_t>(n_samples);
  const bool screens = kernels_.screening && k <= n_hidden_ / 16;
  if (!search_all(encoder, samples, screens)) search_all(encoder, samples, false);
  keep(code);
}

/// Returns whether the candidates are few enough, which they are in float32.
bool BatchSearch::search_all(const EncoderInputs& encoder, const LoadedSamples& samples, bool screens) {
  products_.begin(samples, n_samples_, screens);
  finders_.resize(std::max(finders_.size(), static_cast<std::size_t>(n_threads_)));
#pragma omp parallel num_threads(n_threads_)
  {
    clear(mine());
#pragma omp for schedule(static)
    for (int group = 0; group < products_.n_groups(); ++group)
      products_.round_samples(group, encoder.centre, mine().scratch);
  }
  parallel_slices(n_hidden_, widest_slice, n_threads_, [&](Range units) { search(encoder, units, mine()); });
  bool overflows = false;
  float limit = -infinity;
  for (Finder& finder : finders()) {
    shorten(finder);
    overflows = overflows || finder.overflows;
    limit = std::max(limit, finder.limit);
  }
  if (!screens || overflows) return !overflows;
#pragma omp parallel num_threads(n_threads_)
  {
    std::erase_if(mine().found, [&](const Candidate& c) { return c.value < limit; });
    settle(encoder, mine());
  }
  return true;
}

void BatchSearch::clear(Finder& finder) const {
  products_.prepare(finder.scratch);
  make_room(finder.value, std::size_t{widest_slice} * lanes);
  make_room(finder.unit, finder.value.size());
  if (products_.screens()) make_room(finder.lower, finder.value.size());
  finder.found.clear();
  finder.limit = least_;
  finder.first_unit = -1;
  finder.overflows = false;
}

void BatchSearch::search(const EncoderInputs& encoder, Range units, Finder& finder) {
  if (finder.first_unit < 0) finder.first_unit = units.begin;
  products_.take_units(encoder, units, finder.scratch);
  for (int first = 0; first < products_.n_groups() && !finder.overflows;
       first += SliceProducts::groups_at_once) {
    const Range groups{first, std::min(first + SliceProducts::groups_at_once, products_.n_groups())};
    products_.multiply(encoder, units, groups, finder.scratch);
    for (int group = first; group < groups.end; ++group)
      list(units, group, SliceProducts::z_of(units, group - first, finder.scratch), finder);
    if (finder.found.size() > 3 * count_) shorten(finder);
  }
}

/// Appends what reaches the limit of a slice and group.
void BatchSearch::list(Range units, int group, const float* z, Finder& finder) const {
  std::int32_t counts[lanes] = {};
  alignas(64) float limits[lanes];
  const int n_lanes = products_.lanes_of(group);
  std::fill_n(limits, n_lanes, finder.limit);
  std::fill_n(limits + n_lanes, lanes - n_lanes, std::numeric_limits<float>::quiet_NaN());
  const CandidateLists lists{finder.value.data(), products_.screens() ? finder.lower.data() : nullptr,
                             finder.unit.data(), counts, widest_slice};
  if (products_.screens())
    kernels_.screening->list_possible(z, finder.scratch.bounds.data(), units.count(), units.begin,
                                      products_.bounds_of(group), (1u << n_lanes) - 1, limits, lists);
  else
    kernels_.list_reaching(z, units.count(), units.begin, limits, lists);
  for (int lane = 0; lane < n_lanes; ++lane)
    for (int e = 0; e < counts[lane]; ++e) {
      const std::ptrdiff_t place = std::ptrdiff_t{lane} * widest_slice + e;
      const float value = lists.value[place];
      finder.found.push_back(
          {value, lists.lower ? lists.lower[place] : value, lists.unit[place], group * lanes + lane});
    }
}

/// Raises the limit to the last of the largest lower bounds that are wanted, and drops what cannot reach it.
void BatchSearch::shorten(Finder& finder) const {
  std::vector<float>& lower = finder.sorted;
  lower.clear();
  for (const Candidate& c : finder.found)
    if (!std::isnan(c.lower)) lower.push_back(c.lower);
  if (lower.size() < count_) return;
  const auto last = lower.begin() + static_cast<std::ptrdiff_t>(count_) - 1;
  std::ranges::nth_element(lower, last, std::greater<>{});
  finder.limit = std::max(finder.limit, *last);
  std::erase_if(finder.found, [&](const Candidate& c) { return c.value < finder.limit; });
  finder.overflows = products_.screens() && finder.found.size() > 2 * count_;
}

/// Computes the candidates of a thread in float32, run by run of one slice and group.
void BatchSearch::settle(const EncoderInputs& encoder, Finder& finder) const {
  const auto slice_of = [&](const Candidate& c) { return (c.unit - finder.first_unit) / widest_slice; };
  const auto run_of = [&](const Candidate& c) { return std::pair(slice_of(c), c.sample / lanes); };
  for (auto first = finder.found.begin(), last = first; first != finder.found.end(); first = last) {
    last = std::find_if(first, finder.found.end(),
                        [&](const Candidate& c) { return run_of(c) != run_of(*first); });
    const int begin = finder.first_unit + slice_of(*first) * widest_slice;
    const Range units{begin, std::min(begin + widest_slice, n_hidden_)};
    SliceProducts::forget(units, finder.scratch);
    for (const Candidate& c : std::span(first, last)) SliceProducts::mark(c.unit - begin, finder.scratch);
    products_.settle(encoder, units, first->sample / lanes, finder.scratch);
    for (Candidate& c : std::span(first, last))
      c.value = SliceProducts::settled(c.unit - begin, c.sample % lanes, finder.scratch);
  }
}

/// Keeps the largest of the candidates of all threads.
void BatchSearch::keep(SparseCode& code) {
  all_.clear();
  for (Finder& finder : finders())
    for (const Candidate& c : finder.found)
      if (c.value >= least_) all_.push_back(c);
  if (all_.size() > count_) {
    const auto larger = [](const Candidate& a, const Candidate& b) {
      return std::tuple(-a.value, a.sample, a.unit) < std::tuple(-b.value, b.sample, b.unit);
    };
    std::ranges::nth_element(all_, all_.begin() + static_cast<std::ptrdiff_t>(count_), larger);
    all_.resize(count_);
  }
  std::ranges::sort(all_, {}, [](const Candidate& c) { return std::pair(c.unit, c.sample); });
  code.clear();
  auto next = all_.begin();
  for (int unit = 0; unit < n_hidden_; code.end_unit(unit++))
    for (; next != all_.end() && next->unit == unit; ++next) code.add(next->sample, next->value);
}

}  // namespace ksweep
