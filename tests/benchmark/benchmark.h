/// The measurements of the benchmark program.  Each one prints JSON lines, which tests/benchmark/run reads.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>

#include "core/trial.h"
#include "kernels/kernels.h"

namespace ksweep::benchmark {

inline double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Returns the median seconds of one call of `work`, from `n_samples` samples that each repeat it for about
/// `sample_s`.
double median_seconds(const std::function<void()>& work, int n_samples, double sample_s);

/// Returns operations per second of multiply-adds in registers, with the vectors of this instruction set.  A
/// multiply-add counts as two operations.
double peak_flops(const std::string& isa);

/// Returns bytes per second of a = b + s c over three arrays of this total size, with three numbers moved per
/// element.
double triad_bandwidth(std::size_t n_bytes);

/// Measures every kernel on the shapes of a step with 1000 units, k = 25 and 100 samples; prints one line
/// each.
void measure_kernels(const Kernels& kernels);

/// Trains a model of `trial` in steps.  First writes what another program needs to do the same to `folder`,
/// then prints the losses of its first n_compared steps, then answers each line "N" on standard input with the time of N
/// steps.
///
///   samples.f32 (n x n_inputs), order.u32 (n_steps x batch, repeated from its start when used up),
///   encoder.f32 and, if it is another, decoder.f32 (n_hidden x n_inputs), hidden_bias.f32, visible_bias.f32: little-endian, without
///   header
void serve_steps(const Trial& trial, const Kernels& kernels, int n_threads,
                 const std::filesystem::path& folder, int n_compared);

/// For each line "N" on standard input, trains and probes one trial of N epochs and prints the time.
void serve_trials(Trial trial, const Kernels& kernels, int n_threads);

/// Trains the classifier of numpy_classifier.py on MNIST if it is found, otherwise on the built-in digits.
/// First writes the data to `folder` in the format of that program and prints which they are; then trains one
/// classifier of N thousand steps for each line "N SEED" on standard input.
void serve_classifiers(const Kernels& kernels, int n_threads, const std::filesystem::path& folder);

}  // namespace ksweep::benchmark
