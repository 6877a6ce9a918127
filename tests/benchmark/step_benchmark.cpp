#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "base/random.h"
#include "benchmark.h"
#include "data/digits.h"
#include "data/superposition.h"
#include "model/batch.h"
#include "train/schedules.h"

namespace ksweep::benchmark {
namespace {

constexpr int n_samples = 5000;
constexpr int n_numbers = 40000;  // in the order of samples, after which it is repeated
constexpr int slice = 48;         // rows of a product, as in model/batch.cpp

/// Seconds in each part of the steps.
struct Times {
  double load = 0, update = 0, select = 0, reconstruct = 0, loss = 0;
};

/// As many samples of the built-in sets as are needed for steps that do not repeat themselves.
Dataset samples_of(const Trial& trial) {
  if (trial.data_set != superposition_name) return make_digits(n_samples, 1);
  return make_superposition(
      {.n_features = trial.true_features, .n_inputs = trial.dimensions, .true_l0 = trial.true_l0}, n_samples,
      1);
}

struct Steps {
  Trial trial;
  const Kernels& kernels;
  PenaltyRule penalty;
  Dataset data;
  EpochSettings settings;            // of the last epoch: its k is the trial's
  std::vector<std::uint32_t> order;  // (n_batches x trial.batch)
  Network network;
  OptimizerState state;
  Team team;
  Batch first, second;
  Batch *batch = &first, *next = &second;
  std::vector<std::uint32_t> active;
  int n_batches;
  std::int64_t n_done = 0;

  Steps(const Trial& its_trial, const Kernels& its_kernels, int n_threads)
      : trial(its_trial),
        kernels(its_kernels),
        penalty(penalty_rule(trial)),
        data(samples_of(its_trial)),
        settings(settings_of_epoch(trial, trial.epochs - 1, data.n_inputs())),
        network(initial_network(trial, data.n_inputs())),
        state(initial_state(network, trial.optimizer)),
        team(n_threads),
        first(kernels, network, trial.batch, team),
        second(kernels, network, trial.batch, team),
        active(static_cast<std::size_t>(trial.n_hidden)),
        n_batches(std::max(20, n_numbers / trial.batch)) {
    RandomStream stream(1, Purpose::batch_order);
    order.resize(static_cast<std::size_t>(n_batches) * static_cast<std::size_t>(trial.batch));
    for (std::uint32_t& row : order) row = stream.below(n_samples);
    load(*batch, 0);
    batch->encode(network, trial.batch, settings);
  }

