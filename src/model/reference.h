// The autoencoder as plain as its formulas, in any precision: what gradients are checked on and what the fast
// mini-batch code is held against.
#pragma once

#include "core/trial.h"
#include "kernels/reference.h"
#include "model/batch.h"

namespace ksweep::reference {

/// Parameters, or the gradient with respect to them.
template <class Real>
struct Net {
  Shape shape = Shape::linear;
  bool tied = true;
  Matrix<Real> encoder, decoder;  ///< (n_hidden x n_inputs); decoder unused if tied
  Vector<Real> hidden_bias, visible_bias;

  const Matrix<Real>& images() const { return tied ? encoder : decoder; }
};

/// Penalty of the code (n_samples x n_hidden); see PenaltyRule.
template <class Real>
Real penalty(const Matrix<Real>& code, const PenaltyRule& rule) {
  if (rule.kind == Penalty::none) return 0;
  if (rule.kind == Penalty::l1) return Real(rule.weight) * code.cwiseAbs().sum() / Real(code.rows());
  Real sum = 0;
  const Real rho = rule.target;
  for (Eigen::Index unit = 0; unit < code.cols(); ++unit) {
    const Real mean = std::clamp(code.col(unit).mean(), Real(1e-6), Real(1) - Real(1e-6));
    sum += rho * std::log(rho / mean) + (1 - rho) * std::log((1 - rho) / (1 - mean));
  }
  return Real(rule.weight) * sum;
}

/// a = f(X W^T + b), of which the k largest z of each sample are kept.  `kept` is 1 where kept, else 0.
template <class Real>
Matrix<Real> encode(const Net<Real>& net, const Matrix<Real>& inputs, int k, Matrix<Real>& kept) {
  Matrix<Real> z = (inputs * net.encoder.transpose()).rowwise() + net.hidden_bias.transpose();
  kept.setZero(z.rows(), z.cols());
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    for (int unit : largest<Real>({z.row(i).data(), static_cast<std::size_t>(z.cols())}, k))
      kept(i, unit) = 1;
  return z.unaryExpr([&](Real value) { return activation(net.shape, value); }).cwiseProduct(kept);
}

template <class Real>
Matrix<Real> residual(const Net<Real>& net, const Matrix<Real>& inputs, const Matrix<Real>& code) {
  return ((code * net.images()).rowwise() + net.visible_bias.transpose()) - inputs;
}

/// Batch mean of half the squared error summed over inputs, plus the penalty.
template <class Real>
Real loss(const Net<Real>& net, const Matrix<Real>& inputs, int k, const PenaltyRule& rule) {
  Matrix<Real> kept;
  const Matrix<Real> code = encode(net, inputs, k, kept);
  return residual(net, inputs, code).squaredNorm() / Real(2 * inputs.rows()) + penalty(code, rule);
}

/// Gradient of `loss`, only through the kept units (Makhzani & Frey 2014, section 2.1).
template <class Real>
Net<Real> gradient(const Net<Real>& net, const Matrix<Real>& inputs, int k, const PenaltyRule& rule) {
  Matrix<Real> kept;
  const Matrix<Real> code = encode(net, inputs, k, kept);
  const Matrix<Real> error = residual(net, inputs, code) / Real(inputs.rows());
  Matrix<Real> delta = error * net.images().transpose();
  for (Eigen::Index unit = 0; unit < code.cols(); ++unit) {
    const Real rho = rule.target, mean = std::clamp(code.col(unit).mean(), Real(1e-6), Real(1) - Real(1e-6));
    for (Eigen::Index i = 0; i < code.rows(); ++i) {
      const Real a = code(i, unit), share = Real(rule.weight) / Real(code.rows());
      if (rule.kind == Penalty::l1) delta(i, unit) += share * Real((a > 0) - (a < 0));
      if (rule.kind == Penalty::kl) delta(i, unit) += share * ((1 - rho) / (1 - mean) - rho / mean);
      delta(i, unit) *= kept(i, unit) * slope(net.shape, a);
    }
  }
  Net<Real> slope_of{net.shape,
                     net.tied,
                     delta.transpose() * inputs,
                     code.transpose() * error,
                     delta.colwise().sum().transpose(),
                     error.colwise().sum().transpose()};
  if (net.tied) slope_of.encoder += slope_of.decoder;
  return slope_of;
}

}  // namespace ksweep::reference
