#pragma once

#include <omp.h>

#include <span>
#include <vector>

#include "core/team.h"
#include "model/layers.h"
#include "model/level_rows.h"

namespace ksweep {

/// What outputs are compared with their labels by, per sample:
///   squared:       half the squared distance of the outputs to the label's one-hot vector
///   cross_entropy: - log of the label's share in the softmax of the outputs
enum class Loss { squared, cross_entropy };

/// Works on one mini-batch at a time in separate steps: load, forward, compare, backward, update.  Bits do not depend
/// on the number of threads: every number is summed by one thread, over samples or inputs in ascending order.
class LayersBatch {
 public:
  LayersBatch(const Kernels& kernels, const Layers& layers, int capacity, const Team& team);

  /// Takes rows of a data set, as many numbers each as the first layer has inputs.
  void load(const float* rows, std::span<const std::uint32_t> chosen);

  /// The same of samples that are zero for the most part; both must outlive the mini-batch.  Good for first layers of
  /// few outputs: suits().
  void load(const LevelRows& rows, std::span<const std::uint32_t> chosen);
  static bool suits(const Layer& first) { return first.stride <= 64; }

  /// Activations of all layers.  Needs load().
  void forward(const Layers& layers);

  /// Loss of the outputs, summed over the batch's samples, and `scale` times its slope by what the last layer's
  /// activation is applied to, where backward() begins.  Needs forward().
  double compare(const Layers& layers, Loss loss, std::span<const std::int32_t> labels, float scale);

  /// The same slope of every layer before.  Needs compare().
  void backward(const Layers& layers);

  /// Gradients of all layers, applied.  Needs backward().
  void update(Layers& layers, LayersState& state, const UpdateRule& rule);

  int n_samples() const { return n_samples_; }

  /// Outputs of the last layer for one sample.
  const float* outputs(int sample) const {
    return steps_.back().outputs.data() + std::ptrdiff_t{sample} * steps_.back().stride;
  }

  /// The output that is largest; ties: the first.
  std::int32_t predicted(int sample, int n_classes) const;

 private:
  // Whole register tiles (kernels/product.h), small enough to share out and to stay in the cache.
  static constexpr int slice_size = 48;

  /// How many there are now, each with its scratch.
  int n_threads();

  static int n_slices(int count) { return (count + slice_size - 1) / slice_size; }

  /// What one layer makes of the batch.
  struct Step {
    int stride = 0;
    AlignedFloats outputs;  // (capacity x stride)
    AlignedFloats deltas;   // (capacity x stride): slope of the loss by what the activation is applied to
    AlignedFloats packed;   // the weights, `lanes` inputs side by side; unused for the first layer
    AlignedFloats bias_gradient;  // (stride)
  };

  /// Where a layer's inputs lie, and how far apart those of two samples are.
  const float* inputs_of(std::size_t layer) const {
    return layer == 0 ? inputs_.data() : steps_[layer - 1].outputs.data();
  }
  int input_stride(std::size_t layer) const { return layer == 0 ? n_inputs_ : steps_[layer - 1].stride; }

  void forward_sparse(const Layer& first, int begin, int end, float* outputs);
  void update_sparse(Layer& first, LayersState& state, const UpdateRule& rule);
  void forward_slice(const Layer& layer, std::size_t position, int begin, int end);
  void backward_slice(const Layer& layer, Shape before_shape, std::size_t position, int begin, int end);
  double compare_sample(const Layer& last, Loss loss, int sample, std::int32_t label, float scale);
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
  AlignedFloats sparse_gradient_;  // of the first layer
  std::vector<Step> steps_;
  std::vector<AlignedFloats> gradients_;  // of a slice of a layer's inputs; one for each thread
  std::vector<double> sample_loss_;
};

}  // namespace ksweep
