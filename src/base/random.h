#pragma once

#include <Random123/philox.h>

#include <cstdint>
#include <span>
#include <vector>

namespace ksweep {

/// The purpose of a random stream.  It is part of the key, so that streams of different purposes never
/// overlap.
/// The numbers enter every result: append, never renumber.
enum class Purpose : std::uint32_t {
  split = 1,
  hidden_weights = 2,
  decoder_weights = 3,
  hidden_bias = 4,
  visible_bias = 5,
  batch_order = 6,
  digits = 7,
  layer_weights = 8,
  dropout = 9,
  input_noise = 10,
  patches = 12,
  gibbs = 13,
  svm_order = 14,
  clusters = 15,
  test_part = 16,
  superposition = 17,
  chance_directions = 20,
};

/// A stream of random numbers that is a pure function of (seed, purpose, epoch, index): the same on every
/// rank, thread and machine, without state to store.  Philox4x32-10, Salmon et al. 2011 (SC11).
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, Purpose purpose, std::uint32_t epoch = 0, std::uint64_t index = 0);

  std::uint32_t bits();
  /// The same as one call of bits() for each word, in a third of the time.
  void fill(std::span<std::uint32_t> words);
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in 0 .. count - 1 (Lemire 2019).  Requires count >= 1.
  std::uint32_t below(std::uint32_t count);
  /// Normal with mean 0 and standard deviation 1 (Box & Muller 1958).
  double normal();

 private:
  void refill();

  r123::Philox4x32::key_type key_;
  r123::Philox4x32::ctr_type counter_, block_;
  int left_ = 0;
  double spare_normal_ = 0;
  bool has_spare_ = false;
};

/// Returns the numbers 0 .. count - 1 in random order (Fisher-Yates).
std::vector<std::uint32_t> permutation(std::uint32_t count, RandomStream stream);

}  // namespace ksweep
