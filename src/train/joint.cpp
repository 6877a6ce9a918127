#include "train/joint.h"

#include "train/joint_codes.h"

namespace ksweep {

void JointAutoencoder::fit(Curves& curves, const AfterEpoch& after_epoch) {
  if (!is_trained_) ksweep::fit(joint_, curves, [&](int epochs_done) { after_epoch(epochs_done, true); });
  is_trained_ = 1;
}

FeatureParts JointAutoencoder::encode(int k, std::vector<std::uint32_t>* active) {
  const auto part = [&](const SampleRows& rows, std::span<const std::uint32_t> chosen,
                        std::vector<std::uint32_t>* count) {
    return encode_features(joint_.batch, joint_.encoder(), rows, chosen, k, joint_.batch_size,
                           joint_.settings.keep_going, count);
  };
  return {part(joint_.data.train_rows(), joint_.parts.split.train, active),
          part(joint_.data.train_rows(), joint_.parts.split.validation, nullptr),
          part(joint_.data.test_rows(), joint_.parts.test, nullptr)};
}

Reconstruction JointAutoencoder::reconstruct_validation(Kept kept) {
  return reconstruction(joint_, joint_.data.train_rows(), joint_.parts.split.validation, kept);
}

Reconstruction JointAutoencoder::reconstruct_test(Kept kept) {
  return reconstruction(joint_, joint_.data.test_rows(), joint_.parts.test, kept);
}

CodeActivity JointAutoencoder::activity(int k) {
  CodeActivity activity;
  const FeatureParts codes = encode(k, &activity.train.active);
  activity.train.sum = sums_of_features(codes.train);
  activity.l0 = mean_nonzeros(codes.validation);
  return activity;
}

Filters JointAutoencoder::filters(const UnitActivity& activity) const {
  return decoder_filters(joint_.settings.kernels, joint_.decoder(), activity, joint_.settings.team);
}

Decoder JointAutoencoder::decoder_columns() const {
  const Layer& first = joint_.decoder().front();
  return {{first.weights.data(), first.n_inputs, first.n_outputs, first.stride},
          joint_.decoder().size() == 1};
}

}  // namespace ksweep
