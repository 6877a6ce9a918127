#include "measure/matching.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <tuple>

#include "measure/assignment.h"

namespace ksweep {
namespace {

using Positions = std::vector<std::int32_t>;

constexpr std::int32_t none = -1;
constexpr std::size_t n_candidates = 16;

struct Pair {
  float cosine;
  std::int32_t left, right;
};

/// Larger cosines first; of equal ones the lower directions.
bool is_before(const Pair& a, const Pair& b) {
  return std::tuple(-a.cosine, a.left, a.right) < std::tuple(-b.cosine, b.left, b.right);
}

/// Both sides' directions that have no partner yet.
struct Open {
  Positions left, right;
  std::int64_t n_cosines() const {
    return static_cast<std::int64_t>(left.size()) * static_cast<std::int64_t>(right.size());
  }
};

UnitRows rows_at(const UnitRows& all, const Positions& positions) {
  UnitRows rows{static_cast<int>(positions.size()), all.stride,
                AlignedFloats(positions.size() * static_cast<std::size_t>(all.stride))};
  for (std::size_t i = 0; i < positions.size(); ++i)
    std::copy_n(all.row(positions[i]), all.stride,
                rows.rows.data() + static_cast<std::ptrdiff_t>(i) * all.stride);
  return rows;
}

/// Two dictionaries in the course of being matched.
class Matcher {
 public:
  Matcher(const Kernels& kernels, const UnitRows& left, const UnitRows& right, const Team& team, Sign sign)
      : kernels_(kernels), left_(left), right_(right), team_(team), sign_(sign) {
    const auto n_left = static_cast<std::size_t>(left.n);
    matching_.partner.assign(n_left, none);
    matching_.cosine.assign(n_left, 0);
    open_.left.resize(n_left);
    open_.right.resize(static_cast<std::size_t>(right.n));
    std::iota(open_.left.begin(), open_.left.end(), 0);
    std::iota(open_.right.begin(), open_.right.end(), 0);
  }

  Matching match(std::int64_t most_exact) && {
    const auto n_pairs = static_cast<double>(std::min(open_.left.size(), open_.right.size()));
    if (n_pairs == 0) {
      matching_.mean = matching_.upper = std::numeric_limits<double>::quiet_NaN();
      return std::move(matching_);
    }
    matching_.is_best = open_.n_cosines() <= most_exact;
    if (!matching_.is_best) matching_.upper = mean_of_largest();
    while (open_.n_cosines() > most_exact) match_greedily();
    match_best();
    for (const float cosine : matching_.cosine) matching_.mean += static_cast<double>(cosine) / n_pairs;
    if (matching_.is_best) matching_.upper = matching_.mean;
    return std::move(matching_);
  }

 private:
  /// Returns the mean over the smaller side's directions of their largest cosine.
  double mean_of_largest() const {
    const auto& [few, many] = left_.n <= right_.n ? std::tie(left_, right_) : std::tie(right_, left_);
    std::vector<float> largest(static_cast<std::size_t>(few.n));
    for_each_cosines(kernels_, few, many, team_, sign_, [&, n = many.n](const CosineRows& rows) {
      for (int i = rows.first; i < rows.first + rows.count; ++i)
        largest[static_cast<std::size_t>(i)] = *std::max_element(rows.of(i), rows.of(i) + n);
    });
    return std::accumulate(largest.begin(), largest.end(), 0.0) / few.n;
  }

  /// Returns the largest cosines of each open direction on the left, sorted.
  std::vector<Pair> candidates() const {
    const auto n_right = static_cast<int>(open_.right.size());
    const std::size_t n_each = std::min(n_candidates, open_.right.size());
    std::vector<Pair> pairs(open_.left.size() * n_each);
    for_each_cosines(
        kernels_, rows_at(left_, open_.left), rows_at(right_, open_.right), team_, sign_,
        [&](const CosineRows& rows) {
          for (int i = rows.first; i < rows.first + rows.count; ++i) {
            std::array<Pair, n_candidates + 1> own;
            std::size_t n_own = 0;
            for (std::int32_t j = 0; j < n_right; ++j) {
              const Pair pair{rows.of(i)[j], i, j};
              if (n_own == n_each && !is_before(pair, own[n_own - 1])) continue;
              std::size_t place = n_own;
              for (; place > 0 && is_before(pair, own[place - 1]); --place) own[place] = own[place - 1];
              own[place] = pair;
              n_own = std::min(n_own + 1, n_each);
            }
            std::copy_n(own.begin(), n_each,
                        pairs.begin() + static_cast<std::ptrdiff_t>(i) * static_cast<std::ptrdiff_t>(n_each));
          }
        });
    std::ranges::sort(pairs, is_before);
    return pairs;
  }

  void match_greedily() {
    std::vector<std::uint8_t> left_taken(open_.left.size()), right_taken(open_.right.size());
    for (const Pair& pair : candidates()) {
      auto &left = left_taken[static_cast<std::size_t>(pair.left)],
           &right = right_taken[static_cast<std::size_t>(pair.right)];
      if (left != 0 || right != 0) continue;
      left = right = 1;
      join(pair);
    }
    close(open_.left, left_taken);
    close(open_.right, right_taken);
  }

  void match_best() {
    const auto n_right = open_.right.size();
    if (open_.n_cosines() == 0) return;
    std::vector<float> cosines(open_.left.size() * n_right);
    for_each_cosines(kernels_, rows_at(left_, open_.left), rows_at(right_, open_.right), team_, sign_,
                     [&](const CosineRows& rows) {
                       for (int i = rows.first; i < rows.first + rows.count; ++i)
                         std::copy_n(rows.of(i), n_right,
                                     cosines.begin() + static_cast<std::ptrdiff_t>(i) *
                                                           static_cast<std::ptrdiff_t>(n_right));
                     });
    const auto column_of = best_assignment(
        GainView<float>{cosines, static_cast<int>(open_.left.size()), static_cast<int>(n_right)});
    for (std::size_t i = 0; i < column_of.size(); ++i)
      if (column_of[i] != none)
        join({cosines[i * n_right + static_cast<std::size_t>(column_of[i])], static_cast<std::int32_t>(i),
              column_of[i]});
  }

  /// Takes a pair of open directions.
  void join(const Pair& pair) {
    const auto left = static_cast<std::size_t>(open_.left[static_cast<std::size_t>(pair.left)]);
    matching_.partner[left] = open_.right[static_cast<std::size_t>(pair.right)];
    matching_.cosine[left] = pair.cosine;
  }

  static void close(Positions& open, const std::vector<std::uint8_t>& taken) {
    std::size_t n_left = 0;
    for (std::size_t i = 0; i < open.size(); ++i)
      if (taken[i] == 0) open[n_left++] = open[i];
    open.resize(n_left);
  }

  const Kernels& kernels_;
  const UnitRows &left_, &right_;
  const Team& team_;
  Sign sign_;
  Open open_;
  Matching matching_;
};

}  // namespace

Matching match_directions(const Kernels& kernels, const UnitRows& left, const UnitRows& right,
                          const Team& team, Sign sign, std::int64_t most_exact) {
  return Matcher(kernels, left, right, team, sign).match(most_exact);
}

double chance_mcc(const Kernels& kernels, int n_left, int n_right, int n_inputs, const Team& team,
                  Sign sign) {
  return match_directions(kernels, random_directions(n_left, n_inputs, 0),
                          random_directions(n_right, n_inputs, 1), team, sign)
      .mean;
}

}  // namespace ksweep
