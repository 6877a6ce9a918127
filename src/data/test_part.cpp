#include "data/test_part.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"

namespace ksweep {
namespace {

constexpr std::size_t share = 6;  // one row in this many becomes a test row

std::vector<std::uint32_t> balanced_rows(std::size_t n_rows, std::span<const std::int32_t> labels) {
  const auto order = permutation(static_cast<std::uint32_t>(n_rows), RandomStream(0, Purpose::test_part));
  std::vector<std::uint32_t> places(n_rows);  // positions in `order`, by class
  std::iota(places.begin(), places.end(), 0u);
  if (!labels.empty())
    std::ranges::stable_sort(places, {}, [&](std::uint32_t place) { return labels[order[place]]; });
  std::vector<std::uint32_t> taken;
  for (std::size_t i = share - 1; i < n_rows; i += share) taken.push_back(places[i]);
  std::ranges::sort(taken);
  for (std::uint32_t& place : taken) place = order[place];
  return taken;
}

/// Moves rows of `width` elements.
template <class Number>
void move_rows(std::vector<Number>& train, std::vector<Number>& test, std::size_t width,
               std::span<const std::uint32_t> rows) {
  std::vector<bool> leaves(train.size() / width);
  const auto start_of = [&](std::size_t row) {
    return train.begin() + static_cast<std::ptrdiff_t>(row * width);
  };
  for (const std::uint32_t row : rows) {
    leaves[row] = true;
    test.insert(test.end(), start_of(row), start_of(row + 1));
  }
  auto end = train.begin();
  for (std::size_t row = 0; row < leaves.size(); ++row)
    if (!leaves[row]) end = std::copy(start_of(row), start_of(row + 1), end);
  train.erase(end, train.end());
}

}  // namespace

std::vector<std::uint32_t> test_rows(std::size_t n_rows, std::span<const std::int32_t> labels, TestPart how) {
  if (how == TestPart::balanced) return balanced_rows(n_rows, labels);
  std::vector<std::uint32_t> rows(n_rows / share);
  std::iota(rows.begin(), rows.end(), static_cast<std::uint32_t>(n_rows - rows.size()));
  return rows;
}

void set_aside(SampleStorage& samples, std::size_t n_inputs, std::span<const std::uint32_t> rows) {
  move_rows(samples.train, samples.test, n_inputs, rows);
  if (!samples.train_labels.empty()) move_rows(samples.train_labels, samples.test_labels, 1, rows);
}

}  // namespace ksweep
