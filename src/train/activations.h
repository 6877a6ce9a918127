#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/row_reader.h"
#include "core/trial.h"
#include "core/weights.h"
#include "model/layers_batch.h"
#include "model/network.h"

namespace ksweep {

/// Returns how many layers of a trained network have activations: of a classifier all, the last of which are its outputs; of an
/// autoencoder those of its encoder.  Throws UserError for weights that do not fit together, or not to samples of n_inputs numbers.
int count_layers(const Trial& trial, const Weights& weights, int n_inputs);

/// Returns the last hidden layer, counted from 1 at the inputs; 0: there is none.
int last_hidden_layer(const Trial& trial, const Weights& weights);

/// A layer of a trained network, as its stored weights describe it.
class TrainedLayer {
 public:
  /// layer: from 1 to count_layers().  All other arguments but the weights must outlive the object.
  TrainedLayer(const Trial& trial, const Weights& weights, int layer, const Kernels& kernels,
               const Team& team);

  int n_units() const;

  /// Computes the layer's activations for rows of a data set, at most `at_once`; the layers below keep what their sparsity rules keep
  /// when they encode, this one keeps all.  activations: (chosen x n_units).
  void compute(const SampleRows& rows, std::span<const std::uint32_t> chosen, std::span<float> activations);

  static constexpr std::size_t at_once = 256;

 private:
  /// An autoencoder of a stack.
  struct Encoder {
    Network network;
    int k;  // of the activations that are kept
    Batch batch;
    std::vector<float> codes;  // (at_once x n_hidden)
    Encoder(const Trial& trial, const AutoencoderWeights& weights, bool keeps_all, const Kernels& kernels,
            const Team& team);
  };

  std::vector<std::unique_ptr<Encoder>> encoders_;  // of a stack, else none
  Layers layers_;                                   // of one network, else none
  std::optional<LayersBatch> batch_;
};

/// Takes activations of some samples: (samples x units).
using TakeActivations = std::function<void(std::span<const float> activations)>;

/// Computes a layer's activations for the first n_samples rows and passes them on, in order.  between: called before each piece.
void each_activation(TrainedLayer& layer, const SampleRows& rows, std::size_t n_samples,
                     const std::function<void()>& between, const TakeActivations& take);

}  // namespace ksweep
