#pragma once

#include <omp.h>

#include <span>
#include <vector>

#include "base/team.h"
#include "model/batch.h"
#include "model/layers.h"
#include "model/noise.h"
#include "model/quantised_rows.h"
#include "model/rules.h"

namespace ksweep {

/// Loss of a sample's outputs, given its label:
///   squared:       half the squared distance of the outputs to the label's one-hot vector
///   cross_entropy: - log of the label's probability in the softmax of the outputs
enum class Loss { squared, cross_entropy };

/// Sparsity rule of a layer; null: all activations are kept.
struct LayerRule {
  const SparsityRule* rule = nullptr;
  RuleSettings settings = {};
};

/// Masks that are applied to hidden activations before the next layer: first the rules, then dropout.
struct Gates {
  std::span<const LayerRule> rules = {};  ///< rules of the first layers
  const Noise* noise = nullptr;           ///< null: no dropout
};

/// Processes one mini-batch at a time in separate steps: load, forward, compare, backward, update.  Bits do
/// not depend on the number of threads: every sum is computed by one thread, over samples or inputs in
/// ascending order.
class LayersBatch {
 public:
  LayersBatch(const Kernels& kernels, std::span<const Layer> layers, int capacity, const Team& team);

  /// Loads rows of a data set, with as many numbers as the first layer has inputs.
  void load(const SampleRows& rows, std::span<const std::uint32_t> chosen);

  /// The same for samples that are mostly zero; both arguments must outlive the mini-batch.  Faster if the
  /// first layer has few outputs, see suits().
  void load(const QuantisedRows& rows, std::span<const std::uint32_t> chosen);
  static bool suits(const Layer& first) { return first.stride <= 64; }

  /// Sets a share of the inputs, noise.input_noise, to 0.  Requires load().
  void mask_inputs(const Noise& noise);

  /// Computes the activations of these layers, which are the first ones of the network or all.  Requires
  /// load().
  void forward(std::span<const Layer> layers, const Gates& gates = {});

  /// Returns the loss summed over the samples, and sets the deltas of the last layer, from which backward()
  /// starts, to `scale` times the gradient with respect to its pre-activations.  Requires forward().
  double loss(const Layers& layers, Loss loss, std::span<const std::int32_t> labels, float scale);

  /// The same with half the squared distance to rows of targets, one number per output; chosen[i] is the
  /// target's row of sample i.
  double loss(const Layers& layers, const SampleRows& rows, std::span<const std::uint32_t> chosen,
              float scale);

  /// Returns the penalty of the hidden activations after gates, summed over the layers.  Requires forward().
  double penalty(const Layers& layers, const PenaltyRule& rule) const;

  /// Computes the deltas of all lower layers down to `first`, including the penalty.  Requires compare().
  void backward(const Layers& layers, const PenaltyRule& penalty = {}, std::size_t first = 0);

  /// Computes and applies the gradients of all layers from `first` on, or of those before `end`.  Requires backward(), or
  /// only compare() if `first` is the last layer.
  void update(Layers& layers, LayersState& state, const UpdateRule& rule, std::size_t first = 0);
  void update(Layers& layers, LayersState& state, const UpdateRule& rule, std::size_t first, std::size_t end);

  int n_samples() const { return n_samples_; }

  /// Return one sample's outputs of the last or of any layer.
  const float* outputs(int sample) const { return outputs(sample, steps_.size() - 1); }
  const float* outputs(int sample, std::size_t layer) const {
    return steps_[layer].outputs.data() + std::ptrdiff_t{sample} * steps_[layer].stride;
  }

  /// Adds the number of samples for which each unit of a layer is non-zero to `active`; returns the sum of
  /// these numbers.
  std::size_t count_active(std::size_t layer, std::vector<std::uint32_t>& active) const;

  /// Returns the index of the largest output; ties: the first.
  std::int32_t predicted(int sample, int n_classes) const;

 private:
  // A multiple of register tiles (kernels/simd/product.h), small enough for sharing among threads and for the
  /// Returns the number of threads to use and makes scratch for each.
  int n_threads();

