#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/trial_result.h"
#include "model/layers.h"
#include "train/evaluate.h"
#include "train/feature_parts.h"
#include "train/fit.h"

namespace ksweep {

/// An autoencoder of one trial, whatever it is made of, as it is trained and read.
class Autoencoder {
 public:
  virtual ~Autoencoder() = default;

  /// Is told the number of epochs done, and whether they are those of the topmost layer.
  using AfterEpoch = std::function<void(int, bool)>;
  virtual void fit(Curves& curves, const AfterEpoch& after_epoch) = 0;

  /// The codes.  `active`, if not null, counts for each unit the training samples for which it is not zero.
  virtual FeatureParts encode(int k, std::vector<std::uint32_t>* active) = 0;

  virtual Reconstruction reconstruct_validation(Kept kept) = 0;
  virtual Reconstruction reconstruct_test(Kept kept) = 0;

  /// What each unit of the code draws in the data's space; `active`: as from encode().
  virtual Filters filters(const FeatureParts& codes, const std::vector<std::uint32_t>& active) const = 0;

  /// The encoder, as the beginning of a classifier.
  virtual Layers encoder() const = 0;

  /// All parameters, to be stored.
  virtual Weights weights() const = 0;
};

}  // namespace ksweep
