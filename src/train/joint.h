#pragma once

#include "train/archive_state.h"
#include "train/autoencoder.h"
#include "train/checkpoint.h"
#include "train/joint_fit.h"

namespace ksweep {

/// An autoencoder of several layers trained as one network.  The trial's sparsity rule applies to the
/// innermost layer, whose activations are the codes.  Reconstruction errors are measured without noise and
/// dropout.
class JointAutoencoder final : public Autoencoder {
 public:
  /// All arguments must outlive the object.
  JointAutoencoder(const Trial& trial, const Dataset& data, const TrialParts& parts,
                   const TrainSettings& settings)
      : joint_(trial, data, parts, settings),
        part_(settings.checkpointer, "network", [this](Archive& archive) {
          archive.number(is_trained_);
          transfer(archive, joint_.layers);
        }) {}

  void fit(Curves& curves, const AfterEpoch& after_epoch) override;
  FeatureParts encode(int k, std::vector<std::uint32_t>* active) override;
  double calibrate() override { return calibrate_threshold(joint_); }
  Reconstruction reconstruct_validation(Kept kept) override;
  Reconstruction reconstruct_test(Kept kept) override;
  CodeActivity activity(int k) override;
  Filters filters(const UnitActivity& activity) const override;
  Decoder decoder_columns() const override;
  Layers encoder() const override { return copy_of(joint_.encoder()); }
  Weights weights() const override { return {{}, unpadded(joint_.layers)}; }

 private:
  JointNetwork joint_;
  std::uint8_t is_trained_ = 0;
  const Checkpointer::Part part_;
};

}  // namespace ksweep
