#pragma once

#include <string>

#include "core/trial.h"
#include "data/dataset.h"

namespace ksweep {

/// How the numbers of a set's files become inputs: the keys data.scale, data.test_part, data.grey, data.patch and
/// data.normalise, in this order.
struct Preparation {
  int patch = 0;  ///< side of the patches, pixels; 0: whole images
  bool grey = false;
  Normalise normalise = Normalise::none;

  double scale = 0;  ///< what samples are divided by; 0: what their content says
  TestPart test_part = TestPart::balanced;

  /// Whether prepare() has anything to do; the last two are of assemble().
  bool any() const { return patch > 0 || grey || normalise != Normalise::none; }
};

Preparation preparation_of(const Trial& trial);

/// "cifar10 (grey, 8 x 8 patches, whiten)"; the set's name alone if its samples are taken as they are.
std::string prepared_name(const std::string& set, const Preparation& preparation);
std::string prepared_name(const Trial& trial);

/// Applies a preparation to a set.  Patches make it an endless one: patch i of a part is the same however many are
/// asked for.  n_train, n_test: how many patches to cut; ignored for whole images.  Throws UserError that begins with
/// the key at fault.
Dataset prepare(Dataset dataset, const Preparation& preparation, std::size_t n_train, std::size_t n_test);

}  // namespace ksweep
