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

/// Returns half the candidates of a sample at which all its pre-activations take less memory: one number, where a candidate is four
/// and is copied once.
constexpr std::size_t most_above(int n_hidden) { return static_cast<std::size_t>(n_hidden) / 16; }

}  // namespace

void BatchSearch::find(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples, int k,
                       float least, int n_threads, SparseCode& code) {
  least_ = least;
  thresholds_ = {};
  count_ = static_cast<std::size_t>(k) * static_cast<std::size_t>(n_samples);
  if (!search_all(encoder, samples, n_samples, screens(k), n_threads))
    search_all(encoder, samples, n_samples, false, n_threads);
  keep(code);
}

bool BatchSearch::find_above(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples,
                             std::span<const float> thresholds, float least, int n_threads,
                             SparseCode& code) {
  least_ = least;
  thresholds_ = thresholds;
  count_ = most_above(n_hidden_) * static_cast<std::size_t>(n_samples);
  const bool found = (kernels_.screening && search_all(encoder, samples, n_samples, true, n_threads)) ||
                     search_all(encoder, samples, n_samples, false, n_threads);
  if (found) keep(code);
  return found;
}

/// Returns whether the candidates are few enough, which the largest are in float32.
bool BatchSearch::search_all(const EncoderInputs& encoder, const LoadedSamples& samples, int n_samples,
                             bool screens, int n_threads) {
  products_.begin(encoder, samples, n_samples, screens, n_threads);
  finders_.resize(std::max(finders_.size(), static_cast<std::size_t>(n_threads)));
  for (Finder& finder : finders()) clear(finder);
  limit_ = least_;
  bool overflows = false;
  products_.visit(
      encoder,
      [&](Range units, int group, const float* z) {
        if (!overflows) list(units, group, z, mine());
      },
      [&] {
        if (thresholds_.empty() && n_found() > 2 * count_) shorten();
        overflows = (screens || !thresholds_.empty()) && n_found() > 2 * count_;
      });
  if (!screens || overflows) return !overflows;
  if (thresholds_.empty()) shorten();
#pragma omp parallel num_threads(n_threads)
  settle(encoder, mine());
  return true;
}

std::size_t BatchSearch::n_found() {
  std::size_t sum = 0;
  for (const Finder& finder : finders()) sum += finder.found.size();
  return sum;
}

void BatchSearch::clear(Finder& finder) const {
  make_room(finder.value, std::size_t{widest_slice} * lanes);
  make_room(finder.unit, finder.value.size());
  if (products_.screens()) make_room(finder.lower, finder.value.size());
  finder.found.clear();
}

/// Returns what a candidate of a slice has to reach.
float BatchSearch::limit_of(Range units) const {
  if (thresholds_.empty()) return limit_;
  const auto of_slice =
      thresholds_.subspan(static_cast<std::size_t>(units.begin), static_cast<std::size_t>(units.count()));
  return std::max(limit_, std::ranges::min(of_slice));
}

/// Appends what reaches the limit of a slice and group.
void BatchSearch::list(Range units, int group, const float* z, Finder& finder) const {
  std::int32_t counts[lanes] = {};
  alignas(64) float limits[lanes];
  const int n_lanes = products_.lanes_of(group);
  std::fill_n(limits, n_lanes, limit_of(units));
  std::fill_n(limits + n_lanes, lanes - n_lanes, std::numeric_limits<float>::quiet_NaN());
  const CandidateLists lists{finder.value.data(), products_.screens() ? finder.lower.data() : nullptr,
                             finder.unit.data(), counts, widest_slice};
  if (products_.screens())
    kernels_.screening->list_possible(z, products_.bounds_of(units), units.count(), units.begin,
                                      products_.bounds_of(group), (1u << n_lanes) - 1, limits, lists);
  else
    kernels_.list_reaching(z, units.count(), units.begin, limits, lists);
  for (int lane = 0; lane < n_lanes; ++lane)
    for (int e = 0; e < counts[lane]; ++e) {
      const std::ptrdiff_t place = std::ptrdiff_t{lane} * widest_slice + e;
      const float value = lists.value[place];
      const Candidate candidate{value, lists.lower ? lists.lower[place] : value, lists.unit[place],
                                group * lanes + lane};
      if (lists.lower || is_kept(candidate)) finder.found.push_back(candidate);
    }
}

/// Raises the limit to the last of the largest lower bounds that are wanted, and drops what cannot reach it.
void BatchSearch::shorten() {
  lower_.clear();
  for (const Finder& finder : finders())
    for (const Candidate& c : finder.found)
      if (!std::isnan(c.lower)) lower_.push_back(c.lower);
  if (lower_.size() < count_) return;
  const auto last = lower_.begin() + static_cast<std::ptrdiff_t>(count_) - 1;
  std::ranges::nth_element(lower_, last, std::greater<>{});
  limit_ = std::max(limit_, *last);
#pragma omp parallel num_threads(products_.n_threads())
  std::erase_if(mine().found, [&](const Candidate& c) { return c.value < limit_; });
}

/// Computes the candidates of a thread in float32, run by run of one slice and group.
void BatchSearch::settle(const EncoderInputs& encoder, Finder& finder) {
  const auto run_of = [](const Candidate& c) { return std::pair(c.unit / widest_slice, c.sample / lanes); };
  for (auto first = finder.found.begin(), last = first; first != finder.found.end(); first = last) {
    last = std::find_if(first, finder.found.end(),
                        [&](const Candidate& c) { return run_of(c) != run_of(*first); });
    const int begin = first->unit / widest_slice * widest_slice;
    products_.forget();
    for (const Candidate& c : std::span(first, last)) products_.mark(c.unit - begin);
    products_.settle(encoder, {begin, std::min(begin + widest_slice, n_hidden_)}, first->sample / lanes);
    for (Candidate& c : std::span(first, last)) c.value = products_.settled(c.unit - begin, c.sample % lanes);
  }
}

/// Keeps the candidates of all threads, the largest if these are wanted.
void BatchSearch::keep(SparseCode& code) {
  all_.clear();
  for (Finder& finder : finders())
    for (const Candidate& c : finder.found)
      if (is_kept(c)) all_.push_back(c);
  if (thresholds_.empty() && all_.size() > count_) {
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