  static int n_slices(int count) { return (count + slice_size - 1) / slice_size; }

  /// Scratch for selecting the largest activations of `lanes` samples.
  struct Selection {
    AlignedFloats packed, floats, values;
    AlignedArray<std::int32_t> candidates, units;
    std::int32_t n_kept[lanes];
    explicit Selection(const Layer& layer);
  };

  /// State of one layer for the mini-batch.
  struct Step {
    int stride = 0;
    AlignedFloats outputs;              // (capacity x stride)
    bool gated = false;                 // in the last forward(): outputs = ungated * gates
    AlignedFloats ungated, gates;       // (capacity x stride), once they are needed
    std::vector<std::uint8_t> kept;     // (capacity x stride), once it is needed
    std::vector<Selection> selections;  // one for each thread
    AlignedFloats penalty_slopes;       // (stride): derivative of the kl penalty by each unit
    AlignedFloats deltas;               // (capacity x stride): derivative of the loss by pre-activations
    AlignedFloats packed;         // the weights, `lanes` inputs side by side; unused for the first layer
    AlignedFloats bias_gradient;  // (stride)
  };

  /// Return a layer's inputs, and the distance between two samples in them.
  const float* inputs_of(std::size_t layer) const {
    return layer == 0 ? inputs_.data() : steps_[layer - 1].outputs.data();
  }
  int input_stride(std::size_t layer) const { return layer == 0 ? n_inputs_ : steps_[layer - 1].stride; }

  void mask_sparse_inputs(const Noise& noise);
  bool is_gated(std::size_t layer, const Gates& gates) const;
  void keep_largest_of_samples(const Layer& layer, std::size_t position, int k);
  void gate(const Layer& layer, std::size_t position, const Gates& gates);
  void gate_sample(const Layer& layer, std::size_t position, const Gates& gates, int sample);
  bool drops(std::size_t layer, const Gates& gates) const;
  std::vector<double> activation_sums(const Layer& layer, std::size_t position, Penalty kind) const;
  void set_penalty_slopes(const Layer& layer, std::size_t position, const PenaltyRule& rule);
  void add_penalty_slopes(const Layer& layer, std::size_t position, const PenaltyRule& rule, int sample);
  void forward_sparse(const Layer& first, int begin, int end, float* outputs);
  void update_sparse(Layer& first, LayersState& state, const UpdateRule& rule);
  void forward_slice(const Layer& layer, std::size_t position, int begin, int end);
  void backward_slice(const Layer& layer, const Layer& layer_before, std::size_t position,
                      const PenaltyRule& penalty, int begin, int end);
  double compare_sample(const Layer& last, Loss loss, int sample, std::int32_t label, float scale);
  double compare_sample(const Layer& last, int sample, const float* target, float scale);
  double sum_of_losses() const;
  void update_slice(Layer& layer, LayersState& state, const UpdateRule& rule, std::size_t position, int slice,
                    float* gradient);
  void update_biases(Layer& layer, LayersState& state, const UpdateRule& rule, std::size_t position);

  const Kernels& kernels_;
  int n_inputs_;
  const Team& team_;
  std::size_t gradient_size_;
  int n_samples_ = 0;
  AlignedFloats inputs_;                   // (capacity x n_inputs)
  const QuantisedRows* sparse_ = nullptr;  // inputs in sparse form, and their rows
  std::span<const std::uint32_t> sparse_rows_;
  QuantisedRows masked_;  // the mini-batch's sparse inputs after mask_inputs()
  std::vector<std::uint32_t> masked_rows_;
  AlignedFloats sparse_gradient_;  // of the first layer's weights
  std::vector<Step> steps_;
  RuleApplier keeper_;
  std::vector<AlignedFloats> gradients_;  // (thread) for a slice of a layer's inputs
  std::vector<double> sample_loss_;
  std::vector<float> targets_;  // (capacity x outputs) rows of a data set that are not in memory
};

}  // namespace ksweep
