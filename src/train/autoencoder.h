#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/trial_result.h"
#include "measure/unit_rows.h"
#include "model/layers.h"
#include "train/evaluate.h"
#include "train/feature_parts.h"
#include "train/fit.h"
#include "train/unit_activity.h"

namespace ksweep {

/// What each unit of the code adds to the layer below, one a row.
struct Decoder {
  DirectionsView columns;
  bool reaches_inputs;  ///< whether that layer is the inputs
};

/// Interface of an autoencoder, for training it and reading it, whatever its architecture.
class Autoencoder {
 public:
  virtual ~Autoencoder() = default;

  /// Called with the number of epochs done, and whether they belong to the topmost layer.
  using AfterEpoch = std::function<void(int, bool)>;
  virtual void fit(Curves& curves, const AfterEpoch& after_epoch) = 0;

  /// Returns the codes.  `active`, if not null, counts for each unit the training samples for which it is
  /// non-zero.
  virtual FeatureParts encode(int k, std::vector<std::uint32_t>* active) = 0;

  /// Sets the threshold of Kept::by_threshold and returns it, see calibrate_threshold().
  virtual double calibrate() = 0;

  virtual Reconstruction reconstruct_validation(Kept kept) = 0;
  virtual Reconstruction reconstruct_test(Kept kept) = 0;

  /// Returns what encode() would count, without keeping the codes.
  virtual CodeActivity activity(int k) = 0;

  /// Returns the decoder image of each unit of the code in the space of the data.  activity: over the training part.
  virtual Filters filters(const UnitActivity& activity) const = 0;

  virtual Decoder decoder_columns() const = 0;

  /// Returns the encoder as the first layers of a classifier.
  virtual Layers encoder() const = 0;

  /// Returns all parameters as they are stored.
  virtual Weights weights() const = 0;
};

}  // namespace ksweep
