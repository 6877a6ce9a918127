#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "model/layers.h"
#include "train/autoencoder.h"
#include "train/settings.h"
#include "train/trial_parts.h"

namespace ksweep {

/// Autoencoders trained one after the other, each on the codes of the one below (Bengio et al. 2007); mostly just one.
class Stack final : public Autoencoder {
 public:
  /// All arguments must outlive it.
  Stack(const Trial& trial, const Dataset& data, const TrialParts& parts, const TrainSettings& settings);

  /// Trains all layers.  Curves and the count of epochs go on from layer to layer.
  void fit(Curves& curves, const AfterEpoch& after_epoch) override;

  /// The topmost layer.  Its data are the codes of the one below.
  Training& top() { return *top_; }

  FeatureParts encode(int k, std::vector<std::uint32_t>* active) override;

  /// Of rows of the data, through all layers and back; what is kept is so in the topmost layer.
  Reconstruction reconstruct(const float* rows, const float* top_rows, std::span<const std::uint32_t> chosen,
                             Kept kept);
  Reconstruction reconstruct_validation(Kept kept) override;
  Reconstruction reconstruct_test(Kept kept) override;

  Filters filters(const FeatureParts& codes, const std::vector<std::uint32_t>& active) const override;
  Layers encoder() const override;
  Weights weights() const override;

  /// All decoders, from the topmost code back to the data.
  Layers decoder() const;

 private:
  void transfer(Archive& archive);
  void begin_layer(std::size_t position);
  std::unique_ptr<Dataset> codes_of_top();
  void train_top(Curves& curves, const AfterEpoch& after_epoch);
  Network& network(std::size_t position);
  const Network& network(std::size_t position) const { return const_cast<Stack*>(this)->network(position); }

  const Dataset& data_;
  const TrialParts& parts_;
  const TrainSettings& settings_;
  std::vector<Trial> trials_;       // one for each layer
  std::vector<Network> lower_;      // finished, below the topmost
  std::unique_ptr<Dataset> codes_;  // what the topmost learns from; null: the data
  std::unique_ptr<Training> top_;
  std::uint64_t n_trained_ = 0;    // layers
  std::vector<Network> restored_;  // from a checkpoint: trained layers until each is in its place
  std::optional<Checkpointer::Part> part_;
};

}  // namespace ksweep
