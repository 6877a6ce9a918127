#pragma once

#include <vector>

#include "base/random.h"
#include "model/reference_layers.h"

namespace ksweep {

inline Matrix<double> random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed,
                                    double scale) {
  RandomStream stream(seed, Purpose::hidden_weights);
  return Matrix<double>::NullaryExpr(rows, columns, [&] { return scale * stream.normal(); });
}

/// Returns a matrix of dropout factors, each 0 or 1.25.
inline Matrix<double> random_gates(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  return random_matrix(rows, columns, seed, 1).unaryExpr([](double value) { return value < 0.8 ? 1.25 : 0; });
}

/// Returns dense layers with random weights.  sizes: inputs, then outputs of each layer.
inline std::vector<reference::DenseLayer<double>> random_layers(const std::vector<int>& sizes,
                                                                Activation hidden, Activation outputs) {
  std::vector<reference::DenseLayer<double>> layers;
  for (std::size_t i = 1; i < sizes.size(); ++i)
    layers.push_back({i + 1 < sizes.size() ? hidden : outputs,
                      random_matrix(sizes[i - 1], sizes[i], 2 * i, 0.5),
                      random_matrix(sizes[i], 1, 2 * i + 1, 0.5)});
  return layers;
}

inline std::vector<std::int32_t> random_labels(int n_samples, int n_classes) {
  RandomStream stream(9, Purpose::batch_order);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < n_samples; ++i)
    labels.push_back(static_cast<std::int32_t>(stream.below(static_cast<std::uint32_t>(n_classes))));
  return labels;
}

inline Layers in_floats(const std::vector<reference::DenseLayer<double>>& exact,
                        const std::vector<int>& sizes) {
  Layers layers = zero_layers(sizes, Activation::linear, Activation::linear, true);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    layers[l].shape = exact[l].shape;
    for (int i = 0; i < layers[l].n_inputs; ++i)
      for (int j = 0; j < layers[l].n_outputs; ++j)
        layers[l].weights[std::size_t(i) * layers[l].stride + j] = static_cast<float>(exact[l].weights(i, j));
    for (int j = 0; j < layers[l].n_outputs; ++j)
      layers[l].biases[j] = static_cast<float>(exact[l].biases(j));
  }
  return layers;
}

inline std::vector<float> in_floats(const Matrix<double>& matrix) {
  return {matrix.data(), matrix.data() + matrix.size()};
}

}  // namespace ksweep
