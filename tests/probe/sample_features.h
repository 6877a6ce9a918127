#pragma once

#include <Eigen/Core>
#include <numeric>

#include "base/matrix.h"
#include "base/random.h"
#include "base/team.h"
#include "probe/features.h"

namespace ksweep {

inline const Team one_thread(1), three_threads(3);

/// Labelled samples, as dense features, as sparse features, and in double precision.
struct Samples {
  Matrix<double> rows;  ///< (n_samples x n_features), each exactly a float
  std::vector<std::int32_t> labels;

  Features dense() const {
    Features features;
    features.n_features = static_cast<int>(rows.cols());
    features.n_samples = static_cast<std::size_t>(rows.rows());
    for (Eigen::Index i = 0; i < rows.size(); ++i)
      features.own_rows.push_back(static_cast<float>(rows.data()[i]));
    features.rows = features.own_rows.data();
    return features;
  }

  Features sparse() const {
    SparseFeatures features(static_cast<int>(rows.cols()));
    std::vector<std::int32_t> index(static_cast<std::size_t>(rows.cols()));
    std::iota(index.begin(), index.end(), 0);
    for (Eigen::Index i = 0; i < rows.rows(); ++i) {
      const std::vector<float> row(rows.row(i).begin(), rows.row(i).end());
      features.add(index, row);
    }
    return std::move(features).finish();
  }
};

/// Returns noisy samples of `n_classes` overlapping classes; every third number of each sample is zero.
inline Samples overlapping_classes(int n_samples, int n_features, int n_classes, std::uint64_t seed = 1) {
  RandomStream stream(seed, Purpose::digits);
  Samples samples{Matrix<double>::Zero(n_samples, n_features), {}};
  for (int i = 0; i < n_samples; ++i) {
    samples.labels.push_back(static_cast<std::int32_t>(stream.below(static_cast<std::uint32_t>(n_classes))));
    for (int c = 0; c < n_features; ++c) {
      const double centre = c % n_classes == samples.labels.back() ? 1 : 0;
      if ((i + c) % 3 != 0) samples.rows(i, c) = static_cast<float>(centre + stream.normal());
    }
  }
  return samples;
}

}  // namespace ksweep
