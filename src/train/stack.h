#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "model/layers.h"
#include "train/evaluate.h"
#include "train/feature_parts.h"
#include "train/fit.h"
#include "train/joint_codes.h"
#include "train/parts.h"
#include "train/train.h"

namespace ksweep {

/// Autoencoders trained one after the other, each on the codes of the one below (Bengio et al. 2007); mostly just one.
class Stack {
 public:
  /// All arguments must outlive it.
  Stack(const Trial& trial, const Dataset& data, const TrialParts& parts, const TrainSettings& settings);

  /// Trains all layers.  Curves go on from layer to layer.  `after_epoch` is told the epochs done in all, and whether
  /// they are those of the topmost layer.
  void fit(Curves& curves, const std::function<void(int, bool)>& after_epoch);

  /// The topmost layer.  Its data are the codes of the one below.
  Training& top() { return *top_; }

  /// The topmost layer's codes.  `active`, if not null, counts for each unit the training samples for which it is not zero.
  FeatureParts encode(int k, std::vector<std::uint32_t>* active);

  /// Of rows of the data, through all layers and back.
  Reconstruction reconstruct(const float* rows, const float* top_rows, std::span<const std::uint32_t> chosen);
  Reconstruction reconstruct_validation();
  Reconstruction reconstruct_test();

  /// What each unit of the topmost layer draws in the data's space; `active`: as from encode().
  Filters filters(const FeatureParts& codes, const std::vector<std::uint32_t>& active) const;

  /// All encoders, as the beginning of a classifier; all decoders, from the topmost code back to the data.
  Layers encoder() const;
  Layers decoder() const;

  /// SHA-256 over all parameters.
  std::string weights_hash() const;

 private:
  void begin_layer(std::size_t position);
  std::unique_ptr<Dataset> codes_of_top();
  const Network& network(std::size_t position) const;

  const Dataset& data_;
  const TrialParts& parts_;
  const TrainSettings& settings_;
  std::vector<Trial> trials_;       // one for each layer
  std::vector<Network> lower_;      // finished, below the topmost
  std::unique_ptr<Dataset> codes_;  // what the topmost learns from; null: the data
  std::unique_ptr<Training> top_;
};

}  // namespace ksweep
