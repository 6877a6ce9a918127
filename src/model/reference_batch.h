// The autoencoder as plain formulas in any precision.  Tests check its gradient numerically and compare the
// fast mini-batch code with it.
#pragma once

#include "core/trial.h"
#include "kernels/reference.h"
#include "model/batch.h"

namespace ksweep::reference {

/// Parameters, or a gradient with respect to them.
template <class Real>
struct Net {
  Activation shape = Activation::linear;
  bool tied = true;
  Matrix<Real> encoder, decoder;  ///< (n_hidden x n_inputs); decoder unused if tied
  Vector<Real> hidden_bias, visible_bias;
  Activation output = Activation::linear;
  bool pre_bias = false;

  const Matrix<Real>& images() const { return tied ? encoder : decoder; }
};

/// Returns the penalty of a code (n_samples x n_hidden); see PenaltyRule.
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

/// A mini-batch: inputs, targets of reconstruction, and mask of kept activations.
template <class Real>
struct Task {
  Matrix<Real> inputs, targets;  ///< (n_samples x n_inputs)
  Matrix<Real> kept;             ///< (n_samples x n_hidden), 1 or 0
};

/// Returns the inputs, minus the visible bias with pre_bias.
template <class Real>
Matrix<Real> centred(const Net<Real>& net, const Matrix<Real>& inputs) {
  return net.pre_bias ? Matrix<Real>(inputs.rowwise() - net.visible_bias.transpose()) : inputs;
}

template <class Real>
Matrix<Real> weighted_inputs(const Net<Real>& net, const Matrix<Real>& inputs) {
  return (centred(net, inputs) * net.encoder.transpose()).rowwise() + net.hidden_bias.transpose();
}

/// Returns a mini-batch that keeps the k largest activations of each sample and reconstructs the inputs.
template <class Real>
Task<Real> k_sparse_task(const Net<Real>& net, const Matrix<Real>& inputs, int k) {
  const Matrix<Real> z = weighted_inputs(net, inputs);
  Matrix<Real> kept = Matrix<Real>::Zero(z.rows(), z.cols());
  for (Eigen::Index i = 0; i < z.rows(); ++i)
    for (int unit : largest<Real>({z.row(i).data(), static_cast<std::size_t>(z.cols())}, k))
      kept(i, unit) = 1;
  return {inputs, inputs, kept};
}

/// Returns a = f(X W^T + b) where kept, else 0.
template <class Real>
Matrix<Real> encode(const Net<Real>& net, const Task<Real>& task) {
  const auto f = [&](Real value) { return activation(net.shape, value); };
  return weighted_inputs(net, task.inputs).unaryExpr(f).cwiseProduct(task.kept);
}

template <class Real>
Matrix<Real> reconstruction(const Net<Real>& net, const Matrix<Real>& code) {
  const Matrix<Real> z = (code * net.images()).rowwise() + net.visible_bias.transpose();
  return z.unaryExpr([&](Real value) { return activation(net.output, value); });
}

/// Returns the batch mean of half the squared error summed over inputs, plus the penalty.
template <class Real>
Real loss(const Net<Real>& net, const Task<Real>& task, const PenaltyRule& rule) {
  const Matrix<Real> code = encode(net, task);
  return (reconstruction(net, code) - task.targets).squaredNorm() / Real(2 * code.rows()) +
         penalty(code, rule);
}

/// Returns the derivative of the loss by the outputs' pre-activations.
template <class Real>
Matrix<Real> output_error(const Net<Real>& net, const Task<Real>& task, const Matrix<Real>& code) {
  const Matrix<Real> outputs = reconstruction(net, code);
  const auto f = [&](Real value) { return slope(net.output, value); };
  return (outputs - task.targets).cwiseProduct(outputs.unaryExpr(f)) / Real(code.rows());
}

/// Returns the gradient of `loss`, only through kept units (Makhzani & Frey 2014, section 2.1).
template <class Real>
Net<Real> gradient(const Net<Real>& net, const Task<Real>& task, const PenaltyRule& rule) {
  const Matrix<Real> code = encode(net, task), error = output_error(net, task, code);
  Matrix<Real> delta = error * net.images().transpose();
  for (Eigen::Index unit = 0; unit < code.cols(); ++unit) {
    const Real rho = rule.target, mean = std::clamp(code.col(unit).mean(), Real(1e-6), Real(1) - Real(1e-6));
    for (Eigen::Index i = 0; i < code.rows(); ++i) {
      const Real a = code(i, unit), share = Real(rule.weight) / Real(code.rows());
      if (rule.kind == Penalty::l1) delta(i, unit) += share * Real((a > 0) - (a < 0));
      if (rule.kind == Penalty::kl) delta(i, unit) += share * ((1 - rho) / (1 - mean) - rho / mean);
      delta(i, unit) *= task.kept(i, unit) * slope(net.shape, a);
    }
  }
  Net<Real> slope_of{net.shape,
                     net.tied,
                     delta.transpose() * centred(net, task.inputs),
                     code.transpose() * error,
                     delta.colwise().sum().transpose(),
                     error.colwise().sum().transpose()};
  if (net.pre_bias) slope_of.visible_bias -= (delta * net.encoder).colwise().sum().transpose();
  if (net.tied) slope_of.encoder += slope_of.decoder;
  return slope_of;
}

}  // namespace ksweep::reference
