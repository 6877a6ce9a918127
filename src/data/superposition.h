#pragma once

#include <span>
#include <vector>

#include "base/random.h"
#include "data/dataset.h"
#include "data/part.h"
#include "data/superposition_recipe.h"

namespace ksweep {

/// Part of the content hash: raise it when a change of the generator changes a sample.
inline constexpr int superposition_version = 1;

/// Returns the probability of every direction to be in a sample, (n_features): min(1, c i^-exponent), i from 1, with c
/// such that they add up to true_l0.  Throws UserError if true_l0 exceeds n_features.
std::vector<double> feature_probabilities(const SuperpositionRecipe& recipe);

/// A generator of samples with a known dictionary: SynthSAEBench (arXiv:2602.14687) without its hierarchy and correlations.
///
/// A sample is the sum of its active directions, each times a weight, plus Gaussian noise in every input.  The directions
/// are n_features unit vectors, uniform on the sphere; each is active independently of the others with its own probability
/// (feature_probabilities()); weights are uniform in [0.5, 1.5).  Everything but the recipe is the same in all trials.
/// Sample i of a part is a pure function of recipe, part and i, in the bits of every machine (base/portable_math.h).
class Superposition {
 public:
  /// Throws UserError if true_l0 exceeds n_features, or if the directions do not fit the memory.
  explicit Superposition(const SuperpositionRecipe& recipe);

  /// Makes sample `index` of a part in `sample`, (n_inputs).  In a time that grows with true_l0, not with n_features.
  void draw(Part part, std::uint64_t index, std::span<float> sample) const;
  /// Returns the positions of the directions in a sample, ascending, and their weights.
  struct Active {
    std::uint32_t feature;
    float weight;
  };
  std::vector<Active> active(Part part, std::uint64_t index) const;

  const SuperpositionRecipe& recipe() const { return recipe_; }
  std::span<const float> directions() const { return directions_; }  ///< (n_features x n_inputs), of length 1

 private:
  /// Directions of similar probability: at most `bound`, which is that of the first, and at least half of it.
  struct Block {
    std::size_t begin, end;
    double bound, log_miss;  ///< log_miss: log(1 - bound)
  };
  void add_active(const Block& block, RandomStream& random, std::vector<Active>& found) const;
  std::vector<Active> active(RandomStream& random) const;

  SuperpositionRecipe recipe_;
  std::vector<double> probabilities_;
  std::vector<Block> blocks_;
  std::vector<float> directions_;
};

/// Makes the built-in data set `superposition`, without labels.  n_train and n_test: how many samples to make; 0: 60,000 and
/// 10,000.  Sample i and the content hash do not depend on how many are made.
Dataset make_superposition(const Superposition& generator, std::size_t n_train, std::size_t n_test);
inline Dataset make_superposition(const SuperpositionRecipe& recipe, std::size_t n_train,
                                  std::size_t n_test) {
  return make_superposition(Superposition(recipe), n_train, n_test);
}

}  // namespace ksweep
