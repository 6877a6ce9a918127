#include "model/network.h"

#include <utility>

#include "core/random.h"
#include "core/sha256.h"

namespace ksweep {
namespace {

/// (n_rows x stride) of which n_columns are drawn; a stream for each row, so that wider nets share their first units.
AlignedFloats random_rows(const Trial& trial, Purpose purpose, int n_rows, int n_columns, int stride) {
  AlignedFloats rows(static_cast<std::size_t>(n_rows) * stride);
  for (int row = 0; row < n_rows; ++row) {
    RandomStream stream(static_cast<std::uint64_t>(trial.seed), purpose, 0, static_cast<std::uint64_t>(row));
    for (int column = 0; column < n_columns; ++column)
      rows[static_cast<std::size_t>(row) * stride + column] =
          static_cast<float>(trial.initial_scale * stream.normal());
  }
  return rows;
}

std::vector<float> without_padding(const AlignedFloats& rows, int n_rows, int n_columns, int stride) {
  std::vector<float> numbers;
  if (rows.empty()) return numbers;
  numbers.reserve(static_cast<std::size_t>(n_rows) * n_columns);
  for (int row = 0; row < n_rows; ++row) {
    const float* from = rows.data() + static_cast<std::ptrdiff_t>(row) * stride;
    numbers.insert(numbers.end(), from, from + n_columns);
  }
  return numbers;
}

}  // namespace

Network initial_network(const Trial& trial, int n_inputs) {
  Network net;
  net.n_inputs = n_inputs;
  net.n_hidden = trial.n_hidden;
  net.stride = padded(n_inputs);
  net.activation = trial.activation;
  net.encoder = random_rows(trial, Purpose::hidden_weights, net.n_hidden, n_inputs, net.stride);
  if (!trial.tied)
    net.decoder = random_rows(trial, Purpose::decoder_weights, net.n_hidden, n_inputs, net.stride);
  net.hidden_bias = random_rows(trial, Purpose::hidden_bias, 1, net.n_hidden, padded(net.n_hidden));
  net.visible_bias = random_rows(trial, Purpose::visible_bias, 1, n_inputs, net.stride);
  return net;
}

Weights unpadded(const Network& net) {
  return {net.n_hidden,
          net.n_inputs,
          without_padding(net.encoder, net.n_hidden, net.n_inputs, net.stride),
          without_padding(net.decoder, net.n_hidden, net.n_inputs, net.stride),
          without_padding(net.hidden_bias, 1, net.n_hidden, padded(net.n_hidden)),
          without_padding(net.visible_bias, 1, net.n_inputs, net.stride)};
}

std::string weights_sha256(const Network& net) {
  const Weights weights = unpadded(net);
  Sha256 hash;
  for (const auto* part : {&weights.encoder, &weights.decoder, &weights.hidden_bias, &weights.visible_bias})
    hash.add(std::span<const float>(*part));
  return hash.hex();
}

Shape shape_of(Activation activation) {
  switch (activation) {
    case Activation::relu:
      return Shape::relu;
    case Activation::sigmoid:
      return Shape::sigmoid;
    case Activation::linear:
      break;
  }
  return Shape::linear;
}

}  // namespace ksweep
