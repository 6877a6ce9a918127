// Dense layers as plain formulas in any precision: the naive version of model/layers_batch.h.
#pragma once

#include <span>
#include <vector>

#include "base/matrix.h"
#include "kernels/reference.h"
#include "model/layers_batch.h"
#include "model/reference_batch.h"

namespace ksweep::reference {

/// One layer's parameters, or a gradient with respect to them.
template <class Real>
struct DenseLayer {
  Activation shape = Activation::linear;
  Matrix<Real> weights;  ///< (n_inputs x n_outputs)
  Vector<Real> biases;   ///< (n_outputs)
};

/// Returns the activations (n_samples x units) of the inputs and of each layer.
template <class Real>
std::vector<Matrix<Real>> forward(const std::vector<DenseLayer<Real>>& layers, const Matrix<Real>& inputs) {
  std::vector<Matrix<Real>> activations{inputs};
  for (const DenseLayer<Real>& layer : layers) {
    const Matrix<Real> z = (activations.back() * layer.weights).rowwise() + layer.biases.transpose();
    activations.push_back(z.unaryExpr([&](Real value) { return activation(layer.shape, value); }));
  }
  return activations;
}

/// Returns the softmax of each row.
template <class Real>
Matrix<Real> softmax(const Matrix<Real>& logits) {
  const Matrix<Real> e = (logits.colwise() - logits.rowwise().maxCoeff()).array().exp();
  return e.array().colwise() / e.rowwise().sum().array();
}

template <class Real>
Matrix<Real> one_hot(std::span<const std::int32_t> labels, Eigen::Index n_classes) {
  Matrix<Real> targets = Matrix<Real>::Zero(Eigen::Index(labels.size()), n_classes);
  for (std::size_t i = 0; i < labels.size(); ++i) targets(Eigen::Index(i), labels[i]) = 1;
  return targets;
}

/// Returns the loss summed over the samples.
template <class Real>
Real loss(const std::vector<DenseLayer<Real>>& layers, Loss kind, const Matrix<Real>& inputs,
          std::span<const std::int32_t> labels) {
  const Matrix<Real> outputs = forward(layers, inputs).back();
  const Matrix<Real> targets = one_hot<Real>(labels, outputs.cols());
  if (kind == Loss::squared) return (outputs - targets).squaredNorm() / 2;
  return -softmax(outputs).array().log().matrix().cwiseProduct(targets).sum();
}

/// Returns the gradient of `loss`.
template <class Real>
std::vector<DenseLayer<Real>> gradient(const std::vector<DenseLayer<Real>>& layers, Loss kind,
                                       const Matrix<Real>& inputs, std::span<const std::int32_t> labels) {
  const std::vector<Matrix<Real>> activations = forward(layers, inputs);
  const Matrix<Real>& outputs = activations.back();
  const Matrix<Real> targets = one_hot<Real>(labels, outputs.cols());
  Matrix<Real> slope_of_outputs =
      kind == Loss::squared ? Matrix<Real>(outputs - targets) : Matrix<Real>(softmax(outputs) - targets);
  std::vector<DenseLayer<Real>> result = layers;
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Activation shape = layers[i].shape;
    const Matrix<Real> delta = slope_of_outputs.cwiseProduct(
        activations[i + 1].unaryExpr([&](Real value) { return slope(shape, value); }));
    result[i].weights = activations[i].transpose() * delta;
    result[i].biases = delta.colwise().sum().transpose();
    slope_of_outputs = delta * layers[i].weights.transpose();
  }
  return result;
}

/// Returns the derivative of the penalty by each activation of a code (n_samples x n_hidden).
template <class Real>
Matrix<Real> penalty_slope(const Matrix<Real>& code, const PenaltyRule& rule) {
  Matrix<Real> result = Matrix<Real>::Zero(code.rows(), code.cols());
  const Real share = Real(rule.weight) / Real(code.rows()), rho = rule.target;
  for (Eigen::Index unit = 0; unit < code.cols(); ++unit) {
    const Real mean = std::clamp(code.col(unit).mean(), Real(1e-6), Real(1) - Real(1e-6));
    if (rule.kind == Penalty::l1) result.col(unit) = share * code.col(unit).array().sign().matrix();
    if (rule.kind == Penalty::kl) result.col(unit).setConstant(share * ((1 - rho) / (1 - mean) - rho / mean));
  }
  return result;
}

/// Settings of a jointly trained autoencoder.
template <class Real>
struct Autoencoding {
  Matrix<Real> targets;             ///< (n_samples x n_outputs)
  std::vector<Matrix<Real>> gates;  ///< (n_samples x units) per hidden layer: factors of its activations
  PenaltyRule penalty;              ///< of the hidden activations after gates
};

/// Returns activations like forward(), before and after the gates.
template <class Real>
struct GatedActivations {
  std::vector<Matrix<Real>> before, after;
};

template <class Real>
GatedActivations<Real> forward(const std::vector<DenseLayer<Real>>& layers, const Matrix<Real>& inputs,
                               const std::vector<Matrix<Real>>& gates) {
  GatedActivations<Real> result{{inputs}, {inputs}};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    result.before.push_back(forward<Real>({layers[i]}, result.after.back()).back());
    result.after.push_back(i < gates.size() ? Matrix<Real>(result.before.back().cwiseProduct(gates[i]))
                                            : result.before.back());
  }
  return result;
}

/// Returns the batch mean of half the squared error summed over outputs, plus the penalty of each hidden
/// layer.
template <class Real>
Real loss(const std::vector<DenseLayer<Real>>& layers, const Matrix<Real>& inputs,
          const Autoencoding<Real>& task) {
  const std::vector<Matrix<Real>> activations = forward(layers, inputs, task.gates).after;
  Real sum = (activations.back() - task.targets).squaredNorm() / Real(2 * inputs.rows());
  for (std::size_t i = 1; i + 1 < activations.size(); ++i) sum += penalty(activations[i], task.penalty);
  return sum;
}

/// Returns the gradient of this loss for constant gates.
template <class Real>
std::vector<DenseLayer<Real>> gradient(const std::vector<DenseLayer<Real>>& layers,
                                       const Matrix<Real>& inputs, const Autoencoding<Real>& task) {
  const GatedActivations<Real> activations = forward(layers, inputs, task.gates);
  Matrix<Real> slope_of_outputs = (activations.after.back() - task.targets) / Real(inputs.rows());
  std::vector<DenseLayer<Real>> result = layers;
  for (std::size_t i = layers.size(); i-- > 0;) {
    const Activation shape = layers[i].shape;
    if (i + 1 < layers.size()) slope_of_outputs += penalty_slope(activations.after[i + 1], task.penalty);
    if (i < task.gates.size()) slope_of_outputs = slope_of_outputs.cwiseProduct(task.gates[i]);
    const Matrix<Real> delta = slope_of_outputs.cwiseProduct(
        activations.before[i + 1].unaryExpr([&](Real value) { return slope(shape, value); }));
    result[i].weights = activations.after[i].transpose() * delta;
    result[i].biases = delta.colwise().sum().transpose();
    slope_of_outputs = delta * layers[i].weights.transpose();
  }
  return result;
}

}  // namespace ksweep::reference
