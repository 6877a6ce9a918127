// Naive versions of the kernels: plain formulas in any precision.  Tests compare the fast kernels with them.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/matrix.h"
#include "kernels/kernels.h"

namespace ksweep::reference {

/// Returns the indices of the k largest of z, ascending; of equal values the lower index wins.
template <class Real>
std::vector<int> largest(std::span<const Real> z, int k) {
  std::vector<int> order(z.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, [&](int a, int b) { return z[std::size_t(a)] > z[std::size_t(b)]; });
  order.resize(static_cast<std::size_t>(k));
  std::ranges::sort(order);
  return order;
}

template <class Real>
Real activation(Shape shape, Real z) {
  if (shape == Shape::relu) return z < 0 ? Real(0) : z;
  return shape == Shape::sigmoid ? Real(1) / (Real(1) + std::exp(-z)) : z;
}

/// Returns the derivative of the activation function, given its value.
template <class Real>
Real slope(Shape shape, Real value) {
  if (shape == Shape::relu) return value > 0 ? Real(1) : Real(0);
  return shape == Shape::sigmoid ? value * (1 - value) : Real(1);
}

/// Applies UpdateRule to one number.
template <class Real>
void update(const UpdateRule& rule, Real& value, Real& first, Real& second, Real gradient) {
  const Real g = gradient + Real(rule.decay) * value;
  const Real rate(rule.rate), beta1(rule.momentum), beta2(rule.beta2);
  const auto mean = [](Real& moment, Real beta, Real latest) {
    moment = beta * moment + (1 - beta) * latest;
  };
  const auto adam_step = [&] {
    return rate * (first / Real(rule.correction1)) /
           (std::sqrt(second / Real(rule.correction2)) + Real(rule.epsilon));
  };
  switch (rule.optimizer) {
    case Optimizer::sgd:
      first = beta1 * first + g;
      value -= rate * first;
      return;
    case Optimizer::adam:
      mean(first, beta1, g);
      mean(second, beta2, g * g);
      value -= adam_step();
      return;
    case Optimizer::adamw:
      mean(first, beta1, gradient);
      mean(second, beta2, gradient * gradient);
      value -= rate * Real(rule.decay) * value + adam_step();
      return;
    case Optimizer::signum:
      mean(first, beta1, gradient);
      value -= rate * Real(rule.decay) * value + rate * Real((first > 0) - (first < 0));
  }
}

}  // namespace ksweep::reference
