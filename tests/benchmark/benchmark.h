/// What the benchmark's program measures.  Each part writes JSON lines, which tests/benchmark/run reads.
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

/// Median seconds of one call of `work`, from `n_samples` samples that each repeat it for about `sample_s`.
double median_seconds(const std::function<void()>& work, int n_samples, double sample_s);

/// Multiply-adds in registers alone, with the vectors of this instruction set: operations a second, an addition and
/// a multiplication counted as two.
double peak_flops(const std::string& isa);

/// a = b + s c over three arrays of this size together: bytes a second, three numbers moved for each element.
double triad_bandwidth(std::size_t n_bytes);

/// Every kernel on the shapes of a step with 1000 units, k = 25 and 100 samples; one line each.
void measure_kernels(const Kernels& kernels);

/// Trains in steps, `trial` giving the model.  First writes what another program needs to do the same to `folder`,
/// then prints the losses of its first steps, then answers each line "N" on the standard input: time of N steps.
///
///   samples.f32 (n x n_inputs), order.u32 (n_steps x batch, repeated from its start when used up),
///   encoder.f32 (n_hidden x n_inputs), hidden_bias.f32, visible_bias.f32: little-endian, without header
void serve_steps(const Trial& trial, const Kernels& kernels, int n_threads,
                 const std::filesystem::path& folder);

/// The same: each line "N" on the standard input trains and probes one trial, of N epochs.
void serve_trials(Trial trial, const Kernels& kernels, int n_threads);

/// The classifier of numpy_classifier.py on MNIST where it is found, on the built-in digits else.  First writes the
/// data to `folder` as that program reads them and prints which they are; then each line "N SEED" on the standard
/// input trains one classifier, of N thousand steps.
void serve_classifiers(const Kernels& kernels, int n_threads, const std::filesystem::path& folder);

}  // namespace ksweep::benchmark
