#pragma once

#include <vector>

#include "core/random.h"
#include "model/reference_layers.h"

namespace ksweep {

inline Matrix<double> random_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed,
                                    double scale) {
  RandomStream stream(seed, Purpose::hidden_weights);
  return Matrix<double>::NullaryExpr(rows, columns, [&] { return scale * stream.normal(); });
}

/// sizes: inputs, outputs of each layer.
inline std::vector<reference::DenseLayer<double>> random_layers(const std::vector<int>& sizes, Shape hidden,
                                                                Shape outputs) {
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

}  // namespace ksweep
