// How parameters move: one class an optimiser.  Included only by versions.cpp.
#pragma once

static inline Vector square_root(Vector x) {
#if defined(__AVX512F__)
  return _mm512_maskz_sqrt_ps(0xffff, x);  // GCC 12 warns of its own _mm512_sqrt_ps
#elif defined(__AVX2__)
  return _mm256_sqrt_ps(x);
#elif defined(__SSE2__)
  return _mm_sqrt_ps(x);
#else
  for (int lane = 0; lane < width; ++lane) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
#endif
}

/// An optimiser's rule in registers: the compiler may not keep it there by itself, as the stores between could change it.
template <Optimizer>
struct Mover;

template <>
struct Mover<Optimizer::sgd> {
  Vector rate, momentum, decay;

  explicit Mover(const UpdateRule& rule)
      : rate(all(rule.rate)), momentum(all(rule.momentum)), decay(all(rule.decay)) {}

  void move(const ParameterRow& row, int i, Vector gradient) const {
    const Vector value = load(row.value + i);
    const Vector velocity = momentum * load(row.first + i) + (gradient + decay * value);
    store(row.first + i, velocity);
    store(row.value + i, value - rate * velocity);
  }
};

/// The moments of Adam, and its step.
struct AdamMover {
  Vector rate, momentum, beta2, scale, epsilon;

  explicit AdamMover(const UpdateRule& rule)
      : rate(all(rule.rate / rule.correction1)),
        momentum(all(rule.momentum)),
        beta2(all(rule.beta2)),
        scale(all(1.0f / rule.correction2)),
        epsilon(all(rule.epsilon)) {}

  Vector step(const ParameterRow& row, int i, Vector g) const {
    const Vector m = momentum * load(row.first + i) + (1.0f - momentum) * g;
    const Vector s = beta2 * load(row.second + i) + (1.0f - beta2) * (g * g);
    store(row.first + i, m);
    store(row.second + i, s);
    return rate * m / (square_root(s * scale) + epsilon);
  }
};

template <>
struct Mover<Optimizer::adam> {
  AdamMover adam;
  Vector decay;

  explicit Mover(const UpdateRule& rule) : adam(rule), decay(all(rule.decay)) {}

  void move(const ParameterRow& row, int i, Vector gradient) const {
    const Vector value = load(row.value + i);
    store(row.value + i, value - adam.step(row, i, gradient + decay * value));
  }
};

template <>
struct Mover<Optimizer::adamw> {
  AdamMover adam;
  Vector left;

  explicit Mover(const UpdateRule& rule) : adam(rule), left(all(1.0f - rule.rate * rule.decay)) {}

  void move(const ParameterRow& row, int i, Vector gradient) const {
    store(row.value + i, left * load(row.value + i) - adam.step(row, i, gradient));
  }
};

template <>
struct Mover<Optimizer::signum> {
  Vector rate, momentum, left;

  explicit Mover(const UpdateRule& rule)
      : rate(all(rule.rate)), momentum(all(rule.momentum)), left(all(1.0f - rule.rate * rule.decay)) {}

  void move(const ParameterRow& row, int i, Vector gradient) const {
    const Vector m = momentum * load(row.first + i) + (1.0f - momentum) * gradient;
    store(row.first + i, m);
    const Vector step = m > 0.0f ? rate : m < 0.0f ? -rate : Vector{};
    store(row.value + i, left * load(row.value + i) - step);
  }
};

/// Calls work(mover) with the mover of the rule's optimiser.
template <class Work>
static inline void with_mover(const UpdateRule& rule, const Work& work) {
  switch (rule.optimizer) {
#define OPTIMIZER(enumerator, name, moments, help) \
  case Optimizer::enumerator:                      \
    return work(Mover<Optimizer::enumerator>(rule));
#include "core/optimizers.def"
#undef OPTIMIZER
  }
}

static void update(const UpdateRule& rule, ParameterRow row, const float* gradient, int count) {
  with_mover(rule, [=](const auto& mover) {
    for (int i = 0; i < count; i += width) mover.move(row, i, load(gradient + i));
  });
}
