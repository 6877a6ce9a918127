#include "core/weights.h"

#include <span>

#include "base/sha256.h"

namespace ksweep {
namespace {

std::string hash_of(const AutoencoderWeights& weights) {
  Sha256 hash;
  for (const auto* part :
       {&weights.encoder, &weights.decoder, &weights.hidden_bias, &weights.visible_bias, &weights.thresholds})
    hash.add(std::span<const float>(*part));
  return hash.hex();
}

}  // namespace

std::string weights_sha256(const Weights& weights) {
  if (weights.stack.size() == 1) return hash_of(weights.stack[0]);
  Sha256 hash;
  for (const AutoencoderWeights& autoencoder : weights.stack) hash.add(hash_of(autoencoder));
  for (const LayerWeights& layer : weights.layers) {
    hash.add(std::span<const float>(layer.weights));
    hash.add(std::span<const float>(layer.biases));
  }
  return hash.hex();
}

}  // namespace ksweep
