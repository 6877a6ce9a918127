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

/// What outputs are compared with their labels by, per sample:
///   squared:       half the squared distance of the outputs to the label's one-hot vector
///   cross_entropy: - log of the label's share in the softmax of the outputs
enum class Loss { squared, cross_entropy };

/// Which activations of a layer are kept; null: all.
struct LayerRule {
  const SparsityRule* rule = nullptr;
  RuleSettings settings = {};
};

/// What hidden activations go through before the next layer sees them: first the rules, then dropout.
struct Gates {
  std::span<const LayerRule> rules = {};  ///< of the first layers
  const Noise* noise = nullptr;           ///< null: no dropout
};

/// Works on one mini-batch at a time in separate steps: load, forward, compare, backward, update.  Bits do not depend
/// on the number of threads: every number is summed by one thread, over samples or inputs in ascending order.
class LayersBatch {
 public:
  LayersBatch(const Kernels& kernels, std::span<const Layer> layers, int capacity, const Team& team);

  /// Takes rows of a data set, as many numbers each as the first layer has inputs.
  void load(const float* rows, std::span<const std::uint32_t> chosen);

  /// The same of samples that are zero for the most part; both must outlive the mini-batch.  Good for first layers of
  /// few outputs: suits().
  void load(const LevelRows& rows, std::span<const std::uint32_t> chosen);
  static bool suits(const Layer& first) { return first.stride <= 64; }

  /// Sets inputs to 0 as noise.input_noise says.  Needs load().
  void mask_inputs(const Noise& noise);

  /// Activations of these layers, the first ones of the network or all.  Needs load().
  void forward(std::span<const Layer> layers, const Gates& gates = {});

  /// Loss of the outputs, summed over the batch's samples, and `scale` times its slope by what the last layer's
  /// activation is applied to, where backward() begins.  Needs forward().
  double compare(const Layers& layers, Loss loss, std::span<const std::int32_t> labels, float scale);

  /// The same with half the squared distance to rows of targets, as many numbers each as there are outputs; chosen[i]
  /// is the target of sample i.
  double compare(const Layers& layers, const float* rows, std::span<const std::uint32_t> chosen, float scale);

  /// Penalty of the hidden activations as the next layers see them, summed over the layers.  Needs forward().
  double penalty(const Layers& layers, const PenaltyRule& rule) const;

  /// The same slope, plus that of the penalty, of every layer before, down to the first to be updated.  Needs compare().
  void backward(const Layers& layers, const PenaltyRule& penalty = {}, std::size_t first = 0);

  /// Gradients of all layers from `first` on, applied.  Needs backward(), or compare() if only the last one moves.
  void update(Layers& layers, LayersState& state, const UpdateRule& rule, std::size_t first = 0);

  int n_samples() const { return n_samples_; }

  /// Outputs of the last layer, or of any, for one sample.
  const float* outputs(int sample) const { return outputs(sample, steps_.size() - 1); }
  const float* outputs(int sample, std::size_t layer) const {
    return steps_[layer].outputs.data() + std::ptrdiff_t{sample} * steps_[layer].stride;
  }

  /// Adds to `active` the number of samples for which each unit of a layer is not zero; returns their sum.
  std::size_t count_active(std::size_t layer, std::vector<std::uint32_t>& active) const;

  /// The output that is largest; ties: the first.
  std::int32_t predicted(int sample, int n_classes) const;

 private:
  // Whole register tiles (kernels/simd/product.h), small enough to share out and to stay in the cache.
  static constexpr int slice_size = 48;

  /// How many there are now, each with its scratch.
  int n_threads();

  static int n_slices(int count) { return (count + slice_size - 1) / slice_size; }

  /// Scratch to find the largest activations of `lanes` samples.
  struct Selection {
    AlignedFloats packed, floats, values;
    AlignedArray<std::int32_t> candidates, units;
    std::int32_t n_kept[lanes];
    explicit Selection(const Layer& layer);
  };

  /// What one layer makes of the batch.
  struct Step {
    int stride = 0;
    AlignedFloats outputs;              // (capacity x stride)
    bool gated = false;                 // by the last forward(): outputs = ungated * gates
    AlignedFloats ungated, gates;       // (capacity x stride), once they are needed
    std::vector<std::uint8_t> kept;     // (capacity x stride), once it is needed
    std::vector<Selection> selections;  // one for each thread
    AlignedFloats penalty_slopes;       // (stride): of the kl penalty, by each unit
    AlignedFloats deltas;  // (capacity x stride): slope of the loss by what the activation is applied to
    AlignedFloats packed;  // the weights, `lanes` inputs side by side; unused for the first layer
    AlignedFloats bias_gradient;  // (stride)
  };

  /// Where a layer's inputs lie, and how far apart those of two samples are.
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
  AlignedFloats inputs_;               // (capacity x n_inputs)
  const LevelRows* sparse_ = nullptr;  // where the inputs are instead, and which of them
  std::span<const std::uint32_t> sparse_rows_;
  LevelRows masked_;  // what is left of the mini-batch's sparse inputs by mask_inputs()
  std::vector<std::uint32_t> masked_rows_;
  AlignedFloats sparse_gradient_;  // of the first layer
  std::vector<Step> steps_;
  Keeper keeper_;
  std::vector<AlignedFloats> gradients_;  // of a slice of a layer's inputs; one for each thread
  std::vector<double> sample_loss_;
};

}  // namespace ksweep
