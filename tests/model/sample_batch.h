// A small network and mini-batch, in single and in double precision.
#pragma once

#include <numeric>

#include "base/random.h"
#include "core/trial_keys.h"
#include "model/batch.h"
#include "model/reference_batch.h"

namespace ksweep {

constexpr int n_inputs = 21, n_hidden = 53, n_samples = 19;  // no multiples of vector lengths or slices

inline Trial small_trial(Activation activation, bool tied) {
  Trial trial = default_trial();
  trial.n_hidden = n_hidden;
  trial.activation = activation;
  trial.tied = tied;
  trial.initial_scale = 0.3;
  return trial;
}

inline void fill(Batch& batch, const EpochSettings* settings = nullptr) {
  std::vector<float> rows;
  std::vector<std::uint32_t> all(n_samples);
  std::iota(all.begin(), all.end(), 0u);
  for (int i = 0; i < n_samples; ++i) {
    RandomStream stream(7, Purpose::batch_order, 0, static_cast<std::uint64_t>(i));
    for (int c = 0; c < n_inputs; ++c) rows.push_back(static_cast<float>(stream.uniform()));
  }
  batch.load(rows.data(), n_inputs, all, settings);
}

inline Matrix<double> to_double(const AlignedFloats& rows, int n_rows, int stride, int columns) {
  return Eigen::Map<const Matrix<float>, 0, Eigen::OuterStride<>>(rows.data(), n_rows, columns,
                                                                  Eigen::OuterStride<>(stride))
      .cast<double>();
}

inline reference::Net<double> to_double(const Network& net) {
  reference::Net<double> copy{net.activation,
                              net.tied(),
                              to_double(net.encoder, net.n_hidden, net.stride, n_inputs),
                              {},
                              to_double(net.hidden_bias, 1, 0, net.n_hidden).transpose(),
                              to_double(net.visible_bias, 1, 0, n_inputs).transpose(),
                              net.output,
                              net.pre_bias};
  if (!net.tied()) copy.decoder = to_double(net.decoder, net.n_hidden, net.stride, n_inputs);
  return copy;
}

inline Matrix<double> inputs_of(const Batch& batch) {
  Matrix<double> inputs(n_samples, n_inputs);
  for (int i = 0; i < n_samples; ++i)
    for (int c = 0; c < n_inputs; ++c) inputs(i, c) = batch.sample(i)[c];
  return inputs;
}

}  // namespace ksweep
