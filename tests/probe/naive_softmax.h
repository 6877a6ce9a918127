// Softmax regression directly by its formula, in double precision, as a reference for SoftmaxRegression.
#pragma once

#include <cmath>

#include "sample_features.h"

namespace ksweep {

/// Returns the mean over samples of -log p(label) + l2 / 2 |weights without biases|^2, and its gradient.
/// weights, gradient: (n_features + 1 x n_classes), biases in the last row.
inline double naive_loss(const Samples& samples, const Matrix<double>& weights, double l2,
                         Matrix<double>& gradient) {
  const Eigen::Index n = samples.rows.rows(), n_features = samples.rows.cols();
  const double scale = 1 / std::sqrt(samples.rows.squaredNorm() / static_cast<double>(n));
  const auto slopes = weights.topRows(n_features);
  gradient = l2 * weights;
  gradient.row(n_features).setZero();
  double loss = l2 / 2 * slopes.squaredNorm();
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::RowVectorXd x = scale * samples.rows.row(i);
    Eigen::RowVectorXd p = (x * slopes + weights.row(n_features)).array().exp();
    p /= p.sum();
    const std::int32_t label = samples.labels[static_cast<std::size_t>(i)];
    loss -= std::log(p(label)) / static_cast<double>(n);
    p(label) -= 1;
    gradient.topRows(n_features) += x.transpose() * p / static_cast<double>(n);
    gradient.row(n_features) += p / static_cast<double>(n);
  }
  return loss;
}

/// Returns the optimum, found by a large number of gradient descent steps.
inline Matrix<double> naive_optimum(const Samples& samples, int n_classes, double l2) {
  Matrix<double> weights = Matrix<double>::Zero(samples.rows.cols() + 1, n_classes), gradient;
  for (int step = 0; step < 20000; ++step) {
    naive_loss(samples, weights, l2, gradient);
    weights -= 0.5 * gradient;
  }
  return weights;
}

}  // namespace ksweep
