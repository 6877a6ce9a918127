#include "model/network.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace ksweep {
namespace {

/// Draws the initial numbers of one part of a network.
struct Draw {
  const Trial& trial;
  int position, n_inputs;

  double number(RandomStream& stream) const {
    if (trial.initial_weights == InitialWeights::normal) return trial.initial_scale * stream.normal();
    const double width = trial.initial_weights == InitialWeights::glorot
                             ? trial.initial_scale * std::sqrt(6.0 / (n_inputs + trial.n_hidden))
                             : trial.initial_scale;
    return stream.uniform(-width, width);
  }

  /// Returns (n_rows x stride) with n_columns random ones; one stream per row, so that wider nets share their
  /// first units.
  AlignedFloats rows(Purpose purpose, int n_rows, int n_columns, int stride) const {
    AlignedFloats rows(static_cast<std::size_t>(n_rows) * stride);
    for (int row = 0; row < n_rows; ++row) {
      RandomStream stream(static_cast<std::uint64_t>(trial.seed), purpose,
                          static_cast<std::uint32_t>(position), static_cast<std::uint64_t>(row));
      for (int column = 0; column < n_columns; ++column)
        rows[static_cast<std::size_t>(row) * stride + column] = static_cast<float>(number(stream));
    }
    return rows;
  }

  AlignedFloats biases(Purpose purpose, int count) const {
    return trial.initial_weights == InitialWeights::normal
               ? rows(purpose, 1, count, padded(count))
               : AlignedFloats(static_cast<std::size_t>(padded(count)));
  }
};

/// The units of a restricted Boltzmann machine are probabilities.
bool is_binary(const Trial& trial) { return trial.kind == ModelKind::rbm; }

Network without_parameters(const Trial& trial, int n_hidden, int n_inputs) {
  Network net;
  net.n_inputs = n_inputs;
  net.n_hidden = n_hidden;
  net.stride = padded(n_inputs);
  net.activation = is_binary(trial) ? Activation::sigmoid : trial.activation;
  net.output = is_binary(trial) ? Activation::sigmoid : trial.decoder;
  net.pre_bias = trial.pre_bias;
  net.unit_norm = trial.unit_norm;
  return net;
}

AlignedFloats with_padding(const std::vector<float>& numbers, int n_rows, int n_columns, int stride) {
  if (numbers.empty()) return {};
  AlignedFloats rows(static_cast<std::size_t>(n_rows) * static_cast<std::size_t>(stride));
  for (int row = 0; row < n_rows; ++row)
    std::copy_n(numbers.data() + std::ptrdiff_t{row} * n_columns, n_columns,
                rows.data() + std::ptrdiff_t{row} * stride);
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

Network initial_network(const Trial& trial, int n_inputs, int position) {
  const Draw draw{trial, position, n_inputs};
  Network net = without_parameters(trial, trial.n_hidden, n_inputs);
  net.encoder = draw.rows(Purpose::hidden_weights, net.n_hidden, n_inputs, net.stride);
  if (!trial.tied && !is_binary(trial))
    net.decoder = draw.rows(net.unit_norm ? Purpose::hidden_weights : Purpose::decoder_weights, net.n_hidden,
                            n_inputs, net.stride);
  if (net.unit_norm)
    for (int unit = 0; unit < net.n_hidden; ++unit)
      normalise((net.tied() ? net.encoder : net.decoder).data() + std::ptrdiff_t{unit} * net.stride,
                net.stride);
  net.hidden_bias = draw.biases(Purpose::hidden_bias, net.n_hidden);
  net.visible_bias = draw.biases(Purpose::visible_bias, n_inputs);
  if (trial.kind == ModelKind::jump_relu) {
    net.thresholds = AlignedFloats(static_cast<std::size_t>(padded(net.n_hidden)));
    std::fill_n(net.thresholds.data(), net.n_hidden, static_cast<float>(trial.threshold_start));
  }
  return net;
}

std::vector<AlignedFloats*> parameters(Network& net) {
  return {&net.encoder, &net.decoder, &net.hidden_bias, &net.visible_bias, &net.thresholds};
}

void normalise(float* row, int count) {
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<double>(row[i]) * row[i];
  if (sum == 0) return;
  const auto factor = static_cast<float>(1 / std::sqrt(sum));
  for (int i = 0; i < count; ++i) row[i] *= factor;
}

AutoencoderWeights unpadded(const Network& net) {
  return {net.n_hidden,
          net.n_inputs,
          without_padding(net.encoder, net.n_hidden, net.n_inputs, net.stride),
          without_padding(net.decoder, net.n_hidden, net.n_inputs, net.stride),
          without_padding(net.hidden_bias, 1, net.n_hidden, padded(net.n_hidden)),
          without_padding(net.visible_bias, 1, net.n_inputs, net.stride),
          without_padding(net.thresholds, 1, net.n_hidden, padded(net.n_hidden))};
}

Network network_of(const Trial& trial, const AutoencoderWeights& weights) {
  Network net = without_parameters(trial, weights.n_hidden, weights.n_inputs);
  net.encoder = with_padding(weights.encoder, net.n_hidden, net.n_inputs, net.stride);
  net.decoder = with_padding(weights.decoder, net.n_hidden, net.n_inputs, net.stride);
  net.hidden_bias = with_padding(weights.hidden_bias, 1, net.n_hidden, padded(net.n_hidden));
  net.visible_bias = with_padding(weights.visible_bias, 1, net.n_inputs, net.stride);
  net.thresholds = with_padding(weights.thresholds, 1, net.n_hidden, padded(net.n_hidden));
  return net;
}

std::string weights_sha256(const Network& net) { return weights_sha256(Weights{{unpadded(net)}, {}}); }

}  // namespace ksweep