  void load(Batch& into, std::int64_t step) const {
    const auto size = static_cast<std::size_t>(trial.batch);
    const std::span<const std::uint32_t> rows = order;
    into.load(data.train_samples, data.n_inputs(),
              rows.subspan(static_cast<std::size_t>(step % n_batches) * size, size), &settings);
  }
};

/// One step as train/fit.cpp takes it: from the code of one batch to that of the next.  Returns its loss.
double step(Steps& s, Times& times) {
  double last = now_s();
  const auto lap = [&](double& sum) {
    const double now = now_s();
    sum += now - last;
    last = now;
  };
  s.batch->reconstruct(s.network);
  lap(times.reconstruct);
  const double loss = s.batch->reconstruction_loss() / s.trial.batch + s.batch->penalty(s.penalty);
  s.batch->count_active(s.active);
  lap(times.loss);
  s.load(*s.next, s.n_done + 1);
  s.next->start_encoding(s.trial.batch, s.settings);
  lap(times.load);
  s.batch->backward_and_update(s.network, s.state, s.penalty,
                               update_rule(optimizer_settings(s.trial), s.n_done, 1), s.next);
  lap(times.update);
  s.next->finish_encoding(s.network);
  lap(times.select);
  std::swap(s.batch, s.next);
  ++s.n_done;
  return loss;
}

/// Mean seconds of a call.
template <class Call>
double seconds_of(int n_calls, Call call) {
  call();
  const double begin = now_s();
  for (int i = 0; i < n_calls; ++i) call();
  return (now_s() - begin) / n_calls;
}

/// The encoder's product alone on the present weights and batch, one thread: laid out as in model/batch.cpp.
double product_seconds(Steps& s, int n_calls) {
  const int stride = s.network.stride, n_hidden = s.network.n_hidden,
            n_groups = padded(s.trial.batch) / lanes;
  const bool dense = s.trial.k == n_hidden;
  const std::ptrdiff_t z_row = dense ? std::ptrdiff_t{n_groups} * lanes : lanes;
  AlignedFloats packed(static_cast<std::size_t>(n_groups * lanes) * stride);
  AlignedFloats z(static_cast<std::size_t>(n_groups * lanes) * n_hidden);
  s.kernels.pack(s.batch->sample(0), s.trial.batch, stride, stride, packed.data());
  return seconds_of(n_calls, [&] {
    for (int begin = 0; begin < n_hidden; begin += slice)
      s.kernels.product({.n_rows = std::min(slice, n_hidden - begin),
                         .n_groups = n_groups,
                         .n_inner = stride,
                         .a = s.network.encoder_row(begin),
                         .a_row = stride,
                         .a_inner = 1,
                         .b = packed.data(),
                         .b_inner = lanes,
                         .b_group = std::ptrdiff_t{stride} * lanes,
                         .c = z.data() + begin * z_row,
                         .c_row = z_row,
                         .c_group = dense ? lanes : std::ptrdiff_t{n_hidden} * lanes,
                         .row_start = s.network.hidden_bias.data() + begin,
                         .accumulate = false,
                         .last_columns = dense ? lanes : s.trial.batch - (n_groups - 1) * lanes});
  });
}

/// A whole encoding, by itself.
double encode_seconds(Steps& s, int n_calls) {
  s.load(*s.next, s.n_done);
  return seconds_of(n_calls, [&] { s.next->encode(s.network, s.trial.batch, s.settings); });
}

template <class Number>
void write_numbers(const std::filesystem::path& path, const Number* numbers, std::size_t count) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(numbers), static_cast<std::streamsize>(count * sizeof(Number)));
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

void write_start(const Steps& s, const std::filesystem::path& folder) {
  const AutoencoderWeights weights = unpadded(s.network);
  write_numbers(folder / "samples.f32", s.data.train_samples,
                s.data.n_train * static_cast<std::size_t>(s.data.n_inputs()));
  write_numbers(folder / "order.u32", s.order.data(), s.order.size());
  write_numbers(folder / "encoder.f32", weights.encoder.data(), weights.encoder.size());
  if (!weights.decoder.empty())
    write_numbers(folder / "decoder.f32", weights.decoder.data(), weights.decoder.size());
  write_numbers(folder / "hidden_bias.f32", weights.hidden_bias.data(), weights.hidden_bias.size());
  write_numbers(folder / "visible_bias.f32", weights.visible_bias.data(), weights.visible_bias.size());
}

void answer(Steps& s, int n_steps) {
  Times unused, times;
  for (int i = 0; i < 3; ++i) step(s, unused);
  const double begin = now_s();
  for (int i = 0; i < n_steps; ++i) step(s, times);
  const double step_s = (now_s() - begin) / n_steps;
  const double product_s = product_seconds(s, n_steps), encode_s = encode_seconds(s, n_steps);
  std::printf("{\"step_s\": %.9g, \"product_s\": %.9g, \"encode_s\": %.9g, ", step_s, product_s, encode_s);
  std::printf(
      "\"load_s\": %.9g, \"update_s\": %.9g, \"select_s\": %.9g, \"reconstruct_s\": %.9g, \"loss_s\": "
      "%.9g}\n",
      times.load / n_steps, times.update / n_steps, times.select / n_steps, times.reconstruct / n_steps,
      times.loss / n_steps);
}

}  // namespace

void serve_steps(const Trial& trial, const Kernels& kernels, int n_threads,
                 const std::filesystem::path& folder, int n_compared) {
  Steps s(trial, kernels, n_threads);
  write_start(s, folder);
  Times unused;
  std::printf("{\"losses\": [");
  for (int i = 0; i < n_compared; ++i) std::printf("%s%.9g", i == 0 ? "" : ", ", step(s, unused));
  std::printf("]}\n");
  std::fflush(stdout);
  for (int n_steps; std::cin >> n_steps; std::fflush(stdout)) answer(s, n_steps);
}

}  // namespace ksweep::benchmark
