#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/training_length.h"
#include "model/layers_batch.h"
#include "train/curves.h"
#include "train/evaluate.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// Network and data of one trial, and memory for a mini-batch.
struct JointNetwork {
  const Trial& trial;
  const Dataset& data;
  const TrialParts& parts;
  const TrainSettings& settings;
  Layers layers;
  std::size_t innermost;  ///< the layer whose activations are the code
  int batch_size;
  TrainingLength length;
  LayersBatch batch;
  std::vector<float> thresholds = {};  ///< (unit of the code), once calibrate_threshold() has set them

  JointNetwork(const Trial& trial, const Dataset& data, const TrialParts& parts,
               const TrainSettings& settings);

  std::span<const Layer> encoder() const { return std::span(layers).first(innermost + 1); }
  std::span<const Layer> decoder() const { return std::span(layers).subspan(innermost + 1); }
};

/// Reconstructs rows of a data set without noise and returns the errors.
Reconstruction reconstruction(JointNetwork& joint, const SampleRows& rows,
                              std::span<const std::uint32_t> chosen, Kept kept);

/// The same as for one layer (train/evaluate.h), of the innermost layer's activations.
double calibrate_threshold(JointNetwork& joint);

/// Runs all epochs, like fit() of one layer.
void fit(JointNetwork& joint, Curves& curves, const std::function<void(int)>& after_epoch);

}  // namespace ksweep
