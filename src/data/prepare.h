#pragma once

#include <string>

#include "core/trial.h"
#include "data/dataset.h"
#include "data/positions.h"
#include "data/superposition_recipe.h"

namespace ksweep {

/// How the numbers in a set's files become inputs: the keys data.skip_positions, data.scale, data.test_part, data.grey,
/// data.patch and data.normalise, applied in this order; and the keys of the generator `superposition`.
struct Preparation {
  int patch = 0;  ///< side of the patches, pixels; 0: whole images
  bool grey = false;
  Normalise normalise = Normalise::none;

  double scale = 0;  ///< divisor of the samples; 0: chosen from their content
  TestPart test_part = TestPart::balanced;
  std::string skipped_positions = not_skipped;  ///< see positions.h
  SuperpositionRecipe recipe = {};

  /// Whether prepare() has anything to do; scale, test_part and positions are applied by assemble().
  bool any() const { return patch > 0 || grey || normalise != Normalise::none; }
};

Preparation preparation_of(const Trial& trial);

/// Returns "cifar10 (grey, 8 x 8 patches, whiten)", or just the set's name if there is no preparation.
std::string prepared_name(const std::string& set, const Preparation& preparation);
std::string prepared_name(const Trial& trial);

/// Applies a preparation to a set.  Patches make the set endless: patch i of a part does not depend on how
/// many are requested.  n_train, n_test: how many patches to cut, or samples of `superposition` to keep; ignored for other
/// sets.  Throws UserError that begins with the key at fault.
Dataset prepare(Dataset dataset, const Preparation& preparation, std::size_t n_train, std::size_t n_test);

}  // namespace ksweep
