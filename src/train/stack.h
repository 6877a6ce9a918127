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

/// Autoencoders trained one after the other, each on the codes of the one below (Bengio et al. 2007); usually
/// just one.
class Stack final : public Autoencoder {
 public:
  /// All arguments must outlive the object.
  Stack(const Trial& trial, const Dataset& data, const TrialParts& parts, const TrainSettings& settings);

  /// Trains all layers.  Curves and epoch numbers continue from layer to layer.
  void fit(Curves& curves, const AfterEpoch& after_epoch) override;

  /// Returns the topmost layer.  Its data are the codes of the one below.
  Training& top() { return *top_; }

  FeatureParts encode(int k, std::vector<std::uint32_t>* active) override;

  /// Reconstructs rows of the data through all layers and back; `kept` applies to the topmost layer.
  Reconstruction reconstruct(const SampleRows& rows, const SampleRows& top_rows,
                             std::span<const std::uint32_t> chosen, Kept kept);
  double calibrate() override { return calibrate_threshold(*top_, settings_.keep_going); }
  Reconstruction reconstruct_validation(Kept kept) override;
  Reconstruction reconstruct_test(Kept kept) override;

  CodeActivity activity(int k) override;
  Filters filters(const UnitActivity& activity) const override;
  Decoder decoder_columns() const override;
  Layers encoder() const override;
  Weights weights() const override;

  /// Returns all decoders, from the topmost code back to the data.
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
  std::vector<Trial> trials_;       // (layer)
  std::vector<Network> lower_;      // finished layers below the topmost
  std::unique_ptr<Dataset> codes_;  // training data of the topmost layer; null: data_
  std::unique_ptr<Training> top_;
  std::uint64_t n_trained_ = 0;    // finished layers
  std::vector<Network> restored_;  // trained layers from a checkpoint, until each is in its place
  std::optional<Checkpointer::Part> part_;
};

}  // namespace ksweep
