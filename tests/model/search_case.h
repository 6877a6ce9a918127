// Networks and samples in whose pre-activations the largest are sought.
#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "emulated_amx.h"
#include "kernels/matrix_product.h"
#include "model/loaded_samples.h"
#include "model/network.h"
#include "random_numbers.h"

namespace ksweep {

struct Case {
  Network network;
  int n_samples;
  AlignedFloats samples;  // (n_samples x stride)
  bool centred = false;   // the visible bias is subtracted from the inputs

  float* weights(int unit) { return network.encoder.data() + std::ptrdiff_t{unit} * network.stride; }
  float* sample(int i) { return samples.data() + std::ptrdiff_t{i} * network.stride; }
};

inline Case make_case(int n_hidden, int n_samples, int n_inputs, float scale = 1) {
  const int stride = padded(n_inputs);
  Case made{{}, n_samples, random_numbers(std::size_t(n_samples) * stride, 5)};
  made.network.n_inputs = n_inputs;
  made.network.n_hidden = n_hidden;
  made.network.stride = stride;
  made.network.encoder = random_numbers(std::size_t(n_hidden) * stride, 6);
  made.network.hidden_bias = random_numbers(std::size_t(n_hidden), 7);
  made.network.visible_bias = random_numbers(std::size_t(stride), 8);
  for (float& weight : made.network.encoder.span()) weight *= scale;
  for (float& bias : made.network.hidden_bias.span()) bias *= scale;
  for (int c = n_inputs; c < stride; ++c) {
    made.network.visible_bias[std::size_t(c)] = 0;
    for (int unit = 0; unit < n_hidden; ++unit) made.weights(unit)[c] = 0;
    for (int i = 0; i < n_samples; ++i) made.sample(i)[c] = 0;
  }
  return made;
}

/// What the pre-activation of each unit starts from.
inline AlignedFloats starts_of(const Kernels& kernels, const Case& c) {
  AlignedFloats starts(std::size_t(padded(c.network.n_hidden)));
  for (int unit = 0; unit < c.network.n_hidden; ++unit) {
    starts[std::size_t(unit)] = c.network.hidden_bias[std::size_t(unit)];
    if (c.centred)
      starts[std::size_t(unit)] -=
          kernels.dot(c.network.encoder_row(unit), c.network.visible_bias.data(), c.network.stride);
  }
  return starts;
}

inline LoadedSamples load(const Kernels& kernels, const Case& c) {
  LoadedSamples samples(kernels, c.n_samples, c.network.stride);
  std::vector<std::uint32_t> rows(std::size_t(c.n_samples));
  std::iota(rows.begin(), rows.end(), 0u);
  samples.load(c.samples.data(), c.network.stride, rows, nullptr, 1);
  return samples;
}

/// The pre-activations of all units by Kernels::product, (n_hidden x padded(n_samples)).
inline AlignedFloats product_of(const Kernels& kernels, Case& c) {
  const int n_hidden = c.network.n_hidden, stride = c.network.stride;
  const LoadedSamples samples = load(kernels, c);
  const AlignedFloats starts = starts_of(kernels, c);
  AlignedFloats z(std::size_t(n_hidden) * std::size_t(padded(c.n_samples)));
  Product product =
      matrix_product({n_hidden, padded(c.n_samples) / lanes, stride}, rows_of(c.weights(0), stride),
                     packed_samples(samples.packed(), stride), z.data(), padded(c.n_samples));
  product.row_start = starts.data();
  kernels.product(product);
  return z;
}

inline std::vector<const Kernels*> all_kernels() {
  std::vector<const Kernels*> list{&emulated_amx_kernels()};
  for (const std::string& isa : all_isas()) list.push_back(&kernels_for(isa));
  return list;
}

}  // namespace ksweep
