#include "train/joint.h"

#include "train/joint_codes.h"

namespace ksweep {

void JointAutoencoder::fit(Curves& curves, const AfterEpoch& after_epoch) {
  if (!is_trained_) ksweep::fit(joint_, curves, [&](int epochs_done) { after_epoch(epochs_done, true); });
  is_trained_ = 1;
}

FeatureParts JointAutoencoder::encode(int k, std::vector<std::uint32_t>* active) {
  const auto part = [&](const float* rows, std::span<const std::uint32_t> chosen,
                        std::vector<std::uint32_t>* count) {
    return encode_features(joint_.batch, joint_.encoder(), rows, chosen, k, joint_.batch_size,
                           joint_.settings.keep_going, count);
  };
  return {part(joint_.data.train_samples, joint_.parts.split.train, active),
          part(joint_.data.train_samples, joint_.parts.split.validation, nullptr),
          part(joint_.data.test_samples, joint_.parts.test, nullptr)};
}

Reconstruction JointAutoencoder::reconstruct_validation(Kept kept) {
  return reconstruction(joint_, joint_.data.train_samples, joint_.parts.split.validation, kept);
}

Reconstruction JointAutoencoder::reconstruct_test(Kept kept) {
  return reconstruction(joint_, joint_.data.test_samples, joint_.parts.test, kept);
}

Filters JointAutoencoder::filters(const FeatureParts& codes, const std::vector<std::uint32_t>& active) const {
  return decoder_filters(joint_.settings.kernels, joint_.decoder(), {active, sums_of_features(codes.train)},
                         joint_.settings.team);
}

Decoder JointAutoencoder::decoder_columns() const {
  const Layer& first = joint_.decoder().front();
  return {{first.weights.data(), first.n_inputs, first.n_outputs, first.stride},
          joint_.decoder().size() == 1};
}

}  // namespace ksweep
