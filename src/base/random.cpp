#include "base/random.h"

#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace ksweep {

// Counter words: block number, epoch, index low, index high.  Key words: a seed of 64 bits, into whose upper
// word the purpose is mixed; seeds stay below 2^53 (trial_keys.cpp), so the upper 11 bits are free for it.
RandomStream::RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t epoch, std::uint64_t index)
    : key_{{static_cast<std::uint32_t>(seed),
            static_cast<std::uint32_t>(seed >> 32) ^ (static_cast<std::uint32_t>(purpose) << 21)}},
      counter_{{0, epoch, static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32)}} {}

void RandomStream::refill() {
  block_ = r123::Philox4x32{}(counter_, key_);
  ++counter_[0];
  left_ = 4;
}

std::uint32_t RandomStream::bits() {
  if (left_ == 0) refill();
  return block_[static_cast<std::size_t>(--left_)];
}

void RandomStream::fill(std::span<std::uint32_t> words) {
  std::size_t i = 0;
  while (i < words.size() && left_ > 0) words[i++] = bits();
  for (; i + 4 <= words.size(); i += 4) {
    const auto block = r123::Philox4x32{}(counter_, key_);
    ++counter_[0];
    for (std::size_t word = 0; word < 4; ++word) words[i + word] = block[3 - word];
  }
  while (i < words.size()) words[i++] = bits();
}

double RandomStream::uniform() {
  const std::uint64_t high = bits() >> 5, low = bits() >> 6;
  return static_cast<double>((high << 26) | low) * 0x1p-53;
}

std::uint32_t RandomStream::below(std::uint32_t count) {
  const std::uint32_t threshold = -count % count;
  while (true) {
    const std::uint64_t product = static_cast<std::uint64_t>(bits()) * count;
    if (static_cast<std::uint32_t>(product) >= threshold) return static_cast<std::uint32_t>(product >> 32);
  }
}

double RandomStream::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  const double radius = std::sqrt(-2 * std::log(1 - uniform()));
  const double angle = 2 * std::numbers::pi * uniform();
  spare_normal_ = radius * std::sin(angle);
  has_spare_ = true;
  return radius * std::cos(angle);
}

std::vector<std::uint32_t> permutation(std::uint32_t count, RandomStream stream) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  for (std::uint32_t left = count; left > 1; --left) std::swap(order[left - 1], order[stream.below(left)]);
  return order;
}

}  // namespace ksweep
